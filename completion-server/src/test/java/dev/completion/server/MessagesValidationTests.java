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

import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.node.ObjectNode;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for the checks of the body of {@code /v1/messages}.
 */
class MessagesValidationTests extends AbstractServerTests {

	private static final String INVALID = "400 invalid_request_error ";

	@ParameterizedTest
	@CsvSource({ "model", "messages", "max_tokens" })
	void fieldIsRequired(String field) {
		assertThat(TestClient.errorOf(client.message(TestClient.messageBody().without(field))))
			.isEqualTo(INVALID + field + ": Field required");
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			model | 1 | model: Input should be a valid string
			model | "" | model: String should have at least 1 character
			max_tokens | "10" | max_tokens: Input should be a valid integer
			max_tokens | 1.5 | max_tokens: Input should be a valid integer
			max_tokens | -1 | max_tokens: Input should be greater than or equal to 0
			temperature | "1" | temperature: Input should be a valid number
			temperature | 1.01 | temperature: range: 0..1
			top_p | 2 | top_p: range: 0..1
			top_k | -1 | top_k: Input should be greater than or equal to 0
			stream | "true" | stream: Input should be a valid boolean
			stop_sequences | "STOP" | stop_sequences: Input should be a valid list
			stop_sequences | ["a", 1] | stop_sequences.1: Input should be a valid string
			stop_sequences | ["a", ""] | stop_sequences: each stop sequence must be non-empty
			stop_sequences | ["\\n\\n"] | stop_sequences: each stop sequence must contain non-whitespace
			metadata | "u" | metadata: Input should be a valid dictionary
			metadata | {"other": 1} | metadata.other: Extra inputs are not permitted
			cache_control | "ephemeral" | cache_control: Input should be a valid dictionary
			diagnostics | [] | diagnostics: Input should be a valid dictionary
			inference_geo | 1 | inference_geo: Input should be a valid string
			service_tier | "fast" | service_tier: Input should be 'auto' or 'standard_only'
			service_tier | 1 | service_tier: Input should be 'auto' or 'standard_only'
			speed | "slow" | speed: Input should be 'standard' or 'fast'
			output_config | 1 | output_config: Input should be a valid dictionary
			output_config | {"effort": "more"} | \
			output_config.effort: Input should be 'low', 'medium', 'high', 'xhigh' or 'max'
			output_config | {"format": {}} | output_config.format.type: Field required
			output_config | {"other": 1} | output_config.other: Extra inputs are not permitted
			container | "c" | container: This field is not supported by this server
			context_management | {} | context_management: This field is not supported by this server
			fallbacks | [] | fallbacks: This field is not supported by this server
			mcp_servers | [] | mcp_servers: This field is not supported by this server
			output_format | {} | output_format: This field is not supported by this server
			tool_choice | {} | tool_choice: This field is not supported by this server
			tools | [] | tools: This field is not supported by this server
			prompt | "Hi" | prompt: Extra inputs are not permitted
			max_tokens_to_sample | 1 | max_tokens_to_sample: Extra inputs are not permitted
			n | null | n: Extra inputs are not permitted
			""")
	void valueIsRefused(String field, String value, String message) {
		assertThat(refusal(field, value)).isEqualTo(INVALID + message);
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			temperature | 0
			top_p | 0.5
			top_k | 5
			stop_sequences | []
			metadata | {"user_id": "u-1"}
			system | null
			thinking | null
			cache_control | {"type": "ephemeral"}
			diagnostics | {"previous_message_id": null}
			inference_geo | "us"
			service_tier | "standard_only"
			speed | "fast"
			output_config | {"effort": "xhigh", "format": null}
			tools | null
			tool_choice | null
			max_tokens | 64000
			""")
	void valueIsAccepted(String field, String value) {
		ObjectNode body = TestClient.messageBody();
		body.set(field, TestClient.json(value));
		assertThat(client.message(body).statusCode()).isEqualTo(200);
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			"Hi" | messages: Input should be a valid list
			["Hi"] | messages.0: Input should be a valid dictionary
			[] | messages: at least one message is required
			[{"content": "a"}] | messages.0.role: Field required
			[{"role": 1, "content": "a"}] | messages.0.role: Input should be a valid string
			[{"role": "human", "content": "a"}] | messages.0.role: Input should be 'user' or 'assistant'
			[{"role": "system", "content": "a"}] | messages.0.role: 'system' is not supported by this server
			[{"role": "user"}] | messages.0.content: Field required
			[{"role": "user", "content": 1}] | messages.0.content: Input should be a valid list
			[{"role": "user", "content": ""}] | messages: text content blocks must be non-empty
			[{"role": "user", "content": "\\n "}] | messages: text content blocks must contain non-whitespace text
			[{"role": "user", "content": "a", "name": "b"}] | messages.0.name: Extra inputs are not permitted
			[{"role": "assistant", "content": "a"}] | messages: first message must use the "user" role
			[{"role": "user", "content": "a"}, {"role": "assistant", "content": "b "}] | \
			messages: final assistant content cannot end with trailing whitespace
			[{"role": "user", "content": []}] | \
			messages.0: all messages must have non-empty content except for the optional final assistant message
			""")
	void messagesAreRefused(String messages, String message) {
		assertThat(refusal("messages", messages)).isEqualTo(INVALID + message);
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|',
			textBlock = """
					["Hi"] | .0: Input should be a valid dictionary
					[{"text": "a"}] | .0.type: Field required
					[{"type": "text"}] | .0.text.text: Field required
					[{"type": "text", "text": 1}] | .0.text.text: Input should be a valid string
					[{"type": "text", "text": "a", "more": 1}] | .0.text.more: Extra inputs are not permitted
					[{"type": "text", "text": "a", "cache_control": 1}] | .0.text.cache_control: Input should be a valid dictionary
					[{"type": "text", "text": "a", "citations": {}}] | .0.text.citations: Input should be a valid list
					[{"type": "text", "text": "a"}, {"type": "image"}] | .1: Blocks of type 'image' are not supported by this server
					[{"type": "thinking"}] | .0: Blocks of type 'thinking' are not supported by this server
					""")
	void blocksAreRefused(String blocks, String message) {
		assertThat(refusal("messages", "[{\"role\": \"user\", \"content\": " + blocks + "}]"))
			.isEqualTo(INVALID + "messages.0.content" + message);
		assertThat(refusal("system", blocks)).isEqualTo(INVALID + "system" + message);
	}

	@Test
	void blockOfUnknownTypeIsRefused() {
		assertThat(refusal("messages", "[{\"role\": \"user\", \"content\": [{\"type\": \"video\"}]}]"))
			.startsWith(INVALID + "messages.0.content.0: Input tag 'video' found using 'type' does not match any of "
					+ "the expected tags: 'bash_code_execution_tool_result', ")
			.contains("'text', ");
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			1 | system: Input should be a valid list
			"" | system: text content blocks must be non-empty
			" " | system: text content blocks must contain non-whitespace text
			[{"type": "text", "text": ""}] | system: text content blocks must be non-empty
			""")
	void systemIsRefused(String system, String message) {
		assertThat(refusal("system", system)).isEqualTo(INVALID + message);
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|',
			textBlock = """
					true | thinking: Input should be a valid dictionary
					{} | thinking.type: Field required
					{"type": "on"} | thinking: Input tag 'on' found using 'type' does not match any of the expected tags: \
					'adaptive', 'between_tools', 'disabled', 'enabled'
					{"type": "enabled"} | thinking.enabled.budget_tokens: Field required
					{"type": "enabled", "budget_tokens": 1023} | \
					thinking.enabled.budget_tokens: Input should be greater than or equal to 1024
					{"type": "enabled", "budget_tokens": 1024} | `max_tokens` must be greater than `thinking.budget_tokens`.
					{"type": "disabled", "budget_tokens": 1} | thinking.disabled.budget_tokens: Extra inputs are not permitted
					{"type": "adaptive", "display": "all"} | thinking.adaptive.display: Input should be 'summarized' or 'omitted'
					""")
	void thinkingIsRefused(String thinking, String message) {
		assertThat(refusal("thinking", thinking)).isEqualTo(INVALID + message);
	}

