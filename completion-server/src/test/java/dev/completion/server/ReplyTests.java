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

import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Tests for {@link Reply}.
 */
class ReplyTests extends AbstractServerTests {

	@Test
	void textIsSentAsJson() {
		server.enqueue(Reply.text("Scripted, not stirred").stopReason("max_tokens"));
		HttpResponse<String> response = client.complete(TestClient.body().put("model", "claude-2"));
		JsonNode json = TestClient.json(response);
		assertThat(json.get("completion").stringValue()).isEqualTo("Scripted, not stirred");
		assertThat(json.get("stop_reason").stringValue()).isEqualTo("max_tokens");
		assertThat(json.get("stop").isNull()).isTrue();
		assertThat(json.get("model").stringValue()).isEqualTo("claude-2.0");
		assertThat(TestClient.header(response, "request-id")).startsWith("req_");
		assertThat(TestClient.header(response, "anthropic-organization-id")).isNotEqualTo("absent");
		assertThat(TestClient.header(response, "anthropic-ratelimit-requests-remaining")).isEqualTo("3999999");
	}

	@Test
	void textIsSentAsStreamInWords() {
		server.enqueue(Reply.text(" Hello there "));
		String stream = client.complete(TestClient.streamBody()).body();
		assertThat(deltas(stream)).containsExactly(" Hello", " there", " ", "");
		assertThat(stream).containsOnlyOnce("event: ping")
			.endsWith("\"stop\":\"\\n\\nHuman:\",\"log_id\":" + TestClient.json(lastData(stream)).get("id") + "}\n\n");
	}

	@Test
	void textIsSentInChunksOfCharacters() {
		server.enqueue(Reply.text("a😀😀bcdefg").chunkSizes(2, 1, 3));
		assertThat(deltas(client.complete(TestClient.streamBody()).body())).containsExactly("a😀", "😀", "bcd", "efg",
				"");
		server.enqueue(Reply.text("").chunkSizes(1));
		assertThat(deltas(client.complete(TestClient.streamBody()).body())).containsExactly("");
	}

	@Test
	void textIsSentAsMessage() {
		server.enqueue(Reply.text(" Scripted "), Reply.text("cut").stopReason("max_tokens"),
				Reply.text("no").stopReason("refusal"), Reply.text(""));
		ObjectNode body = TestClient.messageBody().put("model", "claude-haiku-4-5");
		JsonNode json = TestClient.json(client.message(body));
		assertThat(json.get("content").toString())
			.isEqualTo("[{\"type\":\"text\",\"text\":\" Scripted \",\"citations\":null}]");
		assertThat(json.get("stop_reason").stringValue()).isEqualTo("end_turn");
		assertThat(json.get("stop_sequence").isNull()).isTrue();
		assertThat(json.get("model").stringValue()).isEqualTo("claude-haiku-4-5-20251001");
		assertThat(json.at("/usage/input_tokens").intValue()).isEqualTo(5);
		assertThat(json.at("/usage/output_tokens").intValue()).isEqualTo(2);
		assertThat(TestClient.json(client.message(body)).get("stop_reason").stringValue()).isEqualTo("max_tokens");
		assertThat(TestClient.json(client.message(body)).get("stop_reason").stringValue()).isEqualTo("refusal");
		assertThat(TestClient.json(client.message(body)).get("content")).isEmpty();
	}

	@Test
	void textIsSentAsStreamOfMessage() {
		server.enqueue(Reply.text("Hello there"), Reply.text("a😀bcd").chunkSizes(2, 1));
		ObjectNode body = TestClient.messageBody().put("model", "claude-opus-5").put("stream", true);
		assertThat(client.send("POST", "/v1/messages?beta=true", body.toString()).body())
			.startsWith("event: message_start\n")
			.contains("\"text\":\"Hello\"", "\"text\":\" there\"", "\"stop_reason\":\"end_turn\"")
			.doesNotContain("thinking")
			.endsWith("event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n");
		assertThat(client.message(body).body()).contains("\"text\":\"a😀\"", "\"text\":\"b\"", "\"text\":\"d\"");
	}

	@Test
	void messageRequestIsNotChecked() {
		server.enqueue(Reply.text("one"), Reply.text("two"), Reply.error(529, "overloaded_error", "Overloaded"));
		TestClient stranger = client.with("x-api-key", null).with("anthropic-version", null);
		assertThat(TestClient.text(stranger.message("not JSON"))).isEqualTo("one");
		HttpResponse<String> response = stranger.message("{\"model\":\"mine\",\"messages\":[]}");
		assertThat(TestClient.text(response)).isEqualTo("two");
		assertThat(TestClient.json(response).get("model").stringValue()).isEqualTo("mine");
		assertThat(TestClient.errorOf(stranger.message("{}"))).isEqualTo("529 overloaded_error Overloaded");
	}

