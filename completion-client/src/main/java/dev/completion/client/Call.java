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
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;

import dev.completion.client.error.ApiError;
import dev.completion.client.error.CallDetails;
import dev.completion.client.error.CallTimeoutException.Phase;
import dev.completion.client.error.CompletionClientException;
import dev.completion.client.error.Outcome;
import io.netty.buffer.ByteBufUtil;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * State of a call across all of its attempts.
 */
final class Call {

	private static final Log logger = LogFactory.getLog(Call.class);

	private final boolean stream;

	private final Timeouts timeouts;

	private final Limits limits;

	private final boolean joined;

	private final Deadline total;

	private volatile @Nullable AttemptFailure aborted;

	// a deadline reads them while an attempt fails
	private final List<CompletionClientException> failures = new CopyOnWriteArrayList<>();

	@SuppressWarnings("JdkObsolete") // may be read on any thread when the call ends
	private final StringBuffer text = new StringBuffer();

	private final PropertyCollector joinedProperties;

	private CompletionApi api = CompletionApi.TEXT_COMPLETIONS;

	private long textSize;

	// the current attempt, or a placeholder for one that has not started
	private volatile Attempt attempt;

	private CallEvents events = CallEvents.NONE;

	private @Nullable String note;

	// supplies the failure of a call that waits for a rate limit, or null if it does not
	private volatile @Nullable Supplier<@Nullable AttemptFailure> waiting;

	/**
	 * Create a call, and start the deadline of the whole call.
	 * @param stream whether a stream is requested
	 * @param timeouts the timeouts of this call
	 * @param limits the limits of its response
	 * @param joined whether the text of the stream is joined
	 */
	Call(boolean stream, Timeouts timeouts, Limits limits, boolean joined) {
		this(stream, timeouts, limits, joined, new Deadline(Phase.TOTAL, timeouts.total(stream)));
	}

	/**
	 * Create a call.
	 * @param stream whether a stream is requested
	 * @param timeouts the timeouts of this call
	 * @param limits the limits of its response
	 * @param joined whether the text of the stream is joined
	 * @param total the deadline of the whole call
	 */
	Call(boolean stream, Timeouts timeouts, Limits limits, boolean joined, Deadline total) {
		this.stream = stream;
		this.timeouts = timeouts;
		this.limits = limits;
		this.joined = joined;
		this.joinedProperties = new PropertyCollector(limits.body());
		this.total = total;
		this.attempt = new Attempt(stream, timeouts, limits, new Deadline(Phase.RESPONSE, null));
	}

	/**
	 * Set the receiver of the events of this call.
	 */
	void events(CallEvents events) {
		this.events = events;
	}

	boolean isStream() {
		return this.stream;
	}

	Deadline total() {
		return this.total;
	}

	/**
	 * Start the next attempt.
	 * @param api the API that it uses
	 */
	Attempt nextAttempt(CompletionApi api) {
		if (attempts() > 0 && api != this.api) {
			this.events.switched(api);
		}
		this.api = api;
		Attempt next = this.attempt.next(responseDeadline());
		this.attempt = next;
		return next;
	}

	// none if the deadline of the call is earlier
	private Deadline responseDeadline() {
		Duration response = this.timeouts.response(this.stream);
		return new Deadline(Phase.RESPONSE, (response != null && this.total.allows(response)) ? response : null);
	}

	/**
	 * Record that the call is delayed by a rate limit.
	 * @param late supplies the failure to report if the deadline is reached while the
	 * call waits; {@code null} to report a timeout
	 */
	void waits(Supplier<@Nullable AttemptFailure> late) {
		this.waiting = late;
		this.events.waits();
	}

	/**
	 * Record that the request may be sent. The time for which it waited is not part of
	 * the response timeout.
	 */
	void admitted() {
		if (this.waiting != null) {
			this.waiting = null;
			this.attempt.restart(responseDeadline());
		}
	}

	/**
	 * Return the failure to report when the deadline is reached.
	 * @param timeout the failure if the call is not delayed by a rate limit
	 */
	AttemptFailure late(AttemptFailure timeout) {
		Supplier<@Nullable AttemptFailure> waiting = this.waiting;
		AttemptFailure refusal = (waiting != null) ? waiting.get() : null;
		return (refusal != null) ? refusal : timeout;
	}

	/**
	 * Record that the attempt failed and that the call may continue.
	 */
	void attemptFailed(AttemptFailure failure) {
		this.failures.add(toAttemptException(failure));
		this.attempt = this.attempt.next(new Deadline(Phase.RESPONSE, null));
	}

