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
 * What recent calls tell of the service. It is told by the client, and costs nothing.
 * <p>
 * Safe for use by many threads.
 *
 * @since 0.1.0
 */
public final class CallHistory implements CallListener {

	private static final Duration WINDOW = Duration.ofSeconds(60);

	private static final int MIN_CALLS = 10;

	private final Clock clock;

	// calls of the last minute, by the second in which they ended
	private final TreeMap<Long, Count> recent = new TreeMap<>();

	private @Nullable Instant lastSuccess;

	// null once a call has succeeded
	private @Nullable Failure failure;

	private @Nullable Instant rateLimitedUntil;

	private @Nullable Long requestsRemaining;

	/**
	 * Create an empty history.
	 */
	public CallHistory() {
		this(Clock.systemUTC());
	}

	CallHistory(Clock clock) {
		this.clock = clock;
	}

	@Override
	public synchronized void onSuccess(HttpHeaders headers) {
		this.lastSuccess = this.clock.instant();
		this.failure = null;
		this.requestsRemaining = RateLimits.from(headers).requests().remaining();
		count(false);
	}

	@Override
	public synchronized void onError(CompletionClientException error) {
		if (error instanceof RateLimitException limited) {
			this.rateLimitedUntil = resetAt(limited);
			return;
		}
		FailureReason reason = FailureReason.of(error);
		if (reason == null) {
			return;
		}
		count(true);
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
	 * Note that the service took the credential at the given time, which is more than an
	 * earlier refusal of it.
	 */
	synchronized void authenticated(Instant time) {
		if (this.failure != null && this.failure.reason() == FailureReason.AUTHENTICATION
				&& this.failure.time().isBefore(time)) {
			this.failure = null;
		}
	}

	private Status status(boolean rateLimited) {
		if (this.failure != null && this.failure.reason().isBlocking()) {
			return Status.DOWN;
		}
		Count total = recent();
		if (total.calls() >= MIN_CALLS && 2 * total.failures() >= total.calls()) {
			return Status.OUT_OF_SERVICE;
		}
		return (this.lastSuccess != null || rateLimited) ? Status.UP : Status.UNKNOWN;
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
