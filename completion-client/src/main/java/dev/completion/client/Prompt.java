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

import dev.completion.client.PromptParts.Turn;
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
		PromptParts parts = PromptParts.of(prompt);
		List<Turn> all = parts.turns();
		Assert.isTrue(!all.isEmpty() && all.get(0).human(),
				"'prompt' must start with a \"\\n\\nHuman:\" turn, after optional system text");
		Builder turns = new Builder();
		if (!parts.system().isEmpty()) {
			turns.system(parts.system());
		}
		int last = all.size() - 1;
		all.subList(0, last).forEach((turn) -> add(turn, turns));
		addLast(all.get(last), turns);
		turns.build();
		return new Prompt(prompt);
	}

	private static void add(Turn turn, Builder turns) {
		if (turn.human()) {
			turns.human(turn.text());
		}
		else {
			turns.assistant(turn.text());
		}
	}

	private static void addLast(Turn turn, Builder turns) {
		Assert.isTrue(!turn.human(), "'prompt' must end with an \"\\n\\nAssistant:\" turn");
		if (!turn.written().isEmpty()) {
			turns.prefill(turn.text());
		}
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
			this.turns.add(PromptParts.HUMAN + " " + checked("human", text));
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
			this.turns.add(PromptParts.ASSISTANT + " " + checked("assistant", text));
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
			return new Prompt(this.system + String.join("", this.turns) + PromptParts.ASSISTANT
					+ ((this.prefill != null) ? " " + this.prefill : ""));
		}

		private boolean isHumansTurn() {
			return this.turns.size() % 2 == 0;
		}

		private static String checked(String name, String text) {
			Assert.hasText(text, () -> "'" + name + "' must not be blank");
			Assert.isTrue(!text.contains(PromptParts.HUMAN) && !text.contains(PromptParts.ASSISTANT), () -> "'" + name
					+ "' must not contain \"\\n\\nHuman:\" or \"\\n\\nAssistant:\": it would begin another turn");
			return text;
		}

	}

}
