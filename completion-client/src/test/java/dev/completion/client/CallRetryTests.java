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
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link CallRetry}: how long it waits. What it decides is tested with
 * {@link CompletionClient}.
 */
class CallRetryTests {

	private static final Duration DELAY = Duration.ofMillis(200);

	private static List<Duration> waits(Duration retryAfter) {
		return Stream.generate(() -> CallRetry.wait(DELAY, retryAfter)).limit(1000).toList();
	}

	private static void assertSpread(List<Duration> waits, Duration shortest, Duration longest) {
		Duration tenth = longest.minus(shortest).dividedBy(10);
		assertThat(waits).allSatisfy((wait) -> assertThat(wait).isBetween(shortest, longest));
		assertThat(Collections.min(waits)).isLessThan(shortest.plus(tenth));
		assertThat(Collections.max(waits)).isGreaterThan(longest.minus(tenth));
	}

	@Test
	void waitIsSpreadOverTheSecondHalfOfTheDelay() {
		assertSpread(waits(null), DELAY.dividedBy(2), DELAY);
	}

	@ParameterizedTest
	@ValueSource(longs = { 0, 1, 50 })
	void waitOfTheServerThatIsShorterChangesNothing(long millis) {
		assertThat(waits(Duration.ofMillis(millis)))
			.allSatisfy((wait) -> assertThat(wait).isBetween(DELAY.dividedBy(2), DELAY));
	}

	@Test
	void waitOfTheServerIsAMinimumWithJitter() {
		Duration retryAfter = Duration.ofSeconds(2);
		assertSpread(waits(retryAfter), retryAfter, retryAfter.plus(DELAY.dividedBy(2)));
	}

	@Test
	void waitWithoutADelayIsWhatTheServerAsksFor() {
		assertThat(CallRetry.wait(Duration.ZERO, null)).isZero();
		assertThat(CallRetry.wait(Duration.ZERO, Duration.ofSeconds(1))).hasSeconds(1);
	}

}
