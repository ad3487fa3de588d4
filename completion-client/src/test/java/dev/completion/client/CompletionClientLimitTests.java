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

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;

import com.sun.management.ThreadMXBean;
import dev.completion.client.error.LimitExceededException;
import dev.completion.client.error.MalformedResponseException;
import dev.completion.client.error.Outcome;
import dev.completion.client.error.ServerException;
import dev.completion.client.error.StreamTruncatedException;
import dev.completion.server.Reply;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.util.unit.DataSize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link CompletionClient}: servers that send too much.
 */
@BothApis
class CompletionClientLimitTests extends AbstractCompletionClientTests {

	private static final String HEAD = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n";

	private static final int MEGABYTE = 1024 * 1024;

	private static final String PING = "event: ping\ndata: {\"type\": \"ping\"}\n\n";

	private final AtomicLong written = new AtomicLong();

	/**
	 * Start a server that sends the beginning, then the rest again and again until there
	 * is as much as asked for, or the client closes the connection.
	 */
	private RawServer sending(String beginning, String rest, long size) {
		byte[] some = rest.repeat(Math.max(1, 8192 / rest.length())).getBytes(StandardCharsets.UTF_8);
		return RawServer.start((request, socket) -> {
			RawStreams.write(socket, beginning);
			for (long sent = 0; sent < size; sent += some.length) {
				socket.getOutputStream().write(some);
				this.written.addAndGet(some.length);
			}
		});
	}

	static Stream<Arguments> giantEvents() {
		return Stream.of(Arguments.of("event: %s\ndata: ", "x"), Arguments.of("event: %s\n", "data: x\n"),
				Arguments.of("", "event: x\n"), Arguments.of(":", "x"), Arguments.of("event: ", "x"),
				Arguments.of("id: ", "x"), Arguments.of("", "x"), Arguments.of("data: ", "\u00e9"));
	}

	@ParameterizedTest
	@Tag("F1")
	@Tag("F2")
	@MethodSource("giantEvents")
	void eventIsLimited(String beginning, String rest) {
		try (RawServer raw = sending(HEAD + delta() + beginning.formatted(this.api.textEvent), rest, 32 * MEGABYTE);
				CompletionClient other = client(raw.baseUrl())) {
			LimitExceededException ex = failure(LimitExceededException.class, other.stream(REQUEST));
			assertThat(ex.limit()).isEqualTo("event");
			assertThat(ex.partialText()).isEqualTo(" Hello");
			assertThat(ex.outcome()).isEqualTo(Outcome.PARTIAL);
		}
	}

	@Test
	@Tag("F1")
	void giantEventTakesLittleMemory() {
		try (RawServer raw = sending(HEAD + delta() + "data: ", "x", 32 * MEGABYTE);
				CompletionClient other = client(raw.baseUrl())) {
			failure(LimitExceededException.class, other.stream(REQUEST));
			long allocatedBefore = allocated();
			failure(LimitExceededException.class, other.stream(REQUEST));
			assertThat(allocated() - allocatedBefore).isLessThan(4 * MEGABYTE);
			assertThat(raw.requests()).hasSize(2);
		}
	}

	/**
	 * Return how much the event loops have allocated up to now.
	 */
	private static long allocated() {
		ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
		long[] ids = CompletionClientConnectionTests.eventLoops().stream().mapToLong(Thread::getId).toArray();
		return Arrays.stream(threads.getThreadAllocatedBytes(ids)).filter((bytes) -> bytes > 0).sum();
	}

	static Stream<String> hostileJson() {
		return Stream.of("{\"x\":" + "[".repeat(100_000), "{\"x\":" + "{\"x\":".repeat(100_000),
				"{\"x\":" + "[".repeat(100_000) + "]".repeat(100_000) + "}", "{\"x\":" + "1".repeat(10_000) + "}",
				"{\"x\":1e" + "9".repeat(10_000) + "}", "{\"" + "x".repeat(100_000) + "\":1}");
	}

	/**
	 * Return hostile JSON that lacks nothing else.
	 */
	private static String complete(String hostile, String json) {
		return hostile.endsWith("}") ? hostile.replaceFirst("}$", "," + json.substring(1)) : hostile;
	}

