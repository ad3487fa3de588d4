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
import java.util.Objects;

import dev.completion.client.PromptParts.Turn;
import org.jspecify.annotations.Nullable;

import org.springframework.util.Assert;

/**
 * A prompt made of turns: optional system text, then turns of the human and the assistant
 * in alternation. The first turn is the human's, and the last one the assistant's, which
 * the model completes.
 * <p>
 * The text of a turn is data: it may contain anything, and is never interpreted. The wire
 * form of the Text Completions API separates turns by {@code "\n\nHuman:"} and
 * {@code "\n\nAssistant:"}, so it cannot represent a text that contains one of these.
 * Such a prompt requires the Messages API.
 * <p>
 * Instances are immutable. Except for {@linkplain #raw(String) raw} prompts, they are
 * valid: a prompt that violates a rule of the API is rejected when it is created, with an
 * {@link IllegalArgumentException} that names the rule.
 *
 * @since 0.1.0
 * @see PromptTemplate
 */
public final class Prompt {

	// null if the text is not a sequence of turns
	private final @Nullable PromptParts parts;

	// null if the prompt was not given in its wire form
	private final @Nullable String text;

	private Prompt(@Nullable PromptParts parts, @Nullable String text) {
		this.parts = parts;
		this.text = text;
	}

	/**
	 * Return a prompt with a single turn of the human. Use it for text that comes from
	 * users, files or tables.
	 * @param text what the human says, which may contain anything; must not be blank
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
	 * Return a prompt with the given text, which is sent to the Text Completions API
	 * without any check or change. The Messages API does not support such a prompt.
	 * @param text the text; must not be blank
	 * @return the prompt
	 */
	public static Prompt raw(String text) {
		Assert.hasText(text, "'text' must not be blank");
		return new Prompt(null, text);
	}

	/**
	 * Parse a prompt in its wire form, as in
	 * {@code "\n\nHuman: Why is the sky blue?\n\nAssistant:"}.
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
		all.subList(0, last).forEach(turns::turn);
		Assert.isTrue(!all.get(last).human(), "'prompt' must end with an \"\\n\\nAssistant:\" turn");
		if (!prompt.endsWith(PromptParts.ASSISTANT)) {
			turns.prefill(all.get(last).text());
		}
		return new Prompt(turns.parts(), prompt);
	}

	/**
	 * Return the prompt that the given text stands for: its turns if it is in the wire
	 * form, else a single turn of the human.
	 * @see CompletionRequest.Builder#prompt(String)
	 */
	static Prompt of(String text) {
		Assert.hasText(text, "'prompt' must not be blank");
		String wireForm = withLineFeeds(text);
		int human = wireForm.indexOf(PromptParts.HUMAN);
		boolean hasTurns = human != -1 && wireForm.indexOf(PromptParts.ASSISTANT, human) != -1;
		return hasTurns ? new Prompt(PromptParts.of(wireForm), text) : human(text);
	}

	// the API accepts a first turn without its line feeds
	private static String withLineFeeds(String text) {
		int start = 0;
		while (Character.isWhitespace(text.charAt(start))) {
			start++;
		}
		boolean missing = text.startsWith(PromptParts.HUMAN.strip(), start)
				&& !text.startsWith(PromptParts.HUMAN, start - 2);
		return missing ? "\n\n" + text.substring(start) : text;
	}

	/**
	 * Return the parts, or {@code null} if the prompt is raw.
	 */
	@Nullable PromptParts parts() {
		return this.parts;
	}

	/**
	 * Return whether the text of a part would be mistaken for a turn in the wire form.
	 */
	boolean isAmbiguous() {
		if (this.parts == null || this.text != null) {
			return false;
		}
		// the API accepts a first turn without its line feeds
		return PromptParts.hasMarker("\n\n" + this.parts.system().stripLeading())
				|| this.parts.turns().stream().anyMatch((turn) -> PromptParts.hasMarker(turn.text()));
	}

	/**
	 * Return the length of the wire form, or of the text of a raw prompt.
	 */
	int length() {
		return (this.text != null) ? this.text.length() : Objects.requireNonNull(this.parts).length();
	}

	@Override
	public boolean equals(@Nullable Object other) {
		return (other instanceof Prompt that) && Objects.equals(this.parts, that.parts)
				&& (Objects.equals(this.text, that.text) || toString().equals(that.toString()));
	}

	@Override
	public int hashCode() {
		return Objects.hashCode((this.parts != null) ? this.parts : this.text);
	}

	/**
	 * Return the wire form of the Text Completions API, or the text of a raw prompt.
	 */
	@Override
	public String toString() {
		return (this.text != null) ? this.text : Objects.requireNonNull(this.parts).wireForm();
	}

	/**
	 * Builder of {@link Prompt}.
	 */
	public static final class Builder {

		private String system = "";

		private final List<Turn> turns = new ArrayList<>();

		private String prefill = "";

		private Builder() {
		}

		/**
		 * Set the system text, which comes before the first turn.
		 * @param text the text; must not be blank
		 * @return this builder
		 */
		public Builder system(String text) {
			Assert.isTrue(this.turns.isEmpty(), "'system' must come before the first turn");
			Assert.hasText(text, "'system' must not be blank");
			this.system = text;
			return this;
		}

		/**
		 * Add a turn of the human.
		 * @param text what the human says; must not be blank
		 * @return this builder
		 */
		public Builder human(String text) {
			Assert.isTrue(isHumansTurn(), "'human' must not follow a human turn: the assistant's turn is missing");
			Assert.hasText(text, "'human' must not be blank");
			this.turns.add(new Turn(true, text));
			return this;
		}

		Builder turn(Turn turn) {
			return turn.human() ? human(turn.text()) : assistant(turn.text());
		}

		/**
		 * Add a turn of the assistant, which a turn of the human must follow.
		 * @param text what the assistant said; must not be blank
		 * @return this builder
		 * @see #prefill(String)
		 */
		public Builder assistant(String text) {
			Assert.isTrue(!isHumansTurn(), "'assistant' must follow a human turn");
			Assert.hasText(text, "'assistant' must not be blank");
			this.turns.add(new Turn(false, text));
			return this;
		}

		/**
		 * Set the beginning of the response. The model continues from there, and does not
		 * repeat it. Models from Claude 4.6 on reject a prefill.
		 * @param text the beginning; must not be blank, and must not end with white space
		 * @return this builder
		 */
		public Builder prefill(String text) {
			Assert.hasText(text, "'prefill' must not be blank");
			Assert.isTrue(!Character.isWhitespace(text.charAt(text.length() - 1)),
					"'prefill' must not end with white space: the API strips it");
			this.prefill = text;
			return this;
		}

		/**
		 * Build the prompt.
		 * @return the prompt
		 */
		public Prompt build() {
			return new Prompt(parts(), null);
		}

		private PromptParts parts() {
			Assert.isTrue(!this.turns.isEmpty(), "'prompt' must have a human turn");
			Assert.isTrue(!isHumansTurn(),
					"'prompt' must end with the assistant's open turn: make the last text the prefill, or add a human turn");
			List<Turn> all = new ArrayList<>(this.turns);
			all.add(new Turn(false, this.prefill));
			return new PromptParts(this.system, List.copyOf(all));
		}

		private boolean isHumansTurn() {
			return this.turns.size() % 2 == 0;
		}

	}

}
