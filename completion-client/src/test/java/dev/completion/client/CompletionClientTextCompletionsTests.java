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

import dev.completion.client.error.MalformedResponseException;
import dev.completion.client.error.Outcome;
import dev.completion.server.Reply;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link CompletionClient}: what is particular to the answers of the Text
 * Completions API.
 */
class CompletionClientTextCompletionsTests extends AbstractCompletionClientTests {

	private static String event(String json) {
		return "event: completion\ndata: " + json + "\n\n";
	}

	@Test
	@Tag("E14")
	void oldWireFormIsMalformed() {
		String cumulative = """
				data: {"completion":" Hello","stop_reason":null}

				data: {"completion":" Hello world","stop_reason":"stop_sequence"}

				data: [DONE]

				""".replace("\n", "\r\n");
		for (String events : List.of(cumulative, "event: message\n" + cumulative, "data: [DONE]\n\n")) {
			this.server.enqueue(Reply.events(events));
			MalformedResponseException ex = failure(MalformedResponseException.class, this.client.stream(REQUEST));
			assertThat(ex.partialText()).isEmpty();
			assertThat(ex.outcome()).isEqualTo(Outcome.UNKNOWN);
		}
	}

	@Test
	@Tag("E14")
	void oldWireFormAfterTextDoesNotDoubleIt() {
		this.server.enqueue(Reply.events(delta() + "data: {\"completion\":\" Hello world\"}\n\n" + last()));
		MalformedResponseException ex = failure(MalformedResponseException.class, this.client.stream(REQUEST));
		assertThat(ex.partialText()).isEqualTo(" Hello");
		assertThat(ex.getMessage()).contains("Event 2");
	}

	@ParameterizedTest
	@Tag("E12")
	@Tag("F6")
	@ValueSource(strings = { "{}", "{\"completion\":1}", "{\"completion\":[\" a\"]}", "{\"text\":\" a\"}",
			"{\"completion\": oops SECRET}", "{\"completion\":[]}" })
	void eventWithoutACompletionIsMalformed(String json) {
		this.server.enqueue(Reply.events(delta() + event(json)));
		MalformedResponseException ex = failure(MalformedResponseException.class, this.client.stream(REQUEST));
		assertThat(ex.getMessage()).contains("Event 2").doesNotContain("SECRET");
		assertThat(ex.partialText()).isEqualTo(" Hello");
		assertThat(ex.outcome()).isEqualTo(Outcome.PARTIAL);
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

}
