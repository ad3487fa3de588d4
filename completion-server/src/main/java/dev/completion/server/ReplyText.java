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
		this(text, CompletionText.STOP_SEQUENCE, null);
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
		CompletionAnswer answer = new CompletionAnswer(ModelCatalogue.resolve(model(body)), completionText(), deltas());
		String prompt = body.path("prompt").stringValue("");
		return answer.answer(body.path("stream").booleanValue(false))
			.withUsage(new Usage(Tokens.count(prompt), Tokens.count(this.text)));
	}

	private static JsonNode readLeniently(Exchange exchange) {
		try {
			return Json.read(exchange.body().bytes());
		}
		catch (ApiException ex) {
			return Json.object();
		}
	}

	private static String model(JsonNode body) {
		return body.path("model").stringValue(DEFAULT_MODEL);
	}

	private CompletionText completionText() {
		boolean stopped = this.stopReason.equals(CompletionText.STOP_SEQUENCE);
		return new CompletionText(this.text, this.stopReason, stopped ? Dialogue.HUMAN : null);
	}

	private List<String> deltas() {
		return (this.chunkSizes != null) ? Tokens.chunks(this.text, this.chunkSizes) : Tokens.split(this.text);
	}

}
