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
import java.util.Locale;
import java.util.Set;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * Model that the server knows.
 *
 * @param generation the generation
 * @param id the id
 * @param aliases the other names it is found by
 * @param displayName the name for people
 * @param created the day it was released
 * @param maxInputTokens the most tokens of a prompt
 * @param maxTokens the most tokens of an answer
 * @param deprecated the day it was deprecated, or null if it is not
 * @param retires the day of its retirement, or null if there is none
 */
record CatalogueModel(Generation generation, String id, Set<String> aliases, String displayName, String created,
		int maxInputTokens, int maxTokens, @Nullable String deprecated, @Nullable String retires) {

	private static final List<String> LINES = List.of("fable", "haiku", "mythos", "opus", "sonnet");

	CatalogueModel(Generation generation, String id, Set<String> aliases, String displayName, String created,
			int maxInputTokens, int maxTokens) {
		this(generation, id, aliases, displayName, created, maxInputTokens, maxTokens, null, null);
	}

	CatalogueModel withDeprecation(String deprecated, @Nullable String retires) {
		return new CatalogueModel(this.generation, this.id, this.aliases, this.displayName, this.created,
				this.maxInputTokens, this.maxTokens, deprecated, retires);
	}

	boolean isNamed(String name) {
		return this.id.equals(name) || this.aliases.contains(name);
	}

	/**
	 * Return whether it is served on {@code /v1/complete}, and nowhere else.
	 */
	boolean textCompletions() {
		return this.generation == Generation.CLAUDE_2;
	}

	/**
	 * Return whether it goes on with a text of the assistant.
	 */
	boolean allowsPrefill() {
		return this.generation.compareTo(Generation.CLAUDE_4_6) < 0;
	}

	boolean allowsSampling() {
		return this.generation.compareTo(Generation.CLAUDE_4_7) < 0;
	}

	boolean thinksByDefault() {
		return this.generation.compareTo(Generation.CLAUDE_5) >= 0;
	}

	ObjectNode toJson() {
		return Json.object()
			.put("type", "model")
			.put("id", this.id)
			.put("display_name", this.displayName)
			.put("created_at", startOf(this.created))
			.put("max_input_tokens", this.maxInputTokens)
			.put("max_tokens", this.maxTokens)
			.putNull("capabilities")
			.put("lifecycle", (this.deprecated != null) ? "deprecated" : "active")
			.put("deprecated_at", startOf(this.deprecated))
			.put("retires_at", startOf(this.retires))
			.put("line", line());
	}

	private static @Nullable String startOf(@Nullable String day) {
		return (day != null) ? day + "T00:00:00Z" : null;
	}

	private @Nullable String line() {
		String name = this.displayName.toLowerCase(Locale.ROOT);
		return LINES.stream().filter(name::contains).findFirst().orElse(null);
	}

	/**
	 * What models have in common by their age.
	 */
	enum Generation {

		/**
		 * Up to Claude 2.1.
		 */
		CLAUDE_2,

		/**
		 * From Claude 3 to Claude 4.5.
		 */
		CLAUDE_3,

		/**
		 * No prefill.
		 */
		CLAUDE_4_6,

		/**
		 * No prefill and no sampling fields.
		 */
		CLAUDE_4_7,

		/**
		 * No prefill, no sampling fields, and thinking unless it is turned off.
		 */
		CLAUDE_5

	}

}
