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
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link TextCompletionReader}.
 */
class TextCompletionReaderTests {

	private static final Model ASKED = Model.of("asked-for");

	private final TextCompletionReader reader = new TextCompletionReader(JsonMapper.builder().build(), ASKED,
			UnaryOperator.identity(), 1024);

	@Test
	void readWhenAnswerIsWholeHasEveryField() {
		Completion completion = read("""
				{"type":"completion","id":"compl_018CKm6gsux7P8yMcwZbeCPw","completion":" Hello! My name is Claude.",
				"stop_reason":"stop_sequence","model":"claude-2.1","stop":"\\n\\nHuman:",
				"log_id":"compl_018CKm6gsux7P8yMcwZbeCPw"}""");
		assertThat(completion).isEqualTo(new Completion("compl_018CKm6gsux7P8yMcwZbeCPw", " Hello! My name is Claude.",
				StopReason.STOP_SEQUENCE, Model.of("claude-2.1"), "completion", "\n\nHuman:",
				Map.of("log_id", "compl_018CKm6gsux7P8yMcwZbeCPw")));
	}

	@Test
	void readWhenEventIsRealHasEveryField() {
		Completion completion = read("""
				{"type":"completion","id":"compl_01XGHuotGNHPZzrLNP9EEweK","completion":" Unfortunately",\
				"stop_reason":null,"model":"claude-2.1","stop":null,"log_id":"compl_01XGHuotGNHPZzrLNP9EEweK"  }""");
		assertThat(completion).isEqualTo(new Completion("compl_01XGHuotGNHPZzrLNP9EEweK", " Unfortunately", null,
				Model.of("claude-2.1"), "completion", null, Map.of("log_id", "compl_01XGHuotGNHPZzrLNP9EEweK")));
	}

	@ParameterizedTest
	@MethodSource
	void readWhenFieldsAreMissingOrNullUsesWhatIsKnown(String json, Completion expected) {
		assertThat(read(json)).isEqualTo(expected);
	}

	static Stream<Arguments> readWhenFieldsAreMissingOrNullUsesWhatIsKnown() {
		return Stream.of(
				Arguments.arguments("{\"completion\": \" Hello\", \"stop_reason\": null, \"model\": \"claude-2.0\"}",
						completion(" Hello", null, Model.of("claude-2.0"))),
				Arguments.arguments(
						"{\"completion\": \"\", \"stop_reason\": \"stop_sequence\", \"model\": \"claude-2.0\"}",
						completion("", StopReason.STOP_SEQUENCE, Model.of("claude-2.0"))),
				Arguments.arguments("{\"completion\":\"a\"}", completion("a", null, ASKED)),
				Arguments.arguments(
						"{\"completion\":\"a\",\"id\":null,\"type\":null,\"model\":null,\"stop\":null,"
								+ "\"stop_reason\":null,\"log_id\":null,\"exception\":null}",
						completion("a", null, ASKED)),
				Arguments.arguments("{\"completion\":\"a\",\"model\":\"\",\"stop_reason\":\"\"}",
						completion("a", null, ASKED)),
				Arguments.arguments("{\"completion\":\"a\",\"stop_reason\":\"max_tokens\"}",
						completion("a", StopReason.MAX_TOKENS, ASKED)),
				Arguments.arguments("{\"completion\":\"a\",\"stop_reason\":\"refusal\"}",
						completion("a", StopReason.of("refusal"), ASKED)));
	}

	@Test
	void readKeepsUnknownFields() {
		Completion completion = read("""
				{"log_id":"l","truncated":false,"usage":{"in":1,"deep":[{"a":[1,2.5,"x",null]}]},"completion":"a",\
				"big":12345678901,"list":[],"@class":"java.io.File","stop_reason":"max_tokens"}""");
		assertThat(completion.completion()).isEqualTo("a");
		assertThat(completion.stopReason()).isEqualTo(StopReason.MAX_TOKENS);
		assertThat(completion.additionalProperties())
			.containsOnlyKeys("log_id", "truncated", "usage", "big", "list", "@class")
			.containsEntry("log_id", "l")
			.containsEntry("truncated", false)
			.containsEntry("big", 12_345_678_901L)
			.containsEntry("list", List.of())
			.containsEntry("@class", "java.io.File")
			.containsEntry("usage", Map.of("in", 1, "deep", List.of(Map.of("a", Arrays.asList(1, 2.5, "x", null)))));
	}

	@Test
	void readGivesMapThatIsNotModifiable() {
		Map<String, Object> properties = read("{\"completion\":\"a\",\"b\":1}").additionalProperties();
		assertThatExceptionOfType(UnsupportedOperationException.class).isThrownBy(() -> properties.put("c", 2));
	}

