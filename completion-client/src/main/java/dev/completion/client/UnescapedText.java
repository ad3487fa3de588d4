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

import java.util.BitSet;

import org.springframework.web.util.HtmlUtils;

/**
 * Text whose characters were escaped as in JSON, in URLs, or in HTML, with the positions
 * of its characters in the original text. Consecutive white space is a single space.
 *
 * @param text the text
 * @param starts the index of each character in the original text
 * @param ends the end of each character in the original text
 */
@SuppressWarnings("ArrayRecordComponent") // never compared, and copying costs
record UnescapedText(String text, int[] starts, int[] ends) {

	// JSON in a string of JSON has three
	private static final int MAX_BACKSLASHES = 3;

	private static final int MAX_ENTITY_LENGTH = 8;

	private static final int HEX = 16;

	/**
	 * Return the given text without unescaping its characters.
	 */
	static UnescapedText plain(String original) {
		return read(original, false);
	}

	/**
	 * Return the given text with its characters unescaped.
	 */
	static UnescapedText of(String original) {
		return read(original, true);
	}

	private static UnescapedText read(String original, boolean unescape) {
		Reader reader = new Reader(original);
		while (reader.end < original.length()) {
			reader.next(unescape);
		}
		return new UnescapedText(reader.text.toString(), reader.starts, reader.ends);
	}

	/**
	 * Set the bits of all characters of the original text that are part of the given run.
	 */
	void mark(String run, BitSet bits) {
		for (int i = this.text.indexOf(run); i != -1; i = this.text.indexOf(run, i + 1)) {
			bits.set(this.starts[i], this.ends[i + run.length() - 1]);
		}
	}

	/**
	 * Reads one character after another.
	 */
	private static final class Reader {

		private final String original;

		private final StringBuilder text = new StringBuilder();

		private final int[] starts;

		private final int[] ends;

		private int end;

		private Reader(String original) {
			this.original = original;
			this.starts = new int[original.length()];
			this.ends = new int[original.length()];
		}

		private void next(boolean unescape) {
			int start = this.end;
			char next = unescape ? character() : plain();
			char character = Character.isWhitespace(next) ? ' ' : next;
			int length = this.text.length();
			if (character != ' ' || length == 0 || this.text.charAt(length - 1) != ' ') {
				this.text.append(character);
				this.starts[length++] = start;
			}
			this.ends[length - 1] = this.end;
		}

		private char plain() {
			return this.original.charAt(this.end++);
		}

		private char character() {
			return switch (this.original.charAt(this.end)) {
				case '\\' -> afterBackslashes();
				case '%' -> hex(this.end + 1, 2);
				case '&' -> entity();
				default -> plain();
			};
		}

		private char afterBackslashes() {
			int index = this.end;
			while (index < this.end + MAX_BACKSLASHES && this.original.startsWith("\\", index)) {
				index++;
			}
			if (index == this.original.length()) {
				return plain();
			}
			char escaped = this.original.charAt(index);
			if (escaped == 'u') {
				return hex(index + 1, 4);
			}
			this.end = index + 1;
			return (escaped == 'n' || escaped == 'r' || escaped == 't') ? ' ' : escaped;
		}

		private char hex(int start, int digits) {
			int value = 0;
			for (int i = start; i < start + digits; i++) {
				int digit = (i < this.original.length()) ? Character.digit(this.original.charAt(i), HEX) : -1;
				if (digit == -1) {
					return plain();
				}
				value = value * HEX + digit;
			}
			this.end = start + digits;
			return (char) value;
		}

		private char entity() {
			int semicolon = this.original.indexOf(';', this.end);
			if (semicolon == -1 || semicolon >= this.end + MAX_ENTITY_LENGTH) {
				return plain();
			}
			String character = HtmlUtils.htmlUnescape(this.original.substring(this.end, semicolon + 1));
			if (character.length() != 1) {
				return plain();
			}
			this.end = semicolon + 1;
			return character.charAt(0);
		}

	}

}
