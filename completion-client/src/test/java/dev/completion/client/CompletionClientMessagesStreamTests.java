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

import java.time.Duration;
import java.util.List;

import dev.completion.client.error.CallTimeoutException;
import dev.completion.client.error.CallTimeoutException.Phase;
import dev.completion.client.error.MalformedResponseException;
import dev.completion.client.error.Outcome;
import dev.completion.client.error.OverloadedException;
import dev.completion.client.error.StreamTruncatedException;
import dev.completion.server.Reply;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link CompletionClient}: streams of the Messages API that are slow, or go
 * wrong.
 */
class CompletionClientMessagesStreamTests extends AbstractCompletionClientTests {

	private static final Duration PROGRESS = Duration.ofSeconds(2);

	private static final String ERROR = ApiFixture.event("error",
			"{\"type\":\"error\",\"error\":{\"type\":\"overloaded_error\",\"message\":\"Overloaded\"}}");

	CompletionClientMessagesStreamTests() {
		this.api = ApiFixture.MESSAGES;
	}

	private CompletionClient impatient(RawServer raw) {
		return this.client.mutate()
			.baseUrl(raw.baseUrl())
			.timeouts(Timeouts.builder().progress(PROGRESS).build())
			.build();
	}

	private CompletionClient retrying() {
		return this.client.mutate().retry(RetryPolicy.builder().delay(Duration.ofMillis(1)).build()).build();
	}

	static List<String> withoutText() {
		return List.of(MessageEvents.thought("x"), MessageEvents.signature("x"),
				MessageEvents.blockDelta(0, "{\"type\":\"of_the_future\"}"));
	}

	@ParameterizedTest
	@Tag("E8")
	@MethodSource("withoutText")
	void thoughtsKeepAStreamAlive(String event) {
		try (RawServer raw = RawServer.start((request, socket) -> {
			RawStreams.write(socket, RawStreams.HEAD + RawStreams.chunk(MessageEvents.START + MessageEvents.THINKING));
			for (int i = 0; i < 4 && !RawStreams.isClosedWithin(socket, PROGRESS.dividedBy(3)); i++) {
				RawStreams.write(socket, RawStreams.chunk(event));
			}
			RawStreams.write(socket, RawStreams.chunk(delta() + MessageEvents.end()) + RawStreams.LAST_CHUNK);
		}); CompletionClient other = impatient(raw)) {
			assertThat(other.stream(REQUEST).map(Completion::completion).collectList().block(LIMIT))
				.containsExactly(" Hello", "");
		}
	}

	@Test
	@Tag("E5")
	@Tag("E6")
	void streamOfPingsAfterAThoughtIsATimeout() {
		try (RawServer raw = RawServer.start((request, socket) -> {
			RawStreams.write(socket, RawStreams.HEAD
					+ RawStreams.chunk(MessageEvents.START + MessageEvents.THINKING + MessageEvents.thought("x")));
			while (!RawStreams.isClosedWithin(socket, PROGRESS.dividedBy(5))) {
				RawStreams.write(socket, RawStreams.chunk(MessageEvents.PING));
			}
		}); CompletionClient other = impatient(raw)) {
			CallTimeoutException ex = failure(CallTimeoutException.class, other.stream(REQUEST));
			assertThat(ex.phase()).isEqualTo(Phase.PROGRESS);
			assertThat(ex.outcome()).isEqualTo(Outcome.UNKNOWN);
			assertThat(ex.partialText()).isEmpty();
		}
	}

	static List<String> beginnings() {
		return List.of("", MessageEvents.START, MessageEvents.START + MessageEvents.PING + MessageEvents.thinking(),
				MessageEvents.START + MessageEvents.text(0, ""));
	}

	@ParameterizedTest
	@Tag("E4")
	@MethodSource("beginningsWithoutWork")
	void errorBeforeAnyWorkIsRetried(String beginning) {
		Reply answer = Reply.events(MessageEvents.START + MessageEvents.text(0, "Hello") + MessageEvents.end());
		this.server.enqueue(Reply.events(beginning + ERROR), answer, Reply.events(beginning + ERROR));
		try (CompletionClient other = retrying()) {
			List<CompletionResponse> deltas = other.exchangeStream(REQUEST).collectList().block(LIMIT);
			assertThat(deltas).extracting((delta) -> delta.body().completion()).containsExactly("Hello", "");
			assertThat(deltas).allMatch((delta) -> delta.attempts() == 2);
			assertThat(deltas.get(1).usage()).isEqualTo(new Usage(25L, 15L, null, 0L, "standard"));
		}
		OverloadedException ex = failure(OverloadedException.class, this.client.stream(REQUEST));
		assertThat(ex.outcome()).isEqualTo(Outcome.REJECTED);
		assertThat(ex.isInStream()).isTrue();
		assertThat(ex.partialText()).isEmpty();
	}

	static List<String> beginningsWithoutWork() {
		return List.of("", MessageEvents.START, MessageEvents.START + MessageEvents.PING);
	}

	static List<String> beginningsWithWork() {
		return List.of(MessageEvents.START + MessageEvents.THINKING + MessageEvents.thought("a").repeat(20),
				MessageEvents.START + MessageEvents.text(0, ""),
				MessageEvents.START + MessageEvents.blockStart(0, "{\"type\":\"of_the_future\"}"),
				MessageEvents.START + MessageEvents.delta("null", "null"), ApiFixture.event("of_the_future", "{}"),
				MessageEvents.START.replace("\"content\":[]", "\"content\":[{\"type\":\"thinking\"}]"));
	}

