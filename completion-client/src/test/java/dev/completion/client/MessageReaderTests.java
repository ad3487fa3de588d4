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
import java.util.Map;
import java.util.function.UnaryOperator;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link MessageReader}.
 */
class MessageReaderTests {

	private static final Model ASKED = Model.of("asked");

	private final MessageReader reader = new MessageReader(JsonMapper.builder().build(), ASKED,
			UnaryOperator.identity(), 1_000_000);

	@Test
	void readHasEveryField() {
		Completion completion = read("""
				{"id":"msg_1","type":"message","role":"assistant","model":"claude-sonnet-4-5-20250929",
				 "content":[{"type":"text","text":"Hi"}],"stop_reason":"stop_sequence","stop_sequence":"END",
				 "usage":{"input_tokens":3,"output_tokens":5,"cache":null},"container":{"id":"c"}}""");
		assertThat(completion.id()).isEqualTo("msg_1");
		assertThat(completion.completion()).isEqualTo("Hi");
		assertThat(completion.type()).isEqualTo("completion");
		assertThat(completion.model()).isEqualTo(Model.of("claude-sonnet-4-5-20250929"));
		assertThat(completion.stopReason()).isEqualTo(StopReason.STOP_SEQUENCE);
		assertThat(completion.stop()).isEqualTo("END");
		assertThat(completion.additionalProperties()).containsOnlyKeys("usage", "container")
			.containsEntry("container", Map.of("id", "c"));
		assertThat(Usage.of(completion)).isEqualTo(new Usage(3L, 5L, null, null, null));
	}

	@ParameterizedTest
	@ValueSource(strings = { "{\"content\":[]}",
			"{\"id\":null,\"model\":null,\"content\":[],\"stop_reason\":null,\"stop_sequence\":null,\"usage\":null}",
			"{\"model\":\" \",\"content\":[],\"stop_reason\":\" \"}" })
	void readWhenFieldsAreMissingHasDefaults(String json) {
		assertThat(read(json)).isEqualTo(new Completion("", "", null, ASKED, "completion", null, Map.of()));
	}

	@ParameterizedTest
	@ValueSource(strings = { "1", "[]", "{}", "\"\"", "false" })
	void optionalPropertyCanHaveAnyType(String value) {
		String json = "\"id\":1,\"model\":1,\"usage\":1,\"stop_sequence\":1,\"message\":1".replace("1", value);
		assertThat(read("{\"content\":\"a\"," + json + "}").completion()).isEqualTo("a");
	}

	@Test
	void readJoinsTextBlocksAndSkipsOthers() {
		assertThat(read("""
				{"content":[{"type":"thinking","thinking":"hm","signature":"s"},{"type":"text","text":"a"},
				 {"type":"redacted_thinking","data":"x"},{"text":"b","citations":[{"text":"no"}],"type":"text"},
				 {"type":"tool_use","input":{"text":"no","type":"text"}},{"type":"of_the_future","text":"no"},
				 null,{"text":"c"},{},"d"]}""").completion()).isEqualTo("abcd");
	}

	@ParameterizedTest
	@CsvSource({ "end_turn, stop_sequence", "stop_sequence, stop_sequence", "max_tokens, max_tokens",
			"refusal, refusal", "pause_turn, pause_turn", "tool_use, tool_use",
			"model_context_window_exceeded, model_context_window_exceeded", "of_the_future, of_the_future" })
	void stopReasonIsThatOfACompletion(String sent, String expected) {
		String json = "{\"content\":[],\"stop_reason\":\"" + sent + "\"}";
		assertThat(read(json).stopReason()).isEqualTo(StopReason.of(expected));
		assertThat(read(json).stop()).isEqualTo(sent.equals("end_turn") ? "\n\nHuman:" : null);
	}

	@Test
	void streamHasItsTextThenItsEnd() {
		assertThat(event("message_start", """
				{"type":"message_start","message":{"id":"msg_1","type":"message","role":"assistant","content":[],
				 "model":"m","stop_reason":null,"stop_sequence":null,"usage":{"input_tokens":3,"output_tokens":1}}}"""))
			.isNull();
		assertThat(event("content_block_start",
				"{\"type\":\"content_block_start\",\"index\":0,\"content_block\":{\"type\":\"text\",\"text\":\"\"}}"))
			.isNull();
		Completion first = event("content_block_delta", delta("text_delta", "text", "Hi"));
		assertThat(first).isEqualTo(new Completion("msg_1", "Hi", null, Model.of("m"), "completion", null, Map.of()));
		Completion second = event("content_block_delta", delta("text_delta", "text", " there"));
		assertThat(second.id()).isSameAs(first.id());
		assertThat(second.model()).isSameAs(first.model());
		assertThat(event("content_block_stop", "{\"type\":\"content_block_stop\",\"index\":0}")).isNull();
		assertThat(this.reader.end()).isNull();
		assertThat(event("message_delta", """
				{"type":"message_delta","delta":{"stop_reason":"end_turn","stop_sequence":null,"stop_details":{"a":1}},
				 "usage":{"output_tokens":5,"input_tokens":null},"context":"c"}""")).isNull();
		assertThat(this.reader.end()).isEqualTo(event("message_stop", "{}"))
			.isEqualTo(new Completion("msg_1", "", StopReason.STOP_SEQUENCE, Model.of("m"), "completion", "\n\nHuman:",
					Map.of("usage", Map.of("input_tokens", 3, "output_tokens", 5), "stop_details", Map.of("a", 1),
							"context", "c")));
	}

