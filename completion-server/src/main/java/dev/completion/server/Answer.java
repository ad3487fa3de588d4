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

import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * What is to be sent for a request.
 *
 * @param status the status
 * @param headers the headers, at most one of each name
 * @param content the body
 * @param delay the time to wait before the status line
 * @param usage the tokens of an answer with text, else null
 */
record Answer(int status, Map<String, String> headers, Content content, Duration delay, @Nullable Usage usage) {

	static Answer json(int status, JsonNode body) {
		return literal(status, "application/json", Json.write(body));
	}

	static Answer literal(int status, String contentType, String body) {
		return of(status, contentType, new Content(List.of(body), false, Duration.ZERO));
	}

	static Answer events(List<String> events) {
		return of(200, "text/event-stream; charset=utf-8", new Content(events, true, Duration.ZERO))
			.withHeaders(Map.of("cache-control", "no-cache"));
	}

	private static Answer of(int status, String contentType, Content content) {
		return new Answer(status, Map.of("content-type", contentType), content, Duration.ZERO, null);
	}

	Answer withStatus(int status) {
		return new Answer(status, this.headers, this.content, this.delay, this.usage);
	}

	Answer withDelay(Duration delay) {
		return new Answer(this.status, this.headers, this.content, delay, this.usage);
	}

	Answer withPause(Duration pause) {
		return new Answer(this.status, this.headers, this.content.withPause(pause), this.delay, this.usage);
	}

	Answer withUsage(Usage usage) {
		return new Answer(this.status, this.headers, this.content, this.delay, usage);
	}

	/**
	 * Return a copy with headers that replace those of the same name.
	 */
	Answer withHeaders(Map<String, String> headers) {
		return new Answer(this.status, merge(this.headers, headers), this.content, this.delay, this.usage);
	}

	/**
	 * Return a copy with those headers that are not there yet.
	 */
	Answer orHeaders(Map<String, String> headers) {
		return new Answer(this.status, merge(headers, this.headers), this.content, this.delay, this.usage);
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
	 * Body of an answer.
	 *
	 * @param parts the parts, which may be made only when they are asked for
	 * @param streamed whether the head and each part are sent as soon as they can be
	 * @param pause the time to wait before each part of a streamed body
	 */
	record Content(List<String> parts, boolean streamed, Duration pause) {

		Content withPause(Duration pause) {
			return new Content(this.streamed ? this.parts : EventStream.split(String.join("", this.parts)), true,
					pause);
		}

	}

}