	@Test
	void requestIsNotChecked() {
		server.enqueue(Reply.text("one"), Reply.text("two"), Reply.text("three"));
		TestClient stranger = client.with("x-api-key", null).with("anthropic-version", null);
		assertThat(TestClient.completion(stranger.complete("not JSON"))).isEqualTo("one");
		assertThat(TestClient.completion(stranger.complete("[1]"))).isEqualTo("two");
		assertThat(TestClient.completion(stranger.get("/anywhere"))).isEqualTo("three");
		assertThat(stranger.get("/anywhere").statusCode()).isEqualTo(404);
	}

	@Test
	void repliesArePlayedInOrderThenServerAnswersItself() {
		server.enqueue(Reply.error(529, "overloaded_error", "Overloaded"), Reply.text("second"));
		server.enqueue(Reply.text("third"));
		assertThat(TestClient.errorOf(client.complete(TestClient.body()))).isEqualTo("529 overloaded_error Overloaded");
		assertThat(TestClient.completion(client.complete(TestClient.body()))).isEqualTo("second");
		assertThat(TestClient.completion(client.complete(TestClient.body()))).isEqualTo("third");
		assertThat(TestClient.completion(client.complete(TestClient.body()))).contains("sky");
	}

	@Test
	void errorIsEnvelopeWithIdOfHeader() {
		server.enqueue(Reply.error(429, "rate_limit_error", "Slow \"down\"").header("Retry-After", "7"));
		HttpResponse<String> response = client.complete(TestClient.streamBody());
		assertThat(response.statusCode()).isEqualTo(429);
		assertThat(TestClient.header(response, "retry-after")).isEqualTo("7");
		assertThat(response.body()).isEqualTo("{\"type\":\"error\",\"error\":{\"type\":\"rate_limit_error\","
				+ "\"message\":\"Slow \\\"down\\\"\"},\"request_id\":\"" + TestClient.header(response, "request-id")
				+ "\"}");
	}

	@Test
	void errorOfAuthenticationNamesNoOrganization() {
		server.enqueue(Reply.error(401, "authentication_error", "invalid x-api-key"));
		HttpResponse<String> response = client.complete(TestClient.body());
		assertThat(response.statusCode()).isEqualTo(401);
		assertThat(TestClient.header(response, "anthropic-organization-id")).isEqualTo("absent");
	}

	@Test
	void bodyIsLiteral() {
		server.enqueue(Reply.body(502, "text/html", "<html>Bad gateway – sorry</html>"));
		HttpResponse<String> response = client.complete(TestClient.body());
		assertThat(response.statusCode()).isEqualTo(502);
		assertThat(TestClient.header(response, "content-type")).isEqualTo("text/html");
		assertThat(TestClient.header(response, "content-length")).isEqualTo("34");
		assertThat(response.body()).isEqualTo("<html>Bad gateway – sorry</html>");
		assertThat(TestClient.header(response, "request-id")).startsWith("req_");
	}

	@Test
	void emptyBodyIsSent() {
		server.enqueue(Reply.body(200, "application/json", ""));
		HttpResponse<String> response = client.complete(TestClient.body());
		assertThat(response.statusCode()).isEqualTo(200);
		assertThat(response.body()).isEmpty();
	}

	@Test
	void statusWithoutBodyLeavesConnectionUsable() throws Exception {
		server.enqueue(Reply.body(204, "text/plain", "dropped"), Reply.body(304, "text/plain", "dropped"));
		try (RawConnection connection = new RawConnection(server)) {
			connection.send(RawConnection.completionRequest(server, "{}"));
			assertThat(connection.readUntil("\r\n\r\n")).startsWith("HTTP/1.1 204 ");
			connection.send(RawConnection.completionRequest(server, "{}"));
			assertThat(connection.readUntil("\r\n\r\n")).startsWith("HTTP/1.1 304 ");
			connection.send(RawConnection.request(server, "GET", "/nowhere", ""));
			assertThat(connection.readAnswer()).startsWith("HTTP/1.1 404 ");
		}
	}

