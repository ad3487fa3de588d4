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

import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.entry;

/**
 * Tests for {@link Model}.
 */
class ModelTests {

	@Test
	void constantsBeginWithThoseOfTheApiReferenceInItsOrder() {
		assertThat(List.copyOf(constants().entrySet()).subList(0, 18)).containsExactly(
				entry("CLAUDE_3_7_SONNET_LATEST", "claude-3-7-sonnet-latest"),
				entry("CLAUDE_3_7_SONNET_20250219", "claude-3-7-sonnet-20250219"),
				entry("CLAUDE_3_5_HAIKU_LATEST", "claude-3-5-haiku-latest"),
				entry("CLAUDE_3_5_HAIKU_20241022", "claude-3-5-haiku-20241022"),
				entry("CLAUDE_HAIKU_4_5", "claude-haiku-4-5"),
				entry("CLAUDE_HAIKU_4_5_20251001", "claude-haiku-4-5-20251001"),
				entry("CLAUDE_SONNET_4_20250514", "claude-sonnet-4-20250514"),
				entry("CLAUDE_SONNET_4_0", "claude-sonnet-4-0"),
				entry("CLAUDE_4_SONNET_20250514", "claude-4-sonnet-20250514"),
				entry("CLAUDE_SONNET_4_5", "claude-sonnet-4-5"),
				entry("CLAUDE_SONNET_4_5_20250929", "claude-sonnet-4-5-20250929"),
				entry("CLAUDE_OPUS_4_0", "claude-opus-4-0"), entry("CLAUDE_OPUS_4_20250514", "claude-opus-4-20250514"),
				entry("CLAUDE_4_OPUS_20250514", "claude-4-opus-20250514"),
				entry("CLAUDE_OPUS_4_1_20250805", "claude-opus-4-1-20250805"),
				entry("CLAUDE_3_OPUS_LATEST", "claude-3-opus-latest"),
				entry("CLAUDE_3_OPUS_20240229", "claude-3-opus-20240229"),
				entry("CLAUDE_3_HAIKU_20240307", "claude-3-haiku-20240307"));
	}

	@Test
	void constantsHaveTheNamesOfTheirIds() {
		assertThat(constants())
			.allSatisfy((name, id) -> assertThat(name).isEqualToIgnoringCase(id.replace('-', '_').replace('.', '_')));
		assertThat(constants().values()).doesNotHaveDuplicates();
	}

	@Test
	void constantsOfRetiredModelsAreDeprecated() {
		List<String> deprecated = Arrays.stream(Model.class.getDeclaredFields())
			.filter((field) -> field.isAnnotationPresent(Deprecated.class))
			.map(Field::getName)
			.toList();
		assertThat(deprecated).hasSize(22)
			.contains("CLAUDE_3_7_SONNET_LATEST", "CLAUDE_SONNET_4_5", "CLAUDE_MYTHOS_PREVIEW", "CLAUDE_2_1")
			.doesNotContain("CLAUDE_HAIKU_4_5", "CLAUDE_HAIKU_4_5_20251001", "CLAUDE_HAIKU_5_5", "CLAUDE_OPUS_4_5");
	}

	@Test
	void constantsHaveClaude2AndInstant() {
		assertThat(constants().values()).contains("claude-2.1", "claude-2.0", "claude-2", "claude-instant-1.2",
				"claude-instant-1");
	}

	@Test
	void ofKeepsAnyId() {
		assertThat(Model.of("gateway/some-model:7b").id()).isEqualTo("gateway/some-model:7b");
	}

	@ParameterizedTest
	@NullSource
	@ValueSource(strings = { "", " ", "\t" })
	void ofWhenIdIsBlankFails(String id) {
		assertThatIllegalArgumentException().isThrownBy(() -> Model.of(id)).withMessage("'id' must not be blank");
	}

	@Test
	void equalsComparesIds() {
		assertThat(Model.of("claude-opus-5")).isEqualTo(Model.CLAUDE_OPUS_5)
			.hasSameHashCodeAs(Model.CLAUDE_OPUS_5)
			.isNotEqualTo(Model.CLAUDE_OPUS_4_8)
			.isNotEqualTo(Model.of("Claude-opus-5"))
			.isNotEqualTo("claude-opus-5");
	}

	@Test
	void toStringIsId() {
		assertThat(Model.CLAUDE_OPUS_5).hasToString("claude-opus-5");
	}

	@Test
	void jsonIsAString() {
		JsonMapper mapper = JsonMapper.shared();
		assertThat(mapper.writeValueAsString(Model.CLAUDE_OPUS_5)).isEqualTo("\"claude-opus-5\"");
		assertThat(mapper.readValue("\"claude-opus-5\"", Model.class)).isEqualTo(Model.CLAUDE_OPUS_5);
		assertThat(mapper.readValue("\"other\"", Model.class)).isEqualTo(Model.of("other"));
	}

	@Test
	void jsonWhenModelIsPartOfAValueIsAString() {
		JsonMapper mapper = JsonMapper.shared();
		Holder holder = new Holder(Model.CLAUDE_OPUS_5, List.of(Model.of("a")));
		String json = mapper.writeValueAsString(holder);
		assertThat(json).isEqualTo("{\"model\":\"claude-opus-5\",\"others\":[\"a\"]}");
		assertThat(mapper.readValue(json, Holder.class)).isEqualTo(holder);
	}

	private static Map<String, String> constants() {
		Map<String, String> constants = new LinkedHashMap<>();
		Arrays.stream(Model.class.getDeclaredFields())
			.filter((field) -> Modifier.isPublic(field.getModifiers()))
			.forEach((field) -> constants.put(field.getName(), model(field).id()));
		return constants;
	}

	private static Model model(Field field) {
		try {
			return (Model) field.get(null);
		}
		catch (IllegalAccessException ex) {
			throw new IllegalStateException(ex);
		}
	}

	record Holder(Model model, List<Model> others) {
	}

}
