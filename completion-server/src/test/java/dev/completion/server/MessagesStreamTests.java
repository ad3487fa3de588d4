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

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for the unscripted event streams of {@code /v1/messages}.
 */
class MessagesStreamTests {

	private static final String STREAM = """
			event: message_start
			data: {"type":"message_start","message":{"id":"ID","type":"message","role":"assistant",\
			"model":"claude-opus-4-5-20251101","content":[],"stop_reason":null,"stop_sequence":null,\
			"stop_details":null,"usage":{"input_tokens":5,"cache_creation_input_tokens":0,\
			"cache_read_input_tokens":0,"output_tokens":1,\
			"cache_creation":{"ephemeral_1h_input_tokens":0,"ephemeral_5m_input_tokens":0},\
			"server_tool_use":null,"inference_geo":null,"service_tier":"standard"},"container":null}}

			event: content_block_start
			data: {"type":"content_block_start","index":0,"content_block":{"type":"text","text":"","citations":null}}

			event: ping
			data: {"type": "ping"}

			event: content_block_delta
			data: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"ONE"}}

			event: content_block_delta
			data: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"TWO"}}

			event: content_block_stop
			data: {"type":"content_block_stop","index":0}

			event: message_delta
			data: {"type":"message_delta","delta":{"stop_reason":"max_tokens","stop_sequence":null,\
			"stop_details":null,"container":null},\
			"usage":{"input_tokens":5,"cache_creation_input_tokens":0,"cache_read_input_tokens":0,\
			"output_tokens":2,"server_tool_use":null}}

			event: message_stop
			data: {"type":"message_stop"}

			""";

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
		HttpResponse<String> response = client.message(streamBody().put("max_tokens", 2));
		String[] words = TestClient.text(client.message(TestClient.messageBody())).split("(?= )", -1);
		String id = data(response.body()).get(0).at("/message/id").stringValue();
		assertThat(id).matches("msg_[0-9A-Za-z]{24}");
		assertThat(response.body())
			.isEqualTo(STREAM.replace("ID", id).replace("ONE", words[0]).replace("TWO", words[1]));
	}

	@Test
	void streamHasHeadersOfTheApi() {
		HttpResponse<String> response = client.message(streamBody());
		assertThat(response.statusCode()).isEqualTo(200);
		assertThat(TestClient.header(response, "content-type")).isEqualTo("text/event-stream; charset=utf-8");
		assertThat(TestClient.header(response, "request-id")).matches("req_[0-9A-Za-z]{24}");
		assertThat(TestClient.header(response, "anthropic-ratelimit-requests-limit")).isEqualTo("4000000");
	}

	@Test
	void thoughtComesFirstInBlockOfItsOwn() {
		ObjectNode body = streamBody().put("model", "claude-fable-5");
		List<JsonNode> data = data(client.message(body).body());
		JsonNode whole = TestClient.json(client.message(body.put("stream", false)));
		assertThat(data.get(1).toString()).isEqualTo("{\"type\":\"content_block_start\",\"index\":0,"
				+ "\"content_block\":{\"type\":\"thinking\",\"thinking\":\"\",\"signature\":\"\"}}");
		assertThat(join(data, 0, "thinking")).isEqualTo(whole.at("/content/0/thinking").stringValue());
		assertThat(join(data, 0, "signature")).isEqualTo(whole.at("/content/0/signature").stringValue());
		assertThat(join(data, 1, "text")).isEqualTo(whole.at("/content/1/text").stringValue());
		assertThat(types(data, 0)).startsWith("content_block_start")
			.endsWith("signature_delta", "content_block_stop")
			.containsOnlyOnce("signature_delta");
		assertThat(types(data, 1)).startsWith("content_block_start").endsWith("text_delta", "content_block_stop");
		assertThat(data.get(data.size() - 2).get("usage").get("output_tokens"))
			.isEqualTo(whole.at("/usage/output_tokens"));
	}

	@Test
	void endHasStopReasonAndSequence() {
		assertThat(end(data(client.message(streamBody()).body()))).isEqualTo("\"end_turn\" null");
		ObjectNode body = streamBody();
		body.putArray("stop_sequences").add(" sky");
		assertThat(end(data(client.message(body).body()))).isEqualTo("\"stop_sequence\" \" sky\"");
	}

	@Test
	void streamOfNoTextStillPingsAndEnds() {
		String stream = client.message(streamBody().put("max_tokens", 0)).body();
		assertThat(stream.lines().filter((line) -> line.startsWith("event: ")).toList())
			.containsExactly("event: message_start", "event: ping", "event: message_delta", "event: message_stop");
	}

	@Test
	void errorBeforeStreamIsJson() {
		HttpResponse<String> response = client.message(streamBody().put("model", "unknown"));
		assertThat(TestClient.errorOf(response)).isEqualTo("404 not_found_error model: unknown");
		assertThat(TestClient.header(response, "content-type")).isEqualTo("application/json");
	}

	@Test
	void eventsAreSentOneByOne() throws Exception {
		// the whole stream takes longer than the connection waits
		try (CompletionServer slow = CompletionServer.builder().chunkDelay(Duration.ofMillis(500)).start();
				RawConnection connection = new RawConnection(slow)) {
			connection.send(RawConnection.request(slow, "POST", "/v1/messages", streamBody().toString()));
			assertThat(connection.readUntil("\r\n\r\n")).startsWith("HTTP/1.1 200 OK\r\n").doesNotContain("data:");
			assertThat(connection.readUntil("\n\n")).containsOnlyOnce("event: message_start");
			assertThat(connection.readUntil("\n\n")).containsOnlyOnce("event: content_block_start");
		}
	}

	private static ObjectNode streamBody() {
		return TestClient.messageBody().put("stream", true);
	}

	private static List<JsonNode> data(String stream) {
		return stream.lines()
			.filter((line) -> line.startsWith("data: ") && !line.contains("ping"))
			.map((line) -> TestClient.json(line.substring(6)))
			.toList();
	}

	private static String join(List<JsonNode> data, int index, String field) {
		return data.stream()
			.filter((event) -> event.path("index").intValue(-1) == index)
			.map((event) -> event.path("delta").path(field).stringValue(""))
			.collect(Collectors.joining());
	}

	private static List<String> types(List<JsonNode> data, int index) {
		return data.stream()
			.filter((event) -> event.path("index").intValue(-1) == index)
			.map((event) -> event.path("delta").path("type").stringValue(event.get("type").stringValue()))
			.toList();
	}

	private static String end(List<JsonNode> data) {
		JsonNode delta = data.get(data.size() - 2).get("delta");
		return delta.get("stop_reason") + " " + delta.get("stop_sequence");
	}

}
