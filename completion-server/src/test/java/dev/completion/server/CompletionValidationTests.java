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

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.node.ObjectNode;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for the checks of the body of {@code /v1/complete}.
 */
class CompletionValidationTests extends AbstractServerTests {

	private static final String INVALID = "400 invalid_request_error ";

	@ParameterizedTest
	@CsvSource({ "model", "prompt", "max_tokens_to_sample" })
	void fieldIsRequired(String field) {
		assertThat(TestClient.errorOf(client.complete(TestClient.body().without(field))))
			.isEqualTo(INVALID + field + ": Field required");
	}

	@Test
	void emptyObjectLacksTokensFirst() {
		assertThat(TestClient.errorOf(client.complete("{}")))
			.isEqualTo(INVALID + "max_tokens_to_sample: Field required");
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			model | 1 | model: Input should be a valid string
			model | null | model: Input should be a valid string
			model | "" | model: String should have at least 1 character
			prompt | ["a"] | prompt: Input should be a valid string
			prompt | "" | prompt: String should have at least 1 character
			max_tokens_to_sample | "10" | max_tokens_to_sample: Input should be a valid integer
			max_tokens_to_sample | 1.5 | max_tokens_to_sample: Input should be a valid integer
			max_tokens_to_sample | null | max_tokens_to_sample: Input should be a valid integer
			max_tokens_to_sample | true | max_tokens_to_sample: Input should be a valid integer
			max_tokens_to_sample | 0 | max_tokens_to_sample: Input should be greater than or equal to 1
			max_tokens_to_sample | -99999999999 | max_tokens_to_sample: Input should be greater than or equal to 1
			temperature | "1" | temperature: Input should be a valid number
			temperature | 1.01 | temperature: range: 0..1
			temperature | -0.1 | temperature: range: 0..1
			temperature | 1e300 | temperature: range: 0..1
			top_p | false | top_p: Input should be a valid number
			top_p | 2 | top_p: range: 0..1
			top_k | 1.5 | top_k: Input should be a valid integer
			top_k | -1 | top_k: Input should be greater than or equal to 0
			stream | "true" | stream: Input should be a valid boolean
			stop_sequences | "STOP" | stop_sequences: Input should be a valid list
			stop_sequences | ["a", 1] | stop_sequences.1: Input should be a valid string
			stop_sequences | ["a", ""] | stop_sequences: each stop sequence must be non-empty
			stop_sequences | ["\\n\\n"] | stop_sequences: each stop sequence must contain non-whitespace
			metadata | "u" | metadata: Input should be a valid dictionary
			metadata | {"user_id": 1} | metadata.user_id: Input should be a valid string
			metadata | {"other": 1} | metadata.other: Extra inputs are not permitted
			messages | [] | messages: Extra inputs are not permitted
			n | null | n: Extra inputs are not permitted
			""")
	void valueIsRefused(String field, String value, String message) {
		ObjectNode body = TestClient.body();
		body.set(field, TestClient.json(value));
		assertThat(TestClient.errorOf(client.complete(body))).isEqualTo(INVALID + message);
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			temperature | 0
			temperature | 1.0
			top_p | 1
			top_k | 0
			top_k | 500
			stream | false
			stop_sequences | []
			metadata | {}
			metadata | {"user_id": null}
			metadata | {"user_id": "u-1"}
			max_tokens_to_sample | 1
			max_tokens_to_sample | 99999999999
			temperature | null
			top_p | null
			top_k | null
			stream | null
			stop_sequences | null
			metadata | null
			""")
	void valueIsAccepted(String field, String value) {
		ObjectNode body = TestClient.body();
		body.set(field, TestClient.json(value));
		assertThat(client.complete(body).statusCode()).isEqualTo(200);
	}

