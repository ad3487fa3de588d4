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

package dev.completion.samples.benchmark;

import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * What the server sends: answers of either API.
 */
enum Payload {

	/**
	 * The Text Completions API: about 200 bytes an event.
	 */
	TEXT_COMPLETIONS("/v1/complete") {

		@Override
		String whole(String text) {
			return "{\"type\":\"completion\",\"id\":\"compl_01DbVhGYSbJDTm8ZjfDQdEwG\",\"completion\":\""
					+ escaped(text)
					+ "\",\"stop_reason\":\"stop_sequence\",\"model\":\"claude-2.1\",\"stop\":\"\\n\\nHuman:\"}";
		}

		@Override
		String begin() {
			return "";
		}

		@Override
		String delta(String text) {
			return completion(text, "null", "null");
		}

		@Override
		String end() {
			return completion("", "\"stop_sequence\"", "\"\\n\\nHuman:\"");
		}

		private String completion(String text, String stopReason, String stop) {
			return event("completion",
					"{\"type\":\"completion\",\"id\":\"compl_01DbVhGYSbJDTm8ZjfDQdEwG\",\"completion\":\""
							+ escaped(text) + "\",\"stop_reason\":" + stopReason + ",\"model\":\"claude-2.1\",\"stop\":"
							+ stop + ",\"log_id\":\"compl_01DbVhGYSbJDTm8ZjfDQdEwG\"}");
		}

	},

	/**
	 * The Messages API: about 120 bytes an event.
	 */
	MESSAGES("/v1/messages") {

		@Override
		String whole(String text) {
			return "{\"id\":\"msg_01XFDUDYJgAACzvnptvVoYEL\",\"type\":\"message\",\"role\":\"assistant\",\"content\":[{\"type\":\"text\",\"text\":\""
					+ escaped(text)
					+ "\"}],\"model\":\"claude-haiku-5-5\",\"stop_reason\":\"end_turn\",\"stop_sequence\":null,\"usage\":{\"input_tokens\":12,\"output_tokens\":200}}";
		}

		@Override
		String begin() {
			return event("message_start",
					"{\"type\":\"message_start\",\"message\":{\"id\":\"msg_01XFDUDYJgAACzvnptvVoYEL\",\"type\":\"message\",\"role\":\"assistant\",\"content\":[],\"model\":\"claude-haiku-5-5\",\"stop_reason\":null,\"stop_sequence\":null,\"usage\":{\"input_tokens\":12,\"output_tokens\":1}}}")
					+ event("content_block_start",
							"{\"type\":\"content_block_start\",\"index\":0,\"content_block\":{\"type\":\"text\",\"text\":\"\"}}");
		}

		@Override
		String delta(String text) {
			return event("content_block_delta",
					"{\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"type\":\"text_delta\",\"text\":\""
							+ escaped(text) + "\"}}");
		}

		@Override
		String end() {
			return event("content_block_stop", "{\"type\":\"content_block_stop\",\"index\":0}") + event("message_delta",
					"{\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"end_turn\",\"stop_sequence\":null},\"usage\":{\"output_tokens\":200}}")
					+ event("message_stop", "{\"type\":\"message_stop\"}");
		}

	};

	/**
	 * A request to the Text Completions API, for peers that know no API.
	 */
	static final String REQUEST = "{\"model\":\"claude-2.1\",\"prompt\":\"\\n\\nHuman: Hi\\n\\nAssistant:\",\"max_tokens_to_sample\":100,\"stream\":true}";

	/**
	 * The texts of events, one after another and then from the start: of 40, two have a
	 * line break, two a quotation mark, and two a letter that is not ASCII.
	 */
	static final List<String> TEXTS = List.of(" The", " capital", " of", " France", " is", " Paris", ",", " known",
			" for", " its", " caf\u00e9", "s", " and", " the", " Eiffel", " Tower", ".", "\n\n", " \"", "It", " was",
			" built", " by", " Gustave", " Eiffel", "'s", " engineers", ".\"", " At", " 330", " met", "r", "es", ",",
			" it", " d\u00e9", "passe", " the", " rest", ".\n");

	/**
	 * The text of an answer that is not streamed.
	 */
	static final String WHOLE_TEXT = String.join("", TEXTS).repeat(5);

	private final String path;

	Payload(String path) {
		this.path = path;
	}

	static Payload of(String path) {
		return path.endsWith(MESSAGES.path) ? MESSAGES : TEXT_COMPLETIONS;
	}

	abstract String whole(String text);

	abstract String begin();

	abstract String delta(String text);

	abstract String end();

	/**
	 * Return the number of bytes in a stream.
	 */
	long bytes(Behaviour behaviour) {
		long bytes = (long) utf8(begin()).length + utf8(end()).length;
		for (int i = 0; i < behaviour.events(); i++) {
			bytes += utf8(delta(behaviour.text(i))).length;
		}
		return bytes;
	}

	private static String escaped(String text) {
		return text.replace("\"", "\\\"").replace("\n", "\\n");
	}

	static byte[] utf8(String text) {
		return text.getBytes(StandardCharsets.UTF_8);
	}

	private static String event(String name, String data) {
		return "event: " + name + "\ndata: " + data + "\n\n";
	}

}
