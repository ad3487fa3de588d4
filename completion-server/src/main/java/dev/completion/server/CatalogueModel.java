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

import java.util.Set;

import tools.jackson.databind.node.ObjectNode;

/**
 * Model that the server knows.
 *
 * @param id the id
 * @param aliases the other names it is found by
 * @param displayName the name for people
 * @param created the day it was released
 * @param maxInputTokens the most tokens of a prompt
 * @param maxTokens the most tokens of an answer
 * @param textCompletions whether it is served on {@code /v1/complete}
 */
record CatalogueModel(String id, Set<String> aliases, String displayName, String created, int maxInputTokens,
		int maxTokens, boolean textCompletions) {

	boolean isNamed(String name) {
		return this.id.equals(name) || this.aliases.contains(name);
	}

	ObjectNode toJson() {
		return Json.object()
			.put("type", "model")
			.put("id", this.id)
			.put("display_name", this.displayName)
			.put("created_at", this.created + "T00:00:00Z")
			.put("max_input_tokens", this.maxInputTokens)
			.put("max_tokens", this.maxTokens);
	}

}