	@Test
	void userIdHasAtMost512Characters() {
		ObjectNode body = TestClient.body();
		body.putObject("metadata").put("user_id", "😀".repeat(512));
		assertThat(client.complete(body).statusCode()).isEqualTo(200);
		body.putObject("metadata").put("user_id", "x".repeat(513));
		assertThat(TestClient.errorOf(client.complete(body)))
			.isEqualTo(INVALID + "metadata.user_id: String should have at most 512 characters");
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			'' | unexpected end of data
			{"model": "secret | unexpected end of data: line 1 column 18
			{"model": secret} | unexpected data: line 1 column
			{} secret | unexpected data: line 1 column
			""")
	void bodyMustBeJsonAndIsNotQuoted(String body, String detail) {
		assertThat(TestClient.errorOf(client.complete(body)))
			.startsWith(INVALID + "The request body is not valid JSON: " + detail)
			.doesNotContain("secret");
	}

	@ParameterizedTest
	@ValueSource(strings = { "[]", "\"text\"", "1", "null" })
	void bodyMustBeObject(String body) {
		assertThat(TestClient.errorOf(client.complete(body))).isEqualTo(INVALID + "Input should be a valid dictionary");
	}

	@Test
	void orderOfFieldsDoesNotMatter() {
		String prompt = TestClient.json(TestClient.body().toString()).get("prompt").toString();
		assertThat(client
			.complete(
					"{\"stream\":false,\"max_tokens_to_sample\":5,\"prompt\":" + prompt + ",\"model\":\"claude-2.1\"}")
			.statusCode()).isEqualTo(200);
	}

	@ParameterizedTest
	@ValueSource(strings = { "Hello, world", "Hello, world\n\nAssistant:",
			"\n\nAssistant: Hello, world\n\nHuman: Hello, Claude\n\nAssistant:", "System\nHuman: Hello\n\nAssistant:",
			" " })
	void promptMustStartWithHumanTurn(String prompt) {
		assertThat(TestClient.errorOf(client.complete(TestClient.body().put("prompt", prompt))))
			.isEqualTo(INVALID + "prompt must start with \"\\n\\nHuman:\" turn after an optional system prompt");
	}

	@ParameterizedTest
	@ValueSource(strings = { "\n\nHuman: Hello, Claude", "\n\nHuman: Hello, Claude \nAssistant:",
			"\n\nHuman: a\n\nAssistant: b\n\nHuman: How many toes do dogs have?" })
	void promptMustEndWithAssistantTurn(String prompt) {
		assertThat(TestClient.errorOf(client.complete(TestClient.body().put("prompt", prompt))))
			.isEqualTo(INVALID + "prompt must end with an \"\\n\\nAssistant:\" turn");
	}

	@ParameterizedTest
	@ValueSource(strings = { "Human: Hello, Claude\n\nAssistant:", "\n\nHuman: Hello, Claude\n\nAssistant: ",
			"Be brief.\n\nHuman: Hello\n\nAssistant:", "\n\nHuman: Hello\n\nAssistant: My answer is",
			"\n\nHuman: a\n\nAssistant: b\n\nHuman: c\n\nAssistant:" })
	void promptIsAccepted(String prompt) {
		assertThat(client.complete(TestClient.body().put("prompt", prompt)).statusCode()).isEqualTo(200);
	}

	@ParameterizedTest
	@ValueSource(strings = { "claude-haiku-4-5", "claude-haiku-4-5-20251001", "claude-sonnet-4-20250514",
			"claude-sonnet-4-0", "claude-4-sonnet-20250514", "claude-sonnet-4-5", "claude-sonnet-4-5-20250929",
			"claude-opus-4-0", "claude-opus-4-20250514", "claude-4-opus-20250514", "claude-opus-4-1-20250805",
			"claude-3-opus-latest", "claude-3-opus-20240229", "claude-3-haiku-20240307", "claude-haiku-5-5",
			"claude-sonnet-5-5", "claude-fable-5-1", "claude-opus-5-5", "claude-mythos-5-1", "claude-sonnet-5",
			"claude-fable-5", "claude-mythos-5", "claude-opus-5", "claude-opus-4-8", "claude-opus-4-7",
			"claude-mythos-preview", "claude-opus-4-6", "claude-sonnet-4-6", "claude-opus-4-5",
			"claude-opus-4-5-20251101", "claude-fable-5-2", "claude-mythos-5-2" })
	void modelOfMessagesIsNotSupported(String model) {
		assertThat(TestClient.errorOf(client.complete(TestClient.body().put("model", model)))).isEqualTo(
				INVALID + "\"" + model + "\" is not supported on this API. Please use the Messages API instead.");
	}

	@ParameterizedTest
	@ValueSource(strings = { "claude-3-7-sonnet-latest", "claude-3-7-sonnet-20250219", "claude-3-5-haiku-latest",
			"claude-3-5-haiku-20241022", "claude-1", "claude-instant-1", "gpt-4", "Claude-2.1" })
	void retiredOrUnknownModelIsNotFound(String model) {
		assertThat(TestClient.errorOf(client.complete(TestClient.body().put("model", model))))
			.isEqualTo("404 not_found_error model: " + model);
	}

	@Test
	void fieldsAreCheckedBeforeModel() {
		assertThat(TestClient.errorOf(client.complete(TestClient.body().put("model", "unknown").put("n", 1))))
			.isEqualTo(INVALID + "n: Extra inputs are not permitted");
	}

}
