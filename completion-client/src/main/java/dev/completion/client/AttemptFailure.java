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

import dev.completion.client.error.ApiError;
import dev.completion.client.error.CallTimeoutException;
import dev.completion.client.error.CallTimeoutException.Phase;
import dev.completion.client.error.CompletionApiException;
import dev.completion.client.error.CompletionClientException;
import dev.completion.client.error.ConnectionException;
import dev.completion.client.error.LimitExceededException;
import dev.completion.client.error.MalformedResponseException;
import dev.completion.client.error.Outcome;
import dev.completion.client.error.StreamTruncatedException;
import dev.completion.client.error.UnsupportedRequestException;
import org.jspecify.annotations.Nullable;

/**
 * A failure of one attempt. It becomes the exception that the caller gets when what only
 * the call knows is added: its attempts, and the text so far.
 */
final class AttemptFailure extends RuntimeException {

	private final transient Function<Call, CompletionClientException> exception;

	private final transient @Nullable Outcome outcome;

	private final boolean repeatable;

	private final transient @Nullable ApiError response;

	private AttemptFailure(@Nullable Outcome outcome, boolean repeatable,
			Function<Call, CompletionClientException> exception) {
		this(outcome, repeatable, null, exception);
	}

	private AttemptFailure(@Nullable Outcome outcome, boolean repeatable, @Nullable ApiError response,
			Function<Call, CompletionClientException> exception) {
		super(null, null, false, false);
		this.outcome = outcome;
		this.repeatable = repeatable;
		this.response = response;
		this.exception = exception;
	}

	/**
	 * The server answered with an error.
	 * @param response the error
	 * @param requestId the request id of its envelope, if there was one
	 */
	static AttemptFailure api(ApiError response, @Nullable String requestId) {
		int status = response.status().value();
		Outcome outcome = (status < 500 || status == 503 || status == 529) ? Outcome.REJECTED : Outcome.UNKNOWN;
		boolean repeatable = status >= 500
				|| (!response.inStream() && (status == 408 || status == 409 || status == 429));
		return new AttemptFailure(outcome, repeatable, response,
				(call) -> CompletionApiException.of(response, call.details(outcome, requestId)));
	}

	/**
	 * No connection came about, and nothing was sent.
	 * @param repeatable whether it may come about the next time
	 */
	static AttemptFailure notConnected(String message, boolean repeatable, @Nullable Throwable cause) {
		return new AttemptFailure(Outcome.NOT_SENT, repeatable,
				(call) -> new ConnectionException(message, call.details(Outcome.NOT_SENT), cause));
	}

	/**
	 * The connection was lost with the request sent, and the answer not complete.
	 */
	static AttemptFailure connectionLost(String message, Throwable cause) {
		return new AttemptFailure(Outcome.UNKNOWN, true,
				(call) -> new ConnectionException(message, call.details(Outcome.UNKNOWN), cause));
	}

	static AttemptFailure closed() {
		return new AttemptFailure(null, false,
				(call) -> new ConnectionException("The client was closed", call.details(null), null));
	}

	static AttemptFailure malformed(String message) {
		return new AttemptFailure(Outcome.UNKNOWN, false,
				(call) -> new MalformedResponseException(message, call.details(Outcome.UNKNOWN), null));
	}

	static AttemptFailure truncated(String message, @Nullable Throwable cause) {
		return new AttemptFailure(Outcome.UNKNOWN, true,
				(call) -> new StreamTruncatedException(message, call.details(Outcome.UNKNOWN), cause));
	}

	static AttemptFailure limitExceeded(String limit, String rule) {
		return new AttemptFailure(Outcome.UNKNOWN, false, (call) -> new LimitExceededException(limit,
				"The server sent more than %s, the limit '%s'".formatted(rule, limit), call.details(Outcome.UNKNOWN)));
	}

	/**
	 * A phase took too long. When it is the whole call, then the last attempt's failure
	 * is the reason.
	 */
	static AttemptFailure timeout(Phase phase, @Nullable Duration limit) {
		String message = switch (phase) {
			case CONNECT -> "Connecting";
			case RESPONSE -> "The response";
			case IDLE -> "The next event";
			case TOTAL -> "The call";
		} + " takes longer than " + ((limit != null) ? limit.toMillis() + " ms" : "allowed");
		return new AttemptFailure((phase != Phase.CONNECT) ? null : Outcome.NOT_SENT, phase != Phase.TOTAL,
				(call) -> new CallTimeoutException(phase, message,
						call.details((phase != Phase.CONNECT) ? null : Outcome.NOT_SENT),
						(phase != Phase.TOTAL) ? null : call.lastFailure()));
	}

	/**
	 * The request cannot be expressed in the API that serves the model.
	 */
	static AttemptFailure unsupported(String message) {
		return new AttemptFailure(Outcome.NOT_SENT, false,
				(call) -> new UnsupportedRequestException(message, call.details(Outcome.NOT_SENT), null));
	}

	static AttemptFailure credential(Throwable cause) {
		String message = "The credential provider failed (" + cause.getClass().getName() + ")";
		return new AttemptFailure(Outcome.NOT_SENT, false,
				(call) -> new CompletionClientException(message, call.details(Outcome.NOT_SENT), cause));
	}

	static AttemptFailure unexpected(Throwable cause) {
		String message = "The call failed (" + cause.getClass().getName() + ")";
		return new AttemptFailure(null, false,
				(call) -> new CompletionClientException(message, call.details(null), cause));
	}

	/**
	 * Return the outcome of the attempt, or {@code null} if that depends on whether the
	 * request was sent.
	 */
	@Nullable Outcome outcome() {
		return this.outcome;
	}

	/**
	 * Return whether another attempt could end differently.
	 */
	boolean isRepeatable() {
		return this.repeatable;
	}

	/**
	 * Return the error with which the server answered, if it did.
	 */
	@Nullable ApiError response() {
		return this.response;
	}

	CompletionClientException toException(Call call) {
		return this.exception.apply(call);
	}

}
