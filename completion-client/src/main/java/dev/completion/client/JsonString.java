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

import org.jspecify.annotations.Nullable;

/**
 * Reads what is between the quotation marks of a
 * <a href="https://www.rfc-editor.org/rfc/rfc8259#section-7">JSON string</a>.
 */
final class JsonString {

	private static final String ESCAPED = "\"\\/bfnrt";

	private static final String MEANT = "\"\\/\b\f\n\r\t";

	private JsonString() {
	}

	/**
	 * Return the string, with U+FFFD in place of invalid UTF-8.
	 * @return the string, or {@code null} if the bytes are not the content of one
	 */
	static @Nullable String decode(byte[] bytes, int start, int end) {
		StringBuilder unescaped = null;
		int from = start;
		for (int i = start; i < end; i++) {
			byte b = bytes[i];
			if (b == '"' || (b >= 0 && b < ' ')) {
				return null;
			}
			if (b == '\\') {
				int length = (i + 1 < end && bytes[i + 1] == 'u') ? 6 : 2;
				int character = (i + length <= end) ? character(bytes, i + 1, length) : -1;
				if (character < 0) {
					return null;
				}
				unescaped = (unescaped != null) ? unescaped : new StringBuilder(end - start);
				unescaped.append(Utf8.decode(bytes, from, i - from)).append((char) character);
				from = i + length;
				i = from - 1;
			}
		}
		String rest = Utf8.decode(bytes, from, end - from);
		return (unescaped != null) ? unescaped.append(rest).toString() : rest;
	}

	/**
	 * Return where the string ends that begins at the given index.
	 * @param limit where to stop looking
	 * @return the index of its quotation mark, or -1 for none
	 */
	static int end(byte[] bytes, int start, int limit) {
		for (int i = start; i < limit; i++) {
			if (bytes[i] == '"') {
				return i;
			}
			i += (bytes[i] == '\\') ? 1 : 0;
		}
		return -1;
	}

	/**
	 * Return the character that an escape means, or -1 for none.
	 */
	private static int character(byte[] bytes, int offset, int length) {
		if (length == 2) {
			int index = ESCAPED.indexOf(bytes[offset]);
			return (index >= 0) ? MEANT.charAt(index) : -1;
		}
		int character = 0;
		for (int i = offset + 1; i < offset + 5; i++) {
			int digit = (bytes[i] >= 0) ? Character.digit(bytes[i], 16) : -1;
			if (digit < 0) {
				return -1;
			}
			character = 16 * character + digit;
		}
		return character;
	}

}
