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
final class ReplyText implements Function<Exchange, Answer> {

	private static final String DEFAULT_MODEL = "claude-2.1";

	private final String text;

	private final String stopReason;

	private final int @Nullable [] chunkSizes;

	ReplyText(String text) {
		this(text, AnswerText.STOP_SEQUENCE, null);
	}

	private ReplyText(String text, String stopReason, int @Nullable [] chunkSizes) {
		this.text = text;
		this.stopReason = stopReason;
		this.chunkSizes = chunkSizes;
	}

	ReplyText withStopReason(String stopReason) {
		return new ReplyText(this.text, stopReason, this.chunkSizes);
	}

	ReplyText withChunkSizes(int... chunkSizes) {
		return new ReplyText(this.text, this.stopReason, chunkSizes);
	}

	@Override
	public Answer apply(Exchange exchange) {
		JsonNode body = readLeniently(exchange);
		String model = ModelCatalogue.resolve(body.path("model").stringValue(DEFAULT_MODEL));
		Usage usage = new Usage(Tokens.count(body.path("prompt").stringValue("")), Tokens.count(this.text));
		return new CompletionAnswer(model, new AnswerText(deltas(), this.stopReason, null), usage)
			.answer(body.path("stream").booleanValue(false), Duration.ZERO);
	}

	private static JsonNode readLeniently(Exchange exchange) {
		try {
			return Json.read(exchange.body().bytes());
		}
		catch (ApiException ex) {
			return Json.object();
		}
	}

	private List<String> deltas() {
		return (this.chunkSizes != null) ? Tokens.chunks(this.text, this.chunkSizes) : Tokens.split(this.text);
	}

}
