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

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Answer of {@code /v1/messages} with text.
 * <p>
 * A thought comes before the text in a block of its own. Its tokens are part of the
 * usage, but do not count against the most tokens to answer with.
 */
final class MessageAnswer implements Rendering {

	private final String id = Ids.messageId();

	private final String model;

	private final List<Block> blocks = new ArrayList<>();

	private final GeneratedText text;

	private final Usage usage;

	/**
	 * Create an answer.
	 * @param model the id of the model
	 * @param thought the thought, or an empty text for none
	 * @param text the text; an empty one makes no block
	 * @param usage the tokens
	 */
	MessageAnswer(String model, String thought, GeneratedText text, Usage usage) {
		this.model = model;
		this.text = text;
		this.usage = usage;
		if (!thought.isEmpty()) {
			this.blocks.add(Block.thinking(thought));
		}
		if (!text.deltas().isEmpty()) {
			this.blocks.add(new Block("text", text.deltas(), null));
		}
	}

	@Override
	public ObjectNode json() {
		ObjectNode message = message(stopReason(), this.text.stop(), this.usage.outputTokens());
		ArrayNode content = message.withArray("content");
		this.blocks.forEach((block) -> content.add(block.whole()));
		return message;
	}

	@Override
	public List<String> events() {
		List<Supplier<ObjectNode>> events = new ArrayList<>();
		events.add(this::start);
		for (int i = 0; i < this.blocks.size(); i++) {
			this.blocks.get(i).addEvents(i, events);
		}
		events.add(this::end);
		events.add(() -> event("message_stop"));
		int pingIndex = this.blocks.isEmpty() ? 1 : 2;
		return EventStream.lazy(events.size() + 1, (index) -> {
			if (index == pingIndex) {
				return EventStream.PING;
			}
			ObjectNode data = events.get((index < pingIndex) ? index : index - 1).get();
			return EventStream.event(data.get("type").stringValue(), Json.write(data));
		});
	}

	@Override
	public Usage usage() {
		return this.usage;
	}

	private static ObjectNode event(String type) {
		return Json.object().put("type", type);
	}

	private ObjectNode start() {
		return event("message_start").set("message", message(null, null, 1));
	}

	private ObjectNode end() {
		ObjectNode event = event("message_delta");
		event.putObject("delta")
			.put("stop_reason", stopReason())
			.put("stop_sequence", this.text.stop())
			.putNull("stop_details")
			.putNull("container");
		return event.set("usage", usage(this.usage.outputTokens()).putNull("server_tool_use"));
	}

	private String stopReason() {
		return this.text.isComplete() ? "end_turn" : this.text.stopReason();
	}

	private ObjectNode message(@Nullable String stopReason, @Nullable String stopSequence, int outputTokens) {
		ObjectNode message = Json.object()
			.put("id", this.id)
			.put("type", "message")
			.put("role", "assistant")
			.put("model", this.model);
		message.putArray("content");
		message.put("stop_reason", stopReason).put("stop_sequence", stopSequence).putNull("stop_details");
		ObjectNode usage = usage(outputTokens);
		int created = this.usage.cache().created();
		boolean oneHour = this.usage.cache().oneHour();
		usage.putObject("cache_creation")
			.put("ephemeral_1h_input_tokens", oneHour ? created : 0)
			.put("ephemeral_5m_input_tokens", oneHour ? 0 : created);
		usage.putNull("server_tool_use").putNull("inference_geo").put("service_tier", "standard");
		message.set("usage", usage);
		return message.putNull("container");
	}

	private ObjectNode usage(int outputTokens) {
		return Json.object()
			.put("input_tokens", this.usage.inputTokens())
			.put("cache_creation_input_tokens", this.usage.cache().created())
			.put("cache_read_input_tokens", this.usage.cache().read())
			.put("output_tokens", outputTokens);
	}

	/**
	 * Block of the content.
	 *
	 * @param type the type, which is the name of the field with the text too
	 * @param deltas the parts of the text that a stream sends one by one
	 * @param signature the signature of a thought
	 */
	private record Block(String type, List<String> deltas, @Nullable String signature) {

		static Block thinking(String thought) {
			String signature = Base64.getEncoder().encodeToString(thought.getBytes(StandardCharsets.UTF_8));
			return new Block("thinking", Tokens.split(thought), signature);
		}

		ObjectNode whole() {
			return json(String.join("", this.deltas), this.signature);
		}

		private ObjectNode json(String text, @Nullable String signature) {
			ObjectNode block = Json.object().put("type", this.type).put(this.type, text);
			return (this.signature != null) ? block.put("signature", signature) : block.putNull("citations");
		}

		void addEvents(int index, List<Supplier<ObjectNode>> events) {
			events.add(() -> event("content_block_start", index).set("content_block", json("", "")));
			for (String delta : this.deltas) {
				events.add(() -> delta(index, this.type, delta));
			}
			if (this.signature != null) {
				events.add(() -> delta(index, "signature", this.signature));
			}
			events.add(() -> event("content_block_stop", index));
		}

		private static ObjectNode delta(int index, String field, String value) {
			ObjectNode event = event("content_block_delta", index);
			event.putObject("delta").put("type", field + "_delta").put(field, value);
			return event;
		}

		private static ObjectNode event(String type, int index) {
			return MessageAnswer.event(type).put("index", index);
		}

	}

}
