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
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;

import dev.completion.client.error.CallTimeoutException;
import dev.completion.client.error.CallTimeoutException.Phase;
import dev.completion.client.error.CompletionClientException;
import dev.completion.client.error.ConnectionException;
import dev.completion.client.error.LimitExceededException;
import dev.completion.client.error.MalformedResponseException;
import dev.completion.client.error.Outcome;
import dev.completion.client.error.RequestTooLargeException;
import dev.completion.client.error.StreamTruncatedException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link CompletionClient}: what comes of answers that are not framed as HTTP
 * asks.
 */
class CompletionClientFramingTests extends AbstractCompletionClientTests {

	private static final String OK = "HTTP/1.1 200 OK\r\n";

	private static final String JSON = "Content-Type: application/json\r\n";

	private static final String EVENTS = "Content-Type: text/event-stream\r\n";

	private static final String CHUNKED = "Transfer-Encoding: chunked\r\n";

	private CompletionClient retrying(RawServer raw) {
		return this.client.mutate()
			.baseUrl(raw.baseUrl())
			.retry(RetryPolicy.builder().delay(Duration.ofMillis(20)).build())
			.build();
	}

	private static String chunk(String text) {
		return Integer.toHexString(text.length()) + "\r\n" + text + "\r\n";
	}

	/**
	 * Make both kinds of call, which must fail with the given exception, and must not be
	 * tried again.
	 */
	private <T extends CompletionClientException> void assertFail(Class<T> type, String response) {
		assertFail(type, response, false);
	}

	private <T extends CompletionClientException> void assertFail(Class<T> type, String response, boolean closing) {
		for (boolean stream : new boolean[] { false, true }) {
			CompletableFuture<Integer> end = new CompletableFuture<>();
			try (RawServer raw = RawServer.start((request, socket) -> answer(socket, response, closing, end));
					CompletionClient other = retrying(raw)) {
				Flux<?> call = stream ? other.stream(REQUEST) : other.complete(REQUEST).flux();
				T ex = failure(type, call);
				assertThat(ex.outcome()).isEqualTo(Outcome.UNKNOWN);
				assertThat(ex.attempts()).isOne();
				assertThat(end).succeedsWithin(LIMIT);
				assertThat(raw.requests()).hasSize(1);
			}
		}
	}

