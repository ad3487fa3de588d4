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
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What is to be sent for a request.
 *
 * @param status the status
 * @param headers the headers, at most one of each name
 * @param content the body
 * @param delivery what comes before the head, and how fast bytes follow each other
 * @param usage the tokens of an answer with text, else null
 */
record Answer(int status, Map<String, String> headers, Content content, Delivery delivery, @Nullable Usage usage) {

	static Answer json(int status, JsonNode body) {
		return literal(status, "application/json", Json.write(body));
	}

	/**
	 * Return the error response to a request.
	 */
	static Answer error(ApiException error, String requestId) {
		ObjectNode envelope = Json.object().put("type", "error");
		envelope.putObject("error").put("type", error.type()).put("message", error.getMessage());
		return json(error.status(), envelope.put("request_id", requestId));
	}

	static Answer literal(int status, String contentType, String body) {
		return of(status, Map.of("content-type", contentType), new Content(List.of(body), Form.WHOLE));
	}

	static Answer events(Iterable<String> events) {
		return of(200, Map.of("content-type", "text/event-stream; charset=utf-8", "cache-control", "no-cache"),
				new Content(events, Form.STREAMED));
	}

	static Answer redirect(int status, String location) {
		return of(status, Map.of("location", location), new Content(List.of(), Form.WHOLE));
	}

	/**
	 * Return an answer that is nothing but the given bytes, which a text of Latin-1 keeps
	 * as they are.
	 */
	static Answer raw(byte[] bytes) {
		return of(200, Map.of(), new Content(List.of(new String(bytes, StandardCharsets.ISO_8859_1)), Form.RAW));
	}

	private static Answer of(int status, Map<String, String> headers, Content content) {
		return new Answer(status, headers, content, new Delivery(List.of(), Duration.ZERO, null), null);
	}

	Answer withStatus(int status) {
		return new Answer(status, this.headers, this.content, this.delivery, this.usage);
	}

	Answer withDelay(Duration delay) {
		return withDelivery(new Delivery(this.delivery.interim(), delay, this.delivery.drip()));
	}

	Answer withInterim(List<Integer> interim) {
		return withDelivery(new Delivery(interim, this.delivery.delay(), this.delivery.drip()));
	}

	Answer withDrip(Duration drip) {
		return withDelivery(new Delivery(this.delivery.interim(), this.delivery.delay(), drip));
	}

	private Answer withDelivery(Delivery delivery) {
		return new Answer(this.status, this.headers, this.content, delivery, this.usage);
	}

	Answer withPause(Duration pause) {
		return withContent(this.content.withPause(pause));
	}

	Answer withEnding(Ending ending, int parts) {
		return withContent(this.content.withEnding(ending, parts));
	}

	private Answer withContent(Content content) {
		return new Answer(this.status, this.headers, content, this.delivery, this.usage);
	}

	Answer withUsage(Usage usage) {
		return new Answer(this.status, this.headers, this.content, this.delivery, usage);
	}

	/**
	 * Return a copy with headers that replace those of the same name.
	 */
	Answer withHeaders(Map<String, String> headers) {
		return new Answer(this.status, merge(this.headers, headers), this.content, this.delivery, this.usage);
	}

	/**
	 * Return a copy with those headers that are not there yet.
	 */
	Answer orHeaders(Map<String, String> headers) {
		return new Answer(this.status, merge(headers, this.headers), this.content, this.delivery, this.usage);
	}

	Answer orHeader(String name, String value) {
		return orHeaders(Map.of(name, value));
	}

	private static Map<String, String> merge(Map<String, String> weak, Map<String, String> strong) {
		Map<String, String> merged = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
		merged.putAll(weak);
		merged.putAll(strong);
		return Collections.unmodifiableMap(merged);
	}

	/**
	 * How a body is sent.
	 */
	enum Form {

		/**
		 * In one piece whose length is announced.
		 */
		WHOLE,

		/**
		 * The head and each part as soon as they can be, in chunked encoding.
		 */
		STREAMED,

		/**
		 * Each part as it is, in place of head and body.
		 */
		RAW

	}

	/**
	 * What comes after the last part.
	 */
	enum Ending {

		/**
		 * The end as HTTP has it; that of raw parts is the close of the connection.
		 */
		CLEAN,

		/**
		 * The close of the connection.
		 */
		CUT,

		/**
		 * The reset of the connection.
		 */
		RESET,

		/**
		 * Nothing.
		 */
		STALL

	}

	/**
	 * Body of an answer.
	 *
	 * @param parts the parts, which may be made only when they are asked for; without end
	 * if they are no collection
	 * @param form how the parts are sent
	 * @param pause the time to wait before each part, unless they are sent as a whole
	 * @param limit the number of parts that are sent at most, or {@link #NO_LIMIT}
	 * @param ending what comes after them
	 */
	record Content(Iterable<String> parts, Form form, Duration pause, int limit, Ending ending) {

		static final int NO_LIMIT = -1;

		Content(Iterable<String> parts, Form form) {
			this(parts, form, Duration.ZERO, NO_LIMIT, Ending.CLEAN);
		}

		Content withPause(Duration pause) {
			Content apart = inParts();
			return new Content(apart.parts, apart.form, pause, this.limit, this.ending);
		}

		Content withEnding(Ending ending, int limit) {
			Content apart = inParts();
			return new Content(apart.parts, apart.form, this.pause, limit, ending);
		}

		private Content inParts() {
			if (this.form == Form.STREAMED) {
				return this;
			}
			List<String> parts = EventStream.split(String.join("", this.parts));
			return new Content(parts, (this.form != Form.RAW) ? Form.STREAMED : Form.RAW, this.pause, this.limit,
					this.ending);
		}

	}

	/**
	 * How an answer is put on the connection.
	 *
	 * @param interim the statuses of the interim responses, which are sent at once
	 * @param delay the time to wait after them, before the status line
	 * @param drip the time between two bytes, or null if they are sent together
	 */
	record Delivery(List<Integer> interim, Duration delay, @Nullable Duration drip) {

	}

}
