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
 * What the wire form of a prompt is made of.
 *
 * @param system the text before the first turn
 * @param turns the turns, in any order
 */
record PromptParts(String system, List<Turn> turns) {

	static final String HUMAN = "\n\nHuman:";

	static final String ASSISTANT = "\n\nAssistant:";

	static PromptParts of(String prompt) {
		int position = nextTurn(prompt, 0);
		String system = prompt.substring(0, position);
		List<Turn> turns = new ArrayList<>();
		while (position < prompt.length()) {
			boolean human = prompt.startsWith(HUMAN, position);
			int start = position + (human ? HUMAN : ASSISTANT).length();
			position = nextTurn(prompt, start);
			turns.add(new Turn(human, prompt.substring(start, position)));
		}
		return new PromptParts(system, turns);
	}

	private static int nextTurn(String text, int from) {
		int human = text.indexOf(HUMAN, from);
		int assistant = text.indexOf(ASSISTANT, from);
		if (human < 0 || assistant < 0) {
			return (human < 0 && assistant < 0) ? text.length() : Math.max(human, assistant);
		}
		return Math.min(human, assistant);
	}

	/**
	 * What one side says.
	 *
	 * @param human whether it is the human's turn, and not the assistant's
	 * @param written what follows the colon
	 */
	record Turn(boolean human, String written) {

		/**
		 * Return the text, without the space that the form puts before it.
		 */
		String text() {
			return this.written.startsWith(" ") ? this.written.substring(1) : this.written;
		}

	}

}
