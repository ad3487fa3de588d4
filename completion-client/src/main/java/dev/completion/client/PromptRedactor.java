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
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Removes parts of a prompt from a text that a server has sent, such as an error message
 * that quotes it. White space may differ, and characters of the text may be escaped.
 * Matches of fewer than 24 characters are kept, because they may be coincidental.
 */
final class PromptRedactor {

	private static final int MIN_RUN = 24;

	private static final int FILTER_BITS = 16;

	private static final String REPLACEMENT = "[…]";

	private PromptRedactor() {
	}

	/**
	 * Replace each run of 24 or more characters that also occurs in the prompt with
	 * {@code […]}.
	 */
	static String redact(String text, String prompt) {
		if (text.length() < MIN_RUN || prompt.length() < MIN_RUN) {
			return text;
		}
		BitSet quoted = quoted(List.of(UnescapedText.plain(text), UnescapedText.of(text)), prompt);
		StringBuilder result = new StringBuilder();
		int position = 0;
		for (int next = quoted.nextSetBit(0); next != -1; next = quoted.nextSetBit(position)) {
			result.append(text, position, next).append(REPLACEMENT);
			position = quoted.nextClearBit(next);
		}
		return result.append(text, position, text.length()).toString();
	}

	// a single pass over the prompt; the filter avoids boxing most of the hashes
	private static BitSet quoted(List<UnescapedText> variants, String prompt) {
		Set<Long> runs = new HashSet<>();
		BitSet filter = new BitSet();
		for (UnescapedText variant : variants) {
			Window window = new Window();
			for (int i = 0; i < variant.text().length(); i++) {
				if (window.add(variant.text().charAt(i))) {
					runs.add(window.hash);
					filter.set(window.filterIndex());
				}
			}
		}
		BitSet quoted = new BitSet();
		Window window = new Window();
		for (int i = 0; i < prompt.length(); i++) {
			if (window.add(prompt.charAt(i)) && filter.get(window.filterIndex()) && runs.remove(window.hash)) {
				String run = window.toString();
				variants.forEach((variant) -> variant.mark(run, quoted));
			}
		}
		return quoted;
	}

	/**
	 * The last characters of a text, with a rolling hash. Consecutive white space counts
	 * as one character.
	 */
	private static final class Window {

		// odd and large, so that the upper bits of a hash depend on all characters
		private static final long BASE = 0x9E3779B97F4A7C15L;

		private static final long HIGHEST = power(MIN_RUN - 1);

		private final char[] characters = new char[MIN_RUN];

		private int count;

		private char last;

		private long hash;

		private static long power(int exponent) {
			long power = 1;
			for (int i = 0; i < exponent; i++) {
				power *= BASE;
			}
			return power;
		}

		/**
		 * Add a character.
		 * @return whether the window is full and has changed
		 */
		private boolean add(char next) {
			char character = Character.isWhitespace(next) ? ' ' : next;
			if (character == ' ' && this.last == ' ') {
				return false;
			}
			this.last = character;
			int index = this.count++ % MIN_RUN;
			this.hash = (this.hash - this.characters[index] * HIGHEST) * BASE + character;
			this.characters[index] = character;
			return this.count >= MIN_RUN;
		}

		// the upper bits depend on all characters
		private int filterIndex() {
			return (int) (this.hash >>> (Long.SIZE - FILTER_BITS));
		}

		@Override
		public String toString() {
			int start = this.count % MIN_RUN;
			return new String(this.characters, start, MIN_RUN - start) + new String(this.characters, 0, start);
		}

	}

}
