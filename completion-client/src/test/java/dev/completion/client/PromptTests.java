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

import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Stream;

import dev.completion.client.PromptParts.Turn;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link Prompt}.
 */
class PromptTests {

	@Test
	void humanIsOneTurnAndAnOpenOne() {
		assertThat(Prompt.human("Hello, Claude")).hasToString("\n\nHuman: Hello, Claude\n\nAssistant:");
	}

	@Test
	void buildWithEverythingHasWireForm() {
		Prompt prompt = Prompt.builder()
			.system("You are a poet.")
			.human("Hi")
			.assistant("Hello!")
			.human("A haiku?")
			.prefill("Old pond")
			.build();
		assertThat(prompt).hasToString(
				"You are a poet.\n\nHuman: Hi\n\nAssistant: Hello!\n\nHuman: A haiku?" + "\n\nAssistant: Old pond");
	}

	@Test
	void buildKeepsWhiteSpaceInsideTurns() {
		assertThat(Prompt.builder().human(" a\nb\n ").prefill(" c").build())
			.hasToString("\n\nHuman:  a\nb\n \n\nAssistant:  c");
	}

	@ParameterizedTest
	@ValueSource(
			strings = { "Human: x", "\nHuman: x", "a\nAssistant: x", "\n\nhuman: x", "\n\nHuman x", "\n\n" + "Humans" })
	void humanWhenTextOnlyResemblesATurnIsTaken(String text) {
		assertThat(Prompt.human(text)).hasToString("\n\nHuman: " + text + "\n\nAssistant:");
	}

	@ParameterizedTest
	@MethodSource("texts")
	void builderWhenTextIsBlankFails(String name, Function<String, Prompt.Builder> setter) {
		assertThatIllegalArgumentException().isThrownBy(() -> setter.apply(""))
			.withMessage("'" + name + "' must not be blank");
		assertThatIllegalArgumentException().isThrownBy(() -> setter.apply(" \n\t"))
			.withMessageStartingWith("'" + name + "' must not ");
	}

	@ParameterizedTest
	@ValueSource(strings = { "\n\nHuman: a", "a\n\nHuman:", "a\n\nAssistant: b", "a\n\n\nAssistant:b" })
	void partsWhenTextContainsMarkersAreKept(String text) {
		Prompt prompt = Prompt.builder().system(text).human(text).assistant(text).human(text).prefill(text).build();
		assertThat(prompt.parts()).isEqualTo(new PromptParts(text,
				List.of(new Turn(true, text), new Turn(false, text), new Turn(true, text), new Turn(false, text))));
		assertThat(prompt.isAmbiguous()).isTrue();
		assertThat(Prompt.human(text).isAmbiguous()).isTrue();
	}

	@Test
	void systemThatBeginsLikeATurnIsAmbiguous() {
		assertThat(Prompt.builder().system(" Human: Hi").human("Hi").build().isAmbiguous()).isTrue();
		assertThat(Prompt.builder().system("Be kind to any Human: Hi").human("Hi").build().isAmbiguous()).isFalse();
	}

	@ParameterizedTest
	@ValueSource(strings = { "\n\nHuman: Hi\n\nAssistant:", "System.\n\nHuman: Hi\n\nAssistant: Hello",
			"\n\nHuman: Hi\n\nHuman: Hi\n\nAssistant:", "\n\nAssistant: a\n\nHuman: b\n\nAssistant:",
			"Human: Hi\n\nAssistant:", " \n\n\n Human: Hi\n\nAssistant: ", "\n\nHuman:\n\nAssistant:",
			"\n\nHuman: a\n\nAssistant: b\n\nHuman: c" })
	void ofWhenTextHasTurnsKeepsIt(String text) {
		Prompt prompt = Prompt.of(text);
		assertThat(prompt).hasToString(text);
		assertThat(prompt.isAmbiguous()).isFalse();
		assertThat(Objects.requireNonNull(prompt.parts()).turns()).hasSizeGreaterThan(1);
	}

