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

import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * Text of an answer, and why it ended.
 *
 * @param deltas the parts of the text that a stream sends one by one
 * @param stopReason the stop reason, in the words of text completions
 * @param stop the stop sequence of the request that was met
 */
record GeneratedText(List<String> deltas, String stopReason, @Nullable String stop) {

	static final String STOP_SEQUENCE = "stop_sequence";

	private static final String MAX_TOKENS = "max_tokens";

	/**
	 * Cut text before the first stop sequence, or after the last token allowed, whichever
	 * comes first.
	 */
	static GeneratedText cut(String text, List<String> stopSequences, int maxTokens) {
		int end = text.length();
		String stop = null;
		for (String stopSequence : stopSequences) {
			int index = text.indexOf(stopSequence);
			if (index != -1 && index < end) {
				end = index;
				stop = stopSequence;
			}
		}
		List<String> tokens = Tokens.split(text.substring(0, end));
		return (tokens.size() <= maxTokens) ? new GeneratedText(tokens, STOP_SEQUENCE, stop)
				: new GeneratedText(tokens.subList(0, maxTokens), MAX_TOKENS, null);
	}

	String text() {
		return String.join("", this.deltas);
	}

	/**
	 * Return whether the text is complete: neither a stop sequence of the request nor
	 * anything else has ended it.
	 */
	boolean isComplete() {
		return this.stopReason.equals(STOP_SEQUENCE) && this.stop == null;
	}

}
