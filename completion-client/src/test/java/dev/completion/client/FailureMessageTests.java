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

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;

import dev.completion.client.error.CompletionClientException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import reactor.core.publisher.Mono;

import org.springframework.util.unit.DataSize;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for the messages of exceptions: they contain the problem, the location, and the
 * related property.
 */
class FailureMessageTests {

	private static final Duration LIMIT = Duration.ofSeconds(30);

	private static final String QUESTION = "My account number is 4711-0815-1234, what is my balance?";

	private static final CompletionRequest REQUEST = CompletionRequest.builder()
		.model("m-1")
		.prompt(Prompt.human(QUESTION))
		.maxTokensToSample(100)
		.build();

	private static CompletionClient.Builder client(String baseUrl) {
		return CompletionClient.builder()
			.baseUrl(baseUrl)
			.apiKey("sk-very-secret-key")
			.api(CompletionApi.TEXT_COMPLETIONS)
			.limits(Limits.builder().event(DataSize.ofKilobytes(1)).body(DataSize.ofKilobytes(2)).build())
			.retry(RetryPolicy.builder().maxRetries(0).build());
	}

	private static String message(Mono<?> call) {
		Throwable failure = call.materialize().block(LIMIT).getThrowable();
		assertThat(failure).isInstanceOf(CompletionClientException.class);
		return failure.getMessage();
	}

	private static String response(int status, String headers, String body) {
		return "HTTP/1.1 %d X\r\n%s\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s".formatted(status, headers,
				body.getBytes(StandardCharsets.UTF_8).length, body);
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '`',
			textBlock = """
					401 | Content-Type: application/json | {"error":"Unauthorized"} \
					| 401 from /v1/complete: Unauthorized; see 'completion.api-key' and 'completion.auth-token'
					404 | Content-Type: application/json | {"type":"error","error":{"type":"not_found_error","message":"model: m-1"}} \
					| 404 not_found_error from /v1/complete: model: m-1
					422 | Content-Type: application/json | {"detail":[{"msg":"Refused <QUESTION>","input":"QUESTION"}]} \
					| 422 from /v1/complete: Refused <[…]>
					502 | Content-Type: text/plain | upstream connect error | 502 from /v1/complete: text/plain: upstream connect error
					502 | Content-Type: text/html | <h1>Bad Gateway</h1> | 502 from /v1/complete: text/html
					429 | retry-after: 3600 | {"error":{"message":"Slow down"}} \
					| 429 from /v1/complete: Slow down (not retried because 'retry-after' exceeds 'completion.retry.max-retry-after')
					429 | x-should-retry: false | {"error":{"message":"Slow down"}} | 429 from /v1/complete: Slow down
					302 | Location: /login | Moved | The server responded with status 302: redirects are not followed, \
					so that the credential is not sent to another location; see 'completion.base-url' (POST /v1/complete)
					200 | Content-Type: text/html | <html>Log in</html> \
					| The response is not JSON (content type: text/html); see 'completion.base-url' (POST /v1/complete)
					200 | Content-Type: application/json | {"choices":[]} | The response has no 'completion' (content type: application/json) (POST /v1/complete)
					""")
	void messageOfAResponse(int status, String headers, String body, String expected) {
		String quoting = body.replace("QUESTION", QUESTION);
		try (RawServer server = RawServer.answering(response(status, headers, quoting));
				CompletionClient client = client(server.baseUrl()).build()) {
			assertThat(message(client.complete(REQUEST))).isEqualTo(expected);
		}
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '`',
			textBlock = """
					data: {"error":{"message":"CUDA out of memory","code":503}} \
					| 503 in the stream from /v1/complete: CUDA out of memory
					data: {"choices":[]} \
					| The response contains no events of the Text Completions API (content type: text/event-stream); see 'completion.base-url' (POST /v1/complete)
					event: completion#data: {"completion":1} \
					| Event 1 of the stream has a 'completion' that is not a string (POST /v1/complete)
					event: completion#data: {"completion":" Hel"} | The stream ended without a stop reason (POST /v1/complete)
					event: completion#data: {"completion":"LONG"} \
					| The event exceeds the maximum of 1024 bytes; see 'completion.limits.event' (POST /v1/complete)
					""")
	void messageOfAStream(String event, String expected) {
		String events = event.replace('#', '\n').replace("LONG", "x".repeat(2000)) + "\n\n";
		try (RawServer server = RawServer.answering(response(200, "Content-Type: text/event-stream", events));
				CompletionClient client = client(server.baseUrl()).build()) {
			assertThat(message(client.stream(REQUEST).last())).isEqualTo(expected);
		}
	}

	@Test
	void messageOfALargeBody() {
		String body = "{\"completion\":\"" + "x".repeat(3000) + "\"}";
		try (RawServer server = RawServer.answering(response(200, "Content-Type: application/json", body));
				CompletionClient client = client(server.baseUrl()).build()) {
			assertThat(message(client.complete(REQUEST))).isEqualTo(
					"The body exceeds the maximum of 2048 bytes; see 'completion.limits.body' (POST /v1/complete)");
		}
	}

	@Test
	void messageOfTimeouts() {
		Timeouts response = Timeouts.builder().response(Duration.ofMillis(50)).build();
		Timeouts idle = Timeouts.builder().idle(Duration.ofMillis(50)).build();
		try (RawServer server = RawServer.start((request, socket) -> {
			if (request.contains("\"stream\":true")) {
				RawServer.write(socket, "HTTP/1.1 200 OK\r\n\r\n");
			}
			socket.getInputStream().readAllBytes();
		});
				CompletionClient withResponseTimeout = client(server.baseUrl()).timeouts(response).build();
				CompletionClient withIdleTimeout = client(server.baseUrl()).timeouts(idle).build()) {
			assertThat(message(withResponseTimeout.complete(REQUEST))).isEqualTo(
					"The response takes longer than 50 ms; see 'completion.timeout.response' (POST /v1/complete)");
			assertThat(message(withResponseTimeout.models().last()))
				.isEqualTo("The response takes longer than 50 ms; see 'completion.timeout.response' (GET /v1/models)");
			assertThat(message(withIdleTimeout.stream(REQUEST).last()))
				.isEqualTo("The stream has sent nothing, not even a ping, for 50 ms; see 'completion.timeout.idle' "
						+ "(POST /v1/complete)");
		}
	}

	@Test
	void messageOfTheLastRefusal() {
		try (RawServer server = RawServer.answering(response(429, "X: y", "{\"message\":\"Slow down\"}"));
				CompletionClient client = client(server.baseUrl()).pacing(Pacing.builder().maxRefusals(1).build())
					.build()) {
			assertThat(message(client.complete(REQUEST))).isEqualTo("429 from /v1/complete: Slow down "
					+ "(not retried because 'completion.pacing.max-refusals' is reached)");
		}
	}

	@Test
	void messageOfARequestThatIsNotSupported() {
		try (CompletionClient client = client("http://127.0.0.1:1").build()) {
			assertThat(message(client.complete(REQUEST.toBuilder().additionalProperty("thinking", Map.of()).build())))
				.isEqualTo("The Text Completions API does not support this request: the additional property 'thinking' "
						+ "requires the Messages API; see 'completion.api'");
		}
	}

}
