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

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;

import dev.completion.client.RateLimits;
import dev.completion.client.error.AuthenticationException;
import dev.completion.client.error.BillingException;
import dev.completion.client.error.CallTimeoutException;
import dev.completion.client.error.CompletionApiException;
import dev.completion.client.error.CompletionClientException;
import dev.completion.client.error.ConnectionException;
import dev.completion.client.error.InvalidRequestException;
import dev.completion.client.error.LimitExceededException;
import dev.completion.client.error.MalformedResponseException;
import dev.completion.client.error.NotFoundException;
import dev.completion.client.error.OverloadedException;
import dev.completion.client.error.PermissionDeniedException;
import dev.completion.client.error.RateLimitException;
import dev.completion.client.error.RequestTooLargeException;
import dev.completion.client.error.ServerException;
import dev.completion.client.error.StreamTruncatedException;
import dev.completion.client.error.UnsupportedRequestException;
import org.jspecify.annotations.Nullable;

/**
 * What the page shows of a call that failed.
 *
 * @param kind the kind of the failure
 * @param message what happened
 * @param advice what to do
 * @param fate whether the call has run, and what that costs
 * @param attempts the number of requests
 * @param requestId the server's id of the last
 * @param remaining what is left of the rate limits
 */
record Failure(String kind, String message, String advice, String fate, int attempts, @Nullable String requestId,
		List<Remaining> remaining) {

	private static final Map<Class<?>, String> ADVICE = Map.ofEntries(
			Map.entry(InvalidRequestException.class, "Correct what the message names."),
			Map.entry(UnsupportedRequestException.class, "Correct what the message names."),
			Map.entry(AuthenticationException.class, "Set another key, as completion.api-key or ANTHROPIC_API_KEY."),
			Map.entry(BillingException.class, "Add credit to the account."),
			Map.entry(PermissionDeniedException.class, "Use a key that may do this."),
			Map.entry(NotFoundException.class, "Choose another model, or correct completion.base-url."),
			Map.entry(RequestTooLargeException.class, "Shorten the prompt."),
			Map.entry(OverloadedException.class, "Try again later."),
			Map.entry(ServerException.class, "Try again later."),
			Map.entry(StreamTruncatedException.class, "Keep the text so far, or ask again."),
			Map.entry(ConnectionException.class, "See whether the server can be reached at completion.base-url."),
			Map.entry(MalformedResponseException.class, "See what it is that answers at completion.base-url."),
			Map.entry(LimitExceededException.class, "Ask for less, or raise completion.limits."));

	static Failure of(CompletionClientException ex) {
		return new Failure(ex.getClass().getSimpleName(), String.valueOf(ex.getMessage()), advice(ex), fate(ex),
				ex.attempts(), ex.requestId(),
				(ex instanceof CompletionApiException api) ? Remaining.of(RateLimits.from(api.headers())) : List.of());
	}

	static Failure of(IllegalArgumentException ex) {
		return new Failure("Not sent", String.valueOf(ex.getMessage()), "Correct what the message names.",
				"Nothing was sent.", 0, null, List.of());
	}

	private static String advice(CompletionClientException ex) {
		if (ex instanceof RateLimitException limited) {
			Duration wait = limited.retryAfter();
			return "Wait" + ((wait != null) ? " " + wait.toSeconds() + " s, as the server asks," : "")
					+ " or ask the vendor for a higher limit.";
		}
		if (ex instanceof CallTimeoutException timeout) {
			return "Try again, or raise completion.timeout." + timeout.phase().name().toLowerCase(Locale.ROOT) + ".";
		}
		return ADVICE.getOrDefault(ex.getClass(), "Read what the server says.");
	}

	private static String fate(CompletionClientException ex) {
		return switch (ex.outcome()) {
			case NOT_SENT -> "Nothing was sent.";
			case REJECTED -> "The server did not run it, so it costs nothing.";
			case UNKNOWN -> "It may have run, and may be billed.";
			case PARTIAL -> "A part came, and may be billed.";
		};
	}

}