	@Test
	void readWhenFieldsRepeatReusesTheirInstances() {
		String event = """
				{"type":"completion","id":"compl_1","completion":"%s","model":"claude-2.1","log_id":"compl_1"}""";
		Completion first = read(event.formatted("a"));
		Completion second = read(event.formatted("b"));
		assertThat(second.completion()).isEqualTo("b");
		assertThat(second.id()).isSameAs(first.id());
		assertThat(second.type()).isSameAs(first.type());
		assertThat(second.model()).isSameAs(first.model());
		assertThat(second.additionalProperties()).isSameAs(first.additionalProperties());
	}

	@Test
	void readWhenOneFieldChangesReusesTheOthers() {
		Completion first = read("{\"completion\":\"a\",\"id\":\"1\",\"log_id\":\"l\",\"n\":1}");
		Completion second = read("{\"completion\":\"b\",\"id\":\"2\",\"log_id\":\"l\",\"n\":2}");
		assertThat(second.id()).isEqualTo("2");
		assertThat(first.id()).isEqualTo("1");
		assertThat(second.additionalProperties()).isEqualTo(Map.of("log_id", "l", "n", 2));
		assertThat(first.additionalProperties()).isEqualTo(Map.of("log_id", "l", "n", 1));
		assertThat(second.additionalProperties().get("log_id")).isSameAs(first.additionalProperties().get("log_id"));
	}

	@ParameterizedTest
	@ValueSource(strings = { "compl_2", "compl_12", "compl_", "" })
	void readWhenIdChangesUsesTheNewOne(String id) {
		read("{\"completion\":\"a\",\"id\":\"compl_1\"}");
		assertThat(read("{\"completion\":\"a\",\"id\":\"" + id + "\"}").id()).isEqualTo(id);
	}

	@Test
	void readWhenLaterEventNamesNeitherIdNorModelUsesThoseBefore() {
		Completion first = read("{\"completion\":\"a\",\"id\":\"compl_1\",\"model\":\"claude-2.1\",\"log_id\":\"l\"}");
		Completion second = read("{\"completion\":\"b\",\"stop_reason\":\"stop_sequence\"}");
		assertThat(second.id()).isEqualTo(first.id());
		assertThat(second.model()).isEqualTo(Model.of("claude-2.1"));
		assertThat(second.additionalProperties()).isEmpty();
		assertThat(read("{\"completion\":\"c\"}").stopReason()).isNull();
	}

	@Test
	void readTakesItsPartOfTheBuffer() {
		byte[] bytes = "{{{{{\"completion\":\"a\"}}}}".getBytes(StandardCharsets.UTF_8);
		assertThat(this.reader.readEvent("completion", bytes, 4, bytes.length - 7).completion()).isEqualTo("a");
	}

	@Test
	void readKeepsUnicode() {
		String text = "\u00e9\u3042\ud83d\ude00\u2028\ufffd";
		assertThat(read("{\"completion\":\"" + text + "\"}").completion()).isEqualTo(text);
		assertThat(read("{\"completion\":\"\\ud83d\\ude00\\n\\u0000\"}").completion()).isEqualTo("\ud83d\ude00\n\0");
	}

	@Test
	void readSkipsAByteOrderMark() {
		assertThat(read("\ufeff{\"completion\":\"\u00e9\"}").completion()).isEqualTo("\u00e9");
		assertThat(read("\ufeff{\"completion\":\"\ufffd\"}").completion()).isEqualTo("\ufffd");
		assertThat(read("\ufeff{\"completion\":\"", bytes(0xE9), "\"}").completion()).isEqualTo("\ufffd");
	}

	@Test
	void readWhenSurrogatePairIsSplitKeepsBothHalves() {
		String text = read("{\"completion\":\"\\ud83d\"}").completion()
				+ read("{\"completion\":\"\\ude00\"}").completion();
		assertThat(text).isEqualTo("\ud83d\ude00");
	}

	@ParameterizedTest
	@MethodSource
	void readWhenUtf8IsInvalidReplacesIt(byte[] invalid, String expected) {
		Completion completion = read("{\"completion\":\"caf", invalid, "!\",\"x\":\"", invalid, "\",\"id\":\"i\"}");
		assertThat(completion.completion()).isEqualTo("caf" + expected + "!");
		assertThat(completion.additionalProperties()).isEqualTo(Map.of("x", expected));
		assertThat(completion.id()).isEqualTo("i");
		assertThat(read("{\"completion\":\"caf\u00e9\"}").completion()).isEqualTo("caf\u00e9");
	}

