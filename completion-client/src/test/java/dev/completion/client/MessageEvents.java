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

/**
 * Parts of the streams of the Messages API, as the API sends them.
 */
final class MessageEvents {

	static final String PING = ApiFixture.event("ping", "{\"type\": \"ping\"}");

	/**
	 * The first event: 25 input tokens, of which none are from a cache, and one output
	 * token.
	 */
	static final String START = ApiFixture.event("message_start", """
			{"type":"message_start","message":{"id":"msg_1","type":"message","role":"assistant",\
			"model":"claude-haiku-4-5-20251001","content":[],"stop_reason":null,"stop_sequence":null,\
			"usage":{"input_tokens":25,"cache_read_input_tokens":0,"output_tokens":1,"service_tier":"standard"}}}""");

	static final String STOP = ApiFixture.event("message_stop", "{\"type\":\"message_stop\"}");

	/**
	 * The beginning of a thought.
	 */
	static final String THINKING = blockStart(0, "{\"type\":\"thinking\",\"thinking\":\"\",\"signature\":\"\"}");

	private MessageEvents() {
	}

	static String blockStart(int index, String block) {
		return ApiFixture.event("content_block_start",
				"{\"type\":\"content_block_start\",\"index\":%d,\"content_block\":%s}".formatted(index, block));
	}

	static String blockDelta(int index, String delta) {
		return ApiFixture.event("content_block_delta",
				"{\"type\":\"content_block_delta\",\"index\":%d,\"delta\":%s}".formatted(index, delta));
	}

	static String blockStop(int index) {
		return ApiFixture.event("content_block_stop",
				"{\"type\":\"content_block_stop\",\"index\":%d}".formatted(index));
	}

	/**
	 * Return a part of a thought.
	 */
	static String thought(String text) {
		return blockDelta(0, "{\"type\":\"thinking_delta\",\"thinking\":\"%s\"}".formatted(text));
	}

	/**
	 * Return the signature of a thought.
	 */
	static String signature(String value) {
		return blockDelta(0, "{\"type\":\"signature_delta\",\"signature\":\"%s\"}".formatted(value));
	}

	/**
	 * Return a whole block of thought.
	 */
	static String thinking() {
		return THINKING + thought("Let me") + thought(" see.") + signature("EqQBCg==") + blockStop(0);
	}

	/**
	 * Return a whole block of text, with an event for each of the given parts.
	 */
	static String text(int index, String... parts) {
		StringBuilder events = new StringBuilder(blockStart(index, "{\"type\":\"text\",\"text\":\"\"}"));
		for (String part : parts) {
			events.append(blockDelta(index, "{\"type\":\"text_delta\",\"text\":\"%s\"}".formatted(part)));
		}
		return events + blockStop(index);
	}

	/**
	 * Return the event before the last one: 15 output tokens.
	 * @param stopReason the JSON of the stop reason
	 * @param stopSequence the JSON of the stop sequence
	 */
	static String delta(String stopReason, String stopSequence) {
		return ApiFixture.event("message_delta", """
				{"type":"message_delta","delta":{"stop_reason":%s,"stop_sequence":%s},\
				"usage":{"output_tokens":15}}""".formatted(stopReason, stopSequence));
	}

	/**
	 * Return the natural end.
	 */
	static String end() {
		return delta("\"end_turn\"", "null") + STOP;
	}

}
