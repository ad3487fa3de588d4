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

import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

import dev.completion.client.error.CompletionApiException;
import dev.completion.client.error.InvalidRequestException;
import dev.completion.client.error.MalformedResponseException;
import dev.completion.client.error.NotFoundException;
import dev.completion.client.error.Outcome;
import dev.completion.client.error.OverloadedException;
import dev.completion.client.error.RateLimitException;
import dev.completion.client.error.RequestTooLargeException;
import dev.completion.client.error.ServerException;
import dev.completion.server.Reply;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link CompletionClient}: what becomes of errors whose body is not what the
 * API sends, and of answers that are none.
 */
class CompletionClientErrorBodyTests extends AbstractCompletionClientTests {

	private static final String HTML = "<html><body><h1>X</h1></body></html>";

	private static final int TWENTY_MEGABYTES = 20 * 1024 * 1024;

	private final AtomicInteger closed = new AtomicInteger();

	private static RawServer server(RawResponse response) {
		return RawServer.start((request, socket) -> response.writeTo(socket));
	}

	private static Flux<?>[] calls(CompletionClient client) {
		return new Flux<?>[] { client.complete(REQUEST).flux(), client.stream(REQUEST) };
	}

	@Tag("C3")
	@Test
	void tooLargeByTheEdgeIsRequestTooLarge() {
		try (RawServer raw = server(RawResponse.of(413, "text/html", HTML));
				CompletionClient other = client(raw.baseUrl())) {
			for (Flux<?> call : calls(other)) {
				RequestTooLargeException ex = failure(RequestTooLargeException.class, call);
				assertThat(ex.outcome()).isEqualTo(Outcome.REJECTED);
				assertThat(ex.errorType()).isEmpty();
				assertThat(ex.apiMessage()).isEmpty();
				assertThat(ex.responseBody()).isEqualTo(HTML);
				assertThat(ex).hasMessage("413 from " + this.api.path + ": text/html");
			}
		}
	}

	@Tag("C6")
	@ParameterizedTest
	@ValueSource(ints = { 502, 503, 504, 520, 521, 522, 523, 524, 525, 526 })
	void errorOfAGatewayIsAServerError(int status) {
		try (RawServer raw = server(RawResponse.of(status, "text/html", HTML));
				CompletionClient other = client(raw.baseUrl())) {
			for (Flux<?> call : calls(other)) {
				ServerException ex = failure(ServerException.class, call);
				assertThat(ex.status().value()).isEqualTo(status);
				assertThat(ex.outcome()).isEqualTo((status != 503) ? Outcome.UNKNOWN : Outcome.REJECTED);
				assertThat(ex.attempts()).isOne();
				assertThat(ex.responseBody()).isEqualTo(HTML);
			}
		}
	}

	@Tag("C3")
	@Test
	void errorWhoseBodyStallsIsReportedByItsStatus() {
		this.server.enqueue(Reply.error(429, "rate_limit_error", "Slow down").stallAfter(0));
		try (CompletionClient other = this.client.mutate()
			.timeouts(Timeouts.builder().idle(Duration.ofMillis(300)).build())
			.build()) {
			RateLimitException ex = failure(RateLimitException.class, other.stream(REQUEST));
			assertThat(ex.outcome()).isEqualTo(Outcome.REJECTED);
			assertThat(ex.responseBody()).isEmpty();
		}
	}

	@Tag("C8")
	@ParameterizedTest
	@MethodSource("oddBodies")
	void errorWithAnOddBodyIsToldByItsStatus(String body) {
		try (RawServer raw = server(RawResponse.of(500, "application/json", body));
				CompletionClient other = client(raw.baseUrl())) {
			for (Flux<?> call : calls(other)) {
				ServerException ex = failure(ServerException.class, call);
				assertThat(ex.outcome()).isEqualTo(Outcome.UNKNOWN);
				assertThat(ex.errorType()).isEmpty();
				assertThat(ex.requestId()).isNull();
				assertThat(ex).hasMessageStartingWith("500 from " + this.api.path + ": application/json");
				assertThat(ex.responseBody()).isEqualTo(body);
			}
		}
	}

