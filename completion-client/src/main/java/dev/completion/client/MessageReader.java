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

	private final Function<JsonParser, @Nullable Completion> endReader = this::readEndOfBlock;

	private final PropertyCollector additionalProperties;

	private final StringBuilder content = new StringBuilder();

	private boolean hasContent;

	private boolean hasNullContent;

	private boolean hasBlocks;

	private boolean started;

	private boolean ending;

	private boolean failed;

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
		require(this.hasContent || (this.hasNullContent && this.stopReason != null), "has no 'content'");
		return completion(this.content.toString(), null);
	}

	@Override
	boolean isKnown(String event) {
		return switch (event) {
			case "message_start", "content_block_start", "content_block_delta", "content_block_stop", "message_delta",
					"message_stop" ->
				true;
			default -> false;
		};
	}

	@Override
	String apiName() {
		return "Messages API";
	}

	@Override
	boolean mayShowWork(String event) {
		return this.hasBlocks || !event.equals("message_start");
	}

	@Override
	@Nullable Completion readEvent(String event, byte[] bytes, int offset, int length) {
		if (event.equals("message_stop")) {
			readIfPossible(bytes, offset, length, this.partReader);
			return this.started ? completion("", StopReason.STOP_SEQUENCE) : null;
		}
		this.started |= isKnown(event);
		return switch (event) {
			case "content_block_delta", "content_block_start" -> parseRepeated(bytes, offset, length, this.blockReader);
			case "message_start" -> parse(bytes, offset, length, this.partReader);
			case "message_delta" -> {
				Completion text = parse(bytes, offset, length, this.partReader);
				this.ending |= this.stopReason != null;
				yield text;
			}
			case "content_block_stop" -> {
				readIfPossible(bytes, offset, length, this.endReader);
				yield null;
			}
			default -> null;
		};
	}

	/**
	 * Read the data of an event that need not have any. It may report an error.
	 */
	private void readIfPossible(byte[] bytes, int offset, int length,
			Function<JsonParser, @Nullable Completion> reader) {
		try {
			parse(bytes, offset, length, reader);
		}
		catch (UnreadableException ex) {
			if (this.failed) {
				throw ex;
			}
		}
	}

	/**
	 * Return the last completion, or {@code null} if the stop reason has not been
	 * received. Usage may follow it.
	 */
	@Override
	@Nullable Completion end() {
		return this.ending ? completion("", StopReason.STOP_SEQUENCE) : null;
	}

	private @Nullable Completion readEndOfBlock(JsonParser parser) {
		this.failed = false;
		for (String name = parser.nextName(); name != null; name = parser.nextName()) {
			parser.nextToken();
			this.failed |= isError(name, parser.readValueAs(Object.class));
		}
		require(!this.failed, "reports an error");
		return null;
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
					boolean none = token == JsonToken.VALUE_NULL && name.equals("content_block");
					text = none ? null : blockText(name, token, parser);
					hasBlock = true;
				}
				default -> parser.skipChildren();
			}
		}
		require(hasBlock, "has neither a 'delta' nor a 'content_block'");
		return (text != null && !text.isEmpty()) ? completion(text, null, null, Map.of()) : null;
	}

	// a block of another type may have a property 'text' of another meaning
	private @Nullable String blockText(String property, JsonToken token, JsonParser parser) {
		require(token == JsonToken.START_OBJECT, "has a '" + property + "' that is not an object");
		String text = null;
		boolean isTyped = false;
		boolean isText = true;
		boolean isString = true;
		for (String name = parser.nextName(); name != null; name = parser.nextName()) {
			JsonToken value = parser.nextToken();
			switch (name) {
				case "type" -> {
					isTyped = true;
					isText = value == JsonToken.VALUE_STRING
							&& (isCurrentText("text_delta", parser) || isCurrentText("text", parser));
					parser.skipChildren();
				}
				case "text" -> {
					isString = value == JsonToken.VALUE_STRING || value == JsonToken.VALUE_NULL;
					text = isString ? deltaText(name, value, parser) : null;
					parser.skipChildren();
				}
				default -> parser.skipChildren();
			}
		}
		require(isString || !isText, "has a 'text' that is not a string");
		// a block may start without a text
		require(text != null || !isText || !isTyped || property.equals("content_block"), "has no 'text'");
		return isText ? text : null;
	}

	/**
	 * Read the data of an event that contains a part of a message. An event that could
	 * not be parsed is parsed again, so this method resets the content first.
	 * @return the text in it, or {@code null}
	 */
	private @Nullable Completion readPart(JsonParser parser) {
		this.content.setLength(0);
		this.failed = false;
		readMessage(parser);
		require(!this.failed || this.stopReason != null, "reports an error");
		String text = this.content.toString();
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
				if (token == JsonToken.START_OBJECT) {
					readMessage(parser);
				}
				else {
					parser.skipChildren();
				}
			}
			case "id" -> readId(token, parser);
			case "model" -> readModel(token, parser);
			case "content" -> readContent(token, parser);
			case "stop_reason" -> this.stopReason = textOr(this.stopReason, token, parser);
			case "stop_sequence" -> this.stopSequence = textOr(this.stopSequence, token, parser);
			case "type", "role" -> parser.skipChildren();
			default -> readOther(name, token, parser);
		}
	}

	private void readContent(JsonToken token, JsonParser parser) {
		switch (token) {
			case VALUE_STRING -> addText(parser.getString());
			case START_OBJECT -> {
				String text = blockText("content", token, parser);
				if (text != null) {
					addText(text);
				}
			}
			case START_ARRAY -> {
				this.hasContent = true;
				for (JsonToken block = parser.nextToken(); block != JsonToken.END_ARRAY; block = parser.nextToken()) {
					if (block != JsonToken.VALUE_NULL) {
						readBlock(block, parser);
					}
				}
			}
			case VALUE_NULL -> this.hasNullContent = true;
			default -> parser.skipChildren();
		}
	}

	private void readBlock(JsonToken token, JsonParser parser) {
		String text = (token == JsonToken.VALUE_STRING) ? parser.getString() : blockText("content", token, parser);
		this.hasBlocks = true;
		if (text != null) {
			addText(text);
		}
	}

	private void addText(String text) {
		this.hasContent = true;
		this.hasBlocks |= !text.isEmpty();
		this.content.append(text);
	}

	// usage comes in parts, of which the later ones are of the whole message so far
	private void readOther(String name, JsonToken token, JsonParser parser) {
		if (token == JsonToken.VALUE_NULL) {
			return;
		}
		Object value = parser.readValueAs(Object.class);
		this.failed |= isError(name, value);
		Object valid = name.equals("usage") ? Usage.valid(value) : value;
		if (valid != null) {
			this.additionalProperties.merge(name, valid);
		}
	}

	private Completion completion(String text, @Nullable StopReason defaultReason) {
		boolean endTurn = END_TURN.equals(this.stopReason);
		StopReason reason = endTurn ? StopReason.STOP_SEQUENCE : stopReasonOf(this.stopReason);
		return completion(text, (reason != null) ? reason : defaultReason,
				endTurn ? PromptParts.HUMAN : this.stopSequence, properties());
	}

	private Map<String, Object> properties() {
		return this.additionalProperties.toMap();
	}

}
