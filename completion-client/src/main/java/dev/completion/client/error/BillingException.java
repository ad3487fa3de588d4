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
 * The account cannot pay for the request (status 402).
 *
 * @since 0.1.0
 */
public class BillingException extends CompletionApiException {

	/**
	 * Create an exception.
	 * @param error the error that the server reports
	 * @param details what is known about the call
	 */
	public BillingException(ApiError error, CallDetails details) {
		super(error, details);
	}

}
