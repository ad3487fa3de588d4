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

package dev.completion.samples.playground;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

import dev.completion.server.CompletionServer;
import dev.completion.server.Reply;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.webtestclient.autoconfigure.AutoConfigureWebTestClient;
import org.springframework.core.ParameterizedTypeReference;
import org.springframework.http.codec.ServerSentEvent;
import org.springframework.test.web.reactive.server.WebTestClient;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for what {@link PlaygroundApplication} tells its page.
 */
@AutoConfigureWebTestClient(timeout = "20s")
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT, properties = { "completion.embedded-server.mode=on",
		"completion.api=messages", "completion.retry.delay=1ms", "completion.timeout.idle=500ms" })
class PlaygroundApplicationTests {

	@Autowired
	WebTestClient web;

	@Autowired
	CompletionServer server;

	@BeforeEach
	void reset() {
		this.server.reset();
	}

	private List<ServerSentEvent<String>> ask(Map<String, ?> question) {
		return this.web.post()
			.uri("/api/stream")
			.bodyValue(question)
			.exchange()
			.expectStatus()
			.isOk()
			.returnResult(new ParameterizedTypeReference<ServerSentEvent<String>>() {
			})
			.getResponseBody()
			.collectList()
			.block(Duration.ofSeconds(20));
	}

	private static Map<String, ?> turns(String... rolesAndTexts) {
		List<Map<String, String>> turns = new ArrayList<>();
		for (int i = 0; i < rolesAndTexts.length; i += 2) {
			turns.add(Map.of("role", rolesAndTexts[i], "text", rolesAndTexts[i + 1]));
		}
		return Map.of("turns", turns);
	}

	private static JsonNode json(ServerSentEvent<String> event) {
		return JsonMapper.shared().readTree(event.data());
	}

	@Test
	void answerIsStreamedWithWhatIsKnownOfTheCall() {
		this.server.enqueue(Reply.text("Forty two.").chunkSizes(3));
		List<ServerSentEvent<String>> events = ask(turns("HUMAN", "What is the answer?"));
		assertThat(events).allMatch((event) -> event.event().equals("delta"));
		assertThat(events.stream().map((event) -> json(event).get("text").stringValue()).collect(Collectors.joining()))
			.isEqualTo("Forty two.");
		JsonNode last = json(events.get(events.size() - 1));
		assertThat(last.get("api").stringValue()).isEqualTo("MESSAGES");
		assertThat(last.get("attempts").intValue()).isOne();
		assertThat(last.get("requestId").stringValue()).startsWith("req_");
		assertThat(last.get("stopReason").stringValue()).isEqualTo("stop_sequence");
		assertThat(last.get("usage").get("outputTokens").intValue()).isPositive();
	}

	@Test
	void turnsAndSamplingAreSent() {
		Map<String, Object> question = new HashMap<>(
				turns("HUMAN", "One?", "ASSISTANT", "Two.", "HUMAN", "Three?", "ASSISTANT", "Four"));
		question.putAll(Map.of("system", "Be brief.", "model", "claude-haiku-4-5", "maxTokensToSample", 9,
				"temperature", 0.5, "topK", 3));
		ask(question);
		JsonNode body = JsonMapper.shared().readTree(this.server.requests().get(0).body());
		assertThat(body.get("system").stringValue()).isEqualTo("Be brief.");
		assertThat(body.get("messages")).extracting((message) -> message.get("role").stringValue())
			.containsExactly("user", "assistant", "user", "assistant");
		assertThat(body.get("model").stringValue()).isEqualTo("claude-haiku-4-5");
		assertThat(body.get("max_tokens").intValue()).isEqualTo(9);
		assertThat(body.has("top_p")).isFalse();
	}

	@Test
	void requestThatBreaksARuleIsNotSent() {
		List<ServerSentEvent<String>> events = ask(turns("ASSISTANT", "Hello"));
		assertThat(events).singleElement().extracting(ServerSentEvent::event).isEqualTo("failure");
		assertThat(json(events.get(0)).get("advice").stringValue()).isEqualTo("Correct the request: nothing was sent.");
		assertThat(this.server.requests()).isEmpty();
	}

	@ParameterizedTest
	@CsvSource({ "OVERLOAD, OverloadedException, Try again later, 3", "RATE_LIMIT, RateLimitException, Wait as long, 1",
			"STALL, CallTimeoutException, raise completion.timeout.idle, 1",
			"CUT, StreamTruncatedException, Keep the text so far, 1" })
	void faultIsExplained(String fault, String kind, String advice, int requests) {
		this.web.post().uri("/api/faults/" + fault).exchange().expectStatus().isNoContent();
		List<ServerSentEvent<String>> events = ask(turns("HUMAN", "Hi"));
		ServerSentEvent<String> last = events.get(events.size() - 1);
		assertThat(last.event()).isEqualTo("failure");
		assertThat(json(last).get("kind").stringValue()).isEqualTo(kind);
		assertThat(json(last).get("advice").stringValue()).contains(advice);
		assertThat(this.server.requests()).hasSize(requests);
	}

	@Test
	void modelsAreListed() {
		this.web.get().uri("/api/models").exchange().expectBody().jsonPath("$[?(@.id == 'claude-haiku-5-5')]").exists();
	}

	@Test
	void pageMayLoadNothingFromElsewhere() {
		this.web.get()
			.uri("/")
			.exchange()
			.expectStatus()
			.isOk()
			.expectHeader()
			.valueMatches("Content-Security-Policy", "default-src 'none'; script-src 'self'; .*");
	}

}
