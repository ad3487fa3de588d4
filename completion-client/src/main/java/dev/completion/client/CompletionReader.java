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
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.databind.json.JsonMapper;

/**
 * Reads the JSON of one API: a non-streaming response, or the events of a stream. One
 * instance serves one response: what repeats in every event of a stream is decoded once.
 * Not safe for use by several threads.
 */
abstract class CompletionReader {

	private static final String TYPE = "completion";

	// skipped by the parser of bytes, and refused by that of characters
	private static final String BYTE_ORDER_MARK = "\uFEFF";

	private final JsonMapper mapper;

	private final UnaryOperator<String> redaction;

	private final RepeatedEvent repeatedEvent = new RepeatedEvent();

	// where the text of the event begins that is being read
	private long textOffset;

	private String id = "";

	private String type = TYPE;

	private Model model;

	/**
	 * Create a reader.
	 * @param mapper the mapper of the client
	 * @param model the model to report where the server names none
	 * @param redaction removes credentials, which a server may quote, from values that
	 * become tags
	 */
	CompletionReader(JsonMapper mapper, Model model, UnaryOperator<String> redaction) {
		this.mapper = mapper;
		this.redaction = redaction;
		this.model = model;
	}

	/**
	 * Read a non-streaming response.
	 * @throws UnreadableException if the bytes are not the JSON of one
	 */
	abstract Completion read(byte[] json);

	/**
	 * Return whether the API has events of the given name, other than {@code ping} and
	 * {@code error}.
	 */
	abstract boolean isKnown(String event);

	/**
	 * Return the name of the API for exception messages.
	 */
	abstract String apiName();

	/**
	 * Return the {@code type} in the data of an event whose name is missing or unknown,
	 * or the given name if there is none. Some proxies remove event names, and some
	 * servers use custom names.
	 */
	final String typeOf(String name, byte[] bytes, int offset, int length) {
		try (JsonParser parser = parser(bytes, offset, length)) {
			parser.nextToken();
			for (String property = parser.nextName(); property != null; property = parser.nextName()) {
				JsonToken token = parser.nextToken();
				if (property.equals("type")) {
					return (token == JsonToken.VALUE_STRING) ? parser.getString() : name;
				}
				parser.skipChildren();
			}
			return name;
		}
		catch (JacksonException ex) {
			return name;
		}
	}

	/**
	 * Return whether the given property reports an error instead of a completion.
	 */
	static boolean isError(String name, @Nullable Object value) {
		return switch (name) {
			case "error" -> isError(value);
			case "success" -> Boolean.FALSE.equals(value);
			default -> false;
		};
	}

	private static boolean isError(@Nullable Object value) {
		boolean hasDetails = value instanceof Map<?, ?> error && !error.isEmpty();
		return hasDetails || (value instanceof String text && !text.isEmpty()) || Boolean.TRUE.equals(value);
	}

	/**
	 * Return the last completion of the stream if its stop reason has been received, or
	 * else {@code null}. More data may follow.
	 */
	@Nullable Completion end() {
		return null;
	}

	/**
	 * Return whether an event of the given name, which was just read, may show that the
	 * model is working, so that a request which fails later may be billed. Servers send
	 * events of other names too, and what they mean is not known.
	 */
	boolean mayShowWork(String event) {
		return true;
	}

	/**
	 * Read the data of an event other than {@code ping} and {@code error}.
	 * @return the completion, or {@code null} if the event has nothing for the caller
	 * @throws UnreadableException if the bytes are not the JSON of such an event
	 */
	abstract @Nullable Completion readEvent(String event, byte[] bytes, int offset, int length);

	/**
	 * Read an event of which there may be many that differ in their text alone.
	 * @param reader reads the object's properties
	 */
	final @Nullable Completion parseRepeated(byte[] bytes, int offset, int length,
			Function<JsonParser, @Nullable Completion> reader) {
		Completion repeated = this.repeatedEvent.read(bytes, offset, length);
		if (repeated != null) {
			return repeated;
		}
		this.textOffset = -1;
		Completion completion = parse(bytes, offset, length, reader);
		if (completion != null && this.textOffset >= 0) {
			this.repeatedEvent.learn(bytes, offset, length, (int) this.textOffset, completion);
		}
		return completion;
	}

