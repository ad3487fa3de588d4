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

import java.util.AbstractList;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Text form of server-sent events.
 */
final class EventStream {

	private static final Pattern BLANK_LINE = Pattern.compile("(?:\r\n|\n|\r(?!\n)){2}");

	static final String PING = event("ping", "{\"type\": \"ping\"}");

	private EventStream() {
	}

	/**
	 * Return pings without end, each made when it is asked for.
	 */
	static Iterable<String> pings() {
		return () -> Stream.generate(() -> PING).iterator();
	}

	/**
	 * Return events that are each made when they are asked for.
	 * @param size the number of events
	 * @param event the event of an index
	 */
	static List<String> lazy(int size, IntFunction<String> event) {
		return new AbstractList<>() {

			@Override
			public String get(int index) {
				return event.apply(index);
			}

			@Override
			public int size() {
				return size;
			}

		};
	}

	static String event(String name, String data) {
		return "event: " + name + "\ndata: " + data + "\n\n";
	}

	/**
	 * Split a stream after each blank line.
	 * @param stream the text of the stream
	 * @return the parts, which are the stream again when joined
	 */
	static List<String> split(String stream) {
		List<String> events = new ArrayList<>();
		Matcher matcher = BLANK_LINE.matcher(stream);
		int start = 0;
		while (matcher.find()) {
			events.add(stream.substring(start, matcher.end()));
			start = matcher.end();
		}
		if (start < stream.length()) {
			events.add(stream.substring(start));
		}
		return events;
	}

}
