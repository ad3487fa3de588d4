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

import java.util.List;
import java.util.Map;

import dev.completion.client.error.MalformedResponseException;
import dev.completion.client.error.Outcome;
import dev.completion.server.Reply;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link CompletionClient}: what is particular to the answers of the Messages
 * API, and how they become completions.
 */
class CompletionClientMessagesTests extends AbstractCompletionClientTests {

	CompletionClientMessagesTests() {
		this.api = ApiFixture.MESSAGES;
	}

	private List<Completion> stream(String events) {
		this.server.enqueue(Reply.events(events));
		return this.client.stream(REQUEST).collectList().block(LIMIT);
	}

	private Completion complete(String json) {
		this.server.enqueue(Reply.body(200, "application/json", json));
		return this.client.complete(REQUEST).block(LIMIT);
	}

	private static String message(String content, String stopReason, String stopSequence) {
		return """
				{"id":"msg_1","type":"message","role":"assistant","model":"claude-haiku-4-5-20251001",\
				"content":[%s],"stop_reason":%s,"stop_sequence":%s,\
				"usage":{"input_tokens":25,"cache_read_input_tokens":0,"output_tokens":15}}""".formatted(content,
				stopReason, stopSequence);
	}

	private static String quoted(String value) {
		return value.isEmpty() ? "null" : '"' + value + '"';
	}

	@Test
	void completionsAreTheSameAsThoseOfTheOtherApi() {
		CompletionResponse whole = this.client.exchange(REQUEST).block(LIMIT);
		List<CompletionResponse> deltas = this.client.exchangeStream(REQUEST).collectList().block(LIMIT);
		assertThat(this.server.requests()).hasSize(2).allMatch((request) -> request.path().equals("/v1/messages"));
		assertThat(deltas).hasSizeGreaterThan(10)
			.allMatch((delta) -> delta.api() == CompletionApi.MESSAGES)
			.allMatch((delta) -> delta.body().id().equals(deltas.get(0).body().id()));
		assertThat(String.join("", deltas.stream().map((delta) -> delta.body().completion()).toList()))
			.isEqualTo(whole.body().completion());
		for (CompletionResponse last : List.of(whole, deltas.get(deltas.size() - 1))) {
			assertThat(last.body().id()).startsWith("msg_");
			assertThat(last.body().type()).isEqualTo("completion");
			assertThat(last.body().model().id()).startsWith(this.api.model);
			assertThat(last.body().stopReason()).isEqualTo(StopReason.STOP_SEQUENCE);
			assertThat(last.body().stop()).isEqualTo("\n\nHuman:");
			assertThat(last.api()).isEqualTo(CompletionApi.MESSAGES);
		}
	}

	@Test
	void thoughtsAreNotDelivered() {
		List<Completion> deltas = stream(MessageEvents.START + MessageEvents.thinking()
				+ MessageEvents.text(1, "Hello", "", " world") + MessageEvents.end());
		assertThat(deltas).extracting(Completion::completion).containsExactly("Hello", " world", "");
		assertThat(deltas).extracting(Completion::id).containsOnly("msg_1");
		assertThat(deltas).extracting((delta) -> delta.model().id()).containsOnly("claude-haiku-4-5-20251001");
		String content = """
				{"type":"thinking","thinking":"Let me see.","signature":"EqQBCg=="},\
				{"type":"redacted_thinking","data":"EqQB"},{"type":"text","text":"Hello","citations":null}""";
		Completion whole = complete(message(content, "\"end_turn\"", "null"));
		assertThat(whole.completion()).isEqualTo("Hello");
		assertThat(whole.id()).isEqualTo("msg_1");
		assertThat(whole.model().id()).isEqualTo("claude-haiku-4-5-20251001");
	}

	@Test
	void blocksOfTextAreJoined() {
		assertThat(stream(MessageEvents.START + MessageEvents.text(0, "One", ",") + MessageEvents.thinking()
				+ MessageEvents.text(2, " two") + MessageEvents.blockStart(3, "{\"type\":\"text\",\"text\":\" three\"}")
				+ MessageEvents.end()))
			.extracting(Completion::completion)
			.containsExactly("One", ",", " two", " three", "");
		String content = """
				{"type":"text","text":"One,"},{"type":"thinking","thinking":"x"},{"text":" two","type":"text"},\
				{"type":"text","text":""},{"type":"text","text":" three"}""";
		assertThat(complete(message(content, "\"end_turn\"", "null")).completion()).isEqualTo("One, two three");
	}

	@Test
	void messageWithoutContentHasNoText() {
		assertThat(stream(MessageEvents.START + MessageEvents.end())).singleElement()
			.satisfies((delta) -> assertThat(delta.completion()).isEmpty());
		Completion whole = complete(message("", "\"max_tokens\"", "null"));
		assertThat(whole.completion()).isEmpty();
		assertThat(whole.stopReason()).isEqualTo(StopReason.MAX_TOKENS);
	}