	static Stream<Arguments> readWhenUtf8IsInvalidReplacesIt() {
		return Stream.of(Arguments.arguments(bytes(0xE9), "\ufffd"), Arguments.arguments(bytes(0xFF), "\ufffd"),
				Arguments.arguments(bytes(0x80), "\ufffd"), Arguments.arguments(bytes(0xE2, 0x82), "\ufffd"),
				Arguments.arguments(bytes(0xF0, 0x9F, 0x98), "\ufffd"), Arguments.arguments(bytes(0xC3), "\ufffd"),
				Arguments.arguments(bytes(0xFE, 0xFF), "\ufffd\ufffd"),
				Arguments.arguments(bytes(0xF4, 0x90, 0x80, 0x80), "\ufffd".repeat(4)),
				Arguments.arguments(bytes(0xED, 0xA0, 0x80), "\ufffd".repeat(3)),
				Arguments.arguments(bytes(0xC0, 0x80), "\ufffd".repeat(2)));
	}

	@Test
	void readWhenUtf8IsInvalidOutsideStringsFails() {
		assertThatExceptionOfType(UnreadableException.class)
			.isThrownBy(() -> read("{\"completion\":\"a\"", bytes(0xE9), "}"))
			.withMessage("is not valid JSON");
	}

	@ParameterizedTest
	@ValueSource(strings = { "null", "[]", "42", "\"SECRET\"", "true", "", "  ", "[{\"completion\":\"SECRET\"}]" })
	void readWhenItIsNoObjectFails(String json) {
		assertThatExceptionOfType(UnreadableException.class).isThrownBy(() -> read(json))
			.withMessage("is not a JSON object");
	}

	@ParameterizedTest
	@ValueSource(strings = { "{}", "{\"type\":\"completion\"}", "{\"Completion\":\"SECRET\"}", "{\"\":\"\"}",
			"{\"nested\":{\"completion\":\"SECRET\"}}" })
	void readWhenThereIsNoCompletionFails(String json) {
		assertThatExceptionOfType(UnreadableException.class).isThrownBy(() -> read(json))
			.withMessage("has no 'completion'")
			.withNoCause();
	}

	@ParameterizedTest
	@ValueSource(strings = { "stop_reason", "stop", "id", "type", "model" })
	void optionalPropertyCanHaveAnyType(String name) {
		for (String value : new String[] { "4711", "true", "[\"SECRET\"]", "{\"SECRET\":1}", "1.5" }) {
			Completion completion = read("{\"completion\":\" a\",\"" + name + "\":" + value + ",\"x\":\"y\"}");
			assertThat(completion).isEqualTo(read("{\"completion\":\" a\",\"x\":\"y\"}"));
		}
	}

	@ParameterizedTest
	@ValueSource(strings = "completion")
	void readWhenFieldIsNoStringFails(String name) {
		for (String value : new String[] { "4711", "true", "[\"SECRET\"]", "{\"SECRET\":1}", "1.5" }) {
			String json = "{\"completion\":\"SECRET\",\"" + name + "\":" + value + "}";
			assertThatExceptionOfType(UnreadableException.class).isThrownBy(() -> read(json))
				.withMessage("has a '" + name + "' that is not a string")
				.withNoCause();
		}
	}

	@Test
	void readWhenCompletionIsNullReturnsEmptyText() {
		assertThat(read("{\"completion\":null}").completion()).isEmpty();
	}

	@ParameterizedTest
	@ValueSource(strings = { "\"completion\":\"\",", "\"completion\":\" a\",", "\"completion\":null,", "" })
	void readWhenThereIsAnErrorFailsUnlessStopReasonIsPresent(String completion) {
		for (String error : new String[] { "{\"message\":\"SECRET\"}", "\"SECRET\"" }) {
			String json = "{" + completion + "\"error\":" + error;
			assertThatExceptionOfType(UnreadableException.class).isThrownBy(() -> read(json + "}"))
				.withMessage("reports an error");
			assertThat(read("{\"completion\":\" a\",\"stop_reason\":\"stop_sequence\",\"error\":" + error + "}")
				.additionalProperties()).containsKey("error");
		}
		assertThat(read("{\"completion\":\" a\",\"error\":null}").completion()).isEqualTo(" a");
	}

