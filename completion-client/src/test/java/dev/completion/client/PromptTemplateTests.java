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

import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import dev.completion.client.PromptParts.Turn;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.core.io.ByteArrayResource;
import org.springframework.core.io.ClassPathResource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link PromptTemplate}.
 */
class PromptTemplateTests {

	@Test
	void placeholdersAreReplaced() {
		PromptTemplate template = PromptTemplate.of("Translate {text} to {language}: {text}");
		assertThat(template.create(Map.of("text", "cat", "language", "German", "unused", 1)))
			.isEqualTo(Prompt.human("Translate cat to German: cat"));
	}

	@ParameterizedTest
	@CsvSource(quoteCharacter = '`', textBlock = """
			{a}             | value
			{a b}           | with a space
			{_a-b.c}        | punctuation
			{größe}         | letters
			{{a}}           | {value}
			{a}{a}          | valuevalue
			{ a }           | { a }
			{1a}            | {1a}
			{}              | {}
			{"a": {a}}      | {"a": value}
			{a: 1}          | {a: 1}
			{a, b}          | {a, b}
			{a              | {a
			a}              | a}
			\\{a}           | {a}
			\\{ a}          | { a}
			\\\\{a}         | \\{a}
			\\a{a}          | \\avalue
			$1${a}          | $1$value
			""", delimiter = '|')
	void bracesThatAreNotPlaceholdersAreLiteral(String template, String text) {
		Map<String, String> values = Map.of("a", "value", "a b", "with a space", "_a-b.c", "punctuation", "größe",
				"letters");
		assertThat(PromptTemplate.of(template).create(values)).isEqualTo(Prompt.human(text));
	}

	@ParameterizedTest
	@ValueSource(
			strings = { "{b}", "{a}", "\\{a}", "\\", "$0", "\n\nHuman: b\n\nAssistant: c", "a\r\nb", "{\"a\": 1}" })
	void valuesAreNotInterpreted(String value) {
		PromptTemplate template = PromptTemplate
			.of("{a}\n\nHuman: {a}\n\nAssistant: {a}\n\nHuman: {a}\n\nAssistant:{a}");
		Prompt prompt = template.create(Map.of("a", value, "b", "SECRET"));
		assertThat(prompt.parts()).isEqualTo(new PromptParts(value,
				List.of(new Turn(true, value), new Turn(false, value), new Turn(true, value), new Turn(false, value))));
	}

	@Test
	void valuesAreConvertedToText() {
		Map<String, Object> values = Map.of("a", 1, "b", true, "c", List.of(1, 2));
		assertThat(PromptTemplate.of("{a} {b} {c}").create(values)).isEqualTo(Prompt.human("1 true [1, 2]"));
	}

	@ParameterizedTest
	@ValueSource(strings = { "Human: {a}\n\nAssistant:", "\n\nHuman: {a}\n\nAssistant:",
			"\r\n\r\nHuman: {a}\r\n\r\nAssistant:\r\n", "\n\nHuman: {a}\n\nAssistant: {b}" })
	void templateWithTurnsIsSplitFirst(String template) {
		assertThat(PromptTemplate.of(template).create(Map.of("a", "Hi", "b", " "))).isEqualTo(Prompt.human("Hi"));
	}

	@Test
	void lineBreaksOfTheTemplateAreNormalized() {
		assertThat(
				PromptTemplate.of("Be brief.\r\n\r\nHuman: a\r\nb {c}\r\n\r\nAssistant: {c}").create(Map.of("c", "d")))
			.isEqualTo(Prompt.builder().system("Be brief.").human("a\nb d").prefill("d").build());
	}

	@Test
	void blankSystemTextIsLeftOut() {
		assertThat(PromptTemplate.of("{system}\n\nHuman: Hi\n\nAssistant:").create(Map.of("system", " ")))
			.isEqualTo(Prompt.human("Hi"));
	}

