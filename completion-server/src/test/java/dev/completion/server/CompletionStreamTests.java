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
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for the unscripted event streams of {@code /v1/complete}.
 */
class CompletionStreamTests {

	private static CompletionServer server;

	private static TestClient client;

	@BeforeAll
	static void start() {
		server = CompletionServer.builder().chunkDelay(Duration.ofMillis(1)).start();
		client = new TestClient(server);
	}

	@AfterAll
	static void close() {
		server.close();
	}

	@Test
	void streamHasBytesOfTheApi() {
		HttpResponse<String> response = client.complete(TestClient.streamBody().put("max_tokens_to_sample", 2));
		String[] words = TestClient.completion(client.complete(TestClient.body())).split("(?= )", -1);
		String id = completions(response.body()).get(0).get("id").stringValue();
		assertThat(id).matches("compl_[0-9A-Za-z]{24}");
		assertThat(response.body()).isEqualTo("""
				event: completion
				data: {"type":"completion","id":"ID","completion":"ONE","stop_reason":null,"model":"claude-2.1",\
				"stop":null,"log_id":"ID"}

				event: ping
				data: {"type": "ping"}

				event: completion
				data: {"type":"completion","id":"ID","completion":"TWO","stop_reason":null,"model":"claude-2.1",\
				"stop":null,"log_id":"ID"}

				event: completion
				data: {"type":"completion","id":"ID","completion":"","stop_reason":"max_tokens","model":"claude-2.1",\
				"stop":null,"log_id":"ID"}

				""".replace("ID", id).replace("ONE", words[0]).replace("TWO", words[1]));
	}

	@Test
	void streamHasHeadersOfTheApi() {
		HttpResponse<String> response = client.complete(TestClient.streamBody());
		assertThat(response.statusCode()).isEqualTo(200);
		assertThat(TestClient.header(response, "content-type")).isEqualTo("text/event-stream; charset=utf-8");
		assertThat(TestClient.header(response, "cache-control")).isEqualTo("no-cache");
		assertThat(TestClient.header(response, "request-id")).matches("req_[0-9A-Za-z]{24}");
		assertThat(TestClient.header(response, "anthropic-organization-id")).isNotEqualTo("absent");
		assertThat(TestClient.header(response, "anthropic-ratelimit-tokens-remaining")).isEqualTo("4800000000");
		assertThat(TestClient.header(response, "content-length")).isEqualTo("absent");
	}

	@Test
	void deltasJoinToTextOfJson() {
		List<JsonNode> completions = completions(client.complete(TestClient.streamBody()).body());
		String joined = completions.stream()
			.map((event) -> event.get("completion").stringValue())
			.collect(Collectors.joining());
		assertThat(joined).isEqualTo(TestClient.completion(client.complete(TestClient.body())));
		assertThat(completions).hasSize(joined.strip().split(" ").length + 1);
	}

	@Test
	void onlyLastEventHasStopReason() {
		ObjectNode body = TestClient.streamBody().put("model", "claude-2");
		body.putArray("stop_sequences").add(" is").add(".");
		List<JsonNode> completions = completions(client.complete(body).body());
		JsonNode last = completions.get(completions.size() - 1);
		assertThat(last.get("completion").stringValue()).isEmpty();
		assertThat(last.get("stop_reason").stringValue()).isEqualTo("stop_sequence");
		assertThat(last.get("stop").stringValue()).isIn(" is", ".");
		assertThat(completions.subList(0, completions.size() - 1))
			.allMatch((event) -> event.get("stop_reason").isNull() && event.get("stop").isNull());
		assertThat(completions).allMatch((event) -> event.get("model").stringValue().equals("claude-2.0")
				&& event.get("id").equals(last.get("log_id")));
	}

	@Test
	void streamOfNoTextStillPingsAndEnds() {
		String first = TestClient.completion(client.complete(TestClient.body())).substring(0, 3);
		ObjectNode body = TestClient.streamBody();
		body.putArray("stop_sequences").add(first);
		String stream = client.complete(body).body();
		assertThat(stream).startsWith("event: ping\ndata: {\"type\": \"ping\"}\n\nevent: completion\n");
		assertThat(completions(stream)).hasSize(1);
	}

	@Test
	void errorBeforeStreamIsJson() {
		HttpResponse<String> response = client.complete(TestClient.streamBody().put("model", "unknown"));
		assertThat(TestClient.errorOf(response)).isEqualTo("404 not_found_error model: unknown");
		assertThat(TestClient.header(response, "content-type")).isEqualTo("application/json");
	}

	@Test
	void eventsAreSentOneByOne() throws Exception {
		// the whole stream takes longer than the connection waits
		try (CompletionServer slow = CompletionServer.builder().chunkDelay(Duration.ofMillis(500)).start();
				RawConnection connection = new RawConnection(slow)) {
			connection.send(RawConnection.completionRequest(slow, TestClient.streamBody().toString()));
			assertThat(connection.readUntil("\r\n\r\n")).startsWith("HTTP/1.1 200 OK\r\n").doesNotContain("data:");
			assertThat(connection.readUntil("\n\n")).containsOnlyOnce("event: completion");
			assertThat(connection.readUntil("\n\n")).containsOnlyOnce("event: ping");
		}
	}

	private static List<JsonNode> completions(String stream) {
		return Stream.of(stream.split("\n\n"))
			.filter((event) -> event.startsWith("event: completion\ndata: "))
			.map((event) -> TestClient.json(event.substring(event.indexOf('{'))))
			.toList();
	}

}
