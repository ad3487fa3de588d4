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
import java.util.Locale;
import java.util.Objects;

import dev.completion.client.error.ApiError;
import dev.completion.client.error.AuthenticationException;
import dev.completion.client.error.BillingException;
import dev.completion.client.error.CallDetails;
import dev.completion.client.error.CallTimeoutException;
import dev.completion.client.error.CallTimeoutException.Phase;
import dev.completion.client.error.CompletionApiException;
import dev.completion.client.error.CompletionClientException;
import dev.completion.client.error.ConnectionException;
import dev.completion.client.error.InvalidRequestException;
import dev.completion.client.error.LimitExceededException;
import dev.completion.client.error.MalformedResponseException;
import dev.completion.client.error.NotFoundException;
import dev.completion.client.error.Outcome;
import dev.completion.client.error.OverloadedException;
import dev.completion.client.error.PermissionDeniedException;
import dev.completion.client.error.RateLimitException;
import dev.completion.client.error.RequestTooLargeException;
import dev.completion.client.error.ServerException;
import dev.completion.client.error.StreamTruncatedException;
import dev.completion.client.error.UnsupportedRequestException;
import org.jspecify.annotations.Nullable;

/**
 * Failure of a single attempt. It is converted to the exception of the call, with details
 * such as the number of attempts and the text received so far.
 */
final class AttemptFailure extends RuntimeException {

	private static final String SEE_CREDENTIAL = "; see 'completion.api-key' and 'completion.auth-token'";

	private final transient ExceptionFactory exception;

	private final transient @Nullable Outcome outcome;

	private final boolean repeatable;

	private final transient @Nullable ApiError error;

	private final @Nullable String requestId;

	private final boolean afterWork;

	private AttemptFailure(@Nullable Outcome outcome, boolean repeatable, ExceptionFactory exception) {
		this(outcome, repeatable, null, null, false, exception);
	}

	private AttemptFailure(@Nullable Outcome outcome, boolean repeatable, @Nullable ApiError error,
			@Nullable String requestId, boolean afterWork, ExceptionFactory exception) {
		super(null, null, false, false);
		this.outcome = outcome;
		this.repeatable = repeatable;
		this.error = error;
		this.requestId = requestId;
		this.afterWork = afterWork;
		this.exception = exception;
	}

	/**
	 * Create a failure for an error response.
	 * @param error the error
	 * @param requestId the request id of the error envelope, or {@code null} if there was
	 * none
	 */
	static AttemptFailure api(ApiError error, @Nullable String requestId) {
		int status = error.status().value();
		Outcome outcome = (status < 500 || status == 503 || status == 529) ? Outcome.REJECTED : Outcome.UNKNOWN;
		return new AttemptFailure(outcome, true, error, requestId, false,
				(details, earlier) -> toException(error, details));
	}

	private static CompletionApiException toException(ApiError error, CallDetails details) {
		int status = error.status().value();
		return switch (status) {
			case 400 -> new InvalidRequestException(error, details);
			case 401 -> new AuthenticationException(error, details.withNote(SEE_CREDENTIAL));
			case 402 -> new BillingException(error, details);
			case 403 -> new PermissionDeniedException(error, details);
			case 404, 410 -> new NotFoundException(error, details);
			case 413 -> new RequestTooLargeException(error, details);
			case 429 -> new RateLimitException(error, details);
			case 529 -> new OverloadedException(error, details);
			default ->
				(status >= 500) ? new ServerException(error, details) : new CompletionApiException(error, details);
		};
	}

	/**
	 * Return this failure of a request that the model has worked on. It may be billed, so
	 * that its outcome is unknown.
	 */
	AttemptFailure afterWork() {
		return new AttemptFailure(Outcome.UNKNOWN, this.repeatable, this.error, this.requestId, true, this.exception);
	}

	/**
	 * Return a copy of this failure of a request that the model may have worked on.
	 */
	AttemptFailure ambiguous() {
		return new AttemptFailure(Outcome.UNKNOWN, this.repeatable, this.error, this.requestId, this.afterWork,
				this.exception);
	}

