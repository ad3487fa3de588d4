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

import org.jspecify.annotations.Nullable;

/**
 * The response does not follow the protocol: an unexpected status, a redirect, or a body
 * that contains no completion.
 *
 * @since 0.1.0
 */
public class MalformedResponseException extends CompletionClientException {

	/**
	 * Create an exception.
	 * @param message what went wrong
	 * @param details what is known about the call
	 * @param cause the cause, or {@code null}
	 */
	public MalformedResponseException(String message, CallDetails details, @Nullable Throwable cause) {
		super(message, details, cause);
	}

}
