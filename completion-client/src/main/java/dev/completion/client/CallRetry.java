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
import java.util.concurrent.ThreadLocalRandom;

import dev.completion.client.error.ApiError;
import dev.completion.client.error.Outcome;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * Decides whether a call is retried, and when.
 */
final class CallRetry {

	static final String TOO_LONG = "'retry-after' exceeds 'completion.retry.max-retry-after'";

	static final String NOT_IN_TIME = "the delay exceeds 'completion.timeout.total' or the timeout of the request";

	private static final String SHOULD_RETRY = "x-should-retry";

	private final RetryPolicy policy;

	private final RetryBudget budget;

	private final CredentialProvider credentials;

	private final Call call;

	private int retries;

	private boolean repeatedAmbiguous;

	private boolean renewedCredential;

	CallRetry(RetryPolicy policy, RetryBudget budget, CredentialProvider credentials, Call call) {
		this.policy = policy;
		this.budget = budget;
		this.credentials = credentials;
		this.call = call;
	}

	/**
	 * Note that the call succeeded.
	 */
	void succeeded() {
		this.budget.succeeded();
	}

	/**
	 * Return the delay before the next attempt, or an error if there is none.
	 */
	Mono<Long> next(Attempt attempt, AttemptFailure failure) {
		if (isUnauthorized(failure) && !this.renewedCredential) {
			this.renewedCredential = true;
			return renewCredential(attempt, failure);
		}
		boolean retry = this.retries < this.policy.maxRetries() && attempt.isRequested() && isRetryable(failure);
		return retry ? delay(attempt, failure) : Mono.error(failure);
	}

	private boolean isRetryable(AttemptFailure failure) {
		Outcome outcome = this.call.outcome(failure);
		if (outcome == Outcome.PARTIAL) {
			return false;
		}
		Boolean asked = asked(failure);
		if (asked != null) {
			return asked;
		}
		return isRepeatable(failure)
				&& (outcome != Outcome.UNKNOWN || (this.policy.retryAmbiguous() && !this.repeatedAmbiguous));
	}

	/**
	 * Return what the server requests, or {@code null} if it leaves the decision to the
	 * client.
	 */
	private static @Nullable Boolean asked(AttemptFailure failure) {
		ApiError error = failure.error();
		if (error == null) {
			return null;
		}
		if (isForbidden(error)) {
			return false;
		}
		boolean asked = "true".equalsIgnoreCase(error.headers().getFirst(SHOULD_RETRY));
		return (asked && !error.inStream() && isRepeatable(failure)) ? Boolean.TRUE : null;
	}

	/**
	 * Return whether the server requests that the call is not retried.
	 */
	static boolean isForbidden(ApiError error) {
		return "false".equalsIgnoreCase(error.headers().getFirst(SHOULD_RETRY));
	}

	private static boolean isRepeatable(AttemptFailure failure) {
		ApiError error = failure.error();
		return failure.isRepeatable() && (error == null || isRepeatable(error));
	}

	// within a stream, only errors of the server are retried
	private static boolean isRepeatable(ApiError error) {
		int status = error.status().value();
		boolean isTransient = status == 408 || status == 409 || status == 429;
		return status >= 500 || (isTransient && !error.inStream());
	}

	private Mono<Long> delay(Attempt attempt, AttemptFailure failure) {
		ApiError error = failure.error();
		Duration retryAfter = (error != null) ? error.retryAfter() : null;
		Duration wait = wait(this.policy.delay(this.retries), retryAfter);
		boolean inTime = this.call.total().allows(wait);
		boolean tooLong = retryAfter != null && retryAfter.compareTo(this.policy.maxRetryAfter()) > 0;
		if (retryAfter != null && (tooLong || !inTime)) {
			this.call.notRetried(tooLong ? TOO_LONG : NOT_IN_TIME);
			return Mono.error(failure);
		}
		if (!inTime) {
			this.call.attemptFailed(failure);
			return Mono.error(this.call.total().failure());
		}
		// the budget limits retries during outages, and a rate limit is no outage
		if (!CallPacing.isRefusal(attempt, failure) && !this.budget.spend()) {
			this.call.notRetried("the retry budget of the client is exhausted");
			return Mono.error(failure);
		}
		this.retries++;
		this.repeatedAmbiguous |= this.call.outcome(failure) == Outcome.UNKNOWN;
		this.call.retry(failure, wait);
		return Mono.delay(wait, DeadlineScheduler.shared());
	}

	/**
	 * Return a delay between half of the given delay and all of it, or the delay that the
	 * server requests plus jitter, so that clients do not retry at the same time.
	 */
	static Duration wait(Duration delay, @Nullable Duration retryAfter) {
		Duration half = delay.dividedBy(2);
		Duration jitter = Duration.ofNanos(ThreadLocalRandom.current().nextLong(half.toNanos() + 1));
		Duration wait = half.plus(jitter);
		Duration asked = (retryAfter != null) ? retryAfter.plus(jitter) : Duration.ZERO;
		return (asked.compareTo(wait) > 0) ? asked : wait;
	}

	private static boolean isUnauthorized(AttemptFailure failure) {
		ApiError error = failure.error();
		return error != null && error.status().value() == 401 && !error.inStream();
	}

	// does not use the budget, since an outage does not reject credentials
	private Mono<Long> renewCredential(Attempt attempt, AttemptFailure failure) {
		Credential used = attempt.credential();
		try {
			if (used == null || !this.credentials.invalidate(used)) {
				return Mono.error(failure);
			}
		}
		catch (Throwable ex) {
			FatalErrors.throwIfFatal(ex);
			this.call.attemptFailed(failure);
			return Mono.error(AttemptFailure.credential(ex));
		}
		this.call.retry(failure, Duration.ZERO);
		return Mono.just(0L);
	}

}
