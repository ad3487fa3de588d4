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

import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.json.JsonMapper;

/**
 * Reads the JSON of the Text Completions API, the same for an answer and for an event of
 * a stream. One instance serves one response: what repeats in every event of a stream is
 * decoded once. Not safe for use by several threads.
 */
final class TextCompletionReader {

	private static final String TYPE = "completion";

	private final JsonMapper mapper;

	private String id = "";

	private String type = TYPE;

	private Model model;

	private Map<String, Object> additionalProperties = Map.of();

	/**
	 * Create a reader.
	 * @param mapper the mapper of the client
	 * @param model the model to report where the server names none
	 */
	TextCompletionReader(JsonMapper mapper, Model model) {
		this.mapper = mapper;
		this.model = model;
	}

	/**
	 * Read one completion. Invalid UTF-8, which the parser refuses, is read again with
	 * U+FFFD in its place.
	 * @throws UnreadableException if the bytes are not the JSON of a completion
	 */
	Completion read(byte[] bytes, int offset, int length) {
		try (JsonParser parser = this.mapper.createParser(bytes, offset, length)) {
			return read(parser);
		}
		catch (JacksonException ex) {
			return readLenient(Utf8.decode(bytes, offset, length));
		}
	}

	/**
	 * Return whether the given bytes are the JSON of a completion.
	 */
	boolean isCompletion(byte[] bytes, int offset, int length) {
		try {
			read(bytes, offset, length);
			return true;
		}
		catch (UnreadableException ex) {
			return false;
		}
	}

	private Completion readLenient(String json) {
		try (JsonParser parser = this.mapper.createParser(json)) {
			return read(parser);
		}
		catch (JacksonException ex) {
			// its message quotes the content
			throw new UnreadableException("is not valid JSON");
		}
	}

	private Completion read(JsonParser parser) {
		require(parser.nextToken() == JsonToken.START_OBJECT, "is not a JSON object");
		String completion = null;
		StopReason stopReason = null;
		String stop = null;
		Map<String, Object> others = null;
		for (String name = parser.nextName(); name != null; name = parser.nextName()) {
			JsonToken token = parser.nextToken();
			switch (name) {
				case "completion" -> completion = text(name, token, parser);
				case "stop_reason" -> stopReason = stopReason(optionalText(name, token, parser));
				case "stop" -> stop = optionalText(name, token, parser);
				case "id" -> this.id = repeated(this.id, name, token, parser);
				case "type" -> this.type = repeated(this.type, name, token, parser);
				case "model" -> this.model = model(name, token, parser);
				default -> others = other(others, name, token, parser);
			}
		}
		require(parser.nextToken() == null, "has more than one JSON value");
		if (completion == null) {
			throw new UnreadableException("has no 'completion'");
		}
		this.additionalProperties = (others != null) ? repeated(others) : Map.of();
		return new Completion(this.id, completion, stopReason, this.model, this.type, stop, this.additionalProperties);
	}

	private static @Nullable StopReason stopReason(@Nullable String value) {
		return (value != null && !value.isBlank()) ? StopReason.of(value) : null;
	}

	private Model model(String name, JsonToken token, JsonParser parser) {
		String value = repeated(this.model.id(), name, token, parser);
		return (value.equals(this.model.id()) || value.isBlank()) ? this.model : Model.of(value);
	}

	private static String repeated(String previous, String name, JsonToken token, JsonParser parser) {
		if (token == JsonToken.VALUE_NULL) {
			return previous;
		}
		require(token == JsonToken.VALUE_STRING, "has a '" + name + "' that is not a string");
		return isCurrentText(previous, parser) ? previous : parser.getString();
	}

	private Map<String, Object> repeated(Map<String, Object> others) {
		return others.equals(this.additionalProperties) ? this.additionalProperties : JsonValues.unmodifiable(others);
	}

	private Map<String, Object> other(@Nullable Map<String, Object> others, String name, JsonToken token,
			JsonParser parser) {
		Map<String, Object> result = (others != null) ? others : new LinkedHashMap<>();
		if (token == JsonToken.VALUE_STRING && this.additionalProperties.get(name) instanceof String previous
				&& isCurrentText(previous, parser)) {
			result.put(name, previous);
		}
		else if (token != JsonToken.VALUE_NULL) {
			result.put(name, parser.readValueAs(Object.class));
		}
		else {
			result.remove(name);
		}
		return result;
	}

	private static String text(String name, JsonToken token, JsonParser parser) {
		require(token == JsonToken.VALUE_STRING, "has a '" + name + "' that is not a string");
		return parser.getString();
	}

	private static @Nullable String optionalText(String name, JsonToken token, JsonParser parser) {
		return (token != JsonToken.VALUE_NULL) ? text(name, token, parser) : null;
	}

	private static boolean isCurrentText(String expected, JsonParser parser) {
		int length = parser.getStringLength();
		if (expected.length() != length) {
			return false;
		}
		char[] characters = parser.getStringCharacters();
		int offset = parser.getStringOffset();
		for (int i = 0; i < length; i++) {
			if (expected.charAt(i) != characters[offset + i]) {
				return false;
			}
		}
		return true;
	}

	private static void require(boolean condition, String rule) {
		if (!condition) {
			throw new UnreadableException(rule);
		}
	}

}
