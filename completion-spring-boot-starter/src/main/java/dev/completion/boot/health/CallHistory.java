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

package dev.completion.boot.health;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;

import dev.completion.client.CallListener;
import dev.completion.client.RateLimits;
import dev.completion.client.error.CompletionClientException;
import dev.completion.client.error.RateLimitException;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.Status;
import org.springframework.http.HttpHeaders;

/**
 * Health of the service as recent calls show it. The client reports its calls, so that
 * the history sends no requests.
 * <p>
 * Thread-safe.
 *
 * @since 0.1.0
 */
public final class CallHistory implements CallListener {

	private static final Duration WINDOW = Duration.ofSeconds(60);

	private static final int MIN_CALLS = 10;

	private static final int MIN_BLOCKING_FAILURES = 3;

	private static final Duration DEFAULT_TIME_TO_LIVE = Duration.ofSeconds(60);

	private final Duration timeToLive;

	private final Clock clock;

	// calls of the last minute, by the second in which they ended
	private final TreeMap<Long, Count> recent = new TreeMap<>();

	private @Nullable Instant lastSuccess;

	private @Nullable Instant lastCall;

	// null once a call has succeeded
	private @Nullable Failure failure;

	// in a row
	private int blockingFailures;

	private @Nullable Instant rateLimitedUntil;

	private @Nullable Long requestsRemaining;

	/**
	 * Create an empty history, whose failures are relevant for 60 seconds without calls.
	 */
	public CallHistory() {
		this(DEFAULT_TIME_TO_LIVE);
	}

	/**
	 * Create an empty history.
	 * @param timeToLive the time without calls after which the status is no longer
	 * {@link Status#DOWN}
	 */
	public CallHistory(Duration timeToLive) {
		this(timeToLive, Clock.systemUTC());
	}

	CallHistory(Duration timeToLive, Clock clock) {
		this.timeToLive = timeToLive;
		this.clock = clock;
	}

	@Override
	public synchronized void onSuccess(HttpHeaders headers) {
		this.lastSuccess = this.clock.instant();
		this.lastCall = this.lastSuccess;
		this.rateLimitedUntil = null;
		forgetFailure();
		this.requestsRemaining = RateLimits.from(headers).requests().remaining();
		count(false);
	}

	@Override
	public synchronized void onError(CompletionClientException error) {
		this.lastCall = this.clock.instant();
		if (error instanceof RateLimitException limited) {
			this.rateLimitedUntil = resetAt(limited);
			return;
		}
		FailureReason reason = FailureReason.of(error);
		if (reason == null) {
			return;
		}
		count(true);
		this.blockingFailures += reason.isBlocking() ? 1 : 0;
		boolean blocked = this.failure != null && this.failure.reason().isBlocking();
		if (reason.isBlocking() || !blocked) {
			this.failure = new Failure(this.clock.instant(), reason, error.requestId());
		}
	}

	private Instant resetAt(RateLimitException limited) {
		Duration retryAfter = limited.retryAfter();
		if (retryAfter != null) {
			return this.clock.instant().plus(retryAfter);
		}
		Instant reset = RateLimits.from(limited.headers()).requests().reset();
		return (reset != null) ? reset : this.clock.instant().plus(WINDOW);
	}

	/**
	 * Describe the health of the service.
	 * @param builder what to add status and details to
	 */
	synchronized void describe(Health.Builder builder) {
		boolean rateLimited = this.rateLimitedUntil != null && this.clock.instant().isBefore(this.rateLimitedUntil);
		builder.status(status(rateLimited));
		if (this.lastSuccess != null) {
			builder.withDetail("lastSuccess", this.lastSuccess);
		}
		if (this.failure != null) {
			builder.withDetail("lastFailure", this.failure.time());
			builder.withDetail("reason", this.failure.reason().toString());
			if (this.failure.requestId() != null) {
				builder.withDetail("requestId", this.failure.requestId());
			}
		}
		if (rateLimited && this.rateLimitedUntil != null) {
			builder.withDetail("rateLimited", true).withDetail("resetAt", this.rateLimitedUntil);
		}
		if (this.requestsRemaining != null) {
			builder.withDetail("requestsRemaining", this.requestsRemaining);
		}
		Count recent = recent();
		if (recent.calls() > 0) {
			builder.withDetail("recentCalls", recent.calls()).withDetail("recentFailures", recent.failures());
		}
	}

	/**
	 * Record that the service accepted the credential at the given time, so that an
	 * earlier rejection is no longer relevant.
	 */
	synchronized void authenticated(Instant time) {
		if (this.failure != null && this.failure.reason() == FailureReason.AUTHENTICATION
				&& this.failure.time().isBefore(time)) {
			forgetFailure();
		}
	}

	/**
	 * Return whether a call has succeeded after the given time.
	 */
	synchronized boolean hasSucceededSince(Instant time) {
		return this.lastSuccess != null && this.lastSuccess.isAfter(time);
	}

	private void forgetFailure() {
		this.failure = null;
		this.blockingFailures = 0;
	}

	private Status status(boolean rateLimited) {
		// fewer may be the fault of a single caller
		if (this.blockingFailures >= MIN_BLOCKING_FAILURES) {
			return isOutdated() ? Status.UNKNOWN : Status.DOWN;
		}
		Count total = recent();
		if (total.calls() >= MIN_CALLS && 2 * total.failures() >= total.calls()) {
			return Status.OUT_OF_SERVICE;
		}
		return (this.lastSuccess != null || rateLimited) ? Status.UP : Status.UNKNOWN;
	}

	private boolean isOutdated() {
		return this.lastCall == null || this.clock.instant().isAfter(this.lastCall.plus(this.timeToLive));
	}

	private Count recent() {
		forgetOld();
		return this.recent.values().stream().reduce(Count.NONE, Count::plus);
	}

	private void count(boolean failed) {
		this.recent.merge(this.clock.instant().getEpochSecond(), new Count(1, failed ? 1 : 0), Count::plus);
		forgetOld();
	}

	private void forgetOld() {
		long start = this.clock.instant().minus(WINDOW).getEpochSecond();
		Map<Long, Count> old = this.recent.headMap(start, true);
		old.clear();
	}

	private record Count(int calls, int failures) {

		private static final Count NONE = new Count(0, 0);

		private Count plus(Count other) {
			return new Count(this.calls + other.calls, this.failures + other.failures);
		}

	}

	private record Failure(Instant time, FailureReason reason, @Nullable String requestId) {
	}

}
