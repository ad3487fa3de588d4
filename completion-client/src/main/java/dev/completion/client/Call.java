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

import dev.completion.client.error.CallDetails;
import dev.completion.client.error.CallTimeoutException.Phase;
import dev.completion.client.error.CompletionClientException;
import dev.completion.client.error.Outcome;
import io.netty.buffer.ByteBufUtil;
import org.jspecify.annotations.Nullable;

/**
 * What is known of one call while it runs, over all of its attempts.
 */
final class Call {

	private final boolean stream;

	private final Timeouts timeouts;

	private final Limits limits;

	private final boolean joined;

	private final Deadline total;

	private volatile @Nullable AttemptFailure aborted;

	// a deadline reads them while an attempt fails
	private final List<CompletionClientException> failures = new CopyOnWriteArrayList<>();

	@SuppressWarnings("JdkObsolete") // whoever ends a call may read it, on any thread
	private final StringBuffer text = new StringBuffer();

	private CompletionApi api = CompletionApi.TEXT_COMPLETIONS;

	private long textSize;

	private int attempts;

	private volatile boolean requested;

	private volatile boolean sent;

	private @Nullable Credential credential;

	private volatile @Nullable ApiResponse answer;

	private volatile HangUp hangUp = new HangUp();

	private @Nullable CallObservation observation;

	/**
	 * Create a call, whose time begins now.
	 * @param stream whether a stream is expected
	 * @param timeouts the timeouts of this call
	 * @param limits the limits of its answer
	 * @param joined whether the text of the stream is joined
	 */
	Call(boolean stream, Timeouts timeouts, Limits limits, boolean joined) {
		this.stream = stream;
		this.timeouts = timeouts;
		this.limits = limits;
		this.joined = joined;
		this.total = new Deadline(Phase.TOTAL, timeouts.total(stream));
	}

	/**
	 * Have what happens during this call told to the given observation.
	 */
	void observedBy(CallObservation observation) {
		this.observation = observation;
	}

	boolean isStream() {
		return this.stream;
	}

	Timeouts timeouts() {
		return this.timeouts;
	}

	Limits limits() {
		return this.limits;
	}

	Deadline total() {
		return this.total;
	}

	/**
	 * Note that this call is ended. What its connection makes of that is no failure of
	 * its own.
	 */
	void abort(AttemptFailure failure) {
		this.aborted = reason(failure);
	}

	/**
	 * Return why this call fails: since it was ended, or else for the given reason.
	 */
	AttemptFailure reason(AttemptFailure failure) {
		AttemptFailure aborted = this.aborted;
		return (aborted != null) ? aborted : failure;
	}

	/**
	 * Note which API the next attempts use. It is another one only after an attempt has
	 * failed for the API's sake.
	 */
	void use(CompletionApi api) {
		if (this.observation != null && this.attempts > 0 && api != this.api) {
			this.observation.switched(api);
		}
		this.api = api;
	}

	/**
	 * Begin an attempt.
	 * @return the moment by which it must have an answer, none if the call ends before
	 */
	Deadline attempt() {
		Duration response = this.timeouts.response(this.stream);
		return new Deadline(Phase.RESPONSE, (response != null && this.total.allows(response)) ? response : null);
	}

	/**
	 * Note that a request is made: from now on a connection is being looked for.
	 */
	void requesting(Credential credential) {
		this.hangUp = new HangUp();
		this.credential = credential;
		this.attempts++;
		// last, since it lets other threads see the rest
		this.requested = true;
	}

	/**
	 * Note that the request is written to a connection.
	 */
	void sending() {
		this.sent = true;
	}

	/**
	 * Note that the headers of a response have arrived.
	 */
	ApiResponse answered(ApiResponse answer) {
		this.answer = answer;
		return answer;
	}

	/**
	 * Return whether the current attempt was answered with an error status.
	 */
	boolean isRefused() {
		ApiResponse answer = this.answer;
		return answer != null && !answer.isOk();
	}

	/**
	 * Put the response of the current attempt around a completion from it.
	 */
	CompletionResponse wrap(Completion completion) {
		return Objects.requireNonNull(this.answer).wrap(completion, this.attempts, this.api);
	}

	/**
	 * Return whether the given result is the last of this call.
	 */
	boolean isLast(Object result) {
		return !this.stream || ((Completion) result).stopReason() != null;
	}

	/**
	 * Note that the given result goes to the caller. What a caller gets of a stream is
	 * kept.
	 */
	void delivered(Object result) {
		if (!this.stream) {
			return;
		}
		Completion completion = (Completion) result;
		if (completion.stopReason() != null) {
			this.hangUp.release();
		}
		this.textSize += ByteBufUtil.utf8Bytes(completion.completion());
		if (this.textSize <= this.limits.text()) {
			this.text.append(completion.completion());
		}
		else if (this.joined) {
			throw AttemptFailure.limitExceeded("text", this.limits.text() + " bytes");
		}
	}

	/**
	 * Note that the attempt failed, and that there may be another.
	 */
	void retrying(AttemptFailure failure) {
		this.failures.add(failure.toException(this));
		this.requested = false;
		this.sent = false;
		this.answer = null;
	}

	/**
	 * Note that the attempt failed, and that another follows on the same API.
	 */
	void retried(AttemptFailure failure) {
		retrying(failure);
		if (this.observation != null) {
			this.observation.retried(lastFailure());
		}
	}

	HangUp hangUp() {
		return this.hangUp;
	}

	CompletionApi api() {
		return this.api;
	}

	/**
	 * Return the text of the stream that the caller got.
	 */
	String text() {
		return this.text.toString();
	}

	int attempts() {
		return this.attempts;
	}

	boolean isSent() {
		return this.sent;
	}

	boolean isRequested() {
		return this.requested;
	}

	@Nullable Credential credential() {
		return this.credential;
	}

	@Nullable ApiResponse answer() {
		return this.answer;
	}

	/**
	 * Return the outcome of the current attempt, given what its failure knows.
	 */
	Outcome outcome(@Nullable Outcome known) {
		if (this.textSize > 0) {
			return Outcome.PARTIAL;
		}
		return (known != null) ? known : this.sent ? Outcome.UNKNOWN : Outcome.NOT_SENT;
	}

	/**
	 * Return what an exception is to know. An attempt that may have run makes the fate of
	 * the whole call unknown, whatever became of later ones.
	 */
	CallDetails details(@Nullable Outcome known, @Nullable String requestId) {
		Outcome outcome = outcome(known);
		for (CompletionClientException failure : this.failures) {
			outcome = (failure.outcome().compareTo(outcome) > 0) ? failure.outcome() : outcome;
		}
		ApiResponse answer = this.answer;
		String fromHeader = (answer != null) ? answer.requestId() : null;
		return new CallDetails(outcome, this.attempts, (fromHeader != null) ? fromHeader : requestId, text());
	}

	CallDetails details(@Nullable Outcome known) {
		return details(known, null);
	}

	/**
	 * Return the failure of the attempt before this one, if there was one.
	 */
	@Nullable CompletionClientException lastFailure() {
		return !this.failures.isEmpty() ? this.failures.get(this.failures.size() - 1) : null;
	}

	/**
	 * Return the exception with which this call ends. It tells of earlier attempts as
	 * well.
	 */
	CompletionClientException toException(AttemptFailure failure) {
		CompletionClientException exception = failure.toException(this);
		for (CompletionClientException earlier : this.failures) {
			if (!earlier.equals(exception.getCause())) {
				exception.addSuppressed(earlier);
			}
		}
		return exception;
	}

}
