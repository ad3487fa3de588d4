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
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link RateLimits}.
 */
class RateLimitsTests {

	private final MovableClock clock = new MovableClock();

	private final RateLimits limits = new RateLimits(this.clock);

	@Test
	void useCountsDownAndRoundsTokens() {
		this.limits.use(new Usage(1_400, 499));
		assertThat(this.limits.use(new Usage(200, 1))).hasSize(12)
			.containsEntry("anthropic-ratelimit-requests-limit", "4000")
			.containsEntry("anthropic-ratelimit-requests-remaining", "3998")
			.containsEntry("anthropic-ratelimit-input-tokens-limit", "400000")
			.containsEntry("anthropic-ratelimit-input-tokens-remaining", "398000")
			.containsEntry("anthropic-ratelimit-output-tokens-limit", "80000")
			.containsEntry("anthropic-ratelimit-output-tokens-remaining", "80000")
			.containsEntry("anthropic-ratelimit-tokens-limit", "480000")
			.containsEntry("anthropic-ratelimit-tokens-remaining", "478000")
			.containsEntry("anthropic-ratelimit-tokens-reset", "2026-03-01T10:01:00Z");
	}

	@Test
	void useNeverReportsLessThanNothing() {
		assertThat(this.limits.use(new Usage(500_000, 90_000)))
			.containsEntry("anthropic-ratelimit-input-tokens-remaining", "0")
			.containsEntry("anthropic-ratelimit-tokens-remaining", "0");
	}

	@Test
	void limitsAreFullAgainAfterMinute() {
		this.limits.use(new Usage(5_000, 0));
		this.clock.now = Instant.parse("2026-03-01T10:00:59.999Z");
		assertThat(this.limits.use(new Usage(0, 0))).containsEntry("anthropic-ratelimit-requests-remaining", "3998")
			.containsEntry("anthropic-ratelimit-requests-reset", "2026-03-01T10:01:00Z");
		this.clock.now = Instant.parse("2026-03-01T10:01:00Z");
		assertThat(this.limits.use(new Usage(0, 0))).containsEntry("anthropic-ratelimit-requests-remaining", "3999")
			.containsEntry("anthropic-ratelimit-input-tokens-remaining", "400000")
			.containsEntry("anthropic-ratelimit-requests-reset", "2026-03-01T10:02:00Z");
	}

	@Test
	void resetMakesLimitsFull() {
		this.limits.use(new Usage(0, 0));
		this.limits.reset();
		assertThat(this.limits.use(new Usage(0, 0))).containsEntry("anthropic-ratelimit-requests-remaining", "3999");
	}

	private static final class MovableClock extends Clock {

		private Instant now = Instant.parse("2026-03-01T10:00:00.250Z");

		@Override
		public Instant instant() {
			return this.now;
		}

		@Override
		public ZoneId getZone() {
			return ZoneOffset.UTC;
		}

		@Override
		public Clock withZone(ZoneId zone) {
			throw new UnsupportedOperationException();
		}

	}

}
