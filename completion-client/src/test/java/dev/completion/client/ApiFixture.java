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
 * One of the APIs as a server speaks it: the path of its requests, and answers for tests
 * that write them themselves. Texts are used as they are, so they are to hold nothing
 * that JSON escapes.
 */
enum ApiFixture {

	TEXT_COMPLETIONS(CompletionApi.TEXT_COMPLETIONS, "claude-2.1", "/v1/complete", "completion", """
			{"type":"completion","id":"compl_1","completion":"%s","stop_reason":%s,"model":"claude-2.1"}""") {

		@Override
		String deltaData(String text) {
			return this.answer.formatted(text, "null");
		}

		@Override
		String last(String stopReason) {
			return event(this.textEvent, this.answer.formatted("", quoted(stopReason)));
		}

		@Override
		String answer(String text, String stopReason) {
			return this.answer.formatted(text, quoted(stopReason));
		}

	},

	MESSAGES(CompletionApi.MESSAGES, "claude-haiku-4-5", "/v1/messages", "content_block_delta", """
			{"id":"msg_1","type":"message","role":"assistant","model":"claude-haiku-4-5",\
			"content":[{"type":"text","text":"%s"}],"stop_reason":%s,"stop_sequence":null,\
			"usage":{"input_tokens":3,"output_tokens":5}}""") {

		@Override
		String deltaData(String text) {
			return """
					{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"%s"}}"""
				.formatted(text);
		}

		@Override
		String last(String stopReason) {
			return event("message_delta", """
					{"type":"message_delta","delta":{"stop_reason":%s,"stop_sequence":null},\
					"usage":{"output_tokens":5}}""".formatted(quoted(ofMessages(stopReason))))
					+ event("message_stop", "{\"type\":\"message_stop\"}");
		}

		@Override
		String answer(String text, String stopReason) {
			return this.answer.formatted(text, quoted(ofMessages(stopReason)));
		}

	};

	final CompletionApi api;

	/**
	 * A model that the embedded server serves on this API.
	 */
	final String model;

	final String path;

	/**
	 * The name of the events that have text.
	 */
	final String textEvent;

	final String answer;

	ApiFixture(CompletionApi api, String model, String path, String textEvent, String answer) {
		this.api = api;
		this.model = model;
		this.path = path;
		this.textEvent = textEvent;
		this.answer = answer;
	}

	/**
	 * Return an event with the given text.
	 */
	final String delta(String text) {
		return event(this.textEvent, deltaData(text));
	}

	/**
	 * Return the data of an event with the given text.
	 */
	abstract String deltaData(String text);

	/**
	 * Return the end of a stream.
	 * @param stopReason the stop reason that the caller gets
	 */
	abstract String last(String stopReason);

	/**
	 * Return a whole answer.
	 * @param stopReason the stop reason that the caller gets
	 */
	abstract String answer(String text, String stopReason);

	static String event(String name, String data) {
		return "event: " + name + "\ndata: " + data + "\n\n";
	}

	private static String quoted(String text) {
		return '"' + text + '"';
	}

	private static String ofMessages(String stopReason) {
		return stopReason.equals("stop_sequence") ? "end_turn" : stopReason;
	}

}
