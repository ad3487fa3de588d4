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

import java.util.HashSet;
import java.util.List;
import java.util.Set;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link TextGenerator}.
 */
class TextGeneratorTests {

	@Test
	void textHas30To60Words() {
		for (int i = 0; i < 2000; i++) {
			for (String question : List.of("Compare cats and dogs, number " + i, "?" + i, "Cats" + i)) {
				assertThat(generate(question, "").split(" ")).hasSizeBetween(30, 60);
				assertThat(generate(question, "I think").split(" ")).hasSizeBetween(30, 60);
			}
		}
	}

	@Test
	void textVaries() {
		Set<String> texts = new HashSet<>();
		for (int i = 0; i < 100; i++) {
			texts.add(generate("Number " + i, ""));
		}
		assertThat(texts).hasSizeGreaterThan(90);
	}

	@Test
	void textNamesWordsOfLastQuestion() {
		String text = TextGenerator
			.generate(Dialogue.parse("\n\nHuman: Trains?\n\nAssistant: Yes.\n\nHuman: Ships!\n\nAssistant:"));
		assertThat(text).contains("Ships").doesNotContain("Trains");
	}

	@ParameterizedTest
	@ValueSource(strings = { "100 % of $5 and %s %1$s", "为什么天空是蓝色的?", "¿?", "Größe und Überlänge" })
	void anyQuestionIsAnswered(String question) {
		assertThat(generate(question, "")).endsWith(".").doesNotContain("%");
	}

	@Test
	void prefillIsContinued() {
		assertThat(generate("Why is grass green?", "The answer is")).startsWith("- ");
		assertThat(generate("Why is grass green?", "It is grass.")).matches("[A-Z].*");
	}

	@Test
	void systemTextAndEarlierTurnsMatter() {
		Set<String> texts = new HashSet<>();
		for (int i = 0; i < 20; i++) {
			texts.add(TextGenerator.generate(Dialogue.parse("Style " + i + "\n\nHuman: Rain?\n\nAssistant:")));
			texts.add(TextGenerator
				.generate(Dialogue.parse("\n\nHuman: " + i + "\n\nAssistant: b\n\nHuman: Rain?\n\nAssistant:")));
		}
		assertThat(texts).hasSizeGreaterThan(20);
	}

	@Test
	void thoughtNamesWordsOfText() {
		assertThat(TextGenerator.thought(Dialogue.parse("\n\nHuman: Compare cats and 100 % dogs.\n\nAssistant:")))
			.isEqualTo("This is about cats and 100. I will start with cats, and keep it short.");
		assertThat(TextGenerator.thought(Dialogue.parse("\n\nHuman: %s?\n\nAssistant:")))
			.isEqualTo("This is about your question and its background. "
					+ "I will start with your question, and keep it short.");
	}

	private static String generate(String question, String prefill) {
		return TextGenerator.generate(Dialogue.parse("\n\nHuman: " + question + "\n\nAssistant: " + prefill));
	}

}
