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
 * Text of a completion, and why it ended.
 *
 * @param text the text
 * @param stopReason the stop reason
 * @param stop the stop sequence that was met
 */
record CompletionText(String text, String stopReason, @Nullable String stop) {

	static final String STOP_SEQUENCE = "stop_sequence";

	private static final String MAX_TOKENS = "max_tokens";

	/**
	 * Cut text before the first stop sequence, or after the last token allowed, whichever
	 * comes first.
	 */
	static CompletionText cut(String text, List<String> stopSequences, int maxTokens) {
		CompletionText stopped = stop(text, stopSequences);
		List<String> tokens = Tokens.split(stopped.text());
		if (tokens.size() <= maxTokens) {
			return stopped;
		}
		return new CompletionText(String.join("", tokens.subList(0, maxTokens)), MAX_TOKENS, null);
	}

	private static CompletionText stop(String text, List<String> stopSequences) {
		int end = text.length();
		String stop = Dialogue.HUMAN;
		for (String stopSequence : stopSequences) {
			int index = text.indexOf(stopSequence);
			if (index != -1 && index < end) {
				end = index;
				stop = stopSequence;
			}
		}
		return new CompletionText(text.substring(0, end), STOP_SEQUENCE, stop);
	}

}
