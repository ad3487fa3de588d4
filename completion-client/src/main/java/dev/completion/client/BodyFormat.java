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

import java.nio.charset.StandardCharsets;
import java.util.List;

import org.jspecify.annotations.Nullable;

import org.springframework.core.io.buffer.DataBuffer;

/**
 * Format of a response body, determined by its first bytes, because content types are not
 * reliable.
 */
enum BodyFormat {

	/**
	 * A JSON object.
	 */
	JSON,

	/**
	 * Server-sent events.
	 */
	EVENT_STREAM,

	/**
	 * Anything else, such as a web page.
	 */
	OTHER;

	private static final int MAX_FIELD_LENGTH = 8;

	private static final List<String> FIELDS = List.of("event:", "data:", "id:", "retry:", ":");

	private static final byte[] BYTE_ORDER_MARK = { (byte) 0xEF, (byte) 0xBB, (byte) 0xBF };

	/**
	 * Return the format of a body that begins with the given bytes, or {@code null} if
	 * they contain only white space or a byte order mark. Servers send white space to
	 * keep a connection open.
	 */
	static @Nullable BodyFormat of(DataBuffer bytes) {
		int start = bytes.indexOf((next) -> !isSpace((byte) next), bytes.readPosition());
		if (start == -1) {
			return null;
		}
		if (bytes.getByte(start) == '{') {
			return JSON;
		}
		int length = Math.min(bytes.writePosition() - start, MAX_FIELD_LENGTH);
		String text = bytes.toString(start, length, StandardCharsets.ISO_8859_1);
		// the buffer may end within a field name
		boolean field = FIELDS.stream().anyMatch((name) -> text.startsWith(name) || name.startsWith(text));
		return field ? EVENT_STREAM : OTHER;
	}

	private static boolean isSpace(byte next) {
		return (next >= 0 && next <= ' ') || next == BYTE_ORDER_MARK[0] || next == BYTE_ORDER_MARK[1]
				|| next == BYTE_ORDER_MARK[2];
	}

}
