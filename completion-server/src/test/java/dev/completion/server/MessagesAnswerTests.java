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

import java.net.http.HttpResponse;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for the unscripted answers of {@code /v1/messages} in JSON.
 */
class MessagesAnswerTests extends AbstractServerTests {

	@Test
	void answerHasDocumentedShape() {
		HttpResponse<String> response = client.message(TestClient.messageBody());
		assertThat(response.statusCode()).isEqualTo(200);
		assertThat(TestClient.header(response, "content-type")).isEqualTo("application/json");
		JsonNode json = TestClient.json(response);
		String text = TestClient.text(response);
		assertThat(json.get("id").stringValue()).matches("msg_[0-9A-Za-z]{24}");
		assertThat(response.body()).isEqualTo("{\"id\":" + json.get("id")
				+ ",\"type\":\"message\",\"role\":\"assistant\",\"model\":\"claude-opus-4-5-20251101\","
				+ "\"content\":[{\"type\":\"text\",\"text\":\"" + text
				+ "\",\"citations\":null}],\"stop_reason\":\"end_turn\","
				+ "\"stop_sequence\":null,\"stop_details\":null,\"usage\":{\"input_tokens\":5,\"cache_creation_input_tokens\":0,"
				+ "\"cache_read_input_tokens\":0,\"output_tokens\":" + text.split(" ").length
				+ ",\"cache_creation\":{\"ephemeral_1h_input_tokens\":0,\"ephemeral_5m_input_tokens\":0},"
				+ "\"server_tool_use\":null,\"inference_geo\":null,\"service_tier\":\"standard\"},\"container\":null}");
	}

	@Test
	void textIsThatOfTextCompletions() {
		ObjectNode body = TestClient.messageBody().put("system", " Be brief.\n");
		body.withArray("messages").addObject().put("role", "assistant").put("content", " It scatters. ");
		body.withArray("messages").addObject().put("role", "user").put("content", "And sunsets?");
		String prompt = "Be brief.\n\nHuman: Why is the sky blue?\n\nAssistant: It scatters."
				+ "\n\nHuman: And sunsets?\n\nAssistant:";
		String completion = TestClient.completion(client.complete(TestClient.body().put("prompt", prompt)));
		assertThat(" " + TestClient.text(client.message(body))).isEqualTo(completion);
		body.withArray("messages").addObject().put("role", "assistant").put("content", "They are");
		completion = TestClient.completion(client.complete(TestClient.body().put("prompt", prompt + " They are")));
		assertThat(" " + TestClient.text(client.message(body))).isEqualTo(completion).startsWith(" - ");
	}

	@Test
	void textDependsOnSystemAndMessages() {
		String text = TestClient.text(client.message(TestClient.messageBody()));
		assertThat(text).contains("sky").isEqualTo(TestClient.text(client.message(TestClient.messageBody())));
		assertThat(TestClient.text(client.message(TestClient.messageBody().put("system", "Be brief."))))
			.isNotEqualTo(text);
	}

	@Test
	void blocksAndTurnsOfSameSideAreOne() {
		ObjectNode joined = TestClient.messageBody();
		joined.putArray("messages").addObject().put("role", "user").put("content", "Cats?\n\nDogs?");
		ObjectNode blocks = TestClient.messageBody();
		blocks.set("messages", TestClient.json("""
				[{"role": "user", "content": [{"type": "text", "text": "Cats?"},
				{"type": "text", "text": "Dogs?", "cache_control": {"type": "ephemeral"}, "citations": null}]}]"""));
		ObjectNode turns = TestClient.messageBody();
		turns.set("messages", TestClient.json("""
				[{"role": "user", "content": "Cats?"}, {"role": "user", "content": "Dogs?"}]"""));
		String text = TestClient.text(client.message(joined));
		assertThat(text).contains("Cats", "Dogs");
		assertThat(TestClient.text(client.message(blocks))).isEqualTo(text);
		assertThat(TestClient.text(client.message(turns))).isEqualTo(text);
	}

