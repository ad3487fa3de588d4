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
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.boot.webtestclient.autoconfigure.AutoConfigureWebTestClient;
import org.springframework.core.ParameterizedTypeReference;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.codec.ServerSentEvent;
import org.springframework.test.web.reactive.server.WebTestClient;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for what {@link PlaygroundApplication} tells its page.
 */
@AutoConfigureWebTestClient(timeout = "20s")
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT,
		properties = { "completion.embedded-server.mode=on", "completion.api=messages", "completion.retry.delay=1ms" })
class PlaygroundApplicationTests {

	@Autowired
	WebTestClient web;

	@Autowired
	CompletionServer server;

	@LocalServerPort
	int port;

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

	private JsonNode failureOf(Map<String, ?> question) {
		List<ServerSentEvent<String>> events = ask(question);
		ServerSentEvent<String> last = events.get(events.size() - 1);
		assertThat(last.event()).isEqualTo("failure");
		return json(last);
	}

	private static Map<String, Object> question(String... rolesAndTexts) {
		List<Map<String, String>> turns = new ArrayList<>();
		for (int i = 0; i < rolesAndTexts.length; i += 2) {
			turns.add(Map.of("role", rolesAndTexts[i], "text", rolesAndTexts[i + 1]));
		}
		return new HashMap<>(Map.of("call", "call-1", "turns", turns));
	}

	private static JsonNode json(ServerSentEvent<String> event) {
		return JsonMapper.shared().readTree(event.data());
	}

	private JsonNode requests(String call) {
		return JsonMapper.shared()
			.readTree(this.web.get()
				.uri("/api/calls/{call}/requests", call)
				.exchange()
				.expectBody(String.class)
				.returnResult()
				.getResponseBody());
	}

	@Test
	void answerIsStreamedWithWhatIsKnownOfTheCall() {
		this.server.enqueue(Reply.text("Forty two.").chunkSizes(3));
		List<ServerSentEvent<String>> events = ask(question("HUMAN", "What is the answer?"));
		assertThat(events).allMatch((event) -> event.event().equals("delta"));
		assertThat(events.stream().map((event) -> json(event).get("text").stringValue()).collect(Collectors.joining()))
			.isEqualTo("Forty two.");
		JsonNode last = json(events.get(events.size() - 1));
		assertThat(last.get("api").stringValue()).isEqualTo("MESSAGES");
		assertThat(last.get("model").stringValue()).isEqualTo("claude-haiku-5-5");
		assertThat(last.get("attempts").intValue()).isOne();
		assertThat(last.get("requestId").stringValue()).startsWith("req_");
		assertThat(last.get("stopReason").stringValue()).isEqualTo("stop_sequence");
		assertThat(last.get("usage").get("outputTokens").intValue()).isPositive();
		assertThat(requests("call-1")).singleElement()
			.satisfies((request) -> assertThat(request.get("path").stringValue()).isEqualTo("/v1/messages"))
			.satisfies((request) -> assertThat(request.get("closedByClient").booleanValue()).isFalse());
		assertThat(requests("call-2")).isEmpty();
	}

	@Test
	void turnsAndSamplingAreSent() {
		Map<String, Object> question = question("HUMAN", "One?", "ASSISTANT", "Two.", "HUMAN", "Three?", "ASSISTANT",
				"Four");
		question.putAll(Map.of("system", "Be brief.", "model", "claude-haiku-4-5", "maxTokensToSample", 9,
				"temperature", 0.5, "topK", 3));
		ask(question);
		JsonNode body = JsonMapper.shared().readTree(this.server.requests().get(0).body());
		assertThat(body.get("system").stringValue()).isEqualTo("Be brief.");
		assertThat(body.get("messages")).extracting((message) -> message.get("role").stringValue())
			.containsExactly("user", "assistant", "user", "assistant");
		assertThat(body.get("model").stringValue()).isEqualTo("claude-haiku-4-5");
		assertThat(body.get("max_tokens").intValue()).isEqualTo(9);
		assertThat(body.get("temperature").doubleValue()).isEqualTo(0.5);
		assertThat(body.get("top_k").intValue()).isEqualTo(3);
		assertThat(body.has("top_p")).isFalse();
	}

	@Test
	void longPromptIsSent() {
		ask(question("HUMAN", "long ".repeat(200_000)));
		assertThat(this.server.requests().get(0).body()).hasSizeGreaterThan(1_000_000);
	}

	@Test
	void requestThatBreaksARuleIsNotSent() {
		JsonNode failure = failureOf(question("ASSISTANT", "Hello"));
		assertThat(failure.get("message").stringValue()).contains("human");
		assertThat(failure.get("fate").stringValue()).isEqualTo("Nothing was sent.");
		assertThat(this.server.requests()).isEmpty();
	}

	@ParameterizedTest
	@ValueSource(strings = { "{}", "{\"call\":\"1\"}", "{\"call\":\"1\",\"turns\":null}",
			"{\"call\":\"1\",\"turns\":[null]}", "{\"call\":\"1\",\"turns\":[{\"text\":\"Hi\"}]}",
			"{\"call\":\"1\",\"turns\":[{\"role\":\"HUMAN\"}]}", "{\"call\":\"1\",\"fault\":\"NONE\",\"turns\":[]}" })
	void requestOfABadShapeIsRefused(String body) {
		this.web.post()
			.uri("/api/stream")
			.contentType(MediaType.APPLICATION_JSON)
			.bodyValue(body)
			.exchange()
			.expectStatus()
			.isBadRequest();
	}

