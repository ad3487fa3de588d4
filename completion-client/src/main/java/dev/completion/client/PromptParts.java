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

import java.util.ArrayList;
import java.util.List;

/**
 * System text and turns of a prompt. The last turn is normally one of the assistant,
 * whose text is the prefill, or empty.
 *
 * @param system the text before the first turn, or an empty text
 * @param turns the turns, in any order
 */
record PromptParts(String system, List<Turn> turns) {

	static final String HUMAN = "\n\nHuman:";

	static final String ASSISTANT = "\n\nAssistant:";

	/**
	 * Return the parts of a prompt in its wire form. Their order is not checked.
	 */
	static PromptParts of(String wireForm) {
		int position = nextTurn(wireForm, 0);
		String system = wireForm.substring(0, position);
		List<Turn> turns = new ArrayList<>();
		while (position < wireForm.length()) {
			boolean human = wireForm.startsWith(HUMAN, position);
			int start = position + (human ? HUMAN : ASSISTANT).length();
			position = nextTurn(wireForm, start);
			boolean space = wireForm.startsWith(" ", start);
			turns.add(new Turn(human, wireForm.substring(space ? start + 1 : start, position)));
		}
		return new PromptParts(system, turns);
	}

	private static int nextTurn(String text, int from) {
		int position = text.indexOf("\n\n", from);
		while (position != -1 && !text.startsWith(HUMAN, position) && !text.startsWith(ASSISTANT, position)) {
			position = text.indexOf("\n\n", position + 1);
		}
		return (position != -1) ? position : text.length();
	}

	/**
	 * Return the wire form. If one of the texts {@linkplain #hasMarker(String) contains a
	 * marker}, parsing the result yields different parts.
	 */
	String wireForm() {
		StringBuilder wireForm = new StringBuilder(length()).append(this.system);
		for (Turn turn : this.turns) {
			wireForm.append(turn.marker()).append(turn.text());
		}
		return wireForm.toString();
	}

	/**
	 * Return the length of the wire form.
	 */
	int length() {
		int length = this.system.length();
		for (Turn turn : this.turns) {
			length += turn.marker().length() + turn.text().length();
		}
		return length;
	}

	/**
	 * Return whether the given text would start a turn.
	 */
	static boolean hasMarker(String text) {
		return text.contains(HUMAN) || text.contains(ASSISTANT);
	}

	/**
	 * What one side says.
	 *
	 * @param human whether it is the human's turn, and not the assistant's
	 * @param text the text, without the space that the wire form has before it
	 */
	record Turn(boolean human, String text) {

		private String marker() {
			String marker = this.human ? HUMAN : ASSISTANT;
			return this.text.isEmpty() ? marker : marker + " ";
		}

	}

}