	@ParameterizedTest
	@CsvSource({ "claude-opus-4-5,64000,claude-opus-4-5-20251101", "claude-3-haiku-20240307,4096,",
			"claude-opus-4-1-20250805,32000,", "claude-opus-5-5,128000," })
	void maxTokensOfModelIsLimit(String model, int limit, String id) {
		ObjectNode body = TestClient.messageBody().put("model", model);
		assertThat(client.message(body.put("max_tokens", limit)).statusCode()).isEqualTo(200);
		assertThat(TestClient.errorOf(client.message(body.put("max_tokens", limit + 1))))
			.isEqualTo(INVALID + "max_tokens: " + (limit + 1) + " > " + limit
					+ ", which is the maximum allowed number of output tokens for " + ((id != null) ? id : model));
	}

	@ParameterizedTest
	@ValueSource(strings = { "claude-opus-4-7", "claude-opus-4-8", "claude-mythos-preview", "claude-sonnet-5",
			"claude-fable-5-2", "claude-haiku-5-5" })
	void samplingIsDeprecatedForNewerModels(String model) {
		ObjectNode body = TestClient.messageBody().put("model", model);
		assertThat(client.message(body.put("temperature", 1.0).put("top_p", 0.99)).statusCode()).isEqualTo(200);
		assertThat(TestClient.errorOf(client.message(body.deepCopy().put("temperature", 0.9))))
			.isEqualTo(INVALID + "`temperature` is deprecated for this model.");
		assertThat(TestClient.errorOf(client.message(body.deepCopy().put("top_p", 0.98))))
			.isEqualTo(INVALID + "`top_p` is deprecated for this model.");
		assertThat(TestClient.errorOf(client.message(body.deepCopy().put("top_k", 500))))
			.isEqualTo(INVALID + "`top_k` is deprecated for this model.");
	}

