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

import org.jspecify.annotations.Nullable;

import org.springframework.util.Assert;

/**
 * A prompt made of turns, as the Text Completions API wants it: optional system text,
 * then {@code "\n\nHuman:"} and {@code "\n\nAssistant:"} turns in alternation, beginning
 * with the human's and ending with the assistant's, which the model completes.
 * <p>
 * Instances are immutable, and valid: what breaks a rule of the API is refused when the
 * prompt is made, with an {@link IllegalArgumentException} that names the rule.
 *
 * @since 0.1.0
 */
public final class Prompt {

	static final String HUMAN = "\n\nHuman:";

	static final String ASSISTANT = "\n\nAssistant:";

	private final String wireForm;

	private Prompt(String wireForm) {
		this.wireForm = wireForm;
	}

	/**
	 * Return a prompt with one question: {@code "\n\nHuman: …\n\nAssistant:"}.
	 * @param text what the human says; must not be blank
	 * @return the prompt
	 */
	public static Prompt human(String text) {
		return builder().human(text).build();
	}

	/**
	 * Return a builder of a prompt with several turns.
	 * @return the builder
	 */
	public static Builder builder() {
		return new Builder();
	}

	/**
	 * Check a prompt that is in its wire form already.
	 * @param prompt the wire form
	 * @return the prompt, whose {@link #toString()} is the given text
	 */
	public static Prompt parse(String prompt) {
		Assert.notNull(prompt, "'prompt' must not be null");
		int position = nextTurn(prompt, 0);
		Assert.isTrue(position < prompt.length() && prompt.startsWith(HUMAN, position),
				"'prompt' must start with a \"\\n\\nHuman:\" turn, after optional system text");
		Builder turns = new Builder();
		if (position > 0) {
			turns.system(prompt.substring(0, position));
		}
		while (position < prompt.length()) {
			position = parseTurn(prompt, position, turns);
		}
		turns.build();
		return new Prompt(prompt);
	}

	private static int parseTurn(String prompt, int position, Builder turns) {
		boolean human = prompt.startsWith(HUMAN, position);
		int textStart = position + (human ? HUMAN : ASSISTANT).length();
		int end = nextTurn(prompt, textStart);
		String text = prompt.substring(prompt.startsWith(" ", textStart) ? textStart + 1 : textStart, end);
		if (human) {
			Assert.isTrue(end < prompt.length(), "'prompt' must end with an \"\\n\\nAssistant:\" turn");
			turns.human(text);
		}
		else if (end < prompt.length()) {
			turns.assistant(text);
		}
		else if (end > textStart) {
			turns.prefill(text);
		}
		return end;
	}

	private static int nextTurn(String text, int from) {
		int human = text.indexOf(HUMAN, from);
		int assistant = text.indexOf(ASSISTANT, from);
		if (human < 0 || assistant < 0) {
			return (human < 0 && assistant < 0) ? text.length() : Math.max(human, assistant);
		}
		return Math.min(human, assistant);
	}

	@Override
	public boolean equals(@Nullable Object other) {
		return (other instanceof Prompt that) && this.wireForm.equals(that.wireForm);
	}

	@Override
	public int hashCode() {
		return this.wireForm.hashCode();
	}

	/**
	 * Return the wire form.
	 */
	@Override
	public String toString() {
		return this.wireForm;
	}

	/**
	 * Builder of {@link Prompt}.
	 */
	public static final class Builder {

		private String system = "";

		private final List<String> turns = new ArrayList<>();

		private @Nullable String prefill;

		private Builder() {
		}

		/**
		 * Set the system text, which comes before the first turn.
		 * @param text the text; must not be blank
		 * @return this builder
		 */
		public Builder system(String text) {
			Assert.isTrue(this.turns.isEmpty(), "'system' must come before the first turn");
			this.system = checked("system", text);
			return this;
		}

		/**
		 * Add a turn of the human.
		 * @param text what the human says; must not be blank
		 * @return this builder
		 */
		public Builder human(String text) {
			Assert.isTrue(isHumansTurn(), "'human' must not follow a human turn: the assistant's turn is missing");
			this.turns.add(HUMAN + " " + checked("human", text));
			return this;
		}

		/**
		 * Add a turn of the assistant, which a turn of the human must follow.
		 * @param text what the assistant said; must not be blank
		 * @return this builder
		 * @see #prefill(String)
		 */
		public Builder assistant(String text) {
			Assert.isTrue(!isHumansTurn(), "'assistant' must follow a human turn");
			this.turns.add(ASSISTANT + " " + checked("assistant", text));
			return this;
		}

		/**
		 * Set how the answer begins. The model goes on from there, and does not repeat
		 * it.
		 * @param text the beginning; must not be blank nor end with white space
		 * @return this builder
		 */
		public Builder prefill(String text) {
			Assert.notNull(text, "'prefill' must not be null");
			Assert.isTrue(text.isEmpty() || !Character.isWhitespace(text.charAt(text.length() - 1)),
					"'prefill' must not end with white space: the API strips it");
			checked("prefill", text);
			this.prefill = text;
			return this;
		}

		/**
		 * Build the prompt.
		 * @return the prompt
		 */
		public Prompt build() {
			Assert.isTrue(!this.turns.isEmpty(), "'prompt' must have a human turn");
			Assert.isTrue(!isHumansTurn(),
					"'prompt' must end with the assistant's open turn: make the last text the prefill, or add a human turn");
			return new Prompt(this.system + String.join("", this.turns) + ASSISTANT
					+ ((this.prefill != null) ? " " + this.prefill : ""));
		}

		private boolean isHumansTurn() {
			return this.turns.size() % 2 == 0;
		}

		private static String checked(String name, String text) {
			Assert.hasText(text, () -> "'" + name + "' must not be blank");
			Assert.isTrue(!text.contains(HUMAN) && !text.contains(ASSISTANT), () -> "'" + name
					+ "' must not contain \"\\n\\nHuman:\" or \"\\n\\nAssistant:\": it would begin another turn");
			return text;
		}

	}

}
