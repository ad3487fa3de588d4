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
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link RepeatedEvent}: what it reads is what the parser would have read.
 */
class RepeatedEventTests {

	private static final Completion COMPLETION = new Completion("1", "a", null, Model.of("claude-2.1"), "completion",
			null, Map.of("log_id", "l"));

	private static final String EVENT = "{\"id\":\"1\",\"completion\":\"a\",\"log_id\":\"l\"}";

	private final RepeatedEvent event = new RepeatedEvent();

	private static byte[] bytes(String text) {
		return text.getBytes(StandardCharsets.UTF_8);
	}

	private void learn(String json, Completion completion) {
		this.event.learn(bytes(json), 0, bytes(json).length, json.indexOf('"' + completion.completion() + '"'),
				completion);
	}

	private Completion read(String json) {
		byte[] padded = bytes("data: " + json + "\n\n");
		return this.event.read(padded, 6, padded.length - 8);
	}

	@ParameterizedTest
	@ValueSource(strings = { "b", " longer than before", "\u00e9\u3042\ud83d\ude00", "'", "/", "\u007f", "\u2028" })
	void readsAnotherText(String text) {
		learn(EVENT, COMPLETION);
		assertThat(read(EVENT.replace("\"a\"", '"' + text + '"'))).isEqualTo(COMPLETION.withText(text));
	}

