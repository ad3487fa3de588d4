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

	private static final String USAGE = "usage";

	private final Function<JsonParser, @Nullable Completion> completionReader = this::readProperties;

	private final PropertyCollector usage;

	private Map<String, Object> additionalProperties = Map.of();

	/**
	 * Create a reader.
	 * @param mapper the mapper of the client
	 * @param model the model to report if the server reports none
	 * @param redaction removes credentials
	 * @param maxSize the maximum size of the usage, in bytes
	 */
	TextCompletionReader(JsonMapper mapper, Model model, UnaryOperator<String> redaction, int maxSize) {
		super(mapper, model, redaction);
		this.usage = new PropertyCollector(maxSize);
	}

	@Override
	Completion read(byte[] json) {
		return parse(json, 0, json.length, this::readProperties);
	}

	@Override
	boolean isKnown(String event) {
		return event.equals("completion");
	}

	@Override
	String apiName() {
		return "Text Completions API";
	}

	@Override
	@Nullable Completion readEvent(String event, byte[] bytes, int offset, int length) {
		if (isKnown(event)) {
			return parseRepeated(bytes, offset, length, this.completionReader);
		}
		require(!event.equals(SseDecoder.UNNAMED) || !isCompletion(bytes, offset, length),
				"has neither a name nor a type, as in API version 2023-01-01, which is not supported");
		return null;
	}

	// in API version 2023-01-01, each event repeats the whole text
	private boolean isCompletion(byte[] bytes, int offset, int length) {
		try {
			return parse(bytes, offset, length, TextCompletionReader::hasCompletion);
		}
		catch (UnreadableException ex) {
			return false;
		}
	}

	private static boolean hasCompletion(JsonParser parser) {
		boolean found = false;
		for (String name = parser.nextName(); name != null; name = parser.nextName()) {
			found |= parser.nextToken() == JsonToken.VALUE_STRING && name.equals("completion");
			parser.skipChildren();
		}
		return found;
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
				case "stop_reason" -> stopReason = stopReasonOf(lenientText(token, parser));
				case "stop" -> stop = lenientText(token, parser);
				case "id" -> readId(token, parser);
				case "type" -> readType(token, parser);
				case "model" -> readModel(token, parser);
				default -> others = repeatable(others, name, token, parser);
			}
		}
		boolean failed = others != null && others.entrySet().stream().anyMatch(TextCompletionReader::isError);
		require(!failed || stopReason != null, "reports an error");
		if (completion == null) {
			throw new UnreadableException("has no 'completion'");
		}
		others = withUsage(others, stopReason != null);
		this.additionalProperties = (others != null) ? repeated(others) : Map.of();
		return completion(completion, stopReason, stop, this.additionalProperties);
	}

	// the API has no usage, but compatible servers send it, in parts
	private @Nullable Map<String, Object> withUsage(@Nullable Map<String, Object> others, boolean last) {
		Object part = (others != null) ? Usage.valid(others.remove(USAGE)) : null;
		if (part != null) {
			this.usage.merge(USAGE, part);
		}
		if (part == null && !(last && this.usage.hasProperties())) {
			return others;
		}
		Map<String, Object> result = (others != null) ? others : new LinkedHashMap<>();
		result.putAll(this.usage.toMap());
		return result;
	}

	private static boolean isError(Map.Entry<String, Object> property) {
		return isError(property.getKey(), property.getValue());
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
