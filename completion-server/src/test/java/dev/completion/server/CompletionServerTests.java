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

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Tests for the life of a {@link CompletionServer}.
 */
class CompletionServerTests {

	@Test
	void startListensOnFreePortOfLoopback() {
		try (CompletionServer server = CompletionServer.start(); CompletionServer other = CompletionServer.start()) {
			assertThat(server.port()).isPositive().isNotEqualTo(other.port());
			assertThat(server.baseUrl()).isEqualTo("http://127.0.0.1:" + server.port());
			assertThat(server.apiKey()).isNotBlank();
			assertThat(server).hasToString("CompletionServer[" + server.baseUrl() + "]");
			assertThat(new TestClient(server).get("/v1/models").statusCode()).isEqualTo(200);
		}
	}

	@Test
	void builderSetsPortAndKey() throws IOException {
		int port = freePort();
		try (CompletionServer server = CompletionServer.builder().port(port).apiKey("my-key").start()) {
			assertThat(server.port()).isEqualTo(port);
			assertThat(server.apiKey()).isEqualTo("my-key");
			TestClient client = new TestClient(server);
			assertThat(client.get("/v1/models").statusCode()).isEqualTo(200);
			assertThat(client.with("x-api-key", "other-key").get("/v1/models").statusCode()).isEqualTo(401);
		}
	}

	@Test
	void builderRefusesBadArguments() {
		CompletionServer.Builder builder = CompletionServer.builder();
		assertThatIllegalArgumentException().isThrownBy(() -> builder.port(-1))
			.withMessage("'port' must be from 0 to 65535, not -1");
		assertThatIllegalArgumentException().isThrownBy(() -> builder.port(65536)).withMessageContaining("'port'");
		assertThatIllegalArgumentException().isThrownBy(() -> builder.apiKey(null))
			.withMessage("'apiKey' must not be null");
		assertThatIllegalArgumentException().isThrownBy(() -> builder.apiKey("")).withMessageContaining("'apiKey'");
		assertThatIllegalArgumentException().isThrownBy(() -> builder.apiKey("secret key"))
			.withMessage("'apiKey' must consist of visible ASCII characters");
		assertThatIllegalArgumentException().isThrownBy(() -> builder.chunkDelay(Duration.ofMillis(-1)))
			.withMessage("'chunkDelay' must not be negative, not PT-0.001S");
	}

	@ParameterizedTest
	@ValueSource(strings = { "/v1/complete", "/v1/messages" })
	void builderSetsRateLimits(String path) {
		try (CompletionServer server = CompletionServer.builder().requestsPerMinute(2).start()) {
			TestClient client = new TestClient(server);
			String body = (path.equals("/v1/messages") ? TestClient.messageBody() : TestClient.body()).toString();
			assertThat(client.send("POST", path, body).statusCode()).isEqualTo(200);
			assertThat(client.send("POST", path, "{}").statusCode()).isEqualTo(400);
			assertThat(client.send("POST", path, body).statusCode()).isEqualTo(200);
			HttpResponse<String> refused = client.send("POST", path, body);
			assertThat(refused.statusCode()).isEqualTo(429);
			assertThat(refused.body()).contains("\"type\":\"rate_limit_error\"", "rate limit of 2 requests per minute",
					TestClient.header(refused, "request-id"));
			assertThat(Integer.parseInt(TestClient.header(refused, "retry-after"))).isBetween(1, 30);
			assertThat(TestClient.header(refused, "anthropic-ratelimit-requests-remaining")).isEqualTo("0");
			assertThat(TestClient.header(refused, "anthropic-organization-id")).isNotBlank();
			server.enqueue(Reply.text("scripted"));
			assertThat(client.send("POST", path, body).body()).contains("scripted");
			server.reset();
			assertThat(client.send("POST", path, body).statusCode()).isEqualTo(200);
		}
	}

	@Test
	void startWhenPortIsTakenFails() {
		try (CompletionServer server = CompletionServer.start()) {
			CompletionServer.Builder builder = CompletionServer.builder().port(server.port());
			assertThatIllegalStateException().isThrownBy(builder::start)
				.withMessage("Port " + server.port() + " of 127.0.0.1 cannot be bound");
		}
		awaitNoThreads();
	}

