/*
 * Copyright 2026-present the original author or authors.
 *
 * Licensed under the Apache License, Version 2.0 (the "License");
 * you may not use this file except in compliance with the License.
 * You may obtain a copy of the License at
 *
 *      https://www.apache.org/licenses/LICENSE-2.0
 *
 * Unless required by applicable law or agreed to in writing, software
 * distributed under the License is distributed on an "AS IS" BASIS,
 * WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express or implied.
 * See the License for the specific language governing permissions and
 * limitations under the License.
 */

package dev.completion.client.error;

/**
 * The answer is larger than the client accepts.
 *
 * @since 0.1.0
 */
public class LimitExceededException extends CompletionClientException {

	/**
	 * Name of the limit.
	 */
	private final String limit;

	/**
	 * Create an exception.
	 * @param limit the name of the limit
	 * @param message what went wrong
	 * @param details what is known about the call
	 */
	public LimitExceededException(String limit, String message, CallDetails details) {
		super(message, details, null);
		this.limit = limit;
	}

	/**
	 * Return the name of the limit that was exceeded, such as {@code event}.
	 * @return the name of the limit
	 */
	public String limit() {
		return this.limit;
	}

}