	@Test
	void systemCanBeBlocks() {
		ObjectNode blocks = TestClient.messageBody();
		blocks.set("system", TestClient.json("[{\"type\": \"text\", \"text\": \"Be brief.\"}]"));
		assertThat(TestClient.text(client.message(blocks)))
			.isEqualTo(TestClient.text(client.message(TestClient.messageBody().put("system", "Be brief."))));
	}

	@Test
	void textIsCutAfterMaxTokens() {
		String full = TestClient.text(client.message(TestClient.messageBody()));
		HttpResponse<String> response = client.message(TestClient.messageBody().put("max_tokens", 4));
		assertThat(TestClient.text(response).split(" ")).hasSize(4);
		assertThat(full).startsWith(TestClient.text(response) + " ");
		JsonNode json = TestClient.json(response);
		assertThat(json.get("stop_reason").stringValue()).isEqualTo("max_tokens");
		assertThat(json.get("stop_sequence").isNull()).isTrue();
		assertThat(json.at("/usage/output_tokens").intValue()).isEqualTo(4);
	}

	@Test
	void textIsCutBeforeFirstStopSequence() {
		String full = TestClient.text(client.message(TestClient.messageBody()));
		ObjectNode body = TestClient.messageBody();
		body.putArray("stop_sequences").add("\n\nHuman:").add(full.substring(60, 66)).add(full.substring(20, 26));
		HttpResponse<String> response = client.message(body);
		assertThat(TestClient.text(response)).isEqualTo(full.substring(0, full.indexOf(full.substring(20, 26))));
		JsonNode json = TestClient.json(response);
		assertThat(json.get("stop_reason").stringValue()).isEqualTo("stop_sequence");
		assertThat(json.get("stop_sequence").stringValue()).isEqualTo(full.substring(20, 26));
	}

	@ParameterizedTest
	@ValueSource(strings = { "claude-opus-4-5", "claude-sonnet-5-5" })
	void noTokensAreNoContent(String model) {
		JsonNode json = TestClient
			.json(client.message(TestClient.messageBody().put("model", model).put("max_tokens", 0)));
		assertThat(json.get("content")).isEmpty();
		assertThat(json.get("stop_reason").stringValue()).isEqualTo("max_tokens");
		assertThat(json.at("/usage/output_tokens").intValue()).isZero();
	}

	@ParameterizedTest
	@ValueSource(strings = { "claude-fable-5-2", "claude-mythos-5", "claude-haiku-5-5", "claude-sonnet-5",
			"claude-opus-5-5", "claude-mythos-preview" })
	void newerModelsThinkByDefault(String model) {
		JsonNode json = TestClient.json(client.message(TestClient.messageBody().put("model", model)));
		assertThat(json.get("content")).hasSize(2);
		JsonNode thought = json.at("/content/0");
		assertThat(thought.propertyNames()).containsExactly("type", "thinking", "signature");
		assertThat(thought.get("type").stringValue()).isEqualTo("thinking");
		assertThat(thought.get("thinking").stringValue()).contains("sky");
		assertThat(thought.get("signature").stringValue()).isNotEmpty();
		String text = json.at("/content/1/text").stringValue();
		assertThat(text).isEqualTo(TestClient.text(client.message(TestClient.messageBody())));
		int thoughtTokens = thought.get("thinking").stringValue().split(" ").length;
		assertThat(json.at("/usage/output_tokens").intValue()).isEqualTo(thoughtTokens + text.split(" ").length);
	}

