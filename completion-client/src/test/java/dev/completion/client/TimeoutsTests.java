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
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNoException;

/**
 * Tests for {@link Timeouts}.
 */
class TimeoutsTests {

	@Test
	void defaultsDifferForStreams() {
		Timeouts defaults = Timeouts.defaults();
		assertThat(defaults.connect()).hasSeconds(5);
		assertThat(defaults.response(false)).hasMinutes(10);
		assertThat(defaults.response(true)).hasMinutes(5);
		assertThat(defaults.idle()).hasMinutes(5);
		assertThat(defaults.progress()).hasMinutes(15);
		assertThat(defaults.total(false)).hasMinutes(10);
		assertThat(defaults.total(true)).isNull();
	}

	@Test
	void builderStartsFromDefaults() {
		assertThat(Timeouts.builder().build()).usingRecursiveComparison().isEqualTo(Timeouts.defaults());
	}

	@Test
	void responseWhenSetAppliesToBothKinds() {
		Timeouts timeouts = Timeouts.builder().response(Duration.ofSeconds(7)).build();
		assertThat(timeouts.response(false)).hasSeconds(7);
		assertThat(timeouts.response(true)).hasSeconds(7);
		assertThat(timeouts.connect()).hasSeconds(5);
	}

	@Test
	void connectWhenSetLeavesTheOthers() {
		Timeouts timeouts = Timeouts.builder().connect(Duration.ofMillis(1)).build();
		assertThat(timeouts.connect()).hasMillis(1);
		assertThat(timeouts.response(false)).hasMinutes(10);
		assertThat(timeouts.response(true)).hasMinutes(5);
	}

	@Test
	void totalWhenSetAppliesToBothKinds() {
		Timeouts timeouts = Timeouts.builder().total(Duration.ofSeconds(7)).build();
		assertThat(timeouts.total(false)).hasSeconds(7);
		assertThat(timeouts.total(true)).hasSeconds(7);
		assertThat(timeouts.response(false)).hasMinutes(10);
		assertThat(timeouts.response(true)).hasMinutes(5);
		assertThat(timeouts.idle()).hasMinutes(5);
	}

	@Test
	void idleWhenSetLeavesTheOthers() {
		Timeouts timeouts = Timeouts.builder().idle(Duration.ofSeconds(7)).build();
		assertThat(timeouts.idle()).hasSeconds(7);
		assertThat(timeouts.progress()).hasMinutes(15);
		assertThat(timeouts.response(true)).hasMinutes(5);
		assertThat(timeouts.total(true)).isNull();
	}

	@Test
	void defaultOfProgressIsNotLessThanIdle() {
		assertThat(Timeouts.builder().idle(Duration.ofMinutes(30)).build().progress()).hasMinutes(30);
		assertThat(Timeouts.builder().idle(Duration.ofMinutes(14)).build().progress()).hasMinutes(15);
		assertThat(Timeouts.builder().idle(null).build().progress()).isNull();
	}

	@Test
	void progressWhenSetLeavesTheOthers() {
		Timeouts timeouts = Timeouts.builder().progress(Duration.ofSeconds(7)).build();
		assertThat(timeouts.progress()).hasSeconds(7);
		assertThat(timeouts.idle()).hasMinutes(5);
	}

	@ParameterizedTest
	@ValueSource(strings = { "PT10M0.001S", "PT20M", "P365000D" })
	void defaultDoesNotCutShortWhatWasSet(Duration more) {
		Timeouts response = Timeouts.builder().response(more).build();
		assertThat(response.response(false)).isGreaterThan(Duration.ofMinutes(10));
		assertThat(response.total(false)).isNull();
		Timeouts total = Timeouts.builder().total(more).build();
		assertThat(total.total(false)).isGreaterThan(Duration.ofMinutes(10));
		assertThat(total.response(false)).isNull();
		assertThat(total.response(true)).hasMinutes(5);
	}

	@ParameterizedTest
	@ValueSource(strings = { "PT0.001S", "PT10M" })
	void defaultHoldsBesidesWhatWasSetToLess(Duration less) {
		assertThat(Timeouts.builder().response(less).build().total(false)).hasMinutes(10);
		assertThat(Timeouts.builder().total(less).build().response(false)).hasMinutes(10);
	}

	@Test
	void bothWhenSetHold() {
		Timeouts timeouts = Timeouts.builder().response(Duration.ofHours(2)).total(Duration.ofHours(1)).build();
		assertThat(timeouts.response(false)).hasHours(2);
		assertThat(timeouts.total(false)).hasHours(1);
	}

