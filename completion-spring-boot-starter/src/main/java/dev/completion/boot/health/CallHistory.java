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
import java.util.ArrayDeque;
import java.util.Deque;

import dev.completion.client.CallListener;
import dev.completion.client.RateLimits;
import dev.completion.client.error.AuthenticationException;
import dev.completion.client.error.BillingException;
import dev.completion.client.error.CallTimeoutException;
import dev.completion.client.error.CompletionClientException;
import dev.completion.client.error.ConnectionException;
import dev.completion.client.error.OverloadedException;
import dev.completion.client.error.PermissionDeniedException;
import dev.completion.client.error.RateLimitException;
import dev.completion.client.error.ServerException;
import dev.completion.client.error.StreamTruncatedException;
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

	private static final int MAX_CALLS = 1000;

	private final Clock clock;

	private final Deque<Result> recent = new ArrayDeque<>();

	private int recentFailures;

	private @Nullable Instant lastSuccess;

	private @Nullable Failure lastFailure;

	// a failure that only a person can mend, until a call succeeds
	private @Nullable Failure blocking;

	private @Nullable RateLimits rateLimits;

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
		this.blocking = null;
		this.rateLimits = RateLimits.from(headers);
		add(false);
	}

	@Override
	public synchronized void onError(CompletionClientException error) {
		String reason = reason(error);
		if (reason == null) {
			return;
		}
		this.lastFailure = new Failure(this.clock.instant(), reason, error);
		if (isBlocking(error)) {
			this.blocking = this.lastFailure;
		}
		else if (!(error instanceof RateLimitException)) {
			add(true);
		}
	}

	/**
	 * Return why the service is to blame.
	 * @return the reason, or {@code null} if the failure says nothing of the service,
	 * such as that of a bad request
	 */
	private static @Nullable String reason(CompletionClientException error) {
		if (error instanceof AuthenticationException || error instanceof PermissionDeniedException) {
			return "authentication";
		}
		if (error instanceof BillingException) {
			return "billing";
		}
		if (error instanceof RateLimitException) {
			return "rateLimit";
		}
		if (error instanceof OverloadedException) {
			return "overloaded";
		}
		if (error instanceof ServerException) {
			return "server";
		}
		if (error instanceof CallTimeoutException) {
			return "timeout";
		}
		return (error instanceof ConnectionException || error instanceof StreamTruncatedException) ? "connection"
				: null;
	}

	private static boolean isBlocking(CompletionClientException error) {
		return error instanceof AuthenticationException || error instanceof PermissionDeniedException
				|| error instanceof BillingException;
	}

	/**
	 * Describe the health of the service.
	 * @param builder what to add status and details to
	 */
	synchronized void describe(Health.Builder builder) {
		forgetOld();
		builder.status(status());
		if (this.lastSuccess != null) {
			builder.withDetail("lastSuccess", this.lastSuccess);
		}
		Failure shown = (this.blocking != null) ? this.blocking : this.lastFailure;
		if (shown != null) {
			describe(shown, builder);
		}
		if (this.rateLimits != null && this.rateLimits.requests().remaining() != null) {
			builder.withDetail("requestsRemaining", this.rateLimits.requests().remaining());
		}
	}

	private void describe(Failure failure, Health.Builder builder) {
		builder.withDetail("lastFailure", failure.time());
		if (this.lastSuccess != null && this.lastSuccess.isAfter(failure.time())) {
			return;
		}
		builder.withDetail("reason", failure.reason());
		if (failure.error().requestId() != null) {
			builder.withDetail("requestId", failure.error().requestId());
		}
		if (failure.error() instanceof RateLimitException limited) {
			builder.withDetail("rateLimited", true);
			Instant resetAt = resetAt(failure.time(), limited);
			if (resetAt != null) {
				builder.withDetail("resetAt", resetAt);
			}
		}
	}

	private static @Nullable Instant resetAt(Instant time, RateLimitException limited) {
		Duration retryAfter = limited.retryAfter();
		return (retryAfter != null) ? time.plus(retryAfter) : RateLimits.from(limited.headers()).requests().reset();
	}

	private Status status() {
		if (this.blocking != null) {
			return Status.DOWN;
		}
		if (this.recent.size() >= MIN_CALLS && 2 * this.recentFailures >= this.recent.size()) {
			return Status.OUT_OF_SERVICE;
		}
		boolean limited = this.lastFailure != null && this.lastFailure.error() instanceof RateLimitException;
		return (this.lastSuccess != null || limited) ? Status.UP : Status.UNKNOWN;
	}

	private void add(boolean failed) {
		this.recent.addLast(new Result(this.clock.instant(), failed));
		this.recentFailures += failed ? 1 : 0;
		if (this.recent.size() > MAX_CALLS) {
			removeOldest();
		}
		forgetOld();
	}

	private void forgetOld() {
		Instant start = this.clock.instant().minus(WINDOW);
		while (!this.recent.isEmpty() && this.recent.getFirst().time().isBefore(start)) {
			removeOldest();
		}
	}

	private void removeOldest() {
		this.recentFailures -= this.recent.removeFirst().failed() ? 1 : 0;
	}

	private record Result(Instant time, boolean failed) {
	}

	private record Failure(Instant time, String reason, CompletionClientException error) {
	}

}