	@ParameterizedTest
	@Tag("F3")
	@MethodSource("hostileJson")
	void hostileJsonIsMalformed(String json) {
		RawResponse unary = RawResponse.of(200, "application/json", complete(json, answer()));
		RawResponse stream = RawResponse.of(200, "text/event-stream",
				delta() + ApiFixture.event(this.api.textEvent, complete(json, this.api.deltaData(" a"))) + last());
		try (RawServer raw = RawServer
			.start((request, socket) -> (request.contains("event-stream") ? stream : unary).writeTo(socket));
				CompletionClient other = client(raw.baseUrl())) {
			failure(MalformedResponseException.class, other.complete(REQUEST).flux());
			MalformedResponseException ex = failure(MalformedResponseException.class, other.stream(REQUEST));
			assertThat(ex.getMessage()).contains("Event 2").hasSizeLessThanOrEqualTo(1024);
		}
	}

	@ParameterizedTest
	@Tag("F3")
	@ValueSource(strings = { "[", "{\"x\":" })
	void hostileTextIsMalformed(String nesting) {
		UnaryOperator<String> hostile = (json) -> json.replaceFirst("\" Hi\".*", nesting.repeat(100_000));
		this.server.enqueue(Reply.body(200, "application/json", hostile.apply(answer())), Reply
			.events(delta() + ApiFixture.event(this.api.textEvent, hostile.apply(this.api.deltaData(" Hi"))) + last()));
		failure(MalformedResponseException.class, this.client.complete(REQUEST).flux());
		MalformedResponseException ex = failure(MalformedResponseException.class, this.client.stream(REQUEST));
		assertThat(ex.getMessage()).contains("Event 2").hasSizeLessThanOrEqualTo(1024);
	}

	@ParameterizedTest
	@Tag("F3")
	@MethodSource("hostileJson")
	void hostileJsonOfAnErrorIsToldByItsStatus(String json) {
		String error = "HTTP/1.1 500 X\r\nContent-Type: application/json\r\nContent-Length: " + json.length()
				+ "\r\n\r\n" + json;
		String stream = HEAD + "event: error\ndata: " + json + "\n\n" + last();
		for (String response : List.of(error, stream)) {
			try (RawServer raw = RawServer.answering(response); CompletionClient other = client(raw.baseUrl())) {
				ServerException ex = failure(ServerException.class, other.stream(REQUEST));
				assertThat(ex.getMessage()).hasSizeLessThanOrEqualTo(1024);
				assertThat(ex.responseBody()).hasSizeLessThanOrEqualTo(64 * 1024);
			}
		}
	}

	/**
	 * Return the beginning of an answer, up to the text.
	 */
	private String openText() {
		return answer().replaceFirst(" Hi.*", "");
	}

	@Test
	@Tag("F3")
	void giantStringIsALimitExceeded() {
		String head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n";
		try (RawServer raw = sending(head + openText(), "x", 30 * MEGABYTE);
				CompletionClient other = client(raw.baseUrl())) {
			assertThat(failure(LimitExceededException.class, other.complete(REQUEST).flux()).limit()).isEqualTo("body");
		}
	}

	@Test
	@Tag("F4")
	void textIsLimitedOnlyWhenItIsJoined() {
		int limit = 100_000;
		try (RawServer raw = RawServer.start((request, socket) -> {
			String some = delta().repeat(100);
			RawStreams.write(socket, HEAD);
			for (int i = 0; i < 1000; i++) {
				RawStreams.write(socket, some);
			}
			RawStreams.write(socket, request.contains("cut") ? "" : last());
		});
				CompletionClient other = client(raw.baseUrl()).mutate()
					.limits(Limits.builder().text(DataSize.ofBytes(limit)).build())
					.build()) {
			LimitExceededException ex = failure(LimitExceededException.class,
					other.stream(REQUEST).as(Completion::join).flux());
			assertThat(ex.limit()).isEqualTo("text");
			assertThat(ex.partialText()).hasSizeBetween(limit - 6, limit);
			assertThat(other.stream(REQUEST).count().block(LIMIT)).isEqualTo(100_001);
			StreamTruncatedException cut = failure(StreamTruncatedException.class,
					other.stream(REQUEST.toBuilder().userId("cut").build()));
			assertThat(cut.partialText()).hasSizeBetween(limit - 6, limit);
		}
	}