	static Stream<String> oddBodies() {
		return Stream.of("", " ", "{}", "null", "[]", "1", "{", "\u0000", "{\"error\":null}",
				"{\"error\":{\"type\":null,\"message\":7}}", "{\"error\":{\"type\":[]}}", "{\"request_id\":{}}",
				"[".repeat(60_000));
	}

	@Tag("C8")
	@Test
	void errorOfATypeToComeKeepsItsType() {
		String body = "{\"error\":{\"type\":\"of_the_future\",\"message\":\"m\"},\"request_id\":\"req_in_body\"}";
		try (RawServer raw = server(RawResponse.of(500, "application/json", body));
				CompletionClient other = client(raw.baseUrl())) {
			for (Flux<?> call : calls(other)) {
				ServerException ex = failure(ServerException.class, call);
				assertThat(ex.errorType()).isEqualTo("of_the_future");
				assertThat(ex.requestId()).isEqualTo("req_in_body");
			}
		}
	}

	@Tag("C8")
	@ParameterizedTest
	@ValueSource(strings = { "", "{\"error\":{\"type\":\"overloaded_error\"" })
	void errorWhoseBodyIsCutIsToldByItsStatus(String body) {
		String response = "HTTP/1.1 529 X\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n" + body;
		try (RawServer raw = RawServer.answering(response); CompletionClient other = client(raw.baseUrl())) {
			for (Flux<?> call : calls(other)) {
				OverloadedException ex = failure(OverloadedException.class, call);
				assertThat(ex.outcome()).isEqualTo(Outcome.REJECTED);
				assertThat(ex.responseBody()).isEqualTo(body);
			}
		}
	}

	@Tag("C9")
	@ParameterizedTest
	@ValueSource(strings = { "application/json", "text/plain" })
	void errorBodyIsReadOnlyAsFarAsItIsKept(String contentType) {
		CompletableFuture<Integer> refused = new CompletableFuture<>();
		try (RawServer raw = RawServer.start((request, socket) -> writeMuch(contentType, socket, refused));
				CompletionClient other = client(raw.baseUrl())) {
			ServerException ex = failure(ServerException.class, other.complete(REQUEST).flux());
			assertThat(ex.getMessage().length()).isLessThanOrEqualTo(1024);
			assertThat(ex.responseBody()).hasSize(64 * 1024);
			assertThat(refused).succeedsWithin(LIMIT)
				.satisfies((written) -> assertThat(written).isLessThan(TWENTY_MEGABYTES));
			assertThat(failure(ServerException.class, other.stream(REQUEST)).responseBody()).hasSize(64 * 1024);
		}
	}

	// tells how much was written when the client closed the connection
	private static void writeMuch(String contentType, Socket socket, CompletableFuture<Integer> refused)
			throws IOException {
		OutputStream out = socket.getOutputStream();
		out.write("HTTP/1.1 500 X\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n"
			.formatted(contentType, TWENTY_MEGABYTES)
			.getBytes(StandardCharsets.UTF_8));
		byte[] some = "x".repeat(8192).getBytes(StandardCharsets.UTF_8);
		int written = 0;
		try {
			for (; written < TWENTY_MEGABYTES; written += some.length) {
				out.write(some);
			}
		}
		finally {
			refused.complete(written);
		}
	}

	@Tag("C10")
	@ParameterizedTest
	@ValueSource(strings = { "101 X", "205 X", "304 X", "399 X", "600 X", "999 X", "099 X", "000 X", "1000 X" })
	void statusThatIsNoneIsMalformed(String status) {
		String response = "HTTP/1.1 " + status + "\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
		try (RawServer raw = RawServer.answering(response); CompletionClient other = client(raw.baseUrl())) {
			for (Flux<?> call : calls(other)) {
				assertThat(failure(MalformedResponseException.class, call).outcome()).isEqualTo(Outcome.UNKNOWN);
			}
		}
	}

