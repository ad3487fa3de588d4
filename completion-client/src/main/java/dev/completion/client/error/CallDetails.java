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

import java.io.Serializable;

import org.jspecify.annotations.Nullable;

/**
 * What every failure knows about its call.
 *
 * @param outcome what is known about the fate of the request
 * @param attempts the number of attempts that were made, whether or not anything could be
 * sent; the one that failed is included
 * @param requestId the server's id of the request, or {@code null} if it sent none
 * @param partialText the text that was delivered before the failure, empty if none was
 * @param retryBudgetExhausted whether the call was not retried only because the retry
 * budget of the client was exhausted
 * @since 0.1.0
 */
public record CallDetails(Outcome outcome, int attempts, @Nullable String requestId, String partialText,
		boolean retryBudgetExhausted) implements Serializable {

	/**
	 * Create the details of a call for which the retry budget was not exhausted.
	 * @param outcome what is known about the fate of the request
	 * @param attempts the number of attempts that were made
	 * @param requestId the server's id of the request, or {@code null}
	 * @param partialText the text that was delivered before the failure
	 */
	public CallDetails(Outcome outcome, int attempts, @Nullable String requestId, String partialText) {
		this(outcome, attempts, requestId, partialText, false);
	}

	/**
	 * Create the details of a call of which no text was delivered.
	 * @param outcome what is known about the fate of the request
	 * @param attempts the number of attempts that were made
	 * @param requestId the server's id of the request, or {@code null}
	 */
	public CallDetails(Outcome outcome, int attempts, @Nullable String requestId) {
		this(outcome, attempts, requestId, "");
	}

}