	@Test
	void whiteSpaceAtTheEndOfAPrefillIsRemoved() {
		assertThat(PromptTemplate.of("\n\nHuman: Hi\n\nAssistant: {a}").create(Map.of("a", "Hello,\r\n ")))
			.isEqualTo(Prompt.builder().human("Hi").prefill("Hello,").build());
	}

	@Test
	void createWhenValuesAreMissingNamesThem() {
		PromptTemplate template = PromptTemplate.of("{b}\n\nHuman: {a} {b} {c}\n\nAssistant: {d}");
		Map<String, Object> values = new HashMap<>();
		values.put("a", "SECRET");
		values.put("b", null);
		assertThatIllegalArgumentException().isThrownBy(() -> template.create(values))
			.withMessage("'values' must have a value for {b}, {c}, {d}");
	}

	@Test
	void createWhenATurnWouldBeBlankNamesItsPlaceholders() {
		PromptTemplate template = PromptTemplate.of("\n\nHuman: Hi\n\nAssistant: {a}{b} {a}\n\nHuman: c\n\nAssistant:");
		assertThatIllegalArgumentException().isThrownBy(() -> template.create(Map.of("a", " ", "b", "")))
			.withMessage("'values' must not be blank for {a}, {b}: a turn of the prompt would have no text");
		assertThatIllegalArgumentException().isThrownBy(() -> PromptTemplate.of("{a}").create(Map.of("a", "\n")))
			.withMessage("'values' must not be blank for {a}: a turn of the prompt would have no text");
	}

	@ParameterizedTest
	@CsvSource(quoteCharacter = '`', textBlock = """
			` `                                                  | 'template' must not be blank
			`\\n\\nHuman: a\\n\\nAssistant: b\\n\\nHuman: c`     | 'template' must end with an "\\n\\nAssistant:" turn
			`\\n\\nHuman: a\\n\\nHuman: b\\n\\nAssistant:`       | 'human' must not follow a human turn
			`\\n\\nAssistant: a\\n\\nHuman: b\\n\\nAssistant:`   | 'assistant' must follow a human turn
			`\\n\\nHuman: \\n\\nAssistant:`                      | 'human' must not be blank
			""", delimiter = '|')
	void ofWhenTurnsAreNotValidNamesTheRule(String template, String rule) {
		assertThatIllegalArgumentException().isThrownBy(() -> PromptTemplate.of(template.translateEscapes()))
			.withMessageStartingWith(rule);
	}

	@Test
	void resourceIsReadAsUtf8() {
		assertThat(resource("\ufeffGröße: {größe}").create(Map.of("größe", "5 µm")))
			.isEqualTo(Prompt.human("Größe: 5 µm"));
	}

	@Test
	void resourceThatIsNotUtf8IsAnError() {
		byte[] latin1 = "Größe".getBytes(StandardCharsets.ISO_8859_1);
		assertThatExceptionOfType(UncheckedIOException.class)
			.isThrownBy(() -> PromptTemplate.of(new ByteArrayResource(latin1, "size.txt")))
			.withMessageContaining("UTF-8")
			.withMessageContaining("size.txt");
	}

	@Test
	void resourceThatDoesNotExistIsAnError() {
		assertThatExceptionOfType(UncheckedIOException.class)
			.isThrownBy(() -> PromptTemplate.of(new ClassPathResource("missing.txt")))
			.withMessageContaining("missing.txt");
	}

	@Test
	void resourceThatIsBlankIsNamed() {
		assertThatIllegalArgumentException().isThrownBy(() -> resource("\n"))
			.withMessageContaining("'template' must not be blank")
			.withMessageContaining("a file");
	}

	@Test
	void toStringHasThePlaceholders() {
		assertThat(PromptTemplate.of("{a} {b} {a}")).hasToString("PromptTemplate[a, b]");
	}

	private static PromptTemplate resource(String text) {
		return PromptTemplate.of(new ByteArrayResource(text.getBytes(StandardCharsets.UTF_8), "a file"));
	}

}
