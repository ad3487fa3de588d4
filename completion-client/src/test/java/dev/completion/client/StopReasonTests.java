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

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link StopReason}.
 */
class StopReasonTests {

	@Test
	void ofWhenValueIsKnownIsTheConstant() {
		assertThat(StopReason.of("stop_sequence")).isSameAs(StopReason.STOP_SEQUENCE);
		assertThat(StopReason.of("max_tokens")).isSameAs(StopReason.MAX_TOKENS);
	}

	@Test
	void ofWhenValueIsUnknownKeepsIt() {
		assertThat(StopReason.of("refusal").value()).isEqualTo("refusal");
		assertThat(StopReason.of("STOP_SEQUENCE").value()).isEqualTo("STOP_SEQUENCE");
	}

	@ParameterizedTest
	@NullSource
	@ValueSource(strings = { "", " " })
	void ofWhenValueIsBlankFails(String value) {
		assertThatIllegalArgumentException().isThrownBy(() -> StopReason.of(value))
			.withMessage("'value' must not be blank");
	}

	@Test
	void equalsComparesValues() {
		assertThat(StopReason.of("refusal")).isEqualTo(StopReason.of("refusal"))
			.hasSameHashCodeAs(StopReason.of("refusal"))
			.isNotEqualTo(StopReason.MAX_TOKENS)
			.isNotEqualTo("refusal");
		assertThat(StopReason.STOP_SEQUENCE).isNotEqualTo(StopReason.MAX_TOKENS)
			.isNotEqualTo(StopReason.of("STOP_SEQUENCE"));
	}

	@Test
	void toStringIsValue() {
		assertThat(StopReason.MAX_TOKENS).hasToString("max_tokens");
	}

	@ParameterizedTest
	@ValueSource(strings = { "stop_sequence", "max_tokens", "refusal" })
	void jsonIsAString(String value) {
		JsonMapper mapper = JsonMapper.shared();
		String json = mapper.writeValueAsString(StopReason.of(value));
		assertThat(json).isEqualTo("\"" + value + "\"");
		assertThat(mapper.readValue(json, StopReason.class)).isEqualTo(StopReason.of(value));
	}

}