	@Test
	void tokensOfThoughtDoNotCountAgainstText() {
		HttpResponse<String> response = client
			.message(TestClient.messageBody().put("model", "claude-opus-5").put("max_tokens", 3));
		assertThat(TestClient.json(response).get("content")).hasSize(2);
		assertThat(TestClient.text(response).split(" ")).hasSize(3);
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			claude-opus-4-5 | {"type": "enabled", "budget_tokens": 1024} | 2
			claude-sonnet-4-6 | {"type": "enabled", "budget_tokens": 1999, "display": "omitted"} | 2
			claude-sonnet-4-6 | {"type": "adaptive"} | 2
			claude-opus-4-8 | {"type": "adaptive", "display": "summarized"} | 2
			claude-opus-4-5 | {"type": "disabled"} | 1
			claude-opus-4-8 | {"type": "disabled"} | 1
			claude-haiku-5-5 | {"type": "disabled"} | 1
			claude-sonnet-5-5 | {"type": "between_tools"} | 1
			claude-opus-4-5 | null | 1
			claude-opus-4-8 | null | 1
			""")
	void thinkingIsAsTheRequestSays(String model, String thinking, int blocks) {
		ObjectNode body = TestClient.messageBody().put("model", model).put("max_tokens", 2000);
		body.set("thinking", TestClient.json(thinking));
		assertThat(TestClient.json(client.message(body)).get("content")).hasSize(blocks);
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '`',
			textBlock = """
					claude-opus-5-5 | {"type": "disabled"} | "thinking.type.disabled" is not supported for this model. Use "think
					claude-fable-5-2 | {"type": "disabled"} | "thinking.type.disabled" is not supported for this model.
					claude-mythos-preview | {"type": "disabled"} | "thinking.type.disabled" is not supported for this model.
					claude-sonnet-5-5 | {"type": "disabled"} | "thinking.type.disabled" is not supported for this model. Use "thi
					claude-haiku-5-5 | {"type": "enabled", "budget_tokens": 1024} | "thinking.type.enabled" is not supported for
					claude-opus-4-7 | {"type": "enabled", "budget_tokens": 1024} | "thinking.type.enabled" is not supported for
					claude-haiku-5-5 | {"type": "between_tools"} | "thinking.type.between_tools" is not supported for this model.
					claude-haiku-4-5 | {"type": "adaptive"} | adaptive thinking is not supported on this model
					""")
	void thinkingThatTheModelDoesNotSupportIsRefused(String model, String thinking, String message) {
		ObjectNode body = TestClient.messageBody().put("model", model).put("max_tokens", 2000);
		body.set("thinking", TestClient.json(thinking));
		assertThat(TestClient.errorOf(client.message(body))).startsWith("400 invalid_request_error " + message);
		body.remove("max_tokens");
		assertThat(TestClient.errorOf(client.send("POST", "/v1/messages/count_tokens", body.toString())))
			.startsWith("400 invalid_request_error " + message);
	}

	@Test
	void contentOfAnswerCanBeSentBack() {
		ObjectNode body = TestClient.messageBody().put("model", "claude-opus-5-5");
		JsonNode content = TestClient.json(client.message(body)).get("content");
		body.withArray("messages").addObject().put("role", "assistant").set("content", content);
		body.withArray("messages").addObject().put("role", "user").put("content", "And sunsets?");
		assertThat(TestClient.text(client.message(body))).contains("sunsets");
	}

	@Test
	void newestVersionAndQueryOfBetasAreServed() {
		TestClient newest = client.with("anthropic-version", "2026-10-21");
		assertThat(newest.message(TestClient.messageBody()).statusCode()).isEqualTo(200);
		TestClient beta = client.with("anthropic-beta", "context-1m-2025-08-07");
		assertThat(beta.send("POST", "/v1/messages?beta=true", TestClient.messageBody().toString()).statusCode())
			.isEqualTo(200);
	}

	@Test
	void rateLimitsCountDown() {
		String remaining = "anthropic-ratelimit-requests-remaining";
		assertThat(TestClient.header(client.message(TestClient.messageBody()), remaining)).isEqualTo("3999999");
		assertThat(TestClient.header(client.message(TestClient.messageBody()), remaining)).isEqualTo("3999998");
	}

}