	@ParameterizedTest
	@Tag("E13")
	@CsvSource({ "end_turn, '', stop_sequence, '\n\nHuman:'", "stop_sequence, END, stop_sequence, END",
			"max_tokens, '', max_tokens, ''", "refusal, '', refusal, ''", "pause_turn, '', pause_turn, ''",
			"model_context_window_exceeded, '', model_context_window_exceeded, ''", "tool_use, '', tool_use, ''",
			"of_the_future, '', of_the_future, ''" })
	void stopReasonIsThatOfACompletion(String stopReason, String stopSequence, String expected, String stop) {
		List<Completion> deltas = stream(MessageEvents.START + MessageEvents.text(0, "Hello")
				+ MessageEvents.delta(quoted(stopReason), quoted(stopSequence)) + MessageEvents.STOP);
		assertThat(deltas).hasSize(2);
		assertThat(deltas.get(0).stopReason()).isNull();
		assertThat(deltas.get(0).stop()).isNull();
		String content = "{\"type\":\"text\",\"text\":\"Hello\"}";
		for (Completion last : List.of(deltas.get(1),
				complete(message(content, quoted(stopReason), quoted(stopSequence))))) {
			assertThat(last.stopReason()).isEqualTo(StopReason.of(expected));
			assertThat(last.stop()).isEqualTo(stop.isEmpty() ? null : stop);
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "null", "\"\"" })
	void endWithoutStopReasonIsTheNaturalOne(String stopReason) {
		String delta = stopReason.isEmpty() ? "" : MessageEvents.delta(stopReason, "null");
		List<Completion> deltas = stream(
				MessageEvents.START + MessageEvents.text(0, "Hello") + delta + MessageEvents.STOP);
		assertThat(deltas).extracting(Completion::completion).containsExactly("Hello", "");
		assertThat(deltas.get(1).stopReason()).isEqualTo(StopReason.STOP_SEQUENCE);
		assertThat(deltas.get(1).stop()).isNull();
	}

	@Test
	@Tag("E11")
	void pingsAndEventsOfTheFutureMayBeAnywhere() {
		String noise = MessageEvents.PING + ApiFixture.event("of_the_future", "{\"type\":\"of_the_future\"}")
				+ ApiFixture.event("completion", "{\"completion\":\" not this\"}") + "data: {}\n\n: comment\n\n";
		String events = MessageEvents.START + MessageEvents.thinking() + MessageEvents.text(1, "Hello")
				+ MessageEvents.end();
		assertThat(stream(noise + events.replace("\n\n", "\n\n" + noise))).extracting(Completion::completion)
			.containsExactly("Hello", "");
	}

	@ParameterizedTest
	@Tag("E11")
	@ValueSource(strings = { "{\"type\":\"of_the_future\",\"text\":{\"text\":\"x\",\"type\":\"text\"}}",
			"{\"text\":[1],\"type\":\"of_the_future\"}", "{\"type\":\"of_the_future\",\"text\":\"not this\"}",
			"{\"type\":\"tool_use\",\"id\":\"x\",\"name\":\"x\",\"input\":{\"type\":\"text\",\"text\":\"x\"}}",
			"{\"type\":\"of_the_future\",\"deep\":[[{\"text\":\"x\"}]]}", "{}", "{\"type\":null,\"text\":null}" })
	void blockOfAnotherTypeIsSkipped(String block) {
		assertThat(stream(MessageEvents.START + MessageEvents.blockStart(0, block) + MessageEvents.blockDelta(0, block)
				+ MessageEvents.blockStop(0) + MessageEvents.text(1, "Hello") + MessageEvents.end()))
			.extracting(Completion::completion)
			.containsExactly("Hello", "");
		String content = block + ",{\"type\":\"text\",\"text\":\"Hello\"}";
		assertThat(complete(message(content, "\"end_turn\"", "null")).completion()).isEqualTo("Hello");
	}

	@ParameterizedTest
	@ValueSource(strings = { "{\"type\":\"input_json_delta\",\"partial_json\":\"{\\\"text\\\":\"}",
			"{\"type\":\"citations_delta\",\"citation\":{\"type\":\"text\",\"text\":\"x\"}}" })
	void deltaOfAnotherTypeIsSkipped(String delta) {
		assertThat(stream(MessageEvents.START + MessageEvents.text(0, "Hello") + MessageEvents.blockDelta(0, delta)
				+ MessageEvents.end()))
			.extracting(Completion::completion)
			.containsExactly("Hello", "");
	}

	@Test
	void deltaMayNameItsTypeLast() {
		assertThat(stream(MessageEvents.START
				+ MessageEvents.blockDelta(0, "{\"text\":\"Hello\",\"type\":\"text_delta\"}") + MessageEvents.end()))
			.extracting(Completion::completion)
			.containsExactly("Hello", "");
	}