	@Test
	void eventsAreLiteral() {
		String stream = ": comment\r\n\r\nevent: completion\rdata: {\r\rdata: half";
		server.enqueue(Reply.events(stream), Reply.events(stream).chunkDelay(Duration.ofMillis(1)), Reply.events(""));
		HttpResponse<String> response = client.complete(TestClient.body());
		assertThat(TestClient.header(response, "content-type")).isEqualTo("text/event-stream; charset=utf-8");
		assertThat(response.body()).isEqualTo(stream);
		assertThat(client.complete(TestClient.body()).body()).isEqualTo(stream);
		assertThat(client.complete(TestClient.body()).body()).isEmpty();
	}

	@Test
	void statusAndHeadersAreReplaced() {
		server.enqueue(
				Reply.text("teapot")
					.status(418)
					.header("request-id", "req_mine")
					.header("Content-Type", "text/tea")
					.header("x-more", "first")
					.header("X-More", "second"),
				Reply.error(500, "api_error", "Oops").header("Request-Id", "req_other"));
		HttpResponse<String> response = client.complete(TestClient.body());
		assertThat(response.statusCode()).isEqualTo(418);
		assertThat(response.headers().allValues("request-id")).containsExactly("req_mine");
		assertThat(response.headers().allValues("content-type")).containsExactly("text/tea");
		assertThat(response.headers().allValues("x-more")).containsExactly("second");
		response = client.complete(TestClient.body());
		assertThat(TestClient.header(response, "request-id")).isEqualTo("req_other");
		assertThat(TestClient.json(response).get("request_id").stringValue()).isEqualTo("req_other");
	}

	@Test
	void contentTypeOfStreamIsReplaced() {
		server.enqueue(Reply.text("page").header("content-type", "text/html"),
				Reply.events("data: 1\n\n").header("Content-Type", "application/json"));
		HttpResponse<String> response = client.complete(TestClient.streamBody());
		assertThat(response.headers().allValues("content-type")).containsExactly("text/html");
		assertThat(deltas(response.body())).containsExactly("page", "");
		response = client.complete(TestClient.streamBody());
		assertThat(response.headers().allValues("content-type")).containsExactly("application/json");
		assertThat(response.body()).isEqualTo("data: 1\n\n");
	}

	@Test
	void delayComesBeforeHead() {
		server.enqueue(Reply.text("late").delay(Duration.ofMillis(200)));
		long start = System.nanoTime();
		assertThat(TestClient.completion(client.complete(TestClient.body()))).isEqualTo("late");
		assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThanOrEqualTo(Duration.ofMillis(200));
	}

	@Test
	void chunkDelayComesAfterHeadAndBeforeEachEvent() throws Exception {
		// the whole stream takes longer than the connection waits
		server
			.enqueue(Reply.body(200, "text/event-stream", "data: 1\n\ndata: 2\n\ndata: 3" + "\n\ndata: more".repeat(60))
				.chunkDelay(Duration.ofMillis(200)));
		try (RawConnection connection = new RawConnection(server)) {
			connection.send(RawConnection.completionRequest(server, "{}"));
			assertThat(connection.readUntil("\r\n\r\n")).contains("200 OK").doesNotContain("data");
			long start = System.nanoTime();
			assertThat(connection.readUntil("data: 1\n\n")).doesNotContain("data: 2");
			assertThat(connection.readUntil("data: 2\n\n")).doesNotContain("data: 3");
			assertThat(connection.readUntil("data: 3")).contains("data: 3");
			assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThanOrEqualTo(Duration.ofMillis(400));
		}
	}

	@Test
	void replyIsNotChangedByItsMethods() {
		Reply reply = Reply.text("text");
		Reply changed = reply.status(500)
			.header("x-more", "1")
			.stopReason("max_tokens")
			.chunkSizes(1)
			.delay(Duration.ofMinutes(1))
			.chunkDelay(Duration.ofMinutes(1))
			.interim(103)
			.drip(Duration.ofMinutes(1))
			.cutAfter(0);
		assertThat(changed).isNotSameAs(reply);
		server.enqueue(reply, reply);
		HttpResponse<String> response = client.complete(TestClient.body());
		assertThat(response.statusCode()).isEqualTo(200);
		assertThat(TestClient.header(response, "x-more")).isEqualTo("absent");
		assertThat(TestClient.json(response).get("stop_reason").stringValue()).isEqualTo("stop_sequence");
		assertThat(deltas(client.complete(TestClient.streamBody()).body())).containsExactly("text", "");
	}

