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
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;

import dev.completion.client.error.AuthenticationException;
import dev.completion.client.error.BillingException;
import dev.completion.client.error.CallTimeoutException;
import dev.completion.client.error.CompletionApiException;
import dev.completion.client.error.ConnectionException;
import dev.completion.client.error.InvalidRequestException;
import dev.completion.client.error.LimitExceededException;
import dev.completion.client.error.MalformedResponseException;
import dev.completion.client.error.NotFoundException;
import dev.completion.client.error.Outcome;
import dev.completion.client.error.OverloadedException;
import dev.completion.client.error.PermissionDeniedException;
import dev.completion.client.error.RateLimitException;
import dev.completion.client.error.RequestTooLargeException;
import dev.completion.client.error.ServerException;
import dev.completion.server.CompletionServer;
import dev.completion.server.Reply;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link CompletionClient}: what its callers get when the server refuses, or
 * the connection fails.
 */
class CompletionClientErrorTests extends AbstractCompletionClientTests {

	@Tag("C1")
	@Tag("C2")
	@Tag("C4")
	@Tag("C5")
	@Tag("C7")
	@ParameterizedTest
	@CsvSource({ "400, invalid_request_error", "401, authentication_error", "402, billing_error",
			"403, permission_error", "404, not_found_error", "408, timeout_error", "409, conflict_error",
			"413, request_too_large", "429, rate_limit_error", "500, api_error", "504, timeout_error",
			"529, overloaded_error", "418, of_the_future" })
	void errorStatusBecomesTheExceptionOfItsStatus(int status, String type) {
		this.server.enqueue(Reply.error(status, type, "because").header("retry-after", "7"),
				Reply.error(status, type, "because"));
		CompletionApiException unary = failure(CompletionApiException.class, this.client.complete(REQUEST).flux());
		CompletionApiException streamed = failure(CompletionApiException.class, this.client.stream(REQUEST));
		assertThat(unary).isExactlyInstanceOf(streamed.getClass()).isExactlyInstanceOf(exceptionOf(status));
		assertThat(unary.status().value()).isEqualTo(status);
		assertThat(unary.errorType()).isEqualTo(type);
		assertThat(unary.apiMessage()).isEqualTo("because");
		String hint = (status == 401) ? "; see 'completion.api-key' and 'completion.auth-token'" : "";
		assertThat(unary).hasMessage("%d %s from %s: because (request %s)%s", status, type, this.api.path,
				unary.requestId(), hint);
		assertThat(unary.requestId()).startsWith("req_").isEqualTo(unary.headers().getFirst("request-id"));
		assertThat(unary.responseBody()).contains(unary.requestId());
		assertThat(unary.retryAfter()).isEqualTo(Duration.ofSeconds(7));
		assertThat(unary.isInStream()).isFalse();
		assertThat(unary.attempts()).isOne();
		boolean mayHaveRun = status == 500 || status == 504;
		assertThat(unary.outcome()).isEqualTo(mayHaveRun ? Outcome.UNKNOWN : Outcome.REJECTED);
	}