	@ParameterizedTest
	@Tag("E4")
	@MethodSource("beginningsWithWork")
	void errorAfterWorkIsRetriedOnlyIfThatIsAllowed(String beginning) {
		this.server.enqueue(Reply.events(beginning + ERROR));
		try (CompletionClient other = retrying()) {
			OverloadedException ex = failure(OverloadedException.class, other.stream(REQUEST));
			assertThat(ex.outcome()).isEqualTo(Outcome.UNKNOWN);
			assertThat(ex.attempts()).isOne();
			assertThat(this.server.requests()).hasSize(1);
		}
		this.server.enqueue(Reply.events(beginning + ERROR),
				Reply.events(MessageEvents.START + MessageEvents.text(0, "Hello") + MessageEvents.end()));
		try (CompletionClient other = retrying().mutate()
			.retry(RetryPolicy.builder().delay(Duration.ofMillis(1)).retryAmbiguous(true).build())
			.build()) {
			assertThat(other.stream(REQUEST).as(Completion::join).block(LIMIT).completion()).isEqualTo("Hello");
			assertThat(this.server.requests()).hasSize(3);
		}
	}

	@ParameterizedTest
	@Tag("E3")
	@ValueSource(booleans = { false, true })
	void errorAfterTextKeepsTheText(boolean atTheEnd) {
		String events = MessageEvents.START + MessageEvents.thinking() + MessageEvents.text(1, "Hello", " world")
				+ (atTheEnd ? MessageEvents.delta("null", "null") : "") + ERROR + MessageEvents.end();
		this.server.enqueue(Reply.events(events));
		try (CompletionClient other = retrying()) {
			OverloadedException ex = failure(OverloadedException.class, other.stream(REQUEST));
			assertThat(ex.partialText()).isEqualTo("Hello world");
			assertThat(ex.outcome()).isEqualTo(Outcome.PARTIAL);
			assertThat(ex.attempts()).isOne();
			assertThat(this.server.requests()).hasSize(1);
		}
	}

	@ParameterizedTest
	@Tag("E1")
	@MethodSource("beginnings")
	void streamThatEndsBeforeAnyTextIsTruncated(String beginning) {
		this.server.enqueue(Reply.events(beginning));
		try (CompletionClient other = retrying()) {
			StreamTruncatedException ex = failure(StreamTruncatedException.class, other.stream(REQUEST));
			assertThat(ex.partialText()).isEmpty();
			assertThat(ex.outcome()).isEqualTo(Outcome.UNKNOWN);
			assertThat(this.server.requests()).hasSize(1);
		}
	}

	@ParameterizedTest
	@Tag("E1")
	@ValueSource(strings = { "null", "\"\"" })
	void streamThatEndsAfterAStopReasonThatIsNoneIsTruncated(String stopReason) {
		this.server.enqueue(Reply.events(MessageEvents.START + MessageEvents.text(0, "Hello")), Reply
			.events(MessageEvents.START + MessageEvents.text(0, "Hello") + MessageEvents.delta(stopReason, "null")));
		for (int i = 0; i < 2; i++) {
			StreamTruncatedException ex = failure(StreamTruncatedException.class, this.client.stream(REQUEST));
			assertThat(ex.partialText()).isEqualTo("Hello");
			assertThat(ex.outcome()).isEqualTo(Outcome.PARTIAL);
		}
	}

	@Test
	@Tag("E1")
	void streamOfTheOtherApiIsMalformed() {
		ApiFixture other = ApiFixture.TEXT_COMPLETIONS;
		this.server.enqueue(Reply.events(other.delta(" Hello") + other.last("stop_sequence")));
		assertThat(failure(MalformedResponseException.class, this.client.stream(REQUEST))).hasMessageStartingWith(
				"The response contains no events of the Messages API (content type: text/event-stream");
	}

	@ParameterizedTest
	@Tag("E12")
	@Tag("F6")
	@CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
			content_block_delta | oops SECRET
			content_block_delta | {}
			content_block_delta | {"delta":null}
			content_block_delta | {"delta":[]}
			content_block_delta | {"delta":"SECRET"}
			content_block_delta | {"delta":{"type":"text_delta","text":1}}
			content_block_delta | {"delta":{"type":"text_delta","text":{"SECRET":1}}}
			content_block_delta | {"delta":{"text":["SECRET"],"type":"text_delta"}}
			content_block_delta | {"delta":{"type":"text_delta","text":"SECRET"}
			content_block_start | {"content_block":{"type":"text","text":1}}
			content_block_start | {"content_block":[]}
			message_start       | SECRET
			message_delta       | {"delta":{"stop_reason":"max_tokens"}
			""")
	void eventThatCannotBeReadIsMalformed(String event, String json) {
		this.server.enqueue(Reply.events(delta() + ApiFixture.event(event, json) + last()));
		MalformedResponseException ex = failure(MalformedResponseException.class, this.client.stream(REQUEST));
		assertThat(ex.getMessage()).contains("Event 2").doesNotContain("SECRET");
		assertThat(ex.partialText()).isEqualTo(" Hello");
		assertThat(ex.outcome()).isEqualTo(Outcome.PARTIAL);
	}

}
