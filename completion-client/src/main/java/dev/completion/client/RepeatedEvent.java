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

import java.util.Arrays;

import org.jspecify.annotations.Nullable;

/**
 * Reads events that differ from the one before in their text alone, as nearly all of a
 * stream do. What surrounds the text is compared byte for byte, and the text must have
 * nothing that JSON escapes, so whatever passes means what a parser would make of it. Not
 * safe for use by several threads.
 */
final class RepeatedEvent {

	private static final int MAX_TEXT = 64 * 1024;

	// learning costs, and some servers send events of which each differs
	private static final int MAX_IN_VAIN = 8;

	private @Nullable Completion completion;

	private byte[] before = {};

	// begins with the quotation mark that ends the text
	private byte[] after = {};

	private int inVain;

	/**
	 * Return the completion of an event, or {@code null} if it has to be parsed.
	 */
	@Nullable Completion read(byte[] bytes, int offset, int length) {
		Completion known = this.completion;
		int textLength = length - this.before.length - this.after.length;
		if (known == null || textLength <= 0 || textLength > MAX_TEXT) {
			return null;
		}
		int textStart = offset + this.before.length;
		int textEnd = textStart + textLength;
		if (!Arrays.equals(bytes, textEnd, offset + length, this.after, 0, this.after.length)
				|| !Arrays.equals(bytes, offset, textStart, this.before, 0, this.before.length)) {
			return null;
		}
		String text = JsonString.decode(bytes, textStart, textEnd);
		if (text == null) {
			return null;
		}
		this.inVain = 0;
		return known.withText(text);
	}

	/**
	 * Forget the event, since what is read now may change what is said of later ones.
	 */
	void forget() {
		this.completion = null;
	}

	boolean isLearning() {
		return this.inVain < MAX_IN_VAIN;
	}

	/**
	 * Learn from an event that was parsed.
	 * @param text where its text begins, with the quotation mark before it
	 * @param completion what the parser made of it
	 */
	void learn(byte[] bytes, int offset, int length, int text, Completion completion) {
		int start = offset + text + 1;
		int end = JsonString.end(bytes, start, offset + length);
		if (end < 0 || !completion.completion().equals(JsonString.decode(bytes, start, end))) {
			return;
		}
		this.inVain++;
		this.before = Arrays.copyOfRange(bytes, offset, start);
		this.after = Arrays.copyOfRange(bytes, end, offset + length);
		this.completion = completion;
	}

}