	@Test
	void noneWhenSetIsNotLimitedByTheOthersDefault() {
		assertThat(Timeouts.builder().response(null).build().total(false)).isNull();
		assertThat(Timeouts.builder().total(null).build().response(false)).isNull();
		assertThat(Timeouts.builder().total(null).build().response(true)).hasMinutes(5);
		assertThat(Timeouts.builder().idle(null).build().idle()).isNull();
		assertThat(Timeouts.builder().progress(null).build().progress()).isNull();
	}

	@Test
	void withTotalReplacesTheTotalIfThereIsOne() {
		Timeouts timeouts = Timeouts.builder().total(Duration.ofSeconds(7)).build();
		assertThat(timeouts.withTotal(null)).isSameAs(timeouts);
		assertThat(timeouts.withTotal(Duration.ofHours(1)).total(true)).hasHours(1);
		assertThat(Timeouts.defaults().withTotal(Duration.ofHours(1)).response(false)).isNull();
	}

	@Test
	void orResponseDoesNotReplaceWhatWasSet() {
		Duration ofHttpClient = Duration.ofSeconds(9);
		assertThat(Timeouts.defaults().orResponse(ofHttpClient).response(true)).hasSeconds(9);
		assertThat(Timeouts.defaults().orResponse(Duration.ofHours(1)).total(false)).isNull();
		assertThat(Timeouts.builder().response(null).build().orResponse(ofHttpClient).response(true)).isNull();
	}

	@Test
	void nullMeansNoLimit() {
		Timeouts timeouts = Timeouts.builder().connect(null).response(null).build();
		assertThat(timeouts.connect()).isNull();
		assertThat(timeouts.response(false)).isNull();
		assertThat(timeouts.response(true)).isNull();
	}

	@Test
	void toBuilderKeepsEverything() {
		Timeouts timeouts = Timeouts.builder()
			.connect(null)
			.response(Duration.ofSeconds(7))
			.idle(Duration.ofSeconds(8))
			.progress(null)
			.total(Duration.ofSeconds(9))
			.build();
		assertThat(timeouts.toBuilder().build()).usingRecursiveComparison().isEqualTo(timeouts);
		assertThat(Timeouts.defaults().toBuilder().build()).usingRecursiveComparison().isEqualTo(Timeouts.defaults());
	}

	@Test
	void toBuilderLeavesOriginalAsItIs() {
		Timeouts changed = Timeouts.defaults().toBuilder().connect(Duration.ofSeconds(1)).build();
		assertThat(changed.connect()).hasSeconds(1);
		assertThat(Timeouts.defaults().connect()).hasSeconds(5);
	}

	@ParameterizedTest
	@MethodSource("tooShort")
	void builderWhenTimeoutIsTooShortFails(Duration value) {
		Timeouts.Builder builder = Timeouts.builder();
		assertThatIllegalArgumentException().isThrownBy(() -> builder.connect(value))
			.withMessage("'connect' must be at least one millisecond, not " + value);
		assertThatIllegalArgumentException().isThrownBy(() -> builder.response(value))
			.withMessage("'response' must be at least one millisecond, not " + value);
		assertThatIllegalArgumentException().isThrownBy(() -> builder.idle(value))
			.withMessage("'idle' must be at least one millisecond, not " + value);
		assertThatIllegalArgumentException().isThrownBy(() -> builder.progress(value))
			.withMessage("'progress' must be at least one millisecond, not " + value);
		assertThatIllegalArgumentException().isThrownBy(() -> builder.total(value))
			.withMessage("'total' must be at least one millisecond, not " + value);
		assertThat(builder.build()).usingRecursiveComparison().isEqualTo(Timeouts.defaults());
	}

	static Stream<Duration> tooShort() {
		return Stream.of(Duration.ZERO, Duration.ofNanos(999_999), Duration.ofMillis(-1), Duration.ofDays(-1));
	}

	@Test
	void toStringNamesTheValues() {
		assertThat(Timeouts.builder().connect(null).build()).asString()
			.contains("connect=null", "PT10M", "PT5M", "progress=PT15M");
	}

	@Test
	void timeoutWhenVeryLongIsTaken() {
		Duration forever = Duration.ofSeconds(Long.MAX_VALUE);
		assertThatNoException().isThrownBy(() -> Timeouts.builder().connect(forever).response(forever));
		assertThatNoException().isThrownBy(() -> CompletionRequest.builder().timeout(forever));
	}

}
