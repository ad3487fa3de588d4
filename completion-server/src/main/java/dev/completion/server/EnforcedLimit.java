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

import java.time.Instant;
import java.util.Locale;
import java.util.Map;

/**
 * Enforced limit per minute. Not thread-safe.
 */
final class EnforcedLimit {

	private final Kind kind;

	private final long perMinute;

	// the bucket that the headers report
	private final TokenBucket minute;

	// the bucket that decides whether a request is accepted
	private final TokenBucket burst;

	/**
	 * Create an unused limit.
	 * @param kind what is limited
	 * @param perMinute the limit per minute
	 * @param burst the capacity of the bucket
	 * @param now the current time
	 */
	EnforcedLimit(Kind kind, long perMinute, long burst, Instant now) {
		this.kind = kind;
		this.perMinute = perMinute;
		this.minute = new TokenBucket(perMinute, perMinute, now);
		this.burst = new TokenBucket(perMinute, burst, now);
	}

	/**
	 * Return the time until a request is admitted, in seconds, or 0 if it is admitted
	 * now.
	 */
	double secondsUntilAdmitted(Usage usage, Instant now) {
		return this.burst.secondsUntil(this.kind.required(usage), now);
	}

	void use(Usage usage, Instant now) {
		long amount = this.kind.used(usage);
		this.minute.take(amount, now);
		this.burst.take(amount, now);
	}

	void putHeaders(Map<String, String> headers, Instant now) {
		RateLimits.put(headers, this.kind.header, this.perMinute, this.kind.round(this.minute.remaining(now)),
				this.minute.fullAt(now));
	}

	/**
	 * Return the error of a request that this limit refuses.
	 */
	ApiException refusal() {
		return new ApiException(429, "rate_limit_error",
				String.format(Locale.ROOT,
						"This request would exceed your organization's rate limit of %,d %s per minute (org: %s). "
								+ "For details, refer to: https://docs.claude.com/en/api/rate-limits. You can see the "
								+ "response headers for current usage. Please reduce the prompt length or the maximum "
								+ "tokens requested, or try again later.",
						this.perMinute, this.kind.header.replace('-', ' '), ApiRouter.ORGANIZATION));
	}

	/**
	 * What is limited.
	 */
	enum Kind {

		REQUESTS("requests"),

		INPUT_TOKENS("input-tokens"),

		OUTPUT_TOKENS("output-tokens");

		private final String header;

		Kind(String header) {
			this.header = header;
		}

		/**
		 * Return how many must be left for a request to be accepted.
		 */
		private long required(Usage usage) {
			// output tokens are not known in advance, so one remaining token is
			// sufficient
			return (this != INPUT_TOKENS) ? 1 : usage.limitedInputTokens();
		}

		private long used(Usage usage) {
			return switch (this) {
				case REQUESTS -> 1;
				case INPUT_TOKENS -> usage.limitedInputTokens();
				case OUTPUT_TOKENS -> usage.outputTokens();
			};
		}

		private long round(long remaining) {
			return (this != REQUESTS) ? RateLimits.thousands(remaining) : remaining;
		}

	}

}