	@Test
	void messageThatStopsWithoutAReasonHasComeToItsEnd() {
		assertThat(event("message_delta", "{\"delta\":{},\"usage\":{\"output_tokens\":5}}")).isNull();
		Completion last = event("message_stop", "{}");
		assertThat(last.stopReason()).isEqualTo(StopReason.STOP_SEQUENCE);
		assertThat(last.additionalProperties()).containsEntry("usage", Map.of("output_tokens", 5));
		assertThat(Usage.of(last)).isEqualTo(new Usage(null, 5L, null, null, null));
	}

	@Test
	void textOfAStartedBlockCounts() {
		assertThat(event("content_block_start", "{\"content_block\":{\"text\":\"Hi\",\"type\":\"text\"}}").completion())
			.isEqualTo("Hi");
	}

	@ParameterizedTest
	@CsvSource({ "thinking_delta, thinking", "signature_delta, signature", "input_json_delta, partial_json",
			"of_the_future, text" })
	void otherDeltasAreSkipped(String type, String property) {
		assertThat(event("content_block_delta", delta(type, property, "no"))).isNull();
	}

	@Test
	void emptyTextIsSkipped() {
		assertThat(event("content_block_delta", delta("text_delta", "text", ""))).isNull();
	}

	@Test
	void eventsOfTheFutureAreSkippedUnread() {
		assertThat(event("of_the_future", "not JSON")).isNull();
		assertThat(event("content_block_stop", "not JSON")).isNull();
		assertThat(event("completion", "{\"completion\":\" no\",\"stop_reason\":\"stop_sequence\"}")).isNull();
	}

	@Test
	void invalidUtf8IsReplaced() {
		assertThat(read("{\"content\":[{\"type\":\"text\",\"text\":\"caf", bytes(0xE9), "!\"}],\"stop_reason\":\"",
				bytes(0xFF), "\"}"))
			.returns("caf\uFFFD!", Completion::completion)
			.returns(StopReason.of("\uFFFD"), Completion::stopReason);
		assertThat(event("content_block_delta", "{\"delta\":{\"type\":\"text_delta\",\"text\":\"", bytes(0xC3), "\"}}")
			.completion()).isEqualTo("\uFFFD");
	}

	@Test
	void whatIsReadAgainDoesNotAddUp() {
		assertThat(read("{\"content\":[{\"type\":\"text\",\"text\":\"Hello \"},{\"type\":\"text\",\"text\":\"caf",
				bytes(0xE9), "\"}]}")
			.completion()).isEqualTo("Hello caf\uFFFD");
		assertThat(read("{\"content\":[{\"type\":\"text\",\"text\":\"Hello\"}],\"container\":\"", bytes(0xE9), "\"}"))
			.returns("Hello", Completion::completion)
			.returns(Map.of("container", "\uFFFD"), Completion::additionalProperties);
	}

	@Test
	void textOfAMessageThatStartsCounts() {
		assertThat(event("message_start", """
				{"message":{"id":"i","content":[{"type":"text","text":"Hi"}]}}""").completion()).isEqualTo("Hi");
		assertThat(event("message_start", "{\"message\":{\"id\":\"i\",\"content\":null}}")).isNull();
		assertThat(
				event("message_delta", "{\"delta\":{\"stop_reason\":\"max_tokens\"},\"content\":\"!\"}").completion())
			.isEqualTo("!");
	}

	@Test
	void streamOfNothingButItsEndHasNone() {
		assertThat(event("of_the_future", "{}")).isNull();
		assertThat(event("message_stop", "{\"type\":\"message_stop\"}")).isNull();
	}