	@Tag("C10")
	@ParameterizedTest
	@ValueSource(strings = { "", "Content-Type: application/json\r\n" })
	void emptyAnswerIsMalformed(String header) {
		String response = "HTTP/1.1 200 OK\r\n" + header + "Content-Length: 0\r\nConnection: close\r\n\r\n";
		try (RawServer raw = RawServer.answering(response); CompletionClient other = client(raw.baseUrl())) {
			for (Flux<?> call : calls(other)) {
				failure(MalformedResponseException.class, call);
			}
		}
	}

	@Tag("C11")
	@ParameterizedTest
	@ValueSource(ints = { 404, 410 })
	void endpointThatIsGoneIsNotFoundWithTheServersReason(int status) {
		String reason = "This API has been retired. Please use the Messages API instead.";
		this.server.enqueue(Reply.error(status, "not_found_error", reason),
				Reply.error(status, "not_found_error", reason));
		for (Flux<?> call : calls(this.client)) {
			NotFoundException ex = failure(NotFoundException.class, call);
			assertThat(ex.status().value()).isEqualTo(status);
			assertThat(ex.outcome()).isEqualTo(Outcome.REJECTED);
			assertThat(ex).hasMessageContaining(reason);
		}
	}

	@Tag("C10")
	@Tag("C12")
	@ParameterizedTest
	@CsvSource({ "200, text/html, <html>", "200, text/plain, internal error", "201, text/plain, '[1'",
			"203, application/json, {", "307, text/html, <html>" })
	void answerThatIsNoneIsMalformedThoughItNeverEnds(int status, String contentType, String body) {
		try (RawServer raw = endless(status, contentType, body); CompletionClient other = client(raw.baseUrl())) {
			for (Flux<?> call : calls(other)) {
				assertThat(failure(MalformedResponseException.class, call).outcome()).isEqualTo(Outcome.UNKNOWN);
			}
			CompletionClientResourcesTests.await(() -> this.closed.get() == 2);
		}
	}

	@Tag("C12")
	@Test
	void eventStreamForNonStreamingRequestIsJoinedUpToStopReason() {
		try (RawServer raw = endless(200, "text/event-stream", delta() + delta() + last());
				CompletionClient other = client(raw.baseUrl())) {
			assertThat(other.complete(REQUEST).block(LIMIT).completion()).isEqualTo(" Hello Hello");
			failure(MalformedResponseException.class, other.models());
			CompletionClientResourcesTests.await(() -> this.closed.get() == 2);
		}
	}

	private RawServer endless(int status, String contentType, String body) {
		String response = "HTTP/1.1 %d X\r\nContent-Type: %s\r\n\r\n%s".formatted(status, contentType, body);
		return RawServer.start((request, socket) -> {
			socket.getOutputStream().write(response.getBytes(StandardCharsets.UTF_8));
			socket.getInputStream().readAllBytes();
			this.closed.incrementAndGet();
		});
	}

	@Tag("C13")
	@Test
	void hugeErrorMessageIsCutAndEscaped() {
		String forged = "\r\n2026 INFO forged \u001b[2J";
		this.server.enqueue(Reply.error(400, "invalid_request_error", forged.repeat(50_000)),
				Reply.error(400, "invalid_request_error", forged.repeat(2_000)));
		InvalidRequestException huge = failure(InvalidRequestException.class, this.client.stream(REQUEST));
		assertThat(huge.responseBody()).hasSize(64 * 1024);
		for (CompletionApiException ex : new CompletionApiException[] { huge,
				failure(InvalidRequestException.class, this.client.complete(REQUEST).flux()) }) {
			assertThat(ex.getMessage().getBytes(StandardCharsets.UTF_8).length).isLessThanOrEqualTo(1024);
			assertThat(ex.getMessage().chars()).noneMatch(Character::isISOControl);
			assertThat(ex.toString().chars()).noneMatch(Character::isISOControl);
		}
	}

}
