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

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link RetryPolicy}.
 */
class RetryPolicyTests {

	private static final RetryPolicy CHANGED = RetryPolicy.builder()
		.maxRetries(7)
		.delay(Duration.ofMillis(1))
		.maxDelay(Duration.ofMillis(2))
		.maxRetryAfter(Duration.ofMillis(3))
		.retryAmbiguous(true)
		.build();

	@Test
	void defaultsAreThoseOfTheDocumentation() {
		RetryPolicy defaults = RetryPolicy.defaults();
		assertThat(defaults.maxRetries()).isEqualTo(2);
		assertThat(defaults.delay(0)).hasMillis(500);
		assertThat(defaults.delay(100)).hasSeconds(8);
		assertThat(defaults.maxRetryAfter()).hasSeconds(60);
		assertThat(defaults.retryAmbiguous()).isFalse();
	}

	@Test
	void builderStartsFromDefaults() {
		assertThat(RetryPolicy.builder().build()).usingRecursiveComparison().isEqualTo(RetryPolicy.defaults());
	}

	@Test
	void builderSetsEverything() {
		assertThat(CHANGED.maxRetries()).isEqualTo(7);
		assertThat(CHANGED.delay(0)).hasMillis(1);
		assertThat(CHANGED.delay(2)).hasMillis(2);
		assertThat(CHANGED.maxRetryAfter()).hasMillis(3);
		assertThat(CHANGED.retryAmbiguous()).isTrue();
	}

	@Test
	void toBuilderKeepsEverything() {
		assertThat(CHANGED.toBuilder().build()).usingRecursiveComparison().isEqualTo(CHANGED);
	}

	@Test
	void toBuilderLeavesOriginalAsItIs() {
		assertThat(RetryPolicy.defaults().toBuilder().maxRetries(9).build().maxRetries()).isEqualTo(9);
		assertThat(RetryPolicy.defaults().maxRetries()).isEqualTo(2);
	}

	@Test
	void builderWhenReusedLeavesWhatItBuilt() {
		RetryPolicy.Builder builder = RetryPolicy.builder().maxRetries(1);
		RetryPolicy first = builder.build();
		builder.maxRetries(2);
		assertThat(first.maxRetries()).isOne();
	}

	@ParameterizedTest
	@CsvSource({ "0, 500", "1, 1000", "2, 2000", "3, 4000", "4, 8000", "5, 8000", "1000000000, 8000" })
	void delayDoublesUpToTheLongest(int retry, long millis) {
		assertThat(RetryPolicy.defaults().delay(retry)).hasMillis(millis);
	}

	@Test
	void delayWhenLongerThanTheLongestIsCut() {
		RetryPolicy policy = RetryPolicy.builder().delay(Duration.ofSeconds(9)).build();
		assertThat(policy.delay(0)).hasSeconds(8);
	}

	@Test
	void delayWhenNoneIsNone() {
		RetryPolicy policy = RetryPolicy.builder().delay(Duration.ZERO).build();
		assertThat(policy.delay(0)).isZero();
		assertThat(policy.delay(10)).isZero();
	}

	@Test
	void delayWhenEndlessDoesNotOverflow() {
		Duration forever = Duration.ofSeconds(Long.MAX_VALUE);
		RetryPolicy policy = RetryPolicy.builder().delay(forever).maxDelay(forever).maxRetryAfter(forever).build();
		assertThat(policy.delay(0)).isPositive();
		assertThat(policy.delay(Integer.MAX_VALUE).toNanos()).isPositive();
		assertThat(policy.maxRetryAfter().toNanos()).isPositive();
	}

	@ParameterizedTest
	@ValueSource(ints = { -1, Integer.MIN_VALUE })
	void builderWhenRetriesAreNegativeFails(int value) {
		assertThatIllegalArgumentException().isThrownBy(() -> RetryPolicy.builder().maxRetries(value))
			.withMessage("'maxRetries' must not be negative, not " + value);
	}

	@ParameterizedTest
	@NullSource
	@ValueSource(strings = { "PT-0.001S", "P-1D" })
	void builderWhenDurationIsNegativeOrMissingFails(Duration value) {
		RetryPolicy.Builder builder = RetryPolicy.builder();
		assertThatIllegalArgumentException().isThrownBy(() -> builder.delay(value))
			.withMessage("'delay' must not be negative, not " + value);
		assertThatIllegalArgumentException().isThrownBy(() -> builder.maxDelay(value))
			.withMessage("'maxDelay' must not be negative, not " + value);
		assertThatIllegalArgumentException().isThrownBy(() -> builder.maxRetryAfter(value))
			.withMessage("'maxRetryAfter' must not be negative, not " + value);
		assertThat(builder.build()).usingRecursiveComparison().isEqualTo(RetryPolicy.defaults());
	}

	@Test
	void toStringNamesTheValues() {
		assertThat(RetryPolicy.defaults())
			.hasToString("RetryPolicy[maxRetries=2, delay=PT0.5S, maxDelay=PT8S, maxRetryAfter=PT1M, "
					+ "retryAmbiguous=false]");
	}

}