	/**
	 * Return a copy of this failure that must not be retried.
	 */
	AttemptFailure notRepeatable() {
		return new AttemptFailure(this.outcome, false, this.error, this.requestId, this.afterWork, this.exception);
	}

	/**
	 * Return a copy of this failure, which must be that of an error response, without the
	 * body of the response. Calls that wait may retain many failures.
	 */
	AttemptFailure withoutBody() {
		ApiError error = Objects.requireNonNull(this.error);
		ApiError small = new ApiError(error.status(), error.errorType(), error.apiMessage(), error.retryAfter(),
				error.headers(), "", error.inStream(), error.path(), error.description());
		return new AttemptFailure(this.outcome, this.repeatable, small, this.requestId, this.afterWork,
				(details, earlier) -> toException(small, details));
	}

	/**
	 * Return a copy of this failure for a request that was never sent.
	 */
	AttemptFailure ofUnsentRequest() {
		return new AttemptFailure(Outcome.NOT_SENT, false, this.error, this.requestId, false, this.exception);
	}

	/**
	 * Return a copy of this failure for a request that the server did not process.
	 */
	AttemptFailure rejected() {
		return new AttemptFailure(Outcome.REJECTED, this.repeatable, this.error, this.requestId, false, this.exception);
	}

	/**
	 * Return a copy of this failure with a note.
	 * @param note the text to append to the message of the exception
	 */
	AttemptFailure withNote(String note) {
		return new AttemptFailure(this.outcome, this.repeatable, this.error, this.requestId, this.afterWork,
				(details, earlier) -> this.exception.create(details.withNote(note), earlier));
	}

	/**
	 * Return a copy of this failure whose message contains the method and the path of the
	 * request. The message of an error response already contains the path, and that of a
	 * connection error the server.
	 */
	AttemptFailure withRequest(ApiRequest request) {
		boolean named = this.error != null || this.outcome == Outcome.NOT_SENT;
		return named ? this : withNote(" (" + request.method() + " " + request.path() + ")");
	}

	/**
	 * Create a failure for a connection that could not be established. Nothing was sent.
	 * @param repeatable whether another attempt may succeed
	 */
	static AttemptFailure notConnected(String message, boolean repeatable, @Nullable Throwable cause) {
		return new AttemptFailure(Outcome.NOT_SENT, repeatable,
				(details, earlier) -> new ConnectionException(message, details, cause));
	}

	/**
	 * Create a failure for a connection that was lost after the request was sent and
	 * before the response was complete.
	 */
	static AttemptFailure connectionLost(String message, Throwable cause) {
		return new AttemptFailure(Outcome.UNKNOWN, true,
				(details, earlier) -> new ConnectionException(message, details, cause));
	}

	static AttemptFailure closed() {
		return new AttemptFailure(null, false,
				(details, earlier) -> new ConnectionException("The client was closed", details, null));
	}

	static AttemptFailure malformed(String message) {
		return new AttemptFailure(Outcome.UNKNOWN, false,
				(details, earlier) -> new MalformedResponseException(message, details, null));
	}

	static AttemptFailure truncated(String message, @Nullable Throwable cause) {
		return new AttemptFailure(Outcome.UNKNOWN, true,
				(details, earlier) -> new StreamTruncatedException(message, details, cause));
	}

	/**
	 * Create a failure for a response that exceeds one of the {@link Limits}.
	 * @param limit the name of the limit
	 * @param size the maximum size, in bytes
	 */
	static AttemptFailure limitExceeded(String limit, int size) {
		return tooLarge(limit,
				"The %s exceeds the maximum of %d bytes; see 'completion.limits.%s'".formatted(limit, size, limit));
	}

	/**
	 * Create a failure for a list of models that exceeds the maximum number of pages.
	 */
	static AttemptFailure tooManyPages(int maxPages) {
		return tooLarge("pages", "The list of models has more than " + maxPages + " pages");
	}

	private static AttemptFailure tooLarge(String limit, String message) {
		return new AttemptFailure(Outcome.UNKNOWN, false,
				(details, earlier) -> new LimitExceededException(limit, message, details));
	}

