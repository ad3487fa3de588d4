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

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

import dev.completion.client.error.CompletionClientException;
import dev.completion.client.error.Outcome;
import dev.completion.client.error.UnsupportedRequestException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link MessageWriter}.
 */
class MessageWriterTests {

	private static final JsonMapper MAPPER = JsonMapper.builder().build();

	private static final CompletionRequest REQUEST = CompletionRequest.builder()
		.model(Model.of("claude-sonnet-4-5"))
		.prompt(Prompt.human("Hello, Claude"))
		.maxTokensToSample(1024)
		.build();

	private final MessageWriter writer = new MessageWriter(MAPPER);

	@Test
	void writeWhenLittleIsSetLeavesOutTheRest() {
		assertThat(write(REQUEST, false)).isEqualTo("{\"model\":\"claude-sonnet-4-5\","
				+ "\"messages\":[{\"role\":\"user\",\"content\":\"Hello, Claude\"}],\"max_tokens\":1024,"
				+ "\"stop_sequences\":[\"\\n\\nHuman:\"]}");
	}

	@Test
	void writeWhenEverythingIsSetHasEveryField() {
		CompletionRequest request = REQUEST.toBuilder()
			.prompt(Prompt.builder().system("Be brief.").human("Hi").prefill("Well").build())
			.stopSequences("STOP", "\n\nHuman:", " .")
			.temperature(1)
			.topP(0.7)
			.topK(5)
			.userId("u1")
			.header("x-tenant", "not in the body")
			.timeout(Duration.ofSeconds(1))
			.additionalProperty("service_tier", "auto")
			.build();
		assertThat(write(request, true)).isEqualTo("{\"model\":\"claude-sonnet-4-5\",\"system\":\"Be brief.\","
				+ "\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"},"
				+ "{\"role\":\"assistant\",\"content\":\"Well\"}],\"max_tokens\":1024,"
				+ "\"stop_sequences\":[\"STOP\",\"\\n\\nHuman:\",\" .\"],\"temperature\":1.0,\"top_p\":0.7,"
				+ "\"top_k\":5,\"metadata\":{\"user_id\":\"u1\"},\"stream\":true,\"service_tier\":\"auto\"}");
	}

	@ParameterizedTest(name = "{0}")
	@MethodSource("prompts")
	void promptBecomesMessages(String name, String prompt, JsonNode expected) {
		JsonNode body = MAPPER.readTree(write(REQUEST.toBuilder().prompt(prompt).build(), false));
		assertThat(body.get("system")).isEqualTo(expected.get("system"));
		assertThat(body.get("messages")).isEqualTo(expected.get("messages"));
	}

	static List<Arguments> prompts() throws IOException {
		List<Arguments> prompts = new ArrayList<>();
		try (InputStream file = MessageWriterTests.class.getResourceAsStream("/messages-prompts.json")) {
			for (JsonNode entry : MAPPER.readTree(Objects.requireNonNull(file))) {
				prompts.add(Arguments.of(entry.get("name").stringValue(), entry.get("prompt").stringValue(), entry));
			}
		}
		assertThat(prompts).hasSizeGreaterThanOrEqualTo(25);
		return prompts;
	}

	@ParameterizedTest
	@CsvSource(quoteCharacter = '`', textBlock = """
			`\\n\\nAssistant: a\\n\\nHuman: b\\n\\nAssistant:` | must start with a "\\n\\nHuman:" turn
			`a\\n\\nAssistant: b\\n\\nHuman: c\\n\\nAssistant:` | must start with a "\\n\\nHuman:" turn
			`\\n\\nHuman: a\\n\\nAssistant: b\\n\\nHuman: c` | must end with an "\\n\\nAssistant:" turn
			`\\n\\nHuman:\\n\\nAssistant:`                   | turn 1 of the prompt, "\\n\\nHuman:", has no text
			`\\n\\nHuman:  \\t\\n\\nAssistant:`              | turn 1 of the prompt, "\\n\\nHuman:", has no text
			`\\n\\nHuman: a\\n\\nAssistant: \\n\\nHuman: b\\n\\nAssistant:` | turn 2 of the prompt, "\\n\\nAssistant:"
			`\\n\\nHuman: a\\n\\nAssistant: b\\n\\nHuman:\\n\\nAssistant: c` | turn 3 of the prompt, "\\n\\nHuman:"
			""", delimiter = '|')
	void writeWhenPromptHasNoMessagesNamesTheRule(String prompt, String rule) {
		String written = prompt.translateEscapes();
		assertUnsupported(REQUEST.toBuilder().prompt(written).build(), rule);
	}

	@ParameterizedTest
	@ValueSource(strings = { "Why is the sky blue?", "\n\nHuman: Hi", "Hello\n\nAssistant:", "a\n\nAssistant: b" })
	void writeWhenPromptHasNoTurnsIsOneMessage(String text) {
		JsonNode body = MAPPER.readTree(write(REQUEST.toBuilder().prompt(text).build(), false));
		assertThat(body.get("messages")).hasSize(1);
		assertThat(body.at("/messages/0/role").stringValue()).isEqualTo("user");
		assertThat(body.at("/messages/0/content").stringValue()).isEqualTo(text);
	}

	@Test
	void writeWhenTextsContainMarkersKeepsThem() {
		String text = "a\n\nAssistant: b\n\nHuman: c";
		Prompt prompt = Prompt.builder().system(text).human(text).prefill(text).build();
		JsonNode body = MAPPER.readTree(write(REQUEST.toBuilder().prompt(prompt).build(), false));
		assertThat(body.get("system").stringValue()).isEqualTo(text);
		assertThat(body.get("messages")).hasSize(2)
			.allSatisfy((message) -> assertThat(message.get("content").stringValue()).isEqualTo(text));
	}

	@Test
	void writeWhenPromptIsRawNamesTheRule() {
		assertUnsupported(REQUEST.toBuilder().prompt(Prompt.raw("\n\nHuman: a\n\nAssistant:")).build(),
				"a raw prompt requires the Text Completions API");
	}

	@ParameterizedTest
	@ValueSource(strings = { " ", "\n\n", "\t" })
	void writeWhenStopSequenceIsBlankNamesTheRule(String sequence) {
		assertUnsupported(REQUEST.toBuilder().stopSequences("STOP", sequence).build(),
				"'stopSequences' must not hold a blank sequence");
	}

	@ParameterizedTest
	@ValueSource(strings = { "system", "messages", "max_tokens" })
	void writeWhenAdditionalPropertyIsMadeOfThePromptNamesIt(String name) {
		assertUnsupported(REQUEST.toBuilder().additionalProperty(name, "x").build(),
				"'additionalProperty' must not be '" + name + "'");
	}

	private void assertUnsupported(CompletionRequest request, String rule) {
		assertThatExceptionOfType(AttemptFailure.class).isThrownBy(() -> write(request, false)).satisfies((failure) -> {
			CompletionClientException exception = new Call(false, Timeouts.defaults(), Limits.defaults(), false)
				.toException(failure);
			assertThat(exception).isInstanceOf(UnsupportedRequestException.class)
				.hasMessageStartingWith("The Messages API does not support this request: ")
				.hasMessageContaining(rule.replace("\n", "\\n"));
			assertThat(exception.outcome()).isEqualTo(Outcome.NOT_SENT);
			assertThat(exception.attempts()).isZero();
		});
	}

	private String write(CompletionRequest request, boolean stream) {
		return new String(this.writer.write(request, stream), StandardCharsets.UTF_8);
	}

}
