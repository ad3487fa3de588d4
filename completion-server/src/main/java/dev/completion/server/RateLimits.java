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
import java.util.Map;
import java.util.TreeMap;

/**
 * Rate limits that count down and are full again each minute. They are reported, not
 * enforced. Safe for use by many threads.
 */
final class RateLimits {

	private static final Duration WINDOW = Duration.ofMinutes(1);

	private static final long REQUESTS = 4_000;

	private static final long INPUT_TOKENS = 400_000;

	private static final long OUTPUT_TOKENS = 80_000;

	private final Clock clock;

	private Instant reset = Instant.MIN;

	private long requests;

	private long inputTokens;

	private long outputTokens;

	RateLimits(Clock clock) {
		this.clock = clock;
	}

	/**
	 * Count a request.
	 * @param usage the tokens of the request
	 * @return the headers that report what is left
	 */
	synchronized Map<String, String> use(Usage usage) {
		refillWhenDue();
		this.requests++;
		this.inputTokens += usage.inputTokens();
		this.outputTokens += usage.outputTokens();
		Map<String, String> headers = new TreeMap<>();
		put(headers, "requests", REQUESTS, left(REQUESTS, this.requests));
		put(headers, "input-tokens", INPUT_TOKENS, thousands(left(INPUT_TOKENS, this.inputTokens)));
		put(headers, "output-tokens", OUTPUT_TOKENS, thousands(left(OUTPUT_TOKENS, this.outputTokens)));
		put(headers, "tokens", INPUT_TOKENS + OUTPUT_TOKENS,
				thousands(left(INPUT_TOKENS, this.inputTokens) + left(OUTPUT_TOKENS, this.outputTokens)));
		return headers;
	}

	synchronized void reset() {
		this.reset = Instant.MIN;
	}

	private void refillWhenDue() {
		Instant now = this.clock.instant();
		if (!now.isBefore(this.reset)) {
			this.reset = now.truncatedTo(ChronoUnit.SECONDS).plus(WINDOW);
			this.requests = 0;
			this.inputTokens = 0;
			this.outputTokens = 0;
		}
	}

	private void put(Map<String, String> headers, String name, long limit, long remaining) {
		String prefix = "anthropic-ratelimit-" + name;
		headers.put(prefix + "-limit", Long.toString(limit));
		headers.put(prefix + "-remaining", Long.toString(remaining));
		headers.put(prefix + "-reset", this.reset.toString());
	}

	private static long left(long limit, long used) {
		return Math.max(0, limit - used);
	}

	private static long thousands(long tokens) {
		return Math.round(tokens / 1000.0) * 1000;
	}

}