	@ParameterizedTest
	@ValueSource(strings = { "claude-opus-4-6", "claude-sonnet-4-6", "claude-3-opus-latest" })
	void samplingIsAcceptedByOlderModels(String model) {
		ObjectNode body = TestClient.messageBody().put("model", model).put("temperature", 0.1).put("top_k", 1);
		assertThat(client.message(body.put("top_p", 0.1)).statusCode()).isEqualTo(200);
	}

	@ParameterizedTest
	@ValueSource(strings = { "temperature", "top_p", "top_k" })
	void newestVersionHasNoSampling(String field) {
		TestClient newest = client.with("anthropic-version", "2026-10-21");
		assertThat(TestClient.errorOf(newest.message(TestClient.messageBody().put(field, 1))))
			.isEqualTo(INVALID + field + ": Extra inputs are not permitted");
	}

	@ParameterizedTest
	@ValueSource(strings = { "claude-opus-4-6", "claude-sonnet-4-6", "claude-opus-4-7", "claude-mythos-preview",
			"claude-sonnet-5-5" })
	void prefillIsRefusedByNewerModels(String model) {
		ObjectNode body = TestClient.messageBody().put("model", model);
		body.withArray("messages").addObject().put("role", "assistant").put("content", "It is");
		assertThat(TestClient.errorOf(client.message(body)))
			.isEqualTo(INVALID + "This model does not support assistant message prefill. "
					+ "The conversation must end with a user message.");
	}

	@ParameterizedTest
	@ValueSource(strings = { "claude-opus-4-5", "claude-haiku-4-5", "claude-opus-4-0", "claude-3-haiku-20240307" })
	void prefillIsAcceptedByOlderModels(String model) {
		ObjectNode body = TestClient.messageBody().put("model", model);
		ObjectNode last = body.withArray("messages").addObject().put("role", "assistant").put("content", "It is");
		assertThat(client.message(body).statusCode()).isEqualTo(200);
		last.putArray("content");
		assertThat(client.message(body).statusCode()).as("no content").isEqualTo(200);
	}

	@ParameterizedTest
	@ValueSource(strings = { "claude-2.1", "claude-2", "claude-instant-1.2", "claude-3-7-sonnet-latest",
			"claude-3-5-haiku-20241022", "nonsense" })
	void modelThatIsNotServedIsNotFound(String model) {
		assertThat(TestClient.errorOf(client.message(TestClient.messageBody().put("model", model))))
			.isEqualTo("404 not_found_error model: " + model);
	}

	@Test
	void everyOtherModelIsServed() {
		List<String> ids = ModelCatalogue.MODELS.stream()
			.filter((model) -> !model.textCompletions())
			.map(CatalogueModel::id)
			.toList();
		assertThat(ids).hasSize(24);
		assertThat(ids).allSatisfy((id) -> assertThat(
				TestClient.json(client.message(TestClient.messageBody().put("model", id))).get("model").stringValue())
			.isEqualTo(id));
	}

	@Test
	void fieldsAreCheckedBeforeModel() {
		ObjectNode body = TestClient.messageBody().put("model", "unknown").put("n", 1);
		assertThat(TestClient.errorOf(client.message(body))).isEqualTo(INVALID + "n: Extra inputs are not permitted");
	}

	private static String refusal(String field, String value) {
		ObjectNode body = TestClient.messageBody();
		body.set(field, TestClient.json(value));
		return TestClient.errorOf(client.message(body));
	}

}
