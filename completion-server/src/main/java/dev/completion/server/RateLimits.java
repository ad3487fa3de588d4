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

package dev.completion.server;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;

/**
 * Rate limits of all requests, and the headers that report them. Limits that are not
 * enforced are replenished each minute. They are too high to slow down a client that
 * paces its requests by the headers. Thread-safe.
 */
final class RateLimits {

	private static final Duration WINDOW = Duration.ofMinutes(1);

	private static final long REQUESTS = 4_000_000;

	private static final long INPUT_TOKENS = 4_000_000_000L;

	private static final long OUTPUT_TOKENS = 800_000_000;

	private final Clock clock;

	private final Function<Instant, List<EnforcedLimit>> limits;

	private List<EnforcedLimit> enforced;

	private Instant reset = Instant.MIN;

	private long requests;

	private long inputTokens;

	private long outputTokens;

	/**
	 * Create rate limits.
	 * @param clock the clock
	 * @param limits returns the limits that are enforced, given the current time
	 */
	RateLimits(Clock clock, Function<Instant, List<EnforcedLimit>> limits) {
		this.clock = clock;
		this.limits = limits;
		this.enforced = limits.apply(clock.instant());
	}

	/**
	 * Count a request, unless a limit refuses it.
	 * @param usage the tokens of the request
	 */
	synchronized Admission admit(Usage usage) {
		Instant now = this.clock.instant();
		EnforcedLimit exceeded = this.enforced.stream()
			.max(Comparator.comparingDouble((limit) -> limit.secondsUntilAdmitted(usage, now)))
			.orElse(null);
		double seconds = (exceeded != null) ? exceeded.secondsUntilAdmitted(usage, now) : 0;
		if (exceeded == null || seconds <= 0) {
			return new Admission(use(usage), null);
		}
		Map<String, String> headers = headers(now);
		headers.put("retry-after", Long.toString((long) Math.ceil(seconds)));
		headers.put("x-should-retry", "true");
		return new Admission(headers, exceeded.refusal());
	}

	/**
	 * Count a request without enforcing the limits.
	 * @param usage the tokens of the request
	 * @return the headers that report what is left
	 */
	synchronized Map<String, String> use(Usage usage) {
		Instant now = this.clock.instant();
		refillWhenDue(now);
		this.requests++;
		this.inputTokens += usage.limitedInputTokens();
		this.outputTokens += usage.outputTokens();
		this.enforced.forEach((limit) -> limit.use(usage, now));
		return headers(now);
	}

	private Map<String, String> headers(Instant now) {
		refillWhenDue(now);
		long inputTokens = left(INPUT_TOKENS, this.inputTokens);
		long outputTokens = left(OUTPUT_TOKENS, this.outputTokens);
		Map<String, String> headers = new TreeMap<>();
		put(headers, "requests", REQUESTS, left(REQUESTS, this.requests), this.reset);
		put(headers, "input-tokens", INPUT_TOKENS, thousands(inputTokens), this.reset);
		put(headers, "output-tokens", OUTPUT_TOKENS, thousands(outputTokens), this.reset);
		put(headers, "tokens", INPUT_TOKENS + OUTPUT_TOKENS, thousands(inputTokens + outputTokens), this.reset);
		this.enforced.forEach((limit) -> limit.putHeaders(headers, now));
		return headers;
	}

	synchronized void reset() {
		this.reset = Instant.MIN;
		this.enforced = this.limits.apply(this.clock.instant());
	}

	private void refillWhenDue(Instant now) {
		if (!now.isBefore(this.reset)) {
			this.reset = now.truncatedTo(ChronoUnit.SECONDS).plus(WINDOW);
			this.requests = 0;
			this.inputTokens = 0;
			this.outputTokens = 0;
		}
	}

	/**
	 * Put the headers of a limit.
	 */
	static void put(Map<String, String> headers, String name, long limit, long remaining, Instant reset) {
		String prefix = "anthropic-ratelimit-" + name;
		headers.put(prefix + "-limit", Long.toString(limit));
		headers.put(prefix + "-remaining", Long.toString(remaining));
		headers.put(prefix + "-reset", reset.truncatedTo(ChronoUnit.SECONDS).toString());
	}

	private static long left(long limit, long used) {
		return Math.max(0, limit - used);
	}

	/**
	 * Round a number of tokens to thousands, as the headers do.
	 */
	static long thousands(long tokens) {
		return Math.round(tokens / 1000.0) * 1000;
	}

	/**
	 * Decision on a request.
	 *
	 * @param headers the headers that report the limits
	 * @param refusal the error if the request is refused, or {@code null}
	 */
	record Admission(Map<String, String> headers, @Nullable ApiException refusal) {

	}

}