	/**
	 * Read one JSON object. Invalid UTF-8, of which the parser refuses some and takes
	 * some for other characters, is read with U+FFFD in its place.
	 * @param reader reads the object's properties
	 */
	final <T extends @Nullable Object> T parse(byte[] bytes, int offset, int length, Function<JsonParser, T> reader) {
		this.repeatedEvent.forget();
		try (JsonParser parser = parser(bytes, offset, length)) {
			return parse(parser, reader);
		}
		// the messages quote the content
		catch (StreamConstraintsException ex) {
			throw new UnreadableException("is JSON with too many values, or with values that are nested too deeply");
		}
		catch (JacksonException ex) {
			throw new UnreadableException("is not valid JSON");
		}
	}

	private JsonParser parser(byte[] bytes, int offset, int length) {
		if (Utf8.isValid(bytes, offset, length)) {
			return this.mapper.createParser(bytes, offset, length);
		}
		String json = Utf8.decode(bytes, offset, length);
		return this.mapper.createParser(json.startsWith(BYTE_ORDER_MARK) ? json.substring(1) : json);
	}

	private static <T extends @Nullable Object> T parse(JsonParser parser, Function<JsonParser, T> reader) {
		require(parser.nextToken() == JsonToken.START_OBJECT, "is not a JSON object");
		T result = reader.apply(parser);
		require(parser.nextToken() == null, "has more than one JSON value");
		return result;
	}

	final void readId(JsonToken token, JsonParser parser) {
		this.id = repeated(this.id, token, parser);
	}

	final void readType(JsonToken token, JsonParser parser) {
		this.type = repeated(this.type, token, parser);
	}

	final void readModel(JsonToken token, JsonParser parser) {
		String value = repeated(this.model.id(), token, parser);
		if (!value.equals(this.model.id()) && !value.isBlank()) {
			this.model = Model.of(value);
		}
	}

	final Completion completion(String text, @Nullable StopReason stopReason, @Nullable String stop,
			Map<String, Object> additionalProperties) {
		return new Completion(this.id, text, stopReason, this.model, this.type, stop, additionalProperties);
	}

	// callers do not depend on these properties, so values of other types are ignored
	private String repeated(String previous, JsonToken token, JsonParser parser) {
		if (token != JsonToken.VALUE_STRING) {
			parser.skipChildren();
			return previous;
		}
		return isCurrentText(previous, parser) ? previous : this.redaction.apply(parser.getString());
	}

	/**
	 * Read a property that nobody knows.
	 * @param others those read before, or {@code null} for none
	 */
	static Map<String, Object> other(@Nullable Map<String, Object> others, String name, JsonToken token,
			JsonParser parser) {
		Map<String, Object> result = (others != null) ? others : new LinkedHashMap<>();
		if (token != JsonToken.VALUE_NULL) {
			result.put(name, parser.readValueAs(Object.class));
		}
		else {
			result.remove(name);
		}
		return result;
	}

	/**
	 * Read the text to deliver. JSON {@code null} is read as an empty text.
	 */
	final String deltaText(String name, JsonToken token, JsonParser parser) {
		if (token == JsonToken.VALUE_NULL) {
			return "";
		}
		if (this.repeatedEvent.isLearning()) {
			this.textOffset = parser.currentTokenLocation().getByteOffset();
		}
		return text(name, token, parser);
	}

	static String text(String name, JsonToken token, JsonParser parser) {
		require(token == JsonToken.VALUE_STRING, "has a '" + name + "' that is not a string");
		return parser.getString();
	}

	final @Nullable StopReason stopReasonOf(@Nullable String value) {
		return (value != null && !value.isBlank()) ? StopReason.of(this.redaction.apply(value)) : null;
	}

	/**
	 * Read a text that may be sent several times, or not at all.
	 * @return the text, or the given previous one if the value is no text
	 */
	static @Nullable String textOr(@Nullable String previous, JsonToken token, JsonParser parser) {
		String text = lenientText(token, parser);
		return (text != null && !text.isBlank()) ? text : previous;
	}

	/**
	 * Read an optional text, or return {@code null} if the value has another type.
	 */
	static @Nullable String lenientText(JsonToken token, JsonParser parser) {
		if (token == JsonToken.VALUE_STRING) {
			return parser.getString();
		}
		parser.skipChildren();
		return null;
	}

	static boolean isCurrentText(String expected, JsonParser parser) {
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

	static void require(boolean condition, String rule) {
		if (!condition) {
			throw new UnreadableException(rule);
		}
	}

}
