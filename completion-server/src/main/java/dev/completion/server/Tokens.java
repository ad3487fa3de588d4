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

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Splits text. A token is a word with the white space before it; white space at the end
 * is a token too.
 */
final class Tokens {

	private static final Pattern TOKEN = Pattern.compile("\\s*\\S+|\\s+");

	private Tokens() {
	}

	static List<String> split(String text) {
		return TOKEN.matcher(text).results().map((result) -> result.group()).toList();
	}

	static int count(String text) {
		return (int) TOKEN.matcher(text).results().count();
	}

	/**
	 * Split text into chunks.
	 * @param text the text
	 * @param sizes the sizes in code points, the last of which repeats
	 * @return the chunks
	 */
	static List<String> chunks(String text, int... sizes) {
		List<String> chunks = new ArrayList<>();
		int start = 0;
		while (start < text.length()) {
			int size = sizes[Math.min(chunks.size(), sizes.length - 1)];
			int end = start;
			for (int i = 0; i < size && end < text.length(); i++) {
				end += Character.charCount(text.codePointAt(end));
			}
			chunks.add(text.substring(start, end));
			start = end;
		}
		return chunks;
	}

}
