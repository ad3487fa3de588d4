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

import java.util.Random;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link PromptRedactor}.
 */
class PromptRedactorTests {

	private static final String PROMPT = "\n\nHuman: My account number is 4711-0815-1234, what is my balance?\n\nAssistant:";

	@ParameterizedTest
	@CsvSource(quoteCharacter = '`', textBlock = """
			>My account number is 4711-0815-1234! | >[…]!
			>My account number is 471             | >[…]
			>My account number is 47              | >My account number is 47
			>My account number is 4711<, >is 4711-0815-1234, what is | >[…]<, >[…]
			>My account number is 4711<My account number is 4711<    | >[…]<[…]<
			>my account number is 4711-0815       | >m[…]
			the prompt is too long, it may have 200 tokens | the prompt is too long, it may have 200 tokens
			""", delimiter = '|')
	void runOf24CharactersIsReplaced(String text, String expected) {
		assertThat(PromptRedactor.redact(text, PROMPT)).isEqualTo(expected);
	}

	@Test
	void shortTextsAreKept() {
		assertThat(PromptRedactor.redact("", PROMPT)).isEmpty();
		assertThat(PromptRedactor.redact("a text of more than 24 characters", "")).contains("24 characters");
		assertThat(PromptRedactor.redact("a text of more than 24 characters", "a text of more")).startsWith("a text");
	}

	@Test
	void repeatedCharactersAreReplaced() {
		assertThat(PromptRedactor.redact("-".repeat(24), "-".repeat(1_000_000))).isEqualTo("[…]");
		assertThat(PromptRedactor.redact("-".repeat(1000) + "!", "-".repeat(1_000_000))).isEqualTo("[…]!");
	}

	@ParameterizedTest
	@ValueSource(strings = { "Line one here\nLine two here \"quoted\" <b>\nÄhnlich",
			"Line one here Line two here \"quoted\" <b> Ähnlich",
			"Line one here\\nLine two here \\\"quoted\\\" <b>\\n\\u00c4hnlich",
			"Line one here\\\\nLine two here \\\\\\\"quoted\\\\\\\" <b>\\\\n\\\\u00C4hnlich",
			"Line one here&#10;Line two here &quot;quoted&quot; &lt;b&gt;&#10;&Auml;hnlich",
			"Line%20one%20here%0ALine%20two%20here%20%22quoted%22%20%3Cb%3E%0AÄhnlich",
			"  Line one here\r\n\r\n\tLine two here   \"quoted\"\n\n<b> Ähnlich" })
	void textWithOtherWhiteSpaceOrEscapesIsReplaced(String quote) {
		String prompt = "\n\nHuman: Line one here\nLine two here \"quoted\" <b>\nÄhnlich\n\nAssistant:";
		assertThat(PromptRedactor.redact("(" + quote + ")", prompt).replace(" ", "")).isEqualTo("([…])");
	}

	@Test
	void escapesOfThePromptItselfAreFound() {
		String prompt = "Print \"a\\n%20&amp;b\\\\c\" and 100%% of \\u0041";
		assertThat(PromptRedactor.redact("<" + prompt + ">", prompt)).isEqualTo("<[…]>");
		assertThat(PromptRedactor.redact("\\ \\u00 % &amp &; \\\\", prompt)).isEqualTo("\\ \\u00 % &amp &; \\\\");
	}

	@Test
	void resultContainsNoRunOfThePrompt() {
		Random random = new Random(1);
		for (int i = 0; i < 2_000; i++) {
			String prompt = letters(random, 200);
			StringBuilder text = new StringBuilder();
			for (int part = 0; part < 6; part++) {
				int start = random.nextInt(prompt.length());
				int end = start + random.nextInt(Math.min(40, prompt.length() - start));
				text.append(prompt, start, end).append(letters(random, random.nextInt(30)));
			}
			String redacted = PromptRedactor.redact(text.toString(), prompt);
			for (int start = 0; start + 24 <= redacted.length(); start++) {
				assertThat(prompt).doesNotContain(redacted.substring(start, start + 24));
			}
			String expected = replaceOneByOne(text.toString(), prompt);
			assertThat(redacted).isEqualTo(expected);
		}
	}

	// reference implementation
	private static String replaceOneByOne(String text, String prompt) {
		boolean[] quoted = new boolean[text.length()];
		for (int i = 0; i + 24 <= text.length(); i++) {
			for (int j = i; prompt.contains(text.substring(i, i + 24)) && j < i + 24; j++) {
				quoted[j] = true;
			}
		}
		StringBuilder result = new StringBuilder();
		for (int i = 0; i < text.length(); i++) {
			if (!quoted[i]) {
				result.append(text.charAt(i));
			}
			else if (i == 0 || !quoted[i - 1]) {
				result.append("[…]");
			}
		}
		return result.toString();
	}

	// only two distinct letters, so that runs repeat
	private static String letters(Random random, int count) {
		return random.ints(count, 'a', 'c')
			.collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
			.toString();
	}

}