	@Test
	void eventOfUnknownTypeIsSkipped() {
		assertThat(event("message", "{\"type\":\"of_the_future\"}")).isNull();
		assertThat(event("message", "{\"x\":\"message_stop\"}")).isNull();
		assertThat(event("message", "[DONE]")).isNull();
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "null", "[]", "42", "{}", "{\"completion\":\"SECRET\"}",
			"{\"content\":{\"SECRET\":1}}", "{\"content\":null}", "{\"content\":[1]}", "{\"content\":[[\"SECRET\"]]}",
			"{\"content\":[{\"type\":\"text\",\"text\":1}]}", "{\"content\":[],\"success\":false}",
			"{\"content\":[],\"error\":{\"a\":1}}", "{\"content\":\"SECRET\",\"error\":\"SECRET\"}",
			"{\"content\":[{\"type\":\"text\",\"text\":\"SECRET\"}]", "{\"content\":[", "{\"content\":[]} {}", "SECRET",
			"<html>SECRET</html>" })
	void readWhenItIsNoMessageFails(String json) {
		assertThatExceptionOfType(UnreadableException.class).isThrownBy(() -> read(json))
			.withMessageNotContaining("SECRET")
			.withNoCause();
	}

	@ParameterizedTest
	@ValueSource(strings = { "{\"delta\":null}", "{\"delta\":\"SECRET\"}", "{\"delta\":[]}", "{}",
			"{\"delta\":{\"type\":\"text_delta\"}}" })
	void deltaThatIsNotOneFails(String data) {
		assertUnreadable("content_block_delta", data);
	}

	@ParameterizedTest
	@ValueSource(
			strings = { "{\"delta\":null}", "{\"delta\":\"x\"}", "{\"delta\":[]}", "{\"delta\":{\"stop_reason\":1}}" })
	void endOfAMessageCanHaveAnyDelta(String data) {
		event("message_delta", "{\"delta\":{\"stop_reason\":\"max_tokens\",\"stop_sequence\":\"END\"}}");
		assertThat(event("message_delta", data)).isNull();
		event("message_delta",
				"{\"delta\":{\"stop_reason\":null,\"stop_sequence\":null},\"usage\":{\"output_tokens\":9}}");
		Completion end = event("message_stop", "{\"usage\":{\"input_tokens\":8}}");
		assertThat(end.stopReason()).isEqualTo(StopReason.MAX_TOKENS);
		assertThat(end.stop()).isEqualTo("END");
		assertThat(Usage.of(end)).isEqualTo(new Usage(8L, 9L, null, null, null));
	}

	@ParameterizedTest
	@ValueSource(strings = { "content_block_stop", "message_stop" })
	void eventWithoutContentCanReportAnError(String event) {
		event("message_start", "{\"message\":{}}");
		assertUnreadable(event, "{\"type\":\"" + event + "\",\"error\":{\"type\":\"overloaded_error\"}}");
		assertUnreadable(event, "{\"success\":false}");
		event(event, "{\"error\":null,\"success\":true}");
		event(event, "not JSON");
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "null", "[]", "{\"delta\":{\"x\":\"SECRET\"}", "{\"delta\":{}} SECRET", "SECRET" })
	void eventThatIsNotOfItsKindFails(String data) {
		assertUnreadable("content_block_delta", data);
		assertUnreadable("message_delta", data);
	}

	@ParameterizedTest
	@ValueSource(strings = { "1", "[\"SECRET\"]", "{}" })
	void textThatIsNoStringFails(String text) {
		assertUnreadable("content_block_delta", "{\"delta\":{\"type\":\"text_delta\",\"text\":" + text + "}}");
	}

	private void assertUnreadable(String event, String data) {
		assertThatExceptionOfType(UnreadableException.class).isThrownBy(() -> event(event, data))
			.withMessageNotContaining("SECRET")
			.withNoCause();
	}

	@Test
	void additionalPropertiesAreNotModifiable() {
		Map<String, Object> properties = read("{\"content\":[],\"usage\":{\"a\":{\"b\":1}}}").additionalProperties();
		assertThatExceptionOfType(UnsupportedOperationException.class).isThrownBy(() -> properties.put("x", 1));
		Map<?, ?> usage = (Map<?, ?>) properties.get("usage");
		assertThatExceptionOfType(UnsupportedOperationException.class).isThrownBy(() -> usage.remove("a"));
	}

	private static String delta(String type, String property, String text) {
		return "{\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"type\":\"%s\",\"%s\":\"%s\"}}"
			.formatted(type, property, text);
	}

	private static byte[] bytes(int... bytes) {
		byte[] result = new byte[bytes.length];
		Arrays.setAll(bytes, (index) -> result[index] = (byte) bytes[index]);
		return result;
	}

	private Completion event(String name, Object... parts) {
		byte[] data = join(parts);
		byte[] padded = new byte[data.length + 4];
		System.arraycopy(data, 0, padded, 2, data.length);
		return this.reader.readEvent(name, padded, 2, data.length);
	}

	private Completion read(Object... parts) {
		return this.reader.read(join(parts));
	}

	private static byte[] join(Object... parts) {
		ByteArrayOutputStream bytes = new ByteArrayOutputStream();
		for (Object part : parts) {
			bytes.writeBytes((part instanceof byte[] raw) ? raw : part.toString().getBytes(StandardCharsets.UTF_8));
		}
		return bytes.toByteArray();
	}

}
