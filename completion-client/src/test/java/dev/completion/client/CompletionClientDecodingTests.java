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
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

import dev.completion.client.error.MalformedResponseException;
import dev.completion.client.error.RateLimitException;
import dev.completion.client.error.StreamTruncatedException;
import dev.completion.server.Reply;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link CompletionClient}: how the bytes of an answer become text.
 */
@BothApis
class CompletionClientDecodingTests extends AbstractCompletionClientTests {

	private List<String> texts() {
		return this.client.stream(REQUEST).map(Completion::completion).collectList().block(LIMIT);
	}

	@Test
	@Tag("E11")
	void knownEventNameTakesPrecedenceOverTypeInData() {
		String ping = this.api.deltaData(" but this").replaceFirst("\"type\":\"\\w+\"", "\"type\":\"ping\"");
		this.server.enqueue(Reply.events(ApiFixture.event("ping", this.api.deltaData(" not this"))
				+ ApiFixture.event(this.api.textEvent, ping) + last()));
		assertThat(texts()).containsExactly(" but this", "");
	}

	@Test
	@Tag("E11")
	void typeInDataIsUsedIfEventNameIsUnknown() {
		this.server.enqueue(Reply.events(ApiFixture.event("future", this.api.deltaData(" this"))
				+ ApiFixture.event("message", this.api.deltaData(" and this")) + last()));
		assertThat(texts()).containsExactly(" this", " and this", "");
	}

	@ParameterizedTest
	@Tag("E13")
	@ValueSource(strings = { "refusal", "of the future" })
	void stopReasonThatIsNotKnownEndsTheStream(String stopReason) {
		this.server.enqueue(Reply.events(delta() + this.api.last(stopReason) + delta()));
		List<Completion> deltas = this.client.stream(REQUEST).collectList().block(LIMIT);
		assertThat(deltas).hasSize(2);
		assertThat(deltas.get(1).stopReason()).isEqualTo(StopReason.of(stopReason));
	}

	@ParameterizedTest
	@Tag("E14")
	@ValueSource(strings = { "{}", "hello", "[]", "{\"type\":\"ping\"}", "{\"completion\":1}", "[DONE] and more" })
	void otherEventWithoutNameIsSkipped(String data) {
		this.server.enqueue(Reply.events(delta() + "data: " + data + "\n\n" + last()));
		assertThat(texts()).containsExactly(" Hello", "");
	}

	@Test
	@Tag("E15")
	void streamIsTheSameHoweverItIsCut() {
		String twoLines = this.api.delta(" b").replaceFirst(",", ",\ndata: ").replace("\n", "\r");
		String events = "\uFEFF: hi\r\revent: ping\ndata: {}\n\n"
				+ this.api.delta(" h\u00e9\ud83d\ude00").replace("\n", "\r\n") + twoLines
				+ last().replace("\n", "\r\n");
		byte[] bytes = events.getBytes(StandardCharsets.UTF_8);
		AtomicInteger cut = new AtomicInteger();
		try (RawServer raw = RawServer.start((request, socket) -> {
			socket.setTcpNoDelay(true);
			for (int i = cut.incrementAndGet(); i < bytes.length; i = cut.incrementAndGet()) {
				writeChunks(socket, bytes, i, bytes.length - i);
				RawServer.read(socket.getInputStream());
			}
		}); CompletionClient other = client(raw.baseUrl())) {
			for (int i = 1; i < bytes.length; i++) {
				assertThat(other.stream(REQUEST).map(Completion::completion).collectList().block(LIMIT))
					.as("cut at %d", i)
					.containsExactly(" h\u00e9\ud83d\ude00", " b", "");
			}
		}
	}

	@Test
	@Tag("E15")
	void streamIsTheSameByteByByte() {
		byte[] bytes = ("\uFEFF" + this.api.delta(" h\u00e9\ud83d\ude00").replace("\n", "\r\n") + last())
			.getBytes(StandardCharsets.UTF_8);
		int[] ones = new int[bytes.length];
		Arrays.fill(ones, 1);
		try (RawServer raw = RawServer.start((request, socket) -> {
			socket.setTcpNoDelay(true);
			writeChunks(socket, bytes, ones);
		}); CompletionClient other = client(raw.baseUrl())) {
			assertThat(other.stream(REQUEST).as(Completion::join).block(LIMIT).completion())
				.isEqualTo(" h\u00e9\ud83d\ude00");
		}
	}