	@Test
	void usageIsToldWithTheLastElementOnly() {
		this.server.enqueue(Reply.events(MessageEvents.START + MessageEvents.thinking()
				+ MessageEvents.text(1, "Hello", " world") + MessageEvents.end()));
		List<CompletionResponse> deltas = this.client.exchangeStream(REQUEST).collectList().block(LIMIT);
		assertThat(deltas).hasSize(3);
		assertThat(deltas.subList(0, 2)).allMatch((delta) -> delta.usage() == null)
			.allMatch((delta) -> delta.body().additionalProperties().isEmpty());
		assertThat(deltas.get(2).usage()).isEqualTo(new Usage(25L, 15L, null, 0L, "standard"));
		assertThat(deltas.get(2).body().additionalProperties()).containsExactly(Map.entry("usage", Map
			.of("input_tokens", 25, "cache_read_input_tokens", 0, "output_tokens", 15, "service_tier", "standard")));
	}

	@Test
	void usageThatIsNullAtTheEndIsThatOfTheStart() {
		String end = """
				{"type":"message_delta","delta":{"stop_reason":"end_turn","stop_sequence":null},\
				"usage":{"input_tokens":null,"cache_read_input_tokens":null,"server_tool_use":null,"output_tokens":15}}""";
		this.server.enqueue(Reply.events(MessageEvents.START + ApiFixture.event("message_delta", end)));
		CompletionResponse last = this.client.exchangeStream(REQUEST).blockLast(LIMIT);
		assertThat(last.usage()).isEqualTo(new Usage(25L, 15L, null, 0L, "standard"));
		assertThat(last.body().additionalProperties()).extractingByKey("usage", InstanceOfAssertFactories.MAP)
			.containsEntry("cache_read_input_tokens", 0)
			.containsEntry("output_tokens", 15);
	}

	@Test
	void usageOfMessageStartThatIsNullIsIgnored() {
		String start = MessageEvents.START.replaceFirst("\"usage\":\\{.*?}", "\"usage\":null");
		this.server.enqueue(Reply.events(start + MessageEvents.end()));
		CompletionResponse last = this.client.exchangeStream(REQUEST).blockLast(LIMIT);
		assertThat(last.usage()).isEqualTo(new Usage(null, 15L, null, null, null));
		assertThat(last.body().additionalProperties()).extractingByKey("usage", InstanceOfAssertFactories.MAP)
			.containsOnlyKeys("output_tokens");
	}

	@Test
	void usageOfAJoinedStreamIsThatOfTheWholeMessage() {
		this.server.enqueue(Reply.events(MessageEvents.START + MessageEvents.text(0, "Hello") + MessageEvents.end()));
		Completion joined = this.client.stream(REQUEST).as(Completion::join).block(LIMIT);
		assertThat(Usage.of(joined)).isEqualTo(new Usage(25L, 15L, null, 0L, "standard"));
	}

	@Test
	void usageOfAWholeMessageIsTold() {
		this.server.enqueue(Reply.body(200, "application/json", message("", "\"end_turn\"", "null")));
		CompletionResponse response = this.client.exchange(REQUEST).block(LIMIT);
		assertThat(response.usage()).isEqualTo(new Usage(25L, 15L, null, 0L, null));
		assertThat(response.body().additionalProperties()).containsExactly(
				Map.entry("usage", Map.of("input_tokens", 25, "cache_read_input_tokens", 0, "output_tokens", 15)));
	}

	@Test
	@Tag("F5")
	void lastDuplicateWinsAndTypeHintsAreOnlyData() {
		String hints = "{\"@class\":\"java.lang.ProcessBuilder\",\"x\":[\"java.util.ArrayList\",[1]],";
		String content = "{\"type\":\"thinking\",\"text\":\"a\",\"type\":\"text\",\"text\":\"b\"}";
		Completion whole = complete(hints + message(content, "\"end_turn\"", "null").substring(1));
		assertThat(whole.completion()).isEqualTo("b");
		assertThat(whole.additionalProperties()).containsEntry("@class", "java.lang.ProcessBuilder")
			.containsEntry("x", List.of("java.util.ArrayList", List.of(1)));
		String twice = "{\"type\":\"text_delta\",\"text\":\"a\",\"@class\":\"x\",\"text\":\"b\"}";
		assertThat(stream(MessageEvents.blockDelta(0, twice) + MessageEvents.end())).extracting(Completion::completion)
			.containsExactly("b", "");
	}

	@ParameterizedTest
	@Tag("F6")
	@ValueSource(strings = { "{}", "[]", "{\"content\":null}", "{\"content\":{}}", "{\"content\":[[\"SECRET\"]]}",
			"{\"content\":[{\"type\":\"text\",\"text\":1}]}", "{\"content\":[{\"type\":\"text\",\"text\":\"a\"}",
			"{\"content\":[1]}", "{\"completion\":\" a\",\"stop_reason\":\"SECRET\"}" })
	void answerThatIsNoMessageIsMalformed(String json) {
		this.server.enqueue(Reply.body(200, "application/json", json));
		MalformedResponseException ex = failure(MalformedResponseException.class, this.client.complete(REQUEST).flux());
		assertThat(ex.outcome()).isEqualTo(Outcome.UNKNOWN);
		assertThat(ex.getMessage()).doesNotContain("SECRET");
	}

}
