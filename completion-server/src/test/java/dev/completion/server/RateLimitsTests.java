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
import java.util.List;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link RateLimits}.
 */
class RateLimitsTests {

	private static final Usage TOKENS = new Usage(10, 10);

	private final MovableClock clock = new MovableClock();

	private final RateLimits limits = new RateLimits(this.clock, (now) -> List.of());

	@Test
	void useCountsDownAndRoundsTokens() {
		this.limits.use(new Usage(1_400, 499));
		assertThat(this.limits.use(new Usage(200, 1))).hasSize(12)
			.containsEntry("anthropic-ratelimit-requests-limit", "4000000")
			.containsEntry("anthropic-ratelimit-requests-remaining", "3999998")
			.containsEntry("anthropic-ratelimit-input-tokens-limit", "4000000000")
			.containsEntry("anthropic-ratelimit-input-tokens-remaining", "3999998000")
			.containsEntry("anthropic-ratelimit-output-tokens-limit", "800000000")
			.containsEntry("anthropic-ratelimit-output-tokens-remaining", "800000000")
			.containsEntry("anthropic-ratelimit-tokens-limit", "4800000000")
			.containsEntry("anthropic-ratelimit-tokens-remaining", "4799998000")
			.containsEntry("anthropic-ratelimit-tokens-reset", "2026-03-01T10:01:00Z");
	}

	@Test
	void limitsAreFullAgainAfterMinute() {
		this.limits.use(new Usage(5_000, 0));
		this.clock.now = Instant.parse("2026-03-01T10:00:59.999Z");
		assertThat(this.limits.use(new Usage(0, 0))).containsEntry("anthropic-ratelimit-requests-remaining", "3999998")
			.containsEntry("anthropic-ratelimit-requests-reset", "2026-03-01T10:01:00Z");
		this.clock.now = Instant.parse("2026-03-01T10:01:00Z");
		assertThat(this.limits.use(new Usage(0, 0))).containsEntry("anthropic-ratelimit-requests-remaining", "3999999")
			.containsEntry("anthropic-ratelimit-input-tokens-remaining", "4000000000")
			.containsEntry("anthropic-ratelimit-requests-reset", "2026-03-01T10:02:00Z");
	}

	@Test
	void resetMakesLimitsFull() {
		this.limits.use(new Usage(0, 0));
		this.limits.reset();
		assertThat(this.limits.use(new Usage(0, 0))).containsEntry("anthropic-ratelimit-requests-remaining", "3999999");
	}

	private RateLimits enforced(EnforcedLimit.Kind kind, long perMinute, long burst) {
		return new RateLimits(this.clock, (now) -> List.of(new EnforcedLimit(kind, perMinute, burst, now)));
	}

	private void pass(double seconds) {
		this.clock.now = this.clock.now.plusNanos((long) (seconds * 1e9));
	}

	@Test
	void requestsAreRefusedUntilTheBucketHasRoom() {
		RateLimits limits = enforced(EnforcedLimit.Kind.REQUESTS, 60, 2);
		assertThat(limits.admit(TOKENS).refusal()).isNull();
		assertThat(limits.admit(TOKENS).refusal()).isNull();
		RateLimits.Admission refused = limits.admit(TOKENS);
		assertThat(refused.refusal()).hasMessageStartingWith(
				"This request would exceed your organization's rate limit " + "of 60 requests per minute (org: ");
		assertThat(refused.headers()).containsEntry("retry-after", "1")
			.containsEntry("anthropic-ratelimit-requests-limit", "60")
			.containsEntry("anthropic-ratelimit-requests-remaining", "58")
			.containsEntry("anthropic-ratelimit-requests-reset", "2026-03-01T10:00:02Z");
		pass(0.99);
		assertThat(limits.admit(TOKENS).refusal()).isNotNull();
		pass(0.01);
		assertThat(limits.admit(TOKENS).refusal()).isNull();
		assertThat(limits.admit(TOKENS).refusal()).isNotNull();
		pass(3600);
		assertThat(limits.admit(TOKENS).headers()).containsEntry("anthropic-ratelimit-requests-remaining", "59");
		limits.reset();
		assertThat(limits.admit(TOKENS).headers()).containsEntry("anthropic-ratelimit-requests-remaining", "59");
	}

	@Test
	void promptThatIsLargerThanTheLimitIsAdmittedWhenNothingIsUsed() {
		RateLimits limits = enforced(EnforcedLimit.Kind.INPUT_TOKENS, 6000, 6000);
		assertThat(limits.admit(new Usage(7000, 1)).refusal()).isNull();
		RateLimits.Admission refused = limits.admit(new Usage(1000, 1));
		assertThat(refused.refusal()).hasMessageContaining("of 6,000 input tokens per minute");
		// 1000 overdrawn, and 1000 that are required
		assertThat(refused.headers()).containsEntry("retry-after", "20")
			.containsEntry("anthropic-ratelimit-input-tokens-remaining", "0")
			.containsEntry("anthropic-ratelimit-requests-remaining", "3999999");
		pass(20);
		assertThat(limits.admit(new Usage(1000, 1)).refusal()).isNull();
	}

	@Test
	void requestIsAdmittedIfAnyOutputTokensAreLeft() {
		RateLimits limits = enforced(EnforcedLimit.Kind.OUTPUT_TOKENS, 60, 60);
		assertThat(limits.admit(new Usage(1, 59)).refusal()).isNull();
		assertThat(limits.admit(new Usage(1, 59)).refusal()).isNull();
		assertThat(limits.admit(TOKENS).headers()).containsEntry("retry-after", "59");
	}

	@Test
	void clockThatIsSetBackAdmitsNoMore() {
		RateLimits limits = enforced(EnforcedLimit.Kind.REQUESTS, 60, 1);
		assertThat(limits.admit(TOKENS).refusal()).isNull();
		pass(-60);
		assertThat(limits.admit(TOKENS).refusal()).isNotNull();
		pass(60.5);
		assertThat(limits.admit(TOKENS).refusal()).isNotNull();
		pass(0.5);
		assertThat(limits.admit(TOKENS).refusal()).isNull();
	}

	@Test
	void limitThatRequiresTheLongestTimeIsReported() {
		RateLimits limits = new RateLimits(this.clock,
				(now) -> List.of(new EnforcedLimit(EnforcedLimit.Kind.REQUESTS, 60, 1, now),
						new EnforcedLimit(EnforcedLimit.Kind.INPUT_TOKENS, 600, 600, now)));
		limits.admit(new Usage(600, 1));
		RateLimits.Admission refused = limits.admit(new Usage(100, 1));
		assertThat(refused.refusal()).hasMessageContaining("of 600 input tokens per minute");
		assertThat(refused.headers()).containsEntry("retry-after", "10");
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