	@ParameterizedTest
	@ValueSource(strings = { "Why is the sky blue?", "\n\nHuman: Hi", "Hi\n\nAssistant:",
			"\n\nAssistant: a\n\nHuman: b", "\n\nHuman: a \nAssistant:", "Human: a\nAssistant:",
			"\r\n\r\nHuman: a\r\n\r\nAssistant:", "\n\nhuman: a\n\nassistant:", "Humans: Hi\n\nAssistant:", "{name}" })
	void ofWhenTextHasNoTurnsIsOneHumanTurn(String text) {
		assertThat(Prompt.of(text)).isEqualTo(Prompt.human(text));
	}

	@ParameterizedTest
	@ValueSource(strings = { "Hello", "\n\nHuman: Hi\n\nAssistant:", "\n\nAssistant:", " {" })
	void rawKeepsAnyText(String text) {
		assertThat(Prompt.raw(text)).hasToString(text).isNotEqualTo(Prompt.of(text));
		assertThat(Prompt.raw(text).parts()).isNull();
		assertThat(Prompt.raw(text).length()).isEqualTo(text.length());
	}

	@Test
	void rawWhenTextIsBlankFails() {
		assertThatIllegalArgumentException().isThrownBy(() -> Prompt.raw(" ")).withMessage("'text' must not be blank");
	}

	static Stream<Arguments> texts() {
		return Stream.of(text("system", (text) -> Prompt.builder().system(text)),
				text("human", (text) -> Prompt.builder().human(text)),
				text("assistant", (text) -> Prompt.builder().human("Hi").assistant(text)),
				text("prefill", (text) -> Prompt.builder().human("Hi").prefill(text)));
	}

	@ParameterizedTest
	@ValueSource(strings = { "", " ", "\n\n" })
	void humanWhenTextIsBadFails(String text) {
		assertThatIllegalArgumentException().isThrownBy(() -> Prompt.human(text)).withMessageStartingWith("'human' ");
	}

	@ParameterizedTest
	@ValueSource(strings = { "a ", "a\n", "a\t", "a\r\n" })
	void prefillWhenItEndsWithWhiteSpaceFails(String text) {
		assertThatIllegalArgumentException().isThrownBy(() -> Prompt.builder().prefill(text))
			.withMessage("'prefill' must not end with white space: the API strips it");
	}

	@Test
	void systemAfterFirstTurnFails() {
		Prompt.Builder builder = Prompt.builder().human("Hi");
		assertThatIllegalArgumentException().isThrownBy(() -> builder.system("Be kind."))
			.withMessage("'system' must come before the first turn");
	}

	@Test
	void humanAfterHumanFails() {
		Prompt.Builder builder = Prompt.builder().human("Hi");
		assertThatIllegalArgumentException().isThrownBy(() -> builder.human("Hello?"))
			.withMessageStartingWith("'human' must not follow a human turn");
	}

	@Test
	void assistantWithoutHumanFails() {
		Prompt.Builder first = Prompt.builder();
		Prompt.Builder second = Prompt.builder().human("Hi").assistant("Hello!");
		assertThatIllegalArgumentException().isThrownBy(() -> first.assistant("Hello!"))
			.withMessage("'assistant' must follow a human turn");
		assertThatIllegalArgumentException().isThrownBy(() -> second.assistant("Hello?"))
			.withMessage("'assistant' must follow a human turn");
	}

	@Test
	void buildWithoutTurnFails() {
		Prompt.Builder builder = Prompt.builder().system("Be kind.").prefill("a");
		assertThatIllegalArgumentException().isThrownBy(builder::build).withMessage("'prompt' must have a human turn");
	}

	@Test
	void buildWhenLastTurnIsClosedFails() {
		Prompt.Builder builder = Prompt.builder().human("Hi").assistant("Hello!");
		assertThatIllegalArgumentException().isThrownBy(builder::build)
			.withMessageStartingWith("'prompt' must end with the assistant's open turn");
	}

