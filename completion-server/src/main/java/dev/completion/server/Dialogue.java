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
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * System text, turns and prefill of a prompt.
 *
 * @param system the text before the first turn
 * @param turns all turns but the last
 * @param prefill the text of the last turn, the one to go on with
 */
record Dialogue(String system, List<Turn> turns, String prefill) {

	static final String HUMAN = "\n\nHuman:";

	static final String ASSISTANT = "\n\nAssistant:";

	private static final Pattern TURN = Pattern.compile("\n\n(?:Human|Assistant):");

	/**
	 * Read the prompt of a text completion. As the API does, white space at its end and a
	 * first turn that lacks its two line feeds are put right.
	 */
	static Dialogue parse(String prompt) {
		String sanitized = sanitize(prompt);
		Matcher marker = TURN.matcher(sanitized);
		if (!marker.find() || !HUMAN.equals(marker.group())) {
			throw ApiException
				.invalidRequest("prompt must start with \"\\n\\nHuman:\" turn after an optional system prompt");
		}
		String system = sanitized.substring(0, marker.start()).strip();
		List<Turn> turns = turns(sanitized, marker);
		if (turns.get(turns.size() - 1).human()) {
			throw ApiException.invalidRequest("prompt must end with an \"\\n\\nAssistant:\" turn");
		}
		return of(system, turns);
	}

	/**
	 * Return a dialogue in which turns of the same side that follow each other are one.
	 * If the last turn is not one of the human, its text is the prefill.
	 */
	static Dialogue of(String system, List<Turn> turns) {
		List<Turn> merged = new ArrayList<>();
		int start = 0;
		for (int end = 1; end <= turns.size(); end++) {
			if (end == turns.size() || turns.get(end).human() != turns.get(start).human()) {
				merged.add(Turn.join(turns.subList(start, end)));
				start = end;
			}
		}
		int last = merged.size() - 1;
		String prefill = (last >= 0 && !merged.get(last).human()) ? merged.remove(last).text() : "";
		return new Dialogue(system, List.copyOf(merged), prefill);
	}

	private static String sanitize(String prompt) {
		String stripped = prompt.stripTrailing();
		String start = stripped.stripLeading();
		return start.startsWith(HUMAN.strip()) ? "\n\n" + start : stripped;
	}

	private static List<Turn> turns(String prompt, Matcher marker) {
		List<Turn> turns = new ArrayList<>();
		boolean more = true;
		while (more) {
			boolean human = HUMAN.equals(marker.group());
			int start = marker.end();
			more = marker.find();
			turns.add(new Turn(human, prompt.substring(start, more ? marker.start() : prompt.length()).strip()));
		}
		return turns;
	}

	/**
	 * Return the text of the last turn of the human.
	 */
	String question() {
		String question = "";
		for (Turn turn : this.turns) {
			question = turn.human() ? turn.text() : question;
		}
		return question;
	}

	/**
	 * Return the number of tokens.
	 */
	int tokens() {
		int turns = this.turns.stream().mapToInt((turn) -> Tokens.count(turn.text())).sum();
		return Tokens.count(this.system) + turns + Tokens.count(this.prefill);
	}

	/**
	 * Text of one side, without the white space around it.
	 */
	record Turn(boolean human, String text) {

		static Turn join(List<Turn> turns) {
			return new Turn(turns.get(0).human(),
					turns.stream()
						.map(Turn::text)
						.filter((text) -> !text.isEmpty())
						.collect(Collectors.joining("\n\n")));
		}

	}

}
