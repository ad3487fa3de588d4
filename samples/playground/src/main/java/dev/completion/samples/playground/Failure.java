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

package dev.completion.samples.playground;

import java.util.Locale;

import dev.completion.client.error.AuthenticationException;
import dev.completion.client.error.BillingException;
import dev.completion.client.error.CallTimeoutException;
import dev.completion.client.error.CompletionApiException;
import dev.completion.client.error.CompletionClientException;
import dev.completion.client.error.ConnectionException;
import dev.completion.client.error.NotFoundException;
import dev.completion.client.error.OverloadedException;
import dev.completion.client.error.RateLimitException;
import dev.completion.client.error.StreamTruncatedException;
import org.jspecify.annotations.Nullable;

/**
 * What the page shows of a call that failed.
 *
 * @param kind the kind of the failure
 * @param message what happened
 * @param advice what to do
 * @param outcome whether the call may have run, {@code null} if it was never made
 * @param attempts the number of requests
 * @param requestId the server's id of the last
 * @param retryAfterMillis the wait that the server asks for
 */
record Failure(String kind, String message, String advice, @Nullable String outcome, int attempts,
		@Nullable String requestId, @Nullable Long retryAfterMillis) {

	static Failure of(Throwable error) {
		if (!(error instanceof CompletionClientException failure)) {
			return new Failure(error.getClass().getSimpleName(), String.valueOf(error.getMessage()),
					"Correct the request: nothing was sent.", null, 0, null, null);
		}
		Long retryAfter = (failure instanceof CompletionApiException api && api.retryAfter() != null)
				? api.retryAfter().toMillis() : null;
		return new Failure(failure.getClass().getSimpleName(), String.valueOf(failure.getMessage()), advice(failure),
				failure.outcome().name(), failure.attempts(), failure.requestId(), retryAfter);
	}

	private static String advice(CompletionClientException error) {
		if (error instanceof RateLimitException) {
			return "Wait as long as the server asks, or ask for a higher limit.";
		}
		if (error instanceof OverloadedException) {
			return "Try again later: the client has done so already, as often as it may.";
		}
		if (error instanceof AuthenticationException) {
			return "Set another key, as completion.api-key or ANTHROPIC_API_KEY.";
		}
		if (error instanceof BillingException) {
			return "Add credit to the account.";
		}
		if (error instanceof NotFoundException) {
			return "Choose another model.";
		}
		if (error instanceof CallTimeoutException timeout) {
			return "Try again, or raise completion.timeout." + timeout.phase().name().toLowerCase(Locale.ROOT) + ".";
		}
		if (error instanceof StreamTruncatedException) {
			return "Keep the text so far, or ask again: the answer may be billed twice.";
		}
		if (error instanceof ConnectionException) {
			return "See whether the server can be reached at completion.base-url.";
		}
		return (error instanceof CompletionApiException) ? "Correct the request." : "See the log.";
	}

}
