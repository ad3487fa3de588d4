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

import dev.completion.client.error.MalformedResponseException;
import dev.completion.client.error.Outcome;
import dev.completion.client.error.StreamTruncatedException;
import dev.completion.server.Reply;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link CompletionClient}: how the bytes of an answer become text.
 */
class CompletionClientDecodingTests extends AbstractCompletionClientErrorTests {

	private static String event(String json) {
		return "event: completion\ndata: " + json + "\n\n";
	}

	private String unnamed() {
		return delta().substring(delta().indexOf('\n') + 1);
	}

	private List<String> texts() {
		return this.client.stream(REQUEST).map(Completion::completion).collectList().block(LIMIT);
	}

	@Test
	@Tag("E11")
	void nameOfAnEventDecidesWhateverItsDataSays() {
		this.server.enqueue(Reply.events("event: future\ndata: {\"type\":\"completion\",\"completion\":\" not\"}\n\n"
				+ "event: ping\ndata: {\"type\":\"completion\",\"completion\":\" this\"}\n\n"
				+ event("{\"type\":\"ping\",\"completion\":\" but this\"}") + last()));
		assertThat(texts()).containsExactly(" but this", "");
	}

	@ParameterizedTest
	@Tag("E13")
	@ValueSource(strings = { "refusal", "of the future" })
	void stopReasonThatIsNotKnownEndsTheStream(String stopReason) {
		this.server.enqueue(Reply.events(delta() + last().replace("stop_sequence", stopReason) + delta()));
		List<Completion> deltas = this.client.stream(REQUEST).collectList().block(LIMIT);
		assertThat(deltas).hasSize(2);
		assertThat(deltas.get(1).stopReason()).isEqualTo(StopReason.of(stopReason));
	}

	@Test
	@Tag("E14")
	void oldWireFormIsMalformed() {
		String cumulative = """
				data: {"completion":" Hello","stop_reason":null}

				data: {"completion":" Hello world","stop_reason":"stop_sequence"}

				data: [DONE]

				""".replace("\n", "\r\n");
		for (String events : List.of(cumulative, unnamed(), "event: message\n" + unnamed(), "data: [DONE]\n\n")) {
			this.server.enqueue(Reply.events(events));
			MalformedResponseException ex = failure(MalformedResponseException.class, this.client.stream(REQUEST));
			assertThat(ex.partialText()).isEmpty();
			assertThat(ex.outcome()).isEqualTo(Outcome.UNKNOWN);
		}
	}

	@Test
	@Tag("E14")
	void oldWireFormAfterTextDoesNotDoubleIt() {
		for (String events : List.of(unnamed(), "data: [DONE]\n\n")) {
			this.server.enqueue(Reply.events(delta() + events + last()));
			MalformedResponseException ex = failure(MalformedResponseException.class, this.client.stream(REQUEST));
			assertThat(ex.partialText()).isEqualTo(" Hello");
			assertThat(ex.getMessage()).contains("Event 2");
		}
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
		String events = "\uFEFF: hi\r\revent: ping\ndata: {}\n\nevent: completion\r\ndata: {\"completion\":\" h\u00e9\ud83d\ude00\"}\r\n\r\n"
				+ "event: completion\rdata: {\"completion\":\rdata: \" b\"}\r\r" + last().replace("\n", "\r\n");
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
		byte[] bytes = ("\uFEFF" + event("{\"completion\":\" h\u00e9\ud83d\ude00\"}").replace("\n", "\r\n") + last())
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
		String halves = event("{\"completion\":\" a\\ud83d\"}") + event("{\"completion\":\"\\ude00b\"}");
		this.server.enqueue(Reply.events(halves + last()), Reply.events(halves));
		assertThat(this.client.stream(REQUEST).as(Completion::join).block(LIMIT).completion())
			.isEqualTo(" a\ud83d\ude00b");
		assertThat(failure(StreamTruncatedException.class, this.client.stream(REQUEST)).partialText())
			.isEqualTo(" a\ud83d\ude00b");
	}

	@ParameterizedTest
	@Tag("F5")
	@ValueSource(strings = { "{\"completion\":\" a\",\"x\":NaN}", "{\"completion\":\" a\",\"x\":Infinity}",
			"{\"completion\":\" a\" /* SECRET */}", "{\"completion\":\" a\"} // SECRET",
			"{\"completion\":\" a\"} SECRET", "{\"completion\":\" a\",}", "{'completion':' a'}", "{completion:\" a\"}",
			"{\"completion\":\" a\",\"x\":01}" })
	void looseJsonIsMalformed(String json) {
		this.server.enqueue(Reply.body(200, "application/json", json), Reply.events(event(json) + last()));
		failure(MalformedResponseException.class, this.client.complete(REQUEST).flux());
		MalformedResponseException ex = failure(MalformedResponseException.class, this.client.stream(REQUEST));
		assertThat(ex.getMessage()).doesNotContain("SECRET");
		assertThat(ex.partialText()).isEmpty();
	}

	@Test
	@Tag("F5")
	void lastDuplicateWinsAndTypeHintsAreOnlyData() {
		String json = "{\"@class\":\"java.lang.ProcessBuilder\",\"@type\":\"x\",\"completion\":\" a\","
				+ "\"x\":[\"java.util.ArrayList\",[1]],\"completion\":\" b\",\"stop_reason\":\"max_tokens\"}";
		this.server.enqueue(Reply.body(200, "application/json", json), Reply.events(event(json)));
		for (Completion completion : List.of(this.client.complete(REQUEST).block(LIMIT),
				this.client.stream(REQUEST).blockLast(LIMIT))) {
			assertThat(completion.completion()).isEqualTo(" b");
			assertThat(completion.additionalProperties()).containsEntry("@class", "java.lang.ProcessBuilder")
				.containsEntry("x", List.of("java.util.ArrayList", List.of(1)));
		}
	}

	@ParameterizedTest
	@Tag("F6")
	@ValueSource(strings = { "{\"completion\": oops SECRET", "{\"completion\": \"SECRET", "SECRET",
			"{\"completion\": 1, \"SECRET\": 2}", "{\"SECRET\": true}" })
	void errorOfTheParserDoesNotQuoteTheAnswer(String json) {
		this.server.enqueue(Reply.body(200, "application/json", json), Reply.events(event(json)));
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

}
