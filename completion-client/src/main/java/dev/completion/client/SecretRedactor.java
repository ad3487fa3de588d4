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

import java.util.HexFormat;

import org.springframework.web.util.HtmlUtils;

/**
 * Removes a secret from texts of a server, which may quote it, also with characters that
 * are escaped as in JSON, in URLs, or in HTML.
 */
final class SecretRedactor {

	private static final String REDACTED = "***";

	// a shorter secret would be found in words, too
	private static final int MIN_LENGTH = 8;

	// JSON in a string of JSON has three
	private static final int MAX_BACKSLASHES = 3;

	private static final int MAX_ENTITY_LENGTH = 8;

	private final String secret;

	SecretRedactor(String secret) {
		this.secret = secret;
	}

	/**
	 * Return the given text with {@code ***} in place of the secret.
	 */
	String redact(String text) {
		if (this.secret.length() < MIN_LENGTH) {
			return text;
		}
		StringBuilder redacted = new StringBuilder();
		int copied = 0;
		for (int index = 0; index <= text.length() - this.secret.length(); index++) {
			int end = endOfSecret(text, index);
			if (end >= 0) {
				redacted.append(text, copied, index).append(REDACTED);
				copied = end;
				index = end - 1;
			}
		}
		return (copied > 0) ? redacted.append(text, copied, text.length()).toString() : text;
	}

	/**
	 * Return the end of the secret that begins at the given index, or -1 if none does.
	 */
	private int endOfSecret(String text, int start) {
		int end = start;
		for (int i = 0; i < this.secret.length() && end >= 0; i++) {
			end = endOfCharacter(text, end, this.secret.charAt(i));
		}
		return end;
	}

	private static int endOfCharacter(String text, int start, char expected) {
		if (start == text.length()) {
			return -1;
		}
		int end = endOfEscaped(text, start, expected);
		return (end < 0 && text.charAt(start) == expected) ? start + 1 : end;
	}

	private static int endOfEscaped(String text, int start, char expected) {
		return switch (text.charAt(start)) {
			case '\\' -> endOfJsonEscape(text, start, expected);
			case '%' -> endOfHex(text, start + 1, expected, 2);
			case '&' -> endOfEntity(text, start, expected);
			default -> -1;
		};
	}

	private static int endOfJsonEscape(String text, int start, char expected) {
		int index = start;
		while (index < start + MAX_BACKSLASHES && text.startsWith("\\", index)) {
			index++;
		}
		int end = text.startsWith("u", index) ? endOfHex(text, index + 1, expected, 4) : -1;
		boolean escaped = end < 0 && text.startsWith(String.valueOf(expected), index);
		return escaped ? index + 1 : end;
	}

	private static int endOfHex(String text, int start, char expected, int digits) {
		String hex = HexFormat.of().toHexDigits(expected, digits);
		return text.regionMatches(true, start, hex, 0, digits) ? start + digits : -1;
	}

	private static int endOfEntity(String text, int start, char expected) {
		String entity = text.substring(start, Math.min(start + MAX_ENTITY_LENGTH, text.length()));
		int length = entity.indexOf(';') + 1;
		String character = HtmlUtils.htmlUnescape(entity.substring(0, length));
		return character.equals(String.valueOf(expected)) ? start + length : -1;
	}

}