	private static void writeChunks(Socket socket, byte[] bytes, int... sizes) throws IOException {
		RawStreams.write(socket, RawStreams.HEAD);
		int offset = 0;
		for (int size : sizes) {
			String chunk = new String(bytes, offset, size, StandardCharsets.ISO_8859_1);
			RawStreams.write(socket, RawStreams.chunk(chunk));
			offset += size;
		}
		RawStreams.write(socket, RawStreams.LAST_CHUNK);
	}

	@Test
	@Tag("E16")
	void surrogatesOfTwoEventsAreJoined() {
		String halves = this.api.delta(" a\\ud83d") + this.api.delta("\\ude00b");
		this.server.enqueue(Reply.events(halves + last()), Reply.events(halves));
		assertThat(this.client.stream(REQUEST).as(Completion::join).block(LIMIT).completion())
			.isEqualTo(" a\ud83d\ude00b");
		assertThat(failure(StreamTruncatedException.class, this.client.stream(REQUEST)).partialText())
			.isEqualTo(" a\ud83d\ude00b");
	}

	static Stream<Named<UnaryOperator<String>>> loosened() {
		return Stream.of(Named.of("NaN", (json) -> "{\"x\":NaN," + json.substring(1)),
				Named.of("infinity", (json) -> "{\"x\":Infinity," + json.substring(1)),
				Named.of("leading zero", (json) -> "{\"x\":01," + json.substring(1)),
				Named.of("comment inside", (json) -> json.replaceFirst("}$", " /* SECRET */}")),
				Named.of("comment after", (json) -> json + " // SECRET"),
				Named.of("text after", (json) -> json + " SECRET"),
				Named.of("surplus comma", (json) -> json.replaceFirst("}$", ",}")),
				Named.of("single quotes", (json) -> json.replace('"', '\'')),
				Named.of("bare names", (json) -> json.replaceAll("\"(\\w+)\":", "$1:")));
	}

	@ParameterizedTest
	@Tag("F5")
	@MethodSource("loosened")
	void looseJsonIsMalformed(UnaryOperator<String> loosened) {
		String event = ApiFixture.event(this.api.textEvent, loosened.apply(this.api.deltaData(" a")));
		this.server.enqueue(Reply.body(200, "application/json", loosened.apply(answer())),
				Reply.events(event + last()));
		failure(MalformedResponseException.class, this.client.complete(REQUEST).flux());
		MalformedResponseException ex = failure(MalformedResponseException.class, this.client.stream(REQUEST));
		assertThat(ex.getMessage()).doesNotContain("SECRET");
		assertThat(ex.partialText()).isEmpty();
	}

	@ParameterizedTest
	@Tag("F6")
	@ValueSource(strings = { " oops SECRET", "\"SECRET", "[\"SECRET\"]", "{\"SECRET\":true}", "1, \"SECRET\": 2" })
	void errorOfTheParserDoesNotQuoteTheAnswer(String text) {
		String answer = this.api.answer("TEXT", "max_tokens").replace("\"TEXT\"", text);
		String event = ApiFixture.event(this.api.textEvent, this.api.deltaData("TEXT").replace("\"TEXT\"", text));
		this.server.enqueue(Reply.body(200, "application/json", answer), Reply.events(event));
		for (MalformedResponseException ex : List.of(
				failure(MalformedResponseException.class, this.client.complete(REQUEST).flux()),
				failure(MalformedResponseException.class, this.client.stream(REQUEST)))) {
			for (Throwable cause = ex; cause != null; cause = cause.getCause()) {
				assertThat(cause.toString()).doesNotContain("SECRET").doesNotContain("oops");
			}
		}
	}

	@ParameterizedTest
	@Tag("F7")
	@ValueSource(strings = { "none", "", "-1", "+5", "1e3", "99999999999999999999", " 5 " })
	void badReconnectionTimeIsIgnored(String retry) {
		this.server.enqueue(Reply.events("retry: " + retry + "\n\n"
				+ delta().replace("data:", "retry:" + retry + "\ndata:") + "retry\n" + last()));
		assertThat(texts()).containsExactly(" Hello", "");
	}

	@Tag("C12")
	@Test
	void errorEnvelopeUnderStatus200IsTheError() {
		String envelope = "{\"type\":\"error\",\"error\":{\"type\":\"rate_limit_error\",\"message\":\"slow down\"}}";
		this.server.enqueue(Reply.body(200, "application/json", envelope),
				Reply.body(200, "application/json", envelope));
		failure(RateLimitException.class, this.client.complete(REQUEST).flux());
		failure(RateLimitException.class, this.client.stream(REQUEST));
	}

}