	/**
	 * Create a failure for a phase that exceeded its timeout. For {@link Phase#TOTAL},
	 * the failure of the previous attempt becomes the cause.
	 */
	static AttemptFailure timeout(Phase phase, @Nullable Duration limit) {
		return timeout(phase, switch (phase) {
			case CONNECT -> "Connecting takes longer than ";
			case RESPONSE -> "The response takes longer than ";
			case IDLE, PROGRESS -> "The stream has sent nothing, not even a ping, for ";
			case TOTAL -> "The call takes longer than ";
		}, limit);
	}

	/**
	 * Create a failure for a connection that exceeds the connect timeout.
	 * @param server the host and port of the server
	 * @param limit the timeout, or {@code null} if it is not known
	 */
	static AttemptFailure connectTimeout(String server, @Nullable Duration limit) {
		return timeout(Phase.CONNECT, "Connecting to " + server + " takes longer than ", limit);
	}

	/**
	 * Create a failure for a stream that has sent no event other than pings.
	 * @param limit the limit
	 * @param received whether any bytes were received
	 */
	static AttemptFailure noProgress(@Nullable Duration limit, boolean received) {
		return received ? timeout(Phase.PROGRESS, "The stream has sent no event other than pings for ", limit)
				: timeout(Phase.PROGRESS, limit);
	}

	private static AttemptFailure timeout(Phase phase, String text, @Nullable Duration limit) {
		boolean total = phase == Phase.TOTAL;
		String message = text + ((limit != null) ? limit.toMillis() + " ms" : "allowed") + "; see 'completion.timeout."
				+ phase.name().toLowerCase(Locale.ROOT) + "'" + (total ? " and the timeout of the request" : "");
		return new AttemptFailure((phase != Phase.CONNECT) ? null : Outcome.NOT_SENT, !total,
				(details, earlier) -> new CallTimeoutException(phase, message, details, total ? earlier : null));
	}

	/**
	 * Create a failure for a request that is not supported by the API that serves the
	 * model.
	 */
	static AttemptFailure unsupported(String message) {
		return new AttemptFailure(Outcome.NOT_SENT, false,
				(details, earlier) -> new UnsupportedRequestException(message, details, null));
	}

	static AttemptFailure credential(Throwable cause) {
		String message = "The credential provider failed (" + cause.getClass().getName() + ")";
		return new AttemptFailure(Outcome.NOT_SENT, false,
				(details, earlier) -> new CompletionClientException(message, details, cause));
	}

	static AttemptFailure unexpected(Throwable cause) {
		String message = "The call failed (" + cause.getClass().getName() + ")";
		return new AttemptFailure(null, false,
				(details, earlier) -> new CompletionClientException(message, details, cause));
	}

	/**
	 * Return the outcome of the attempt, or {@code null} if that depends on whether the
	 * request was sent.
	 */
	@Nullable Outcome outcome() {
		return this.outcome;
	}

	/**
	 * Return whether another attempt may succeed, as far as that does not depend on the
	 * status of an error response.
	 */
	boolean isRepeatable() {
		return this.repeatable;
	}

	/**
	 * Return whether the model has worked on the request.
	 */
	boolean isAfterWork() {
		return this.afterWork;
	}

	/**
	 * Return the error response of the server, or {@code null} if there was none.
	 */
	@Nullable ApiError error() {
		return this.error;
	}

	/**
	 * Return the request id of the error envelope, or {@code null} if there was none.
	 */
	@Nullable String requestId() {
		return this.requestId;
	}

	/**
	 * Return the exception of the call.
	 * @param details the details of the call
	 * @param earlier the failure of the previous attempt, or {@code null} if there was
	 * none
	 */
	CompletionClientException toException(CallDetails details, @Nullable CompletionClientException earlier) {
		return this.exception.create(details, earlier);
	}

	@FunctionalInterface
	private interface ExceptionFactory {

		CompletionClientException create(CallDetails details, @Nullable CompletionClientException earlier);

	}

}