	@Test
	void readsATextThatIsEscaped() {
		Map<String, String> texts = Map.of("\\n", "\n", "\\u0041 b", "A b", "a\\\\", "a\\", "\u00e9\\\"\u3042\\\"",
				"\u00e9\"\u3042\"", "\\u3042\\uD83D\\ude00\\/", "\u3042\ud83d\ude00/", "\\b\\f\\r\\t\\u0000.",
				"\b\f\r\t\u0000.");
		learn(EVENT, COMPLETION);
		texts.forEach((escaped, text) -> assertThat(read(EVENT.replace("\"a\"", '"' + escaped + '"')))
			.isEqualTo(COMPLETION.withText(text)));
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "\\", "a\\\\\\", "\\x", "\\N", "\\u004", "\\u00g1", "\\u00\u00e91", "a\"", "\t", "\n",
			"\u0000", "\u001f" })
	void leavesWhatIsNoTextToTheParser(String text) {
		learn(EVENT, COMPLETION);
		assertThat(read(EVENT.replace("\"a\"", '"' + text + '"'))).isNull();
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|',
			value = { "{\"id\":\"2\",\"completion\":\"a\",\"log_id\":\"l\"}",
					"{\"id\":\"1\",\"completion\":\"a\",\"log_id\":\"m\"}", "{\"id\":\"1\",\"completion\":\"a\"}",
					"{\"id\":\"1\", \"completion\":\"a\",\"log_id\":\"l\"}",
					"{\"id\":\"1\",\"completion\":\"a\",\"log_id\":\"l\",\"completion\":\"b\"}", "{}" })
	void leavesWhatDiffersToTheParser(String json) {
		learn(EVENT, COMPLETION);
		assertThat(read(json)).isNull();
	}

	@Test
	void knowsNothingAtFirstAndWhatItForgot() {
		assertThat(read(EVENT)).isNull();
		learn(EVENT, COMPLETION);
		this.event.forget();
		assertThat(read(EVENT)).isNull();
	}

	@Test
	void learnsFromATextThatIsEscaped() {
		byte[] json = bytes("{\"completion\":\"\\n\\\"\"}");
		this.event.learn(json, 0, json.length, 14, COMPLETION.withText("\n\""));
		assertThat(read("{\"completion\":\"a\"}")).isEqualTo(COMPLETION);
	}

	@ParameterizedTest
	@ValueSource(strings = { "{\"completion\":\"\\n\"}", "{\"completion\":\"a", "{\"completion\":\"\\" })
	void learnsNothingWhereTheTextIsAnother(String json) {
		this.event.learn(bytes(json), 0, json.length(), 14, COMPLETION);
		assertThat(read("{\"completion\":\"a\"}")).isNull();
	}

	@Test
	void stopsLearningWhereEachEventDiffers() {
		int learned = 0;
		while (this.event.isLearning()) {
			String json = EVENT.replace("\"l\"", "\"" + learned++ + "\"");
			assertThat(read(json)).isNull();
			learn(json, COMPLETION);
		}
		assertThat(learned).isEqualTo(8);
	}

	static Stream<List<String>> streams() {
		String full = "{\"type\":\"completion\",\"id\":\"%s\",\"completion\":\"%s\",\"stop_reason\":null,"
				+ "\"model\":\"claude-2.1\",\"stop\":null,\"log_id\":\"%s\"}";
		return Stream.of(List.of(full.formatted("1", "@", "l")),
				List.of(full.formatted("1", "@", "l"), "{\"completion\":\"@\"}"),
				List.of("{\"completion\":\"@\",\"id\":\"1\"}", "{\"completion\":\"@\",\"id\":\"2\"}",
						"{\"completion\":\"@\"}"),
				List.of("{\"completion\":\"x\",\"completion\":\"@\",\"n\":1}", "{\"n\":2,\"completion\":\"@\"}"),
				List.of("{\"a\":\"@\",\"completion\":\"@\",\"b\":\"@\"}"), List.of("  { \"completion\" : \"@\" }  ",
						"[\"@\"]", "{\"completion\":\"@\"} x", "{\"completion\":\"@\"}"));
	}

	/**
	 * A reader that takes short cuts and one that parses everything read the same streams
	 * of random texts, some of which are mutilated.
	 */
	@ParameterizedTest
	@MethodSource("streams")
	void readsWhatTheParserReads(List<String> events) {
		Random random = new Random(42);
		TextCompletionReader reader = new TextCompletionReader(new JsonMapper(), Model.of("claude-2.1"),
				UnaryOperator.identity(), 1024);
		TextCompletionReader parsing = new TextCompletionReader(new JsonMapper(), Model.of("claude-2.1"),
				UnaryOperator.identity(), 1024);
		for (int i = 0; i < 20_000; i++) {
			String template = events.get((random.nextInt(4) == 0) ? random.nextInt(events.size()) : 0);
			byte[] json = mutilated(bytes(template.replace("@", text(random))), random);
			assertThat(outcome(() -> reader.readEvent("completion", json, 0, json.length)))
				.isEqualTo(outcome(() -> parsing.read(json)));
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "{\"type\":\"text_delta\",\"text\":\"@\"}", "{\"text\":\"@\",\"type\":\"text_delta\"}",
			"{\"type\":\"text_delta\",\"text\":\"x\",\"text\":\"@\",\"t\":\"@\"}" })
	void readsWhatTheParserReadsOfMessages(String delta) {
		Random random = new Random(42);
		MessageReader reader = message();
		String[] others = { "{\"type\":\"thinking_delta\",\"thinking\":\"@\"}", "{\"type\":\"other\",\"text\":\"@\"}" };
		for (int i = 0; i < 20_000; i++) {
			String block = (random.nextInt(8) == 0) ? others[random.nextInt(others.length)] : delta;
			String event = "{\"type\":\"content_block_delta\",\"index\":0,\"delta\":" + block + "}";
			byte[] json = mutilated(bytes(event.replace("@", text(random))), random);
			assertThat(outcome(() -> reader.readEvent("content_block_delta", json, 0, json.length)))
				.isEqualTo(outcome(() -> message().readEvent("content_block_delta", json, 0, json.length)));
		}
	}

	private static MessageReader message() {
		MessageReader reader = new MessageReader(JsonMapper.shared(), Model.CLAUDE_HAIKU_4_5, UnaryOperator.identity(),
				1024);
		byte[] start = bytes("{\"type\":\"message_start\",\"message\":{\"id\":\"msg_1\",\"model\":\"m\"}}");
		reader.readEvent("message_start", start, 0, start.length);
		return reader;
	}

	private static String text(Random random) {
		String[] parts = { "a", " word", "\u00e9", "\u3042", "\ud83d\ude00", "\\n", "\\u0041", "\\\"", "\"", "\\", "\t",
				"\u0000", "}", ",", "\\/", "\\b", "\\f", "\\r", "\\t", "\\v", "\\ud83d", "\\uDE00", "\\u12",
				"\\uFFFF" };
		StringBuilder text = new StringBuilder();
		for (int i = random.nextInt(4); i >= 0; i--) {
			text.append(parts[random.nextInt((random.nextInt(4) == 0) ? parts.length : 5)]);
		}
		return text.toString();
	}

	private static byte[] mutilated(byte[] json, Random random) {
		if (random.nextInt(5) == 0) {
			int index = random.nextInt(json.length);
			json[index] = (byte) random.nextInt(256);
			// some ways to be invalid take more than one byte
			json[Math.min(index + 1, json.length - 1)] ^= (byte) (random.nextBoolean() ? 0x20 : 0);
		}
		return json;
	}

	private static Object outcome(Supplier<Object> read) {
		try {
			return read.get();
		}
		catch (UnreadableException ex) {
			return String.valueOf(ex.getMessage());
		}
	}

}
