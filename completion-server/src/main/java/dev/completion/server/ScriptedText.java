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

package dev.completion.server;

import java.time.Duration;
import java.util.List;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Scripted text, rendered as the request asks.
 */
final class ScriptedText implements Function<Exchange, Answer> {

	private final String text;

	private final String stopReason;

	private final int @Nullable [] chunkSizes;

	ScriptedText(String text) {
		this(text, GeneratedText.STOP_SEQUENCE, null);
	}

	private ScriptedText(String text, String stopReason, int @Nullable [] chunkSizes) {
		this.text = text;
		this.stopReason = stopReason;
		this.chunkSizes = chunkSizes;
	}

	ScriptedText withStopReason(String stopReason) {
		return new ScriptedText(this.text, stopReason, this.chunkSizes);
	}

	ScriptedText withChunkSizes(int... chunkSizes) {
		return new ScriptedText(this.text, this.stopReason, chunkSizes);
	}

	@Override
	public Answer apply(Exchange exchange) {
		JsonNode body = exchange.jsonOrEmpty();
		GeneratedText answerText = new GeneratedText(deltas(), this.stopReason, null);
		Rendering answer = exchange.request().path().equals(ApiRouter.MESSAGES) ? message(body, answerText)
				: completion(body, answerText);
		return answer.answer(body.path("stream").booleanValue(false), Duration.ZERO);
	}

	private Rendering completion(JsonNode body, GeneratedText answerText) {
		int inputTokens = Tokens.count(body.path("prompt").stringValue(""));
		return new CompletionAnswer(model(body, "claude-2.1"), answerText, usage(inputTokens));
	}

	private Rendering message(JsonNode body, GeneratedText answerText) {
		return new MessageAnswer(model(body, "claude-sonnet-5-5"), "", answerText, usage(inputTokens(body)));
	}

	private static int inputTokens(JsonNode body) {
		try {
			return Conversation.read(BodyFields.of(body)).dialogue().tokens();
		}
		catch (ApiException ex) {
			return 0;
		}
	}

	private Usage usage(int inputTokens) {
		return new Usage(inputTokens, Tokens.count(this.text));
	}

	private static String model(JsonNode body, String defaultModel) {
		return ModelCatalogue.resolve(body.path("model").stringValue(defaultModel));
	}

	private List<String> deltas() {
		return (this.chunkSizes != null) ? Tokens.chunks(this.text, this.chunkSizes) : Tokens.split(this.text);
	}

}