	@ParameterizedTest
	@ValueSource(strings = { "{\"completion\": oops SECRET", "{\"completion\":\"SECRET", "{\"completion\":\"SECRET\"",
			"{\"completion\":\"SECRET\",}", "{'completion':'SECRET'}", "{completion:\"SECRET\"}",
			"{\"completion\":\"SECRET\"]", "{\"completion\":\"SECRET\"}}", "{\"completion\":\"SECRET\"} oops",
			"{\"completion\":\"SECRET\" /* c */}", "{\"completion\":\"SECRET\",\"n\":NaN}",
			"{\"completion\":\"SECRET\",\"n\":Infinity}", "{\"completion\":\"SECRET\",\"n\":01}",
			"{\"completion\":\"SE\nCRET\"}", "{\"completion\":\"SE\\xCRET\"}",
			"{\"completion\":\"SECRET\",\"n\":{\"a\":}}", "SECRET", "<html>SECRET</html>", "[DONE]", "{" })
	void readWhenJsonIsBadFailsWithoutContent(String json) {
		assertThatExceptionOfType(UnreadableException.class).isThrownBy(() -> read(json))
			.withNoCause()
			.satisfies((ex) -> assertThat(ex.getMessage()).isIn("is not valid JSON", "is not a JSON object"))
			.satisfies((ex) -> assertThat(ex.getSuppressed()).isEmpty());
	}

	@ParameterizedTest
	@ValueSource(strings = { "{\"completion\":\"a\"} {\"completion\":\"SECRET\"}", "{\"completion\":\"a\"}null",
			"{\"completion\":\"a\"}[1]" })
	void readWhenThereIsAnotherValueFails(String json) {
		assertThatExceptionOfType(UnreadableException.class).isThrownBy(() -> read(json))
			.withMessage("has more than one JSON value");
	}

	@Test
	void readWhenKeysAreDuplicateUsesTheLast() {
		Completion completion = read("""
				{"completion":"a","id":"1","model":"m","stop":"x","stop_reason":"max_tokens","n":1,"s":"1",\
				"completion":"b","id":"2","model":"n","stop":"y","stop_reason":"stop_sequence","n":2,"s":"2"}""");
		assertThat(completion).isEqualTo(new Completion("2", "b", StopReason.STOP_SEQUENCE, Model.of("n"), "completion",
				"y", Map.of("n", 2, "s", "2")));
	}

	@ParameterizedTest
	@MethodSource
	void readWhenJsonIsHostileFails(String json) {
		assertThatExceptionOfType(UnreadableException.class).isThrownBy(() -> read(json)).withNoCause();
	}

	static Stream<String> readWhenJsonIsHostileFails() {
		int depth = 100_000;
		String start = "{\"completion\":\"a\",\"x\":";
		return Stream.of(start + "[".repeat(depth), start + "[".repeat(depth) + "]".repeat(depth) + "}",
				start + "{\"a\":".repeat(depth) + "1" + "}".repeat(depth + 1), "[".repeat(depth),
				"{\"a\":".repeat(depth), start + "9".repeat(10_000) + "}", start + "1." + "9".repeat(10_000) + "}",
				"{\"" + "n".repeat(100_000) + "\":1,\"completion\":\"a\"}");
	}

	@Test
	void readAfterAFailureGoesOn() {
		assertThatExceptionOfType(UnreadableException.class)
			.isThrownBy(() -> read("{\"id\":\"1\",\"completion\":\"a\",\"x\":[[["));
		assertThat(read("{\"id\":\"2\",\"completion\":\"b\"}").id()).isEqualTo("2");
	}

	private Completion read(Object... parts) {
		ByteArrayOutputStream bytes = new ByteArrayOutputStream();
		for (Object part : parts) {
			bytes.writeBytes((part instanceof byte[] raw) ? raw : part.toString().getBytes(StandardCharsets.UTF_8));
		}
		return this.reader.read(bytes.toByteArray());
	}

	private static Completion completion(String text, StopReason stopReason, Model model) {
		return new Completion("", text, stopReason, model, "completion", null, Map.of());
	}

	private static byte[] bytes(int... values) {
		byte[] bytes = new byte[values.length];
		for (int i = 0; i < values.length; i++) {
			bytes[i] = (byte) values[i];
		}
		return bytes;
	}

	@Test
	void readWhenLastDuplicateIsNullHasNone() {
		assertThat(read("{\"completion\":\"a\",\"x\":null,\"x\":null}").additionalProperties()).isEmpty();
		assertThat(read("{\"completion\":\"a\",\"x\":1,\"x\":null}").additionalProperties()).isEmpty();
	}

	@Test
	@SuppressWarnings("unchecked")
	void readGivesNestedMapsThatAreNotModifiable() {
		Map<String, Object> nested = (Map<String, Object>) read("{\"completion\":\"a\",\"x\":{\"y\":1}}")
			.additionalProperties()
			.get("x");
		assertThatExceptionOfType(UnsupportedOperationException.class).isThrownBy(() -> nested.put("z", 2));
	}

}