	@ParameterizedTest
	@Tag("E7")
	@ValueSource(strings = { PING, ": comment\n\n", "event: of_the_future\ndata: {}\n\n" })
	void manyPingsAndUnknownEventsAllocateLittle(String event) {
		try (RawServer raw = sending(HEAD + delta(), event, 500_000L * event.length());
				CompletionClient other = client(raw.baseUrl())) {
			long allocatedBefore = allocated();
			StreamTruncatedException ex = failure(StreamTruncatedException.class, other.stream(REQUEST));
			assertThat(ex.partialText()).isEqualTo(" Hello");
			assertThat(allocated() - allocatedBefore).isLessThan(16 * MEGABYTE);
		}
	}

	@Test
	@Tag("B13")
	void gzipBombIsALimitExceeded() throws IOException {
		byte[] bomb = bomb(300 * MEGABYTE);
		assertThat(bomb).hasSizeLessThan(400_000);
		try (RawServer raw = RawServer.start((request, socket) -> answer(socket, "200 OK", "gzip", bomb));
				CompletionClient other = client(raw.baseUrl())) {
			assertThat(failure(LimitExceededException.class, other.complete(REQUEST).flux()).limit()).isEqualTo("body");
			assertThat(failure(LimitExceededException.class, other.stream(REQUEST)).limit()).isEqualTo("body");
		}
		try (RawServer raw = RawServer.start((request, socket) -> answer(socket, "500 X", "gzip", bomb));
				CompletionClient other = client(raw.baseUrl())) {
			assertThat(failure(ServerException.class, other.complete(REQUEST).flux()).responseBody())
				.hasSizeLessThanOrEqualTo(64 * 1024);
		}
	}

	@ParameterizedTest
	@Tag("B13")
	@ValueSource(strings = { "br", "gzip", "zstd" })
	void contentEncodingThatIsNotTrueIsMalformed(String encoding) {
		byte[] plain = answer().getBytes(StandardCharsets.UTF_8);
		try (RawServer raw = RawServer.start((request, socket) -> answer(socket, "200 OK", encoding, plain));
				CompletionClient other = client(raw.baseUrl())) {
			failure(MalformedResponseException.class, other.complete(REQUEST).flux());
		}
	}

	private static void answer(Socket socket, String status, String encoding, byte[] body) throws IOException {
		RawStreams.write(socket,
				"HTTP/1.1 %s\r\nContent-Type: application/json\r\nContent-Encoding: %s\r\n".formatted(status, encoding)
						+ "Connection: close\r\nContent-Length: " + body.length + "\r\n\r\n");
		socket.getOutputStream().write(body);
	}

	@Test
	@Tag("F8")
	void promptThatIsTooLongIsRefusedWithNothingSent() {
		CompletionRequest request = REQUEST.toBuilder().prompt(Prompt.human("x".repeat(33 * MEGABYTE))).build();
		assertThatIllegalArgumentException().isThrownBy(() -> this.client.complete(request).block(LIMIT))
			.withMessageContaining("'prompt'")
			.satisfies((ex) -> assertThat(ex.getMessage()).hasSizeLessThan(1024));
		assertThatIllegalArgumentException().isThrownBy(() -> this.client.stream(request).blockLast(LIMIT))
			.withMessageContaining("'prompt'");
		assertThat(this.server.requests()).isEmpty();
	}

	private byte[] bomb(int size) throws IOException {
		ByteArrayOutputStream bytes = new ByteArrayOutputStream();
		try (OutputStream gzip = new GZIPOutputStream(bytes, 64 * 1024)) {
			gzip.write(openText().getBytes(StandardCharsets.UTF_8));
			byte[] some = "a".repeat(MEGABYTE).getBytes(StandardCharsets.UTF_8);
			for (int i = 0; i < size / MEGABYTE; i++) {
				gzip.write(some);
			}
		}
		return bytes.toByteArray();
	}

}
