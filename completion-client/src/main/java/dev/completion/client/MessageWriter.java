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

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Supplier;

import dev.completion.client.PromptParts.Turn;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.json.JsonMapper;

/**
 * Writes the JSON of a request to the Messages API, as the vendor's guide for migrating
 * from text completions maps it. As the Text Completions API does, it ignores white space
 * at the end of a prefill.
 */
class MessageWriter extends RequestWriter {

	private static final Set<String> OF_THE_PROMPT = Set.of("system", "messages", "max_tokens");

	MessageWriter(JsonMapper mapper) {
		super(mapper);
	}

	@Override
	void writePrompt(CompletionRequest request, JsonGenerator json) {
		request.additionalProperties()
			.keySet()
			.forEach((name) -> require(!OF_THE_PROMPT.contains(name), () -> "'additionalProperty' must not be '" + name
					+ "', which is made of the prompt or of 'maxTokensToSample'"));
		PromptParts parts = Objects.requireNonNull(request.prompt()).parts();
		require(parts != null, () -> "a raw prompt requires the Text Completions API");
		write(Objects.requireNonNull(parts), json);
		integer("max_tokens", request.maxTokensToSample(), json);
	}

	private static void write(PromptParts parts, JsonGenerator json) {
		List<Turn> turns = parts.turns();
		require(turns.get(0).human(),
				() -> "the prompt must start with a \"\\n\\nHuman:\" turn, after optional system text");
		int last = turns.size() - 1;
		require(!turns.get(last).human(), () -> "the prompt must end with an \"\\n\\nAssistant:\" turn");
		if (!parts.system().isBlank()) {
			json.writeStringProperty("system", parts.system());
		}
		json.writeArrayPropertyStart("messages");
		// if the last turn has no text, the model begins its own
		int end = turns.get(last).text().isBlank() ? last : turns.size();
		for (int i = 0; i < end; i++) {
			Turn turn = turns.get(i);
			boolean prefill = i == end - 1 && !turn.human();
			writeTurn(turn, prefill ? turn.text().stripTrailing() : turn.text(), i + 1, json);
		}
		json.writeEndArray();
	}

	private static void writeTurn(Turn turn, String text, int number, JsonGenerator json) {
		String side = turn.human() ? "Human" : "Assistant";
		require(!text.isBlank(), () -> "turn " + number + " of the prompt, \"\\n\\n" + side + ":\", has no text");
		json.writeStartObject();
		json.writeStringProperty("role", turn.human() ? "user" : "assistant");
		json.writeStringProperty("content", text);
		json.writeEndObject();
	}

	private static void require(boolean condition, Supplier<String> rule) {
		if (!condition) {
			throw AttemptFailure.unsupported("The Messages API does not support this request: " + rule.get());
		}
	}

	/**
	 * Return the stop sequences, with the one that the other API always has.
	 */
	@Override
	@Nullable List<String> stopSequences(CompletionRequest request) {
		List<String> sequences = new ArrayList<>();
		if (request.stopSequences() != null) {
			sequences.addAll(request.stopSequences());
		}
		for (String sequence : sequences) {
			require(!sequence.isBlank(), () -> "'stopSequences' must not hold a blank sequence");
		}
		if (!sequences.contains(PromptParts.HUMAN)) {
			sequences.add(PromptParts.HUMAN);
		}
		return sequences;
	}

}