	@Test
	void requestsAreRecordedInOrderRefusedOnesIncluded() {
		try (CompletionServer server = CompletionServer.start()) {
			TestClient client = new TestClient(server);
			client.complete(TestClient.body());
			client.with("x-api-key", "wrong").get("/v1/models?limit=1");
			client.get("/nowhere");
			assertThat(server.requests()).extracting(RecordedRequest::toString)
				.containsExactly("POST /v1/complete", "GET /v1/models", "GET /nowhere");
		}
	}

	@Test
	void requestsIsSnapshot() {
		try (CompletionServer server = CompletionServer.start()) {
			var before = server.requests();
			new TestClient(server).get("/v1/models");
			assertThat(before).isEmpty();
			assertThat(server.requests()).hasSize(1);
		}
	}

	@Test
	void requestsKeepsNewestOnly() {
		RequestLog log = new RequestLog();
		for (int i = 0; i < 10_001; i++) {
			log.add(new RecordedRequest("GET", "/" + i, List.of(), "", 1));
		}
		assertThat(log.snapshot()).hasSize(10_000);
		assertThat(log.snapshot().get(0).path()).isEqualTo("/1");
		assertThat(log.snapshot().get(9_999).path()).isEqualTo("/10000");
	}

	@Test
	void requestsKeepsLargeBodiesUpToALimit() {
		RequestLog log = new RequestLog();
		String body = "x".repeat(10 * 1024 * 1024);
		for (int i = 0; i < 20; i++) {
			log.add(new RecordedRequest("POST", "/" + i, List.of(), body, 1));
		}
		assertThat(log.snapshot()).extracting(RecordedRequest::path)
			.containsExactly("/14", "/15", "/16", "/17", "/18", "/19");
		log.add(new RecordedRequest("POST", "/large", List.of(), "x".repeat(70 * 1024 * 1024), 1));
		assertThat(log.snapshot()).extracting(RecordedRequest::path).containsExactly("/large");
	}

	@Test
	void resetForgetsRequestsRepliesAndRateLimits() {
		try (CompletionServer server = CompletionServer.start()) {
			TestClient client = new TestClient(server);
			client.complete(TestClient.body());
			server.enqueue(Reply.error(529, "overloaded_error", "Overloaded"));
			server.reset();
			assertThat(server.requests()).isEmpty();
			var response = client.complete(TestClient.body());
			assertThat(response.statusCode()).isEqualTo(200);
			assertThat(TestClient.header(response, "anthropic-ratelimit-requests-remaining")).isEqualTo("3999999");
		}
	}

	@Test
	void closeFreesPortAndThreadsAndOpenConnections() throws IOException {
		CompletionServer server = CompletionServer.start();
		server.enqueue(Reply.text("never sent").delay(Duration.ofMinutes(5)));
		try (RawConnection connection = new RawConnection(server)) {
			connection.send(RawConnection.completionRequest(server, "{}"));
			Await.until("received", () -> server.requests().size() == 1);
			assertThat(hasThreads()).isTrue();
			server.close();
			assertThat(connection.isClosedByServer()).isTrue();
		}
		awaitNoThreads();
		assertThat(server.requests().get(0).clientClosed()).as("it was the server that closed").isFalse();
		assertThatExceptionOfType(IOException.class)
			.isThrownBy(() -> new Socket(InetAddress.getLoopbackAddress(), server.port()).close());
		try (CompletionServer successor = CompletionServer.builder().port(server.port()).start()) {
			assertThat(successor.port()).isEqualTo(server.port());
		}
	}

	@Test
	void closeTwiceDoesNothing() {
		CompletionServer server = CompletionServer.start();
		server.close();
		server.close();
		awaitNoThreads();
		assertThat(server.port()).isPositive();
	}

	@Test
	void closeWhenInterruptedStillCloses() {
		CompletionServer server = CompletionServer.start();
		Thread.currentThread().interrupt();
		server.close();
		assertThat(Thread.interrupted()).isTrue();
		awaitNoThreads();
	}

	private static void awaitNoThreads() {
		Await.until("threads ended", () -> !hasThreads());
	}

	private static boolean hasThreads() {
		return Thread.getAllStackTraces()
			.keySet()
			.stream()
			.anyMatch((thread) -> thread.getName().startsWith("completion-server"));
	}

	private static int freePort() throws IOException {
		try (ServerSocket socket = new ServerSocket(0)) {
			return socket.getLocalPort();
		}
	}

}
