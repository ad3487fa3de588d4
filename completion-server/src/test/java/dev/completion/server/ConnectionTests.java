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

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for HTTP/1.1 itself.
 */
class ConnectionTests {

	private static CompletionServer server;

	@BeforeAll
	static void start() {
		server = CompletionServer.start();
	}

	@AfterAll
	static void close() {
		server.close();
	}

	@Test
	void connectionIsKeptAlive() throws IOException {
		try (RawConnection connection = new RawConnection(server)) {
			for (int i = 0; i < 3; i++) {
				connection.send(RawConnection.completionRequest(server, TestClient.body().toString()));
				assertThat(connection.readAnswer()).startsWith("HTTP/1.1 200 OK\r\n");
			}
		}
	}

	@Test
	void connectionIsKeptAliveAfterStreamAndErrors() throws IOException {
		try (RawConnection connection = new RawConnection(server)) {
			String stream = TestClient.streamBody().put("max_tokens_to_sample", 1).toString();
			connection.send(RawConnection.completionRequest(server, stream));
			assertThat(connection.readUntil("\r\n0\r\n\r\n")).contains("transfer-encoding: chunked");
			connection.send(RawConnection.completionRequest(server, "{"));
			assertThat(connection.readAnswer()).startsWith("HTTP/1.1 400 ");
			connection.send(RawConnection.request(server, "GET", "/nowhere", ""));
			assertThat(connection.readAnswer()).startsWith("HTTP/1.1 404 ");
		}
	}

	@Test
	void pipelinedRequestsAreAnsweredInOrder() throws IOException {
		String first = RawConnection.completionRequest(server, TestClient.streamBody().toString());
		try (RawConnection connection = new RawConnection(server)) {
			connection.send(first + RawConnection.request(server, "GET", "/v1/models/claude-2", ""));
			String answers = connection.readUntil("claude-2.0");
			assertThat(answers.indexOf("\r\n0\r\n\r\nHTTP/1.1 200 OK")).isGreaterThan(0);
		}
	}

	@Test
	void headHasHeadersOfGetAndNoBody() throws IOException {
		try (RawConnection connection = new RawConnection(server)) {
			connection.send(RawConnection.request(server, "HEAD", "/v1/models", "")
					+ RawConnection.request(server, "GET", "/nowhere", ""));
			assertThat(connection.readUntil("\r\n\r\n")).startsWith("HTTP/1.1 200 OK\r\n")
				.containsPattern("content-length: [1-9]");
			assertThat(connection.readAnswer()).startsWith("HTTP/1.1 404 ");
		}
	}

	@Test
	void clientThatAsksFirstIsToldToGoOn() throws IOException {
		String request = RawConnection.completionRequest(server, TestClient.body().toString());
		int body = request.indexOf("\r\n\r\n");
		try (RawConnection connection = new RawConnection(server)) {
			connection.send(request.substring(0, body) + "\r\nexpect: 100-continue\r\n\r\n");
			assertThat(connection.readUntil("\r\n\r\n")).startsWith("HTTP/1.1 100 Continue\r\n");
			connection.send(request.substring(body + 4));
			assertThat(connection.readAnswer()).startsWith("HTTP/1.1 200 OK\r\n");
		}
	}

	@Test
	void clientThatAsksFirstIsNotToldToSendTooMuch() throws IOException {
		try (RawConnection connection = new RawConnection(server)) {
			connection.send("POST /v1/complete HTTP/1.1\r\nhost: localhost\r\nx-api-key: " + server.apiKey()
					+ "\r\nanthropic-version: 2023-06-01\r\ncontent-type: application/json\r\n"
					+ "content-length: 33554433\r\nexpect: 100-continue\r\n\r\n");
			assertThat(connection.readAnswer()).startsWith("HTTP/1.1 413 ").contains("request_too_large");
			assertThat(connection.isClosedByServer()).isTrue();
		}
	}

	@Test
	void bodyMayBeChunked() throws IOException {
		String body = TestClient.body().toString();
		try (RawConnection connection = new RawConnection(server)) {
			connection.send("POST /v1/complete HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer " + server.apiKey()
					+ "\r\nanthropic-version: 2023-06-01\r\ncontent-type: application/json\r\n"
					+ "transfer-encoding: chunked\r\n\r\n" + Integer.toHexString(body.length()) + "\r\n" + body
					+ "\r\n0\r\n\r\n");
			assertThat(connection.readAnswer()).startsWith("HTTP/1.1 200 OK\r\n");
		}
	}

}