	/**
	 * Write an answer, and tell when the client has closed the connection, be it while
	 * that is written.
	 */
	private static void answer(Socket socket, String response, boolean closing, CompletableFuture<Integer> end) {
		try {
			socket.getOutputStream().write(response.getBytes(StandardCharsets.UTF_8));
			if (closing) {
				socket.shutdownOutput();
			}
			end.complete(socket.getInputStream().readAllBytes().length);
		}
		catch (IOException ex) {
			end.complete(-1);
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "H", "HTTP/1.1 200 OK", OK, OK + "Conte", OK + JSON })
	@Tag("B3")
	void answerThatEndsInItsHeadIsALostConnection(String head) {
		assertFail(ConnectionException.class, head, true);
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	@Tag("B4")
	void headThatDripsIsATimeout(boolean stream) {
		Duration limit = Duration.ofSeconds(1);
		try (RawServer raw = RawServer.start(CompletionClientFramingTests::drip);
				CompletionClient other = retrying(raw).mutate()
					.timeouts(Timeouts.builder().response(limit).build())
					.build()) {
			Flux<?> call = stream ? other.stream(REQUEST) : other.complete(REQUEST).flux();
			Elapsed.assertAtLeast(limit, () -> {
				CallTimeoutException ex = failure(CallTimeoutException.class, call);
				assertThat(ex.phase()).isEqualTo(Phase.RESPONSE);
				assertThat(ex.outcome()).isEqualTo(Outcome.UNKNOWN);
				assertThat(ex.attempts()).isOne();
			});
			assertThat(raw.requests()).hasSize(1);
		}
	}

	private static void drip(String request, Socket socket) throws IOException {
		socket.setTcpNoDelay(true);
		for (byte next : (OK + "X-Header: " + "x".repeat(1000)).getBytes(StandardCharsets.UTF_8)) {
			socket.getOutputStream().write(next);
			RawServer.pause(socket, 100);
		}
	}

	@Test
	@Tag("B5")
	void headThatIsTooLongIsMalformed() {
		String end = JSON + "Content-Length: " + answer().length() + "\r\n\r\n" + answer();
		assertFail(MalformedResponseException.class, OK + "X-Long: " + "x".repeat(200_000) + "\r\n" + end);
		assertFail(MalformedResponseException.class, OK + "X-Many: x\r\n".repeat(10_000) + end);
		assertFail(MalformedResponseException.class, "HTTP/1.1 200 " + "x".repeat(200_000) + "\r\n" + end);
	}

	@Test
	@Tag("B5")
	void headThatNeverEndsIsMalformed() {
		CompletableFuture<Integer> end = new CompletableFuture<>();
		try (RawServer raw = RawServer.start((request, socket) -> {
			int written = 0;
			try {
				socket.getOutputStream().write(OK.getBytes(StandardCharsets.UTF_8));
				byte[] line = "X-Many: x\r\n".repeat(100).getBytes(StandardCharsets.UTF_8);
				while (true) {
					socket.getOutputStream().write(line);
					written += line.length;
				}
			}
			catch (IOException ex) {
				end.complete(written);
			}
		}); CompletionClient other = retrying(raw)) {
			failure(MalformedResponseException.class, other.stream(REQUEST));
			// what was not read is in the buffers of the sockets
			assertThat(end).succeedsWithin(LIMIT)
				.satisfies((written) -> assertThat(written).isLessThan(16 * 1024 * 1024));
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "Hello\r\n", "Hello there\r\n", "Hello there, this is no HTTP\r\n\r\n", "<html></html>\n",
			"\u0000\u0001\u0002\r\n\r\n", "HTTP/1.1 OK\r\n\r\n", "HTTP/1.1 20x OK\r\n\r\n", "HTTP/x 200 OK\r\n\r\n",
			OK + ": x\r\n\r\n", OK + "Content-Length: x\r\n\r\n", OK + "Content-Length: -1\r\n\r\n",
			OK + "Content-Length: 1\r\nContent-Length: 2\r\n\r\n{}" })
	@Tag("B6")
	void answerThatIsNoHttpIsMalformed(String answer) {
		assertFail(MalformedResponseException.class, answer);
	}

	@ParameterizedTest
	@ValueSource(strings = { "ZZZ\r\n", "-1\r\n", "fffffffff\r\n", "\r\n", "5;\u0000\r\n" })
	@Tag("B6")
	void badChunkIsMalformed(String chunk) {
		assertFail(MalformedResponseException.class, OK + JSON + CHUNKED + "\r\n" + chunk + answer());
		try (RawServer raw = RawServer.answering(OK + EVENTS + CHUNKED + "\r\n" + chunk(delta()) + chunk + last());
				CompletionClient other = retrying(raw)) {
			MalformedResponseException ex = failure(MalformedResponseException.class, other.stream(REQUEST));
			assertThat(ex.partialText()).isEqualTo(" Hello");
			assertThat(ex.outcome()).isEqualTo(Outcome.PARTIAL);
			assertThat(raw.requests()).hasSize(1);
		}
	}

	@Test
	@Tag("B7")
	void bodyThatIsShorterThanItsLengthIsALostConnection() {
		String length = "Content-Length: " + (answer().length() + 50) + "\r\n\r\n";
		try (RawServer raw = RawServer.answering(OK + JSON + length + answer());
				CompletionClient other = retrying(raw)) {
			ConnectionException ex = failure(ConnectionException.class, other.complete(REQUEST).flux());
			assertThat(ex.outcome()).isEqualTo(Outcome.UNKNOWN);
			assertThat(ex.attempts()).isOne();
		}
		try (RawServer raw = RawServer.answering(OK + EVENTS + "Content-Length: 5000\r\n\r\n" + delta());
				CompletionClient other = retrying(raw)) {
			assertThat(failure(StreamTruncatedException.class, other.stream(REQUEST)).partialText())
				.isEqualTo(" Hello");
		}
	}

	@Test
	@Tag("B7")
	void bodyThatIsLongerThanItsLengthIsNotTakenAndItsConnectionIsClosed() {
		CompletableFuture<Integer> end = new CompletableFuture<>();
		String length = "Content-Length: " + (answer().length() - 20) + "\r\n\r\n";
		try (RawServer raw = RawServer
			.start((request, socket) -> answer(socket, OK + JSON + length + answer(), false, end));
				CompletionClient other = retrying(raw)) {
			MalformedResponseException ex = failure(MalformedResponseException.class, other.complete(REQUEST).flux());
			assertThat(ex.outcome()).isEqualTo(Outcome.UNKNOWN);
			assertThat(ex.attempts()).isOne();
			assertThat(end).succeedsWithin(LIMIT).isEqualTo(0);
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "HTTP/1.1", "HTTP/1.0" })
	@Tag("B8")
	void bodyWithTwoLengthsIsMalformedAndItsConnectionIsClosed(String version) {
		for (String type : List.of(JSON, EVENTS)) {
			assertFail(MalformedResponseException.class, version + " 200 OK\r\n" + type + CHUNKED
					+ "Content-Length: %d\r\n\r\n".formatted(answer().length()) + chunk(answer()) + "0\r\n\r\n");
		}
	}

	@Test
	@Tag("B9")
	void answerThatIsResetIsALostConnection() {
		try (RawServer raw = RawServer.start((request, socket) -> {
			RawServer.write(socket, OK + JSON + CHUNKED + "\r\n" + chunk(answer().substring(0, 10)));
			RawServer.pause(socket, 50);
			RawServer.reset(socket);
		}); CompletionClient other = retrying(raw)) {
			ConnectionException ex = failure(ConnectionException.class, other.complete(REQUEST).flux());
			assertThat(ex.outcome()).isEqualTo(Outcome.UNKNOWN);
			assertThat(ex.attempts()).isOne();
			assertThat(raw.requests()).hasSize(1);
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "Connection: close\r\n", "" })
	@Tag("B10")
	void streamThatEndsWithItsConnectionIsTruncated(String header) {
		try (RawServer raw = RawServer.answering(OK + EVENTS + header + "\r\n" + delta());
				CompletionClient other = retrying(raw)) {
			StreamTruncatedException ex = failure(StreamTruncatedException.class, other.stream(REQUEST));
			assertThat(ex.partialText()).isEqualTo(" Hello");
			assertThat(ex.outcome()).isEqualTo(Outcome.PARTIAL);
			assertThat(raw.requests()).hasSize(1);
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "drain", "hold", "close", "reset" })
	@Tag("B12")
	void earlyRefusalOfALargeRequestIsTold(String ending) {
		String refusal = "HTTP/1.1 413 Payload Too Large\r\nConnection: close\r\n" + JSON
				+ "Content-Length: 2\r\n\r\n{}";
		CompletionRequest large = REQUEST.toBuilder().prompt(Prompt.human("x".repeat(5_000_000))).build();
		CompletableFuture<Void> told = new CompletableFuture<>();
		try (RawServer raw = RawServer.accepting((request, socket) -> {
			assertThat(socket.getInputStream().readNBytes(1024)).hasSize(1024);
			RawServer.write(socket, refusal);
			if (ending.equals("close")) {
				socket.shutdownOutput();
			}
			if (ending.equals("reset")) {
				socket.close();
			}
			if (!ending.equals("drain")) {
				told.join();
			}
		}); CompletionClient other = retrying(raw)) {
			RequestTooLargeException ex = failure(RequestTooLargeException.class, other.stream(large));
			told.complete(null);
			assertThat(ex.outcome()).isEqualTo(Outcome.REJECTED);
			assertThat(ex.attempts()).isOne();
			assertThat(raw.requests()).hasSize(1);
		}
	}

	@Test
	@Tag("B13")
	void compressedAnswerOfAHugeSizeIsALimitExceeded() throws IOException {
		try (RawServer raw = RawServer.answering(gzipResponse("application/json", "gzip", new byte[300 * 1024 * 1024]));
				CompletionClient other = retrying(raw)) {
			LimitExceededException ex = failure(LimitExceededException.class, other.complete(REQUEST).flux());
			assertThat(ex.limit()).isEqualTo("body");
			assertThat(ex.attempts()).isOne();
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "gzip", "br", "zstd", "deflate", "gzip, gzip" })
	@Tag("B13")
	void answerThatIsNotCompressedAsItSaysIsMalformed(String encoding) {
		String head = "Content-Encoding: " + encoding + "\r\nConnection: close\r\n\r\n";
		assertFail(MalformedResponseException.class, OK + JSON + head + answer(), true);
		assertFail(MalformedResponseException.class, OK + EVENTS + head + delta() + last(), true);
	}

}