	private static Class<? extends CompletionApiException> exceptionOf(int status) {
		return switch (status) {
			case 400 -> InvalidRequestException.class;
			case 401 -> AuthenticationException.class;
			case 402 -> BillingException.class;
			case 403 -> PermissionDeniedException.class;
			case 404 -> NotFoundException.class;
			case 413 -> RequestTooLargeException.class;
			case 429 -> RateLimitException.class;
			case 500, 504 -> ServerException.class;
			case 529 -> OverloadedException.class;
			default -> CompletionApiException.class;
		};
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "{}", "null", "[]", "<html>Bad gateway</html>" })
	void errorStatusWithAnyBodyIsToldByItsStatus(String body) {
		this.server.enqueue(Reply.body(502, "text/html", body));
		ServerException ex = failure(ServerException.class, this.client.stream(REQUEST));
		assertThat(ex.errorType()).isEmpty();
		assertThat(ex.apiMessage()).isEmpty();
		assertThat(ex.responseBody()).isEqualTo(body);
		assertThat(ex.getMessage()).startsWith("502");
	}

	@Test
	void hugeErrorBodyIsCut() {
		this.server.enqueue(Reply.body(500, "text/plain", "x".repeat(5_000_000)),
				Reply.error(500, "api_error", "y".repeat(5_000_000)));
		ServerException ex = failure(ServerException.class, this.client.complete(REQUEST).flux());
		assertThat(ex.responseBody()).hasSize(64 * 1024);
		assertThat(failure(ServerException.class, this.client.stream(REQUEST)).getMessage().length())
			.isLessThanOrEqualTo(1024);
	}

	@Tag("C13")
	@Test
	void hostileErrorMessageIsEscaped() {
		this.server.enqueue(Reply.error(400, "invalid_request_error", "x\r\n2026 INFO forged \u001b[2J"));
		InvalidRequestException ex = failure(InvalidRequestException.class, this.client.stream(REQUEST));
		assertThat(ex.getMessage()).contains("x 2026 INFO forged \\u001b[2J");
		assertThat(ex.apiMessage()).isEqualTo("x\r\n2026 INFO forged \u001b[2J");
	}

	@Tag("C10")
	@ParameterizedTest
	@ValueSource(ints = { 203, 204, 205, 206, 300, 301, 302, 303, 307, 308 })
	void unexpectedStatusIsMalformed(int status) {
		String response = "HTTP/1.1 %d X\r\nContent-Length: %d\r\nContent-Type: application/json\r\n%s\r\n%s".formatted(
				status, (status != 204) ? 2 : 0, "Location: /elsewhere\r\nConnection: close\r\n",
				(status != 204) ? "{}" : "");
		try (RawServer raw = RawServer.answering(response); CompletionClient other = client(raw.baseUrl())) {
			assertThat(failure(MalformedResponseException.class, other.complete(REQUEST).flux()))
				.hasMessageContaining(String.valueOf(status));
			failure(MalformedResponseException.class, other.stream(REQUEST));
			assertThat(raw.requests()).hasSize(2);
		}
	}

	@ParameterizedTest
	@ValueSource(ints = { 301, 302, 303, 307, 308 })
	void redirectTargetSeesNoRequest(int status) {
		try (CompletionServer target = CompletionServer.start()) {
			Reply redirect = Reply.body(status, "text/plain", "").header("location", target.baseUrl() + this.api.path);
			this.server.enqueue(redirect, redirect, redirect);
			failure(MalformedResponseException.class, this.client.complete(REQUEST).flux());
			failure(MalformedResponseException.class, this.client.stream(REQUEST));
			failure(MalformedResponseException.class, this.client.models());
			assertThat(target.requests()).isEmpty();
			assertThat(this.server.requests()).hasSize(3);
		}
	}

	@Tag("C12")
	@Test
	void responseWithoutCompletionIsMalformed() {
		this.server.enqueue(Reply.body(200, "text/html", "<html>Please log in</html>"),
				Reply.body(200, "text/html", "<html>Please log in</html>"), Reply.body(200, "application/json", "{}"),
				Reply.body(200, "application/json", ""));
		failure(MalformedResponseException.class, this.client.stream(REQUEST));
		failure(MalformedResponseException.class, this.client.complete(REQUEST).flux());
		failure(MalformedResponseException.class, this.client.stream(REQUEST));
		failure(MalformedResponseException.class, this.client.complete(REQUEST).flux());
	}

	@Test
	@Tag("B13")
	void gzippedAnswerIsDecompressedWithinLimits() throws IOException {
		byte[] answer = answer().getBytes(StandardCharsets.UTF_8);
		try (RawServer raw = RawServer.answering(gzipResponse("application/json", "gzip", answer));
				CompletionClient other = client(raw.baseUrl())) {
			assertThat(other.complete(REQUEST).block(LIMIT).completion()).isEqualTo(" Hi");
		}
		try (RawServer raw = RawServer.answering(gzipResponse("application/json", "gzip", new byte[64 * 1024 * 1024]));
				CompletionClient other = client(raw.baseUrl())) {
			failure(LimitExceededException.class, other.complete(REQUEST).flux());
		}
		try (RawServer raw = RawServer.answering(gzipResponse("application/json", "br", answer));
				CompletionClient other = client(raw.baseUrl())) {
			failure(MalformedResponseException.class, other.complete(REQUEST).flux());
		}
	}

	@Test
	@Tag("A1")
	void refusedConnectionIsNotSent() throws IOException {
		int port;
		try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			port = socket.getLocalPort();
		}
		try (CompletionClient other = client("http://127.0.0.1:" + port)) {
			ConnectionException ex = failure(ConnectionException.class, other.stream(REQUEST));
			assertThat(ex.outcome()).isEqualTo(Outcome.NOT_SENT);
			assertThat(ex).hasMessage("Connection refused: 127.0.0.1:" + port);
		}
	}

	@Test
	@Tag("B3")
	void lostAnswerIsUnknownAndNotSentAgain() {
		try (RawServer raw = RawServer.answering(""); CompletionClient other = client(raw.baseUrl())) {
			ConnectionException ex = failure(ConnectionException.class, other.complete(REQUEST).flux());
			assertThat(ex.outcome()).isEqualTo(Outcome.UNKNOWN);
			assertThat(ex.attempts()).isOne();
			assertThat(ex)
				.hasMessage("The connection was lost before a response was received: 127.0.0.1:" + raw.port());
			assertThat(raw.requests()).hasSize(1);
		}
	}

	@Test
	void responseThatTakesTooLongIsATimeout() {
		this.server.enqueue(Reply.text(" Hi").delay(LIMIT), Reply.text(" Hi").delay(LIMIT));
		try (CompletionClient hasty = this.client.mutate()
			.timeouts(Timeouts.builder().response(Duration.ofSeconds(2)).build())
			.build()) {
			for (Flux<Completion> call : List.of(hasty.complete(REQUEST).flux(), hasty.stream(REQUEST))) {
				CallTimeoutException ex = failure(CallTimeoutException.class, call);
				assertThat(ex.phase()).isEqualTo(CallTimeoutException.Phase.RESPONSE);
				assertThat(ex.outcome()).isEqualTo(Outcome.UNKNOWN);
			}
		}
	}

}
