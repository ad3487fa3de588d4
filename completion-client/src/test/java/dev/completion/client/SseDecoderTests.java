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
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferLimitException;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link SseDecoder}.
 */
class SseDecoderTests {

	private static final int MAX_EVENT_SIZE = 1024 * 1024;

	private static final int MAX_SIZE_FOR_SPLITS = 300;

	private final SseDecoder decoder = new SseDecoder(MAX_EVENT_SIZE);

	@ParameterizedTest
	@MethodSource("cases")
	void decodesWholeInput(Case testCase) {
		testCase.verify(List.of(testCase.input));
	}

	@ParameterizedTest
	@MethodSource("cases")
	void decodesListedChunks(Case testCase) {
		testCase.verify(testCase.chunks());
	}

	@ParameterizedTest
	@MethodSource("cases")
	void decodesSingleBytes(Case testCase) {
		testCase.verify(testCase.cut(IntStream.generate(() -> 1).limit(testCase.input.length).toArray()));
	}

	@ParameterizedTest
	@MethodSource("cases")
	void decodesEveryTwoWaySplit(Case testCase) {
		int length = (testCase.input.length <= MAX_SIZE_FOR_SPLITS) ? testCase.input.length : 0;
		for (int i = 1; i < length; i++) {
			testCase.verify(testCase.cut(i, length - i));
		}
	}

	@Test
	void nextWhenEventIsLargerThanLimitFails() {
		append("data: " + "x".repeat(MAX_EVENT_SIZE));
		assertThatExceptionOfType(DataBufferLimitException.class).isThrownBy(this.decoder::next);
	}

	@Test
	void nextWhenEventOfManyLinesIsLargerThanLimitFails() {
		for (int i = 0; i < MAX_EVENT_SIZE / 10; i++) {
			append("data: xxxxx\n");
		}
		assertThatExceptionOfType(DataBufferLimitException.class).isThrownBy(this.decoder::next);
	}

	@Test
	void nextWhenCommentsAddUpToMoreThanLimitGoesOn() {
		for (int i = 0; i < 3 * MAX_EVENT_SIZE / 1000; i++) {
			append(": " + "x".repeat(1000) + "\n");
			assertThat(this.decoder.next()).isFalse();
		}
		append("data: a\n\n");
		assertThat(this.decoder.next()).isTrue();
		assertThat(this.decoder.data()).isEqualTo("a");
	}

	@Test
	void dataWhenEventIsGivenInManySmallPiecesIsWhole() {
		String data = "0123456789".repeat(50_000);
		append("data: ");
		for (int i = 0; i < data.length(); i += 10) {
			append(data.substring(i, i + 10));
			assertThat(this.decoder.next()).isFalse();
		}
		append("\n\n");
		assertThat(this.decoder.next()).isTrue();
		assertThat(this.decoder.data()).isEqualTo(data);
	}

	@Test
	void longNameIsNotKept() {
		String name = "n".repeat(1000);
		append("event: %s\ndata: x\n\nevent: %s\ndata: x\n\nevent: short\ndata: x\n\nevent: short\ndata: x\n\n"
			.formatted(name, name));
		List<String> names = new ArrayList<>();
		while (this.decoder.next()) {
			names.add(this.decoder.event());
		}
		assertThat(names).containsExactly(name, name, "short", "short");
		assertThat(names.get(1)).isNotSameAs(names.get(0));
		assertThat(names.get(3)).isSameAs(names.get(2));
	}

	@Test
	void longIdIsIgnored() {
		append("id: 1\ndata: x\n\nid: %s\ndata: x\n\n".formatted("i".repeat(1000)));
		assertThat(this.decoder.next()).isTrue();
		assertThat(this.decoder.next()).isTrue();
		assertThat(this.decoder.lastEventId()).isEqualTo("1");
	}

	@Test
	void appendLeavesBufferToItsOwner() {
		DataBuffer buffer = buffer("data: a\n\n".getBytes(StandardCharsets.UTF_8));
		this.decoder.append(buffer);
		assertThat(buffer.readableByteCount()).isZero();
	}

	private void append(String text) {
		this.decoder.append(buffer(text.getBytes(StandardCharsets.UTF_8)));
	}

	private static DataBuffer buffer(byte[] bytes) {
		return DefaultDataBufferFactory.sharedInstance.wrap(bytes);
	}

	static Stream<Case> cases() throws IOException {
		try (InputStream stream = Objects
			.requireNonNull(SseDecoderTests.class.getResourceAsStream("/sse-cases.jsonl"))) {
			List<Case> cases = new String(stream.readAllBytes(), StandardCharsets.UTF_8).lines()
				.map(Case::new)
				.toList();
			assertThat(cases).hasSize(100);
			return cases.stream();
		}
	}

	static final class Case {

		private final JsonNode json;

		private final byte[] input;

		private Case(String line) {
			this.json = JsonMapper.shared().readTree(line);
			this.input = Base64.getDecoder().decode(this.json.get("input_base64").stringValue());
		}

		private List<byte[]> chunks() {
			JsonNode chunks = this.json.path("chunks");
			return chunks.isMissingNode() ? List.of(this.input)
					: cut(IntStream.range(0, chunks.size()).map((i) -> chunks.get(i).intValue()).toArray());
		}

		private List<byte[]> cut(int... sizes) {
			List<byte[]> pieces = new ArrayList<>();
			int offset = 0;
			for (int size : sizes) {
				pieces.add(Arrays.copyOfRange(this.input, offset, offset + size));
				offset += size;
			}
			assertThat(offset).isEqualTo(this.input.length);
			return pieces;
		}

		/**
		 * Feed the pieces, and never say that there are no more: every event must be out
		 * before the end of input.
		 */
		private void verify(List<byte[]> pieces) {
			SseDecoder decoder = new SseDecoder(MAX_EVENT_SIZE);
			List<Event> events = new ArrayList<>();
			Long retry = null;
			for (byte[] piece : pieces) {
				decoder.append(buffer(piece));
				while (decoder.next()) {
					Long changed = Objects.equals(retry, decoder.retry()) ? null : decoder.retry();
					retry = decoder.retry();
					events.add(new Event(decoder.event(), decoder.data(), decoder.lastEventId(), changed));
				}
			}
			assertThat(events).isEqualTo(expected());
			assertThat(decoder.lastEventId()).isEqualTo(this.json.at("/final/last_event_id").stringValue());
			assertThat(decoder.retry()).isEqualTo(number(this.json.at("/final/reconnection_time")));
		}

		private List<Event> expected() {
			List<Event> events = new ArrayList<>();
			this.json.get("expected")
				.forEach((event) -> events.add(new Event(event.get("event").stringValue(),
						event.get("data").stringValue(), event.get("id").stringValue(), number(event.get("retry")))));
			return events;
		}

		private static Long number(JsonNode node) {
			return node.isNumber() ? node.longValue() : null;
		}

		@Override
		public String toString() {
			return this.json.get("name").stringValue();
		}

	}

	private record Event(String event, String data, String id, Long retry) {
	}

}
