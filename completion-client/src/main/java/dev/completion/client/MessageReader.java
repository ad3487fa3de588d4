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

import java.util.Map;
import java.util.function.Function;
import java.util.function.UnaryOperator;

import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.json.JsonMapper;

/**
 * Reads the JSON of the Messages API. Only text counts, so what the model thinks is
 * skipped. What the API tells of a message besides, such as its {@code usage}, comes with
 * the last completion of a stream.
 */
final class MessageReader extends CompletionReader {

	private static final String END_TURN = "end_turn";

	private final Function<JsonParser, @Nullable Completion> blockReader = this::readBlock;

	private final Function<JsonParser, @Nullable Completion> partReader = this::readPart;

	private final PropertyCollector additionalProperties;

	private final StringBuilder content = new StringBuilder();

	private boolean hasContent;

	private boolean hasBlocks;

	private boolean started;

	private @Nullable String stopReason;

	private @Nullable String stopSequence;

	/**
	 * Create a reader.
	 * @param mapper the mapper of the client
	 * @param model the model to report where the server names none
	 * @param redaction removes credentials
	 * @param maxSize the maximum size of the additional properties, in bytes
	 */
	MessageReader(JsonMapper mapper, Model model, UnaryOperator<String> redaction, int maxSize) {
		super(mapper, model, redaction);
		this.additionalProperties = new PropertyCollector(maxSize);
	}

	@Override
	Completion read(byte[] json) {
		parse(json, 0, json.length, this.partReader);
		require(this.hasContent, "has no 'content'");
		return completion(this.content.toString());
	}

	private static boolean isKnown(String event) {
		return switch (event) {
			case "message_start", "content_block_start", "content_block_delta", "content_block_stop", "message_delta",
					"message_stop" ->
				true;
			default -> false;
		};
	}

	@Override
	boolean mayShowWork(String event) {
		return this.hasBlocks || !event.equals("message_start");
	}

	@Override
	@Nullable Completion readEvent(String event, byte[] bytes, int offset, int length) {
		if (event.equals("message_stop")) {
			return end();
		}
		this.started |= isKnown(event);
		return switch (event) {
			case "content_block_delta", "content_block_start" -> parseRepeated(bytes, offset, length, this.blockReader);
			case "message_delta", "message_start" -> parse(bytes, offset, length, this.partReader);
			case SseDecoder.UNNAMED -> {
				require(!isOfAMessage(bytes, offset, length), "has no name");
				yield null;
			}
			default -> null;
		};
	}

	/**
	 * Return the end of a message whose stop reason the server has kept to itself. A
	 * stream of which only the end arrived is a truncated one.
	 */
	private @Nullable Completion end() {
		return this.started ? completion("", StopReason.STOP_SEQUENCE, this.stopSequence, properties()) : null;
	}

	private boolean isOfAMessage(byte[] bytes, int offset, int length) {
		try {
			return parse(bytes, offset, length, this::hasKnownType);
		}
		catch (UnreadableException ex) {
			return false;
		}
	}

	private boolean hasKnownType(JsonParser parser) {
		boolean known = false;
		for (String name = parser.nextName(); name != null; name = parser.nextName()) {
			known |= parser.nextToken() == JsonToken.VALUE_STRING && name.equals("type") && isKnown(parser.getString());
			parser.skipChildren();
		}
		return known;
	}

	/**
	 * Read the data of an event about a block of content.
	 * @return the text in it, or {@code null} if there is none
	 */
	private @Nullable Completion readBlock(JsonParser parser) {
		String text = null;
		boolean hasBlock = false;
		for (String name = parser.nextName(); name != null; name = parser.nextName()) {
			JsonToken token = parser.nextToken();
			switch (name) {
				case "delta", "content_block" -> {
					text = blockText(name, token, parser);
					hasBlock = true;
				}
				default -> parser.skipChildren();
			}
		}
		require(hasBlock, "has neither a 'delta' nor a 'content_block'");
		return (text != null && !text.isEmpty()) ? completion(text, null, null, Map.of()) : null;
	}

	// only in a block of text is it known what 'text' is
	private @Nullable String blockText(String property, JsonToken token, JsonParser parser) {
		require(token == JsonToken.START_OBJECT, "has a '" + property + "' that is not an object");
		String text = null;
		boolean isText = false;
		boolean isString = true;
		for (String name = parser.nextName(); name != null; name = parser.nextName()) {
			JsonToken value = parser.nextToken();
			switch (name) {
				case "type" -> isText = value == JsonToken.VALUE_STRING
						&& (isCurrentText("text_delta", parser) || isCurrentText("text", parser));
				case "text" -> {
					isString = value == JsonToken.VALUE_STRING;
					text = isString ? deltaText(name, value, parser) : null;
					parser.skipChildren();
				}
				default -> parser.skipChildren();
			}
		}
		require(isString || !isText, "has a 'text' that is not a string");
		return isText ? text : null;
	}

	/**
	 * Read a message, or the data of an event that has a part of it. What could not be
	 * read is read again, so nothing may add up.
	 * @return the text in it, or the end of the stream, or {@code null}
	 */
	private @Nullable Completion readPart(JsonParser parser) {
		this.content.setLength(0);
		readMessage(parser);
		String text = this.content.toString();
		if (stopReason() != null) {
			return completion(text);
		}
		return !text.isEmpty() ? completion(text, null, null, Map.of()) : null;
	}

	private void readMessage(JsonParser parser) {
		for (String name = parser.nextName(); name != null; name = parser.nextName()) {
			readProperty(name, parser.nextToken(), parser);
		}
	}

	private void readProperty(String name, JsonToken token, JsonParser parser) {
		switch (name) {
			case "message", "delta" -> {
				require(token == JsonToken.START_OBJECT, "has a '" + name + "' that is not an object");
				readMessage(parser);
			}
			case "id" -> readId(token, parser);
			case "model" -> readModel(token, parser);
			case "content" -> readContent(token, parser);
			case "stop_reason" -> this.stopReason = optionalText(name, token, parser);
			case "stop_sequence" -> this.stopSequence = optionalText(name, token, parser);
			case "type", "role" -> parser.skipChildren();
			default -> readOther(name, token, parser);
		}
	}

	private void readContent(JsonToken token, JsonParser parser) {
		if (token == JsonToken.VALUE_NULL) {
			return;
		}
		require(token == JsonToken.START_ARRAY, "has a 'content' that is not an array");
		this.hasContent = true;
		for (JsonToken block = parser.nextToken(); block != JsonToken.END_ARRAY; block = parser.nextToken()) {
			this.hasBlocks = true;
			String text = blockText("content", block, parser);
			if (text != null) {
				this.content.append(text);
			}
		}
	}

	// usage comes in parts, of which the later ones are of the whole message so far
	private void readOther(String name, JsonToken token, JsonParser parser) {
		if (token == JsonToken.VALUE_NULL) {
			return;
		}
		this.additionalProperties.merge(name, parser.readValueAs(Object.class));
	}

	private Completion completion(String text) {
		String stop = END_TURN.equals(this.stopReason) ? PromptParts.HUMAN : this.stopSequence;
		return completion(text, stopReason(), stop, properties());
	}

	private Map<String, Object> properties() {
		return this.additionalProperties.toMap();
	}

	private @Nullable StopReason stopReason() {
		return END_TURN.equals(this.stopReason) ? StopReason.STOP_SEQUENCE : stopReasonOf(this.stopReason);
	}

}
