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

package dev.completion.client;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

import dev.completion.client.error.CompletionClientException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Signal;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link CompletionClient}: responses that differ from the API, sent over a raw
 * socket. The responses and the expected results are in {@code server-quirks.jsonl}.
 */
class ServerQuirksTests {

	private static final Duration LIMIT = Duration.ofSeconds(30);

	private static final CompletionRequest REQUEST = CompletionRequest.builder()
		.model("m-1")
		.prompt(Prompt.human("Hi"))
		.maxTokensToSample(100)
		.build();

	static List<Quirk> quirks() throws IOException {
		try (BufferedReader reader = new BufferedReader(new InputStreamReader(
				Objects.requireNonNull(ServerQuirksTests.class.getResourceAsStream("/server-quirks.jsonl")),
				StandardCharsets.UTF_8))) {
			return reader.lines().map(JsonMapper.shared()::readTree).map(Quirk::new).toList();
		}
	}

	@Test
	void idsAreUnique() throws IOException {
		assertThat(quirks()).extracting(Quirk::id).doesNotHaveDuplicates().hasSizeGreaterThanOrEqualTo(92);
	}

	@ParameterizedTest
	@MethodSource("quirks")
	void responseLeadsToExpectedResult(Quirk quirk) {
		try (RawServer server = RawServer.start(quirk::respond); CompletionClient client = quirk.client(server)) {
			Signal<?> result = quirk.call(client).materialize().block(LIMIT);
			quirk.check(result.get(), result.getThrowable());
			quirk.checkRequests(server.requests().size());
		}
	}

	/**
	 * A response and the expected result.
	 */
	record Quirk(JsonNode json) {

		String id() {
			return this.json.path("id").stringValue();
		}

		@Override
		public String toString() {
			return id() + " " + this.json.path("what").stringValue();
		}

		CompletionClient client(RawServer server) {
			Timeouts.Builder timeouts = Timeouts.builder();
			if (this.json.has("idle")) {
				timeouts.idle(Duration.ofSeconds(this.json.path("idle").intValue()));
			}
			return CompletionClient.builder()
				.baseUrl(server.baseUrl())
				.apiKey("sk-very-secret-key")
				.api(CompletionApi.valueOf(this.json.path("api").stringValue()))
				.timeouts(timeouts.build())
				.build();
		}

		Mono<?> call(CompletionClient client) {
			CompletionRequest request = this.json.has("prompt")
					? REQUEST.toBuilder().prompt(Prompt.human(this.json.path("prompt").stringValue())).build()
					: REQUEST;
			String call = this.json.path("call").stringValue();
			return switch (call) {
				case "complete" -> client.complete(request).map(Completion::completion);
				case "join" -> client.stream(request).as(Completion::join).map(Completion::completion);
				case "exchange" -> client.exchange(request);
				case "exchange-stream" -> client.exchangeStream(request).collectList();
				case "models" -> client.models().collectList();
				default -> throw new IllegalArgumentException(call);
			};
		}

		void respond(String request, Socket socket) throws IOException {
			String path = request.split(" ", 3)[1].split("\\?", 2)[0];
			JsonNode responses = this.json.path("responses");
			JsonNode parts = responses.has(path) ? responses.path(path) : responses.path("*");
			for (JsonNode part : parts) {
				if (part.has("sleep")) {
					RawServer.pause(socket, (int) (part.path("sleep").doubleValue() * 1000));
				}
				else if (part.has("base64")) {
					socket.getOutputStream().write(Base64.getDecoder().decode(part.path("base64").stringValue()));
					socket.getOutputStream().flush();
				}
			}
		}

		void check(@Nullable Object result, @Nullable Throwable failure) {
			JsonNode want = this.json.path("want");
			List<JsonNode> alternatives = want.has("any") ? want.path("any").valueStream().toList() : List.of(want);
			assertThat(alternatives).anySatisfy((one) -> check(one, result, failure));
		}

		private static void check(JsonNode want, @Nullable Object result, @Nullable Throwable failure) {
			String text;
			if (want.has("error")) {
				assertThat(failure).isInstanceOf(CompletionClientException.class);
				CompletionClientException ex = (CompletionClientException) Objects.requireNonNull(failure);
				assertThat(strings(want, "error")).contains(ex.getClass().getSimpleName());
				if (want.has("outcome")) {
					assertThat(strings(want, "outcome")).contains(ex.outcome().name());
				}
				if (want.has("partial")) {
					assertThat(ex.partialText()).isEqualTo(want.path("partial").stringValue());
				}
				text = Objects.requireNonNull(ex.getMessage());
			}
			else {
				assertThat(failure).isNull();
				assertThat(text(Objects.requireNonNull(result))).isEqualTo(want.path("text").stringValue(""));
				text = result.toString();
			}
			for (String part : strings(want, "has")) {
				assertThat(text).contains(part);
			}
			for (String part : strings(want, "hasNot")) {
				assertThat(text).doesNotContain(part);
			}
			if (want.has("list")) {
				assertThat((List<?>) result).hasSize(want.path("list").intValue());
			}
		}

		void checkRequests(int count) {
			JsonNode expected = this.json.path("want").path("requests");
			assertThat(count).isEqualTo(expected.intValue(count));
		}

		private static String[] strings(JsonNode want, String name) {
			return want.path(name).valueStream().map(JsonNode::stringValue).toArray(String[]::new);
		}

		private static String text(Object result) {
			if (result instanceof List<?> list) {
				return list.stream().flatMap((one) -> Stream.of(text(one))).reduce("", String::concat);
			}
			return (result instanceof CompletionResponse response) ? response.body().completion()
					: (result instanceof String string) ? string : "";
		}

	}

}