	@Test
	void badArgumentsAreRefused() {
		Reply reply = Reply.text("text");
		assertThatIllegalArgumentException().isThrownBy(() -> Reply.text(null)).withMessage("'text' must not be null");
		assertThatIllegalArgumentException().isThrownBy(() -> Reply.error(199, "a", "b"))
			.withMessage("'status' must be from 200 to 599, not 199");
		assertThatIllegalArgumentException().isThrownBy(() -> Reply.error(400, null, "b"))
			.withMessageContaining("'type'");
		assertThatIllegalArgumentException().isThrownBy(() -> Reply.body(200, "a\r\nb", ""))
			.withMessageContaining("'contentType'");
		assertThatIllegalArgumentException().isThrownBy(() -> Reply.events(null))
			.withMessageContaining("'eventStream'");
		assertThatIllegalArgumentException().isThrownBy(reply::chunkSizes)
			.withMessage("'characters' must not be empty");
		assertThatIllegalArgumentException().isThrownBy(() -> reply.chunkSizes(3, 0))
			.withMessage("'characters' must be positive, not 0");
		assertThatIllegalArgumentException().isThrownBy(() -> reply.stopReason(null)).withMessageContaining("'value'");
		assertThatIllegalArgumentException().isThrownBy(() -> reply.delay(Duration.ofNanos(-1)))
			.withMessageContaining("'delay' must not be negative");
		assertThatIllegalArgumentException().isThrownBy(() -> reply.chunkDelay(null))
			.withMessage("'chunkDelay' must not be null");
		assertThatIllegalArgumentException().isThrownBy(() -> reply.status(600)).withMessageContaining("'status'");
		assertThatIllegalArgumentException().isThrownBy(() -> server.enqueue(reply, null))
			.withMessage("'replies' must not contain null");
		assertThat(client.get("/v1/models").statusCode()).as("nothing was queued").isEqualTo(200);
	}

	@Test
	void badFaultsAreRefused() {
		Reply reply = Reply.text("text");
		assertThatIllegalArgumentException().isThrownBy(() -> Reply.pings(Duration.ofNanos(-1)))
			.withMessage("'interval' must not be negative, not PT-0.000000001S");
		assertThatIllegalArgumentException().isThrownBy(() -> Reply.redirect(299, "/"))
			.withMessage("'status' must be from 300 to 399, not 299");
		assertThatIllegalArgumentException().isThrownBy(() -> Reply.redirect(302, "/\r\na: b"))
			.withMessageContaining("'location'");
		assertThatIllegalArgumentException().isThrownBy(() -> Reply.raw((String) null))
			.withMessage("'text' must not be null");
		assertThatIllegalArgumentException().isThrownBy(() -> Reply.raw((byte[]) null))
			.withMessage("'bytes' must not be null");
		assertThatIllegalArgumentException().isThrownBy(() -> reply.cutAfter(-1))
			.withMessage("'parts' must not be negative, not -1");
		assertThatIllegalArgumentException().isThrownBy(() -> reply.drip(null))
			.withMessage("'interval' must not be null");
		assertThatIllegalArgumentException().isThrownBy(reply::interim).withMessage("'statuses' must not be empty");
		assertThatIllegalArgumentException().isThrownBy(() -> reply.interim(103, 200))
			.withMessage("'statuses' must be from 100 to 199, not 200");
		assertThatIllegalArgumentException().isThrownBy(() -> reply.interim(101))
			.withMessage("'statuses' must not be 101, which is no interim response");
	}

	@Test
	void badHeadersAreRefused() {
		Reply reply = Reply.text("text");
		assertThatIllegalArgumentException().isThrownBy(() -> reply.header("a b", "c"))
			.withMessage("'name' must be the name of an HTTP header");
		assertThatIllegalArgumentException().isThrownBy(() -> reply.header("", "c")).withMessageContaining("'name'");
		assertThatIllegalArgumentException().isThrownBy(() -> reply.header("Content-Length", "1"))
			.withMessage("'name' must not be Content-Length, which is up to the server");
		assertThatIllegalArgumentException().isThrownBy(() -> reply.header("a", "b\r\nc: d"))
			.withMessageContaining("'value' must consist of ASCII characters");
	}

	@Test
	void onlyTextHasDeltasAndStopReason() {
		assertThatIllegalStateException().isThrownBy(() -> Reply.events("data: 1\n\n").chunkSizes(1));
		assertThatIllegalStateException().isThrownBy(() -> Reply.error(400, "a", "b").stopReason("c"))
			.withMessage("Only a reply made by Reply.text(String) has deltas and a stop reason");
	}

	private static List<String> deltas(String stream) {
		return stream.lines()
			.filter((line) -> line.startsWith("data: ") && line.contains("\"completion\":"))
			.map((line) -> TestClient.json(line.substring(6)).get("completion").stringValue())
			.toList();
	}

	private static String lastData(String stream) {
		return stream.substring(stream.lastIndexOf("data: ") + 6);
	}

}
