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
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;
import java.util.function.UnaryOperator;

import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.json.JsonMapper;

/**
 * Reads the JSON of the Text Completions API, the same for an answer and for an event of
 * a stream.
 */
final class TextCompletionReader extends CompletionReader {

	private static final byte[] DONE = "[DONE]".getBytes(StandardCharsets.US_ASCII);

	private final Function<JsonParser, @Nullable Completion> completionReader = this::readProperties;

	private Map<String, Object> additionalProperties = Map.of();

	TextCompletionReader(JsonMapper mapper, Model model, UnaryOperator<String> redaction) {
		super(mapper, model, redaction);
	}

	@Override
	Completion read(byte[] json) {
		return read(json, 0, json.length);
	}

	@Override
	@Nullable Completion readEvent(String event, byte[] bytes, int offset, int length) {
		// the name decides, whatever the data says
		if (event.equals("completion")) {
			return parseRepeated(bytes, offset, length, this.completionReader);
		}
		if (event.equals(SseDecoder.UNNAMED)) {
			checkIsNoCompletion(bytes, offset, length);
		}
		return null;
	}

	private Completion read(byte[] bytes, int offset, int length) {
		return parse(bytes, offset, length, this::readProperties);
	}

	/**
	 * Refuse the events of API version 2023-01-01, which have no name, and repeat the
	 * whole text each time.
	 */
	private void checkIsNoCompletion(byte[] bytes, int offset, int length) {
		boolean done = Arrays.equals(bytes, offset, offset + length, DONE, 0, DONE.length);
		require(!done && !isCompletion(bytes, offset, length),
				"has no name, as in API version 2023-01-01, which is not supported");
	}

	private boolean isCompletion(byte[] bytes, int offset, int length) {
		try {
			read(bytes, offset, length);
			return true;
		}
		catch (UnreadableException ex) {
			return false;
		}
	}

	private Completion readProperties(JsonParser parser) {
		String completion = null;
		StopReason stopReason = null;
		String stop = null;
		Map<String, Object> others = null;
		for (String name = parser.nextName(); name != null; name = parser.nextName()) {
			JsonToken token = parser.nextToken();
			switch (name) {
				case "completion" -> completion = deltaText(name, token, parser);
				case "stop_reason" -> stopReason = stopReasonOf(optionalText(name, token, parser));
				case "stop" -> stop = optionalText(name, token, parser);
				case "id" -> readId(token, parser);
				case "type" -> readType(token, parser);
				case "model" -> readModel(token, parser);
				default -> others = repeatable(others, name, token, parser);
			}
		}
		if (completion == null) {
			throw new UnreadableException("has no 'completion'");
		}
		this.additionalProperties = (others != null) ? repeated(others) : Map.of();
		return completion(completion, stopReason, stop, this.additionalProperties);
	}

	private Map<String, Object> repeatable(@Nullable Map<String, Object> others, String name, JsonToken token,
			JsonParser parser) {
		if (token == JsonToken.VALUE_STRING && this.additionalProperties.get(name) instanceof String previous
				&& isCurrentText(previous, parser)) {
			Map<String, Object> result = (others != null) ? others : new LinkedHashMap<>();
			result.put(name, previous);
			return result;
		}
		return other(others, name, token, parser);
	}

	private Map<String, Object> repeated(Map<String, Object> others) {
		return others.equals(this.additionalProperties) ? this.additionalProperties : JsonValues.unmodifiable(others);
	}

}
