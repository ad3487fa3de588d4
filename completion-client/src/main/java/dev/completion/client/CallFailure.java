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

package dev.completion.client;

import java.time.Duration;
import java.util.function.Function;

import dev.completion.client.error.CallTimeoutException;
import dev.completion.client.error.CallTimeoutException.Phase;
import dev.completion.client.error.CompletionApiException;
import dev.completion.client.error.CompletionClientException;
import dev.completion.client.error.ErrorResponse;
import dev.completion.client.error.LimitExceededException;
import dev.completion.client.error.MalformedResponseException;
import dev.completion.client.error.Outcome;
import dev.completion.client.error.StreamTruncatedException;
import org.jspecify.annotations.Nullable;

/**
 * A failure that was found beneath a call. It becomes the exception that the caller gets
 * when what only the call knows is added: its attempts, and the text so far.
 */
final class CallFailure extends RuntimeException {

	private final transient Function<Call, CompletionClientException> exception;

	private CallFailure(Function<Call, CompletionClientException> exception) {
		super(null, null, false, false);
		this.exception = exception;
	}

	/**
	 * The server answered with an error.
	 * @param response the error
	 * @param requestId the request id of its envelope, if there was one
	 */
	static CallFailure api(ErrorResponse response, @Nullable String requestId) {
		int status = response.status().value();
		boolean rejected = status < 500 || status == 503 || status == 529;
		return new CallFailure((call) -> CompletionApiException.of(response,
				call.details(rejected ? Outcome.REJECTED : Outcome.UNKNOWN, requestId)));
	}

	static CallFailure malformed(String message) {
		return new CallFailure((call) -> new MalformedResponseException(message, call.details(Outcome.UNKNOWN), null));
	}

	static CallFailure truncated() {
		return new CallFailure((call) -> new StreamTruncatedException("The stream ended without a stop reason",
				call.details(Outcome.UNKNOWN), null));
	}

	static CallFailure limitExceeded(String limit, long bytes) {
		return new CallFailure((call) -> new LimitExceededException(limit,
				"The server sent more than %d bytes, the limit '%s'".formatted(bytes, limit),
				call.details(Outcome.UNKNOWN)));
	}

	static CallFailure timeout(Phase phase, Duration limit) {
		String message = "%s took longer than %d ms".formatted(switch (phase) {
			case CONNECT -> "Connecting";
			case RESPONSE -> "The response";
			case IDLE -> "The next event";
			case TOTAL -> "The call";
		}, limit.toMillis());
		return new CallFailure(
				(call) -> new CallTimeoutException(phase, message, call.details(call.outcomeWithoutAnswer()), null));
	}

	static CallFailure credential(Throwable cause) {
		String message = "The credential provider failed (" + cause.getClass().getName() + ")";
		return new CallFailure((call) -> new CompletionClientException(message, call.details(Outcome.NOT_SENT), cause));
	}

	CompletionClientException toException(Call call) {
		return this.exception.apply(call);
	}

}
