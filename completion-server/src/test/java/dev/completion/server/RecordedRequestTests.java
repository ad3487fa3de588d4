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
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link RecordedRequest}.
 */
class RecordedRequestTests {

	private static final RecordedRequest REQUEST = new RecordedRequest("GET", "/v1/models?limit=1&after_id=a%2Fb", List
		.of(Map.entry("X-Api-Key", "secret"), Map.entry("Anthropic-Beta", "a"), Map.entry("anthropic-beta", "b")), "",
			1);

	@Test
	void queryIsKeptApartFromPath() {
		assertThat(REQUEST.path()).isEqualTo("/v1/models");
		assertThat(REQUEST.query()).isEqualTo("limit=1&after_id=a%2Fb");
		assertThat(new RecordedRequest("GET", "/v1/models", List.of(), "", 1).query()).isNull();
	}

	@Test
	void headersAreFoundInAnyCase() {
		assertThat(REQUEST.header("x-API-key")).isEqualTo("secret");
		assertThat(REQUEST.headers().get("ANTHROPIC-BETA")).containsExactly("a", "b");
		assertThat(REQUEST.header("anthropic-beta")).isEqualTo("a");
		assertThat(REQUEST.header("other")).isNull();
	}

	@Test
	void headersCannotBeChanged() {
		assertThatExceptionOfType(UnsupportedOperationException.class).isThrownBy(() -> REQUEST.headers().clear());
		assertThatExceptionOfType(UnsupportedOperationException.class)
			.isThrownBy(() -> REQUEST.headers().get("x-api-key").clear());
	}

	@Test
	void toStringHasNoHeader() {
		assertThat(REQUEST).hasToString("GET /v1/models");
	}

	@Test
	void bodyAndHeadersAreThoseSent() {
		try (CompletionServer server = CompletionServer.start()) {
			new TestClient(server).complete("{\"prompt\": \"schön – 😀\"}");
			RecordedRequest request = server.requests().get(0);
			assertThat(request.method()).isEqualTo("POST");
			assertThat(request.body()).isEqualTo("{\"prompt\": \"schön – 😀\"}");
			assertThat(request.header("Anthropic-Version")).isEqualTo("2023-06-01");
			assertThat(request.clientClosed()).isFalse();
		}
	}

	@Test
	void requestsOfOneConnectionHaveItsPort() throws IOException {
		try (CompletionServer server = CompletionServer.start();
				RawConnection connection = new RawConnection(server);
				RawConnection other = new RawConnection(server)) {
			for (RawConnection each : List.of(connection, other, connection)) {
				each.send(RawConnection.request(server, "GET", "/v1/models", ""));
				each.readAnswer();
			}
			assertThat(server.requests()).extracting(RecordedRequest::remotePort)
				.containsExactly(connection.localPort(), other.localPort(), connection.localPort());
		}
	}

}
