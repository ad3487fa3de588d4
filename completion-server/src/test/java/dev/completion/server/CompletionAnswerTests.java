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
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for the unscripted answers of {@code /v1/complete} in JSON.
 */
class CompletionAnswerTests extends AbstractServerTests {

	@Test
	void answerHasDocumentedShape() {
		HttpResponse<String> response = client.complete(TestClient.body());
		assertThat(response.statusCode()).isEqualTo(200);
		assertThat(TestClient.header(response, "content-type")).isEqualTo("application/json");
		JsonNode json = TestClient.json(response);
		String id = json.get("id").stringValue();
		assertThat(id).matches("compl_[0-9A-Za-z]{24}");
		assertThat(response.body()).isEqualTo("{\"type\":\"completion\",\"id\":\"" + id + "\",\"completion\":"
				+ json.get("completion") + ",\"stop_reason\":\"stop_sequence\",\"model\":\"claude-2.1\","
				+ "\"stop\":\"\\n\\nHuman:\",\"log_id\":\"" + id + "\"}");
	}

	@ParameterizedTest
	@CsvSource({ "claude-2.1,claude-2.1", "claude-2.0,claude-2.0", "claude-2,claude-2.0",
			"claude-instant-1.2,claude-instant-1.2" })
	void modelIsResolved(String requested, String answered) {
		JsonNode json = TestClient.json(client.complete(TestClient.body().put("model", requested)));
		assertThat(json.get("model").stringValue()).isEqualTo(answered);
	}

	@Test
	void textIsTheSameEveryTimeButIdIsNot() {
		HttpResponse<String> first = client.complete(TestClient.body());
		HttpResponse<String> second = client.complete(TestClient.body());
		assertThat(TestClient.completion(first)).startsWith(" ").isEqualTo(TestClient.completion(second));
		assertThat(TestClient.json(first).get("id")).isNotEqualTo(TestClient.json(second).get("id"));
	}

	@Test
	void textDependsOnPrompt() {
		String other = TestClient.completion(
				client.complete(TestClient.body().put("prompt", "\n\nHuman: Describe glaciers.\n\nAssistant:")));
		assertThat(other).contains("glaciers").isNotEqualTo(TestClient.completion(client.complete(TestClient.body())));
	}

	@Test
	void textIsTheSameForSanitizedPrompt() {
		String untidy = TestClient.PROMPT.strip() + " ";
		assertThat(TestClient.completion(client.complete(TestClient.body().put("prompt", untidy))))
			.isEqualTo(TestClient.completion(client.complete(TestClient.body())));
	}

	@Test
	void textIsCutAfterMaxTokens() {
		String full = TestClient.completion(client.complete(TestClient.body()));
		JsonNode json = TestClient.json(client.complete(TestClient.body().put("max_tokens_to_sample", 4)));
		String text = json.get("completion").stringValue();
		assertThat(text.strip().split(" ")).hasSize(4);
		assertThat(full).startsWith(text + " ");
		assertThat(json.get("stop_reason").stringValue()).isEqualTo("max_tokens");
		assertThat(json.get("stop").isNull()).isTrue();
	}

	@Test
	void textThatJustFitsIsNotCut() {
		String full = TestClient.completion(client.complete(TestClient.body()));
		int tokens = full.strip().split(" ").length;
		JsonNode json = TestClient.json(client.complete(TestClient.body().put("max_tokens_to_sample", tokens)));
		assertThat(json.get("completion").stringValue()).isEqualTo(full);
		assertThat(json.get("stop_reason").stringValue()).isEqualTo("stop_sequence");
	}

	@Test
	void textIsCutBeforeFirstStopSequence() {
		String full = TestClient.completion(client.complete(TestClient.body()));
		String late = full.substring(60, 66);
		String early = full.substring(20, 26);
		ObjectNode body = TestClient.body();
		body.putArray("stop_sequences").add("never there").add(early).add(late);
		JsonNode json = TestClient.json(client.complete(body));
		assertThat(json.get("completion").stringValue()).isEqualTo(full.substring(0, full.indexOf(early)));
		assertThat(json.get("stop_reason").stringValue()).isEqualTo("stop_sequence");
		assertThat(json.get("stop").stringValue()).isEqualTo(early);
	}

	@Test
	void stopSequenceAfterLastTokenDoesNotCount() {
		GeneratedText cut = GeneratedText.cut(" one two three four", List.of("four"), 2);
		assertThat(cut).isEqualTo(new GeneratedText(List.of(" one", " two"), "max_tokens", null));
	}

	@Test
	void stopSequenceAtStartLeavesNoText() {
		GeneratedText cut = GeneratedText.cut(" one two", List.of(" one"), 5);
		assertThat(cut).isEqualTo(new GeneratedText(List.of(), "stop_sequence", " one"));
	}

	@Test
	void rateLimitsCountDown() {
		HttpResponse<String> first = client.complete(TestClient.body());
		HttpResponse<String> second = client.complete(TestClient.body());
		String limit = "anthropic-ratelimit-requests-";
		int before = Integer.parseInt(TestClient.header(first, limit + "remaining"));
		assertThat(TestClient.header(second, limit + "remaining")).isEqualTo(Integer.toString(before - 1));
		assertThat(TestClient.header(second, limit + "limit")).isEqualTo("4000000");
		for (String kind : List.of("requests", "tokens", "input-tokens", "output-tokens")) {
			assertThat(TestClient.header(second, "anthropic-ratelimit-" + kind + "-reset"))
				.matches("\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}Z");
		}
	}

}