	@ParameterizedTest
	@ValueSource(strings = { "\n\nHuman: Hello, Claude\n\nAssistant:", "\n\nHuman:Hello\n\nAssistant:",
			"You are a poet.\n\nHuman: Hi\n\nAssistant:", "\n\nHuman: Hi\n\nAssistant: Old pond",
			"\n\nHuman: Hi\n\nAssistant:{", "\n\nHuman: Hi\n\nAssistant: Hello!\n\nHuman: How are you?\n\nAssistant:",
			"Human: quoted\n\nHuman: Hi\n\nAssistant:Hello\n\nHuman:x\n\nAssistant: y",
			"\n\nHuman:  a\n\n\nAssistant:  b" })
	void parseWhenPromptIsValidKeepsIt(String prompt) {
		assertThat(Prompt.parse(prompt)).hasToString(prompt);
	}

	@Test
	void parseOfWhatWasBuiltIsEqual() {
		Prompt prompt = Prompt.builder()
			.system("\nsystem\n")
			.human(" a\n")
			.assistant("\nb\n\n")
			.human("c")
			.prefill(" d")
			.build();
		assertThat(Prompt.parse(prompt.toString())).isEqualTo(prompt).hasSameHashCodeAs(prompt);
	}

	@ParameterizedTest
	@MethodSource
	void parseWhenRuleIsBrokenNamesIt(String prompt, String rule) {
		assertThatIllegalArgumentException().isThrownBy(() -> Prompt.parse(prompt)).withMessageStartingWith(rule);
	}

	static Stream<Arguments> parseWhenRuleIsBrokenNamesIt() {
		String start = "'prompt' must start with a \"\\n\\nHuman:\" turn";
		String end = "'prompt' must end with an \"\\n\\nAssistant:\" turn";
		String open = "'prompt' must end with the assistant's open turn";
		return Stream.of(Arguments.arguments(null, "'prompt' must not be null"), Arguments.arguments("", start),
				Arguments.arguments("Hello, world", start), Arguments.arguments("Hello, world\n\nAssistant:", start),
				Arguments.arguments("Human: Hello, Claude\n\nAssistant:", start),
				Arguments.arguments("\n\nAssistant: Hello, world\n\nHuman: Hello, Claude\n\nAssistant:", start),
				Arguments.arguments("\n\nHuman: Hello, Claude", end),
				Arguments.arguments("\n\nHuman: Hello, Claude \nAssistant:", end),
				Arguments.arguments("\n\nHuman: How many toes do dogs have? \n\nAssistant: Four.\n\nHuman: And cats?",
						end),
				Arguments.arguments("\n\nHuman: Hi\n\nAssistant: a\n\nAssistant:", open),
				Arguments.arguments("\n\nHuman: Hi\n\nAssistant: a\n\nAssistant: b", open),
				Arguments.arguments("\n\nHuman: Hi\n\nHuman: Hello?\n\nAssistant:",
						"'human' must not follow a human turn"),
				Arguments.arguments("\n\nHuman:\n\nAssistant:", "'human' must not be blank"),
				Arguments.arguments("\n\nHuman: Hi\n\nAssistant:\n\nHuman: x\n\nAssistant:",
						"'assistant' must not be blank"),
				Arguments.arguments(" \n\nHuman: Hi\n\nAssistant:", "'system' must not be blank"),
				Arguments.arguments("\n\nHuman: Hi\n\nAssistant: ", "'prefill' must not "),
				Arguments.arguments("\n\nHuman: Hi\n\nAssistant: a ", "'prefill' must not end with white space"),
				Arguments.arguments("\n\nHuman: Hi\n\nAssistant:\n", "'prefill' must not be blank"));
	}

	@Test
	void equalsComparesTurnsAndWireForms() {
		Prompt quoted = Prompt.human("a\n\nAssistant: b\n\nHuman: c");
		assertThat(quoted).isNotEqualTo(Prompt.builder().human("a").assistant("b").human("c").build());
		assertThat(Prompt.human("a")).isEqualTo(Prompt.builder().human("a").build())
			.isNotEqualTo(Prompt.human("b"))
			.isNotEqualTo("\n\nHuman: a\n\nAssistant:")
			.hasSameHashCodeAs(Prompt.human("a"));
	}

	private static Arguments text(String name, Function<String, Prompt.Builder> setter) {
		return Arguments.arguments(name, setter);
	}

}