	@ParameterizedTest
	@CsvSource({ "OVERLOAD, OverloadedException, Try again later, costs nothing, 3",
			"STALL, CallTimeoutException, raise completion.timeout.idle, A part came, 1",
			"CUT, StreamTruncatedException, Keep the text so far, A part came, 1" })
	void faultIsExplained(String fault, String kind, String advice, String fate, int requests) {
		Map<String, Object> question = question("HUMAN", "Hi");
		question.putAll(Map.of("call", fault, "fault", fault));
		JsonNode failure = failureOf(question);
		assertThat(failure.get("kind").stringValue()).isEqualTo(kind);
		assertThat(failure.get("advice").stringValue()).contains(advice);
		assertThat(failure.get("fate").stringValue()).containsPattern(fate);
		assertThat(failure.get("attempts").intValue()).isEqualTo(requests);
		assertThat(requests(fault)).hasSize(requests);
		assertThat(this.server.requests()).isEmpty();
	}

	@Test
	void rateLimitIsExplained() {
		// not for long, since calls of the other tests wait as well
		this.server.enqueue(Reply.error(429, "rate_limit_error", "No.")
			.header("retry-after", "1")
			.header("x-should-retry", "false"));
		JsonNode failure = failureOf(question("HUMAN", "Hi"));
		assertThat(failure.get("kind").stringValue()).isEqualTo("RateLimitException");
		assertThat(failure.get("advice").stringValue()).contains("Wait 1 s, as the server asks");
	}

	@Test
	void callWaitsForARateLimit() {
		Map<String, Object> question = question("HUMAN", "Hi");
		question.putAll(Map.of("call", "limited", "fault", "RATE_LIMIT"));
		List<ServerSentEvent<String>> events = ask(question);
		assertThat(events).allMatch((event) -> event.event().equals("delta"));
		assertThat(json(events.get(0)).get("attempts").intValue()).isGreaterThan(1);
		assertThat(requests("limited")).hasSizeGreaterThan(5);
	}

	@ParameterizedTest
	@CsvSource({ "400, invalid_request_error, InvalidRequestException, Correct, costs nothing",
			"401, authentication_error, AuthenticationException, another key, costs nothing",
			"402, billing_error, BillingException, Add credit, costs nothing",
			"403, permission_error, PermissionDeniedException, a key that may, costs nothing",
			"404, not_found_error, NotFoundException, another model, costs nothing",
			"413, request_too_large, RequestTooLargeException, Shorten, costs nothing",
			"500, api_error, ServerException, Try again later, may be billed",
			"418, teapot_error, CompletionApiException, Read what the server says, costs nothing" })
	void errorIsExplained(int status, String type, String kind, String advice, String fate) {
		this.server.enqueue(Reply.error(status, type, "No.").header("anthropic-ratelimit-requests-remaining", "7"));
		JsonNode failure = failureOf(question("HUMAN", "Hi"));
		assertThat(failure.get("kind").stringValue()).isEqualTo(kind);
		assertThat(failure.get("message").stringValue()).contains(type, "No.");
		assertThat(failure.get("advice").stringValue()).contains(advice);
		assertThat(failure.get("fate").stringValue()).contains(fate);
		assertThat(failure.get("requestId").stringValue()).startsWith("req_");
		assertThat(failure.get("remaining").get(0).get("remaining").intValue()).isEqualTo(7);
	}

	@Test
	void answerOfSomethingElseIsExplained() {
		this.server.enqueue(Reply.body(200, "text/html", "<p>Log in"));
		JsonNode failure = failureOf(question("HUMAN", "Hi"));
		assertThat(failure.get("kind").stringValue()).isEqualTo("MalformedResponseException");
		assertThat(failure.get("advice").stringValue()).contains("what it is that answers");
	}

	@Test
	void modelsAreListed() {
		this.web.get()
			.uri("/api/models")
			.exchange()
			.expectBody()
			.jsonPath("$[?(@.id == 'claude-haiku-5-5')].prefill")
			.isEqualTo(false)
			.jsonPath("$[?(@.id == 'claude-opus-4-5-20251101')].prefill")
			.isEqualTo(true);
	}

	@Test
	void modelsThatAreRefusedAreExplained() {
		this.server.enqueue(Reply.error(401, "authentication_error", "invalid x-api-key"));
		this.web.get()
			.uri("/api/models")
			.exchange()
			.expectStatus()
			.isEqualTo(502)
			.expectBody()
			.jsonPath("$.kind")
			.isEqualTo("AuthenticationException");
	}

	@Test
	void pageMayLoadNothingFromElsewhere() {
		this.web.get()
			.uri("/")
			.exchange()
			.expectStatus()
			.isOk()
			.expectHeader()
			.valueEquals("Content-Security-Policy",
					"default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; "
							+ "base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
			.expectHeader()
			.valueEquals("X-Content-Type-Options", "nosniff")
			.expectHeader()
			.valueEquals("Referrer-Policy", "no-referrer");
	}

	@Test
	void browserAsksWhetherTheScriptHasChanged() {
		this.web.get()
			.uri("/playground.js")
			.exchange()
			.expectHeader()
			.valueEquals("Cache-Control", "no-cache")
			.expectHeader()
			.doesNotExist("Last-Modified");
	}

	@ParameterizedTest
	@CsvSource({ "localhost, , 200", "127.0.0.1, , 200", "localhost, http://localhost, 200",
			"localhost, http://evil.example, 403", "localhost, null, 403", "evil.example, , 403",
			"evil.example, http://evil.example, 403", "localhost.evil.example, , 403" })
	void otherPagesOfTheBrowserMayNotAsk(String host, String origin, int status) {
		this.web.get().uri("/api/server").headers((headers) -> {
			headers.set(HttpHeaders.HOST, host + ":" + this.port);
			if (origin != null) {
				headers.setOrigin(origin.equals("null") ? origin : origin + ":" + this.port);
			}
		}).exchange().expectStatus().isEqualTo(status);
	}

}