	/**
	 * Record that the attempt failed and is retried with the same API.
	 * @param wait the delay before the retry, to which the client adds that of a rate
	 * limit
	 */
	void retry(AttemptFailure failure, Duration wait) {
		attemptFailed(failure);
		CompletionClientException exception = Objects.requireNonNull(lastFailure());
		ApiError error = failure.error();
		Duration requested = (error != null) ? error.retryAfter() : null;
		Duration minimum = (requested != null && requested.compareTo(wait) > 0) ? requested : wait;
		if (logger.isDebugEnabled()) {
			logger.debug("Attempt " + attempts() + " failed, retrying after at least " + minimum.toMillis() + " ms: "
					+ exception.getMessage());
		}
		this.events.retried(exception);
	}

	/**
	 * Record why the call is not retried although its failure is retryable.
	 */
	void notRetried(String reason) {
		this.note = " (not retried because " + reason + ")";
	}

	/**
	 * Record that this call is aborted. Failures that its connection reports afterwards
	 * are ignored.
	 */
	void abort(AttemptFailure failure) {
		this.aborted = reason(failure);
	}

	/**
	 * Return the failure that this call was aborted with, or the given failure if the
	 * call was not aborted.
	 */
	AttemptFailure reason(AttemptFailure failure) {
		AttemptFailure aborted = this.aborted;
		return (aborted != null) ? aborted : failure;
	}

	/**
	 * Wrap a completion in the response of the current attempt.
	 */
	CompletionResponse wrap(Completion completion) {
		return Objects.requireNonNull(response()).wrap(completion, attempts(), this.api);
	}

	/**
	 * Return whether the given result is the last of this call.
	 */
	boolean isLast(Object result) {
		return !this.stream || ((Completion) result).stopReason() != null;
	}

	/**
	 * Record that the given result is delivered to the caller. The text of a stream is
	 * kept for the details of a failure.
	 */
	void delivered(Object result) {
		if (!this.stream) {
			return;
		}
		Completion completion = (Completion) result;
		if (completion.stopReason() != null) {
			this.attempt.complete();
		}
		if (this.joined) {
			completion.additionalProperties().forEach(this.joinedProperties::put);
		}
		this.textSize += ByteBufUtil.utf8Bytes(completion.completion());
		if (this.textSize <= this.limits.text()) {
			this.text.append(completion.completion());
		}
		else if (this.joined) {
			throw AttemptFailure.limitExceeded("text", this.limits.text());
		}
	}

	CompletionApi api() {
		return this.api;
	}

	/**
	 * Return the text that the stream has delivered so far.
	 */
	String text() {
		return this.text.toString();
	}

	/**
	 * Return the number of requests so far.
	 */
	int attempts() {
		return this.attempt.requests();
	}

	/**
	 * Return the response of the current attempt, or {@code null} if there is none.
	 */
	@Nullable ApiResponse response() {
		return this.attempt.response();
	}

	/**
	 * Return the outcome of the current, failed attempt.
	 */
	Outcome outcome(AttemptFailure failure) {
		if (this.textSize > 0) {
			return Outcome.PARTIAL;
		}
		Outcome known = failure.outcome();
		return (known != null) ? known : this.attempt.isSent() ? Outcome.UNKNOWN : Outcome.NOT_SENT;
	}

	/**
	 * Return the exception with which this call ends. It includes the failures of earlier
	 * attempts.
	 */
	CompletionClientException toException(AttemptFailure failure) {
		CompletionClientException exception = toAttemptException(failure);
		for (CompletionClientException earlier : this.failures) {
			if (!earlier.equals(exception.getCause())) {
				exception.addSuppressed(earlier);
			}
		}
		return exception;
	}

	private CompletionClientException toAttemptException(AttemptFailure failure) {
		return failure.toException(details(failure), lastFailure());
	}

	/**
	 * Return the details for the exception. If an attempt may have been processed, the
	 * outcome of the whole call is unknown, regardless of the outcome of later attempts.
	 */
	private CallDetails details(AttemptFailure failure) {
		Outcome outcome = outcome(failure);
		for (CompletionClientException earlier : this.failures) {
			outcome = (earlier.outcome().compareTo(outcome) > 0) ? earlier.outcome() : outcome;
		}
		ApiResponse response = response();
		String fromHeader = (response != null) ? response.requestId() : null;
		String requestId = (fromHeader != null) ? fromHeader : failure.requestId();
		return new CallDetails(outcome, attempts(), requestId, text(), this.note);
	}

	private @Nullable CompletionClientException lastFailure() {
		return !this.failures.isEmpty() ? this.failures.get(this.failures.size() - 1) : null;
	}

}
