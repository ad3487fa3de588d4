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
import java.util.Set;

import dev.completion.server.CatalogueModel.Generation;
import org.jspecify.annotations.Nullable;

/**
 * Models that the server knows, whatever the date. All others are refused as unknown.
 */
final class ModelCatalogue {

	/**
	 * The models, newest first. Those that the vendor has retired are served too, so they
	 * are deprecated here.
	 */
	static final List<CatalogueModel> MODELS = List.of(current("claude-fable-5-2", "Claude Fable 5.2", "2026-11-18"),
			current("claude-mythos-5-2", "Claude Mythos 5.2", "2026-11-12"),
			current("claude-haiku-5-5", "Claude Haiku 5.5", "2026-10-29"),
			current("claude-sonnet-5-5", "Claude Sonnet 5.5", "2026-10-21"),
			current("claude-fable-5-1", "Claude Fable 5.1", "2026-10-06"),
			current("claude-opus-5-5", "Claude Opus 5.5", "2026-09-29"),
			current("claude-mythos-5-1", "Claude Mythos 5.1", "2026-09-15"),
			current("claude-sonnet-5", "Claude Sonnet 5", "2026-08-12"),
			current("claude-fable-5", "Claude Fable 5", "2026-07-28"),
			current("claude-mythos-5", "Claude Mythos 5", "2026-07-21"),
			current("claude-opus-5", "Claude Opus 5", "2026-07-07"),
			recent(Generation.CLAUDE_4_7, "claude-opus-4-8", "Claude Opus 4.8", "2026-05-27"),
			recent(Generation.CLAUDE_4_7, "claude-opus-4-7", "Claude Opus 4.7", "2026-04-16"),
			current("claude-mythos-preview", "Claude Mythos Preview", "2026-04-07").withDeprecation("2026-07-21", null),
			recent(Generation.CLAUDE_4_6, "claude-sonnet-4-6", "Claude Sonnet 4.6", "2026-02-17"),
			recent(Generation.CLAUDE_4_6, "claude-opus-4-6", "Claude Opus 4.6", "2026-02-05"),
			older("claude-opus-4-5-20251101", "Claude Opus 4.5", "2025-11-24", 64_000, "claude-opus-4-5"),
			older("claude-haiku-4-5-20251001", "Claude Haiku 4.5", "2025-10-15", 64_000, "claude-haiku-4-5"),
			older("claude-sonnet-4-5-20250929", "Claude Sonnet 4.5", "2025-09-29", 64_000, "claude-sonnet-4-5")
				.withDeprecation("2026-09-30", "2026-11-30"),
			older("claude-opus-4-1-20250805", "Claude Opus 4.1", "2025-08-05", 32_000).withDeprecation("2026-06-05",
					"2026-08-05"),
			older("claude-opus-4-20250514", "Claude Opus 4", "2025-05-22", 32_000, "claude-opus-4-0",
					"claude-4-opus-20250514")
				.withDeprecation("2026-04-14", "2026-06-15"),
			older("claude-sonnet-4-20250514", "Claude Sonnet 4", "2025-05-22", 64_000, "claude-sonnet-4-0",
					"claude-4-sonnet-20250514")
				.withDeprecation("2026-04-14", "2026-06-15"),
			older("claude-3-haiku-20240307", "Claude Haiku 3", "2024-03-07", 4_096).withDeprecation("2026-02-19",
					"2026-04-20"),
			older("claude-3-opus-20240229", "Claude Opus 3", "2024-02-29", 4_096, "claude-3-opus-latest")
				.withDeprecation("2025-06-30", "2026-01-05"),
			legacy("claude-2.1", "Claude 2.1", "2023-11-21", 200_000).withDeprecation("2025-01-21", "2025-07-21"),
			legacy("claude-instant-1.2", "Claude Instant 1.2", "2023-08-09", 100_000).withDeprecation("2024-09-04",
					"2024-11-06"),
			legacy("claude-2.0", "Claude 2.0", "2023-07-11", 100_000, "claude-2").withDeprecation("2025-01-21",
					"2025-07-21"));

	private ModelCatalogue() {
	}

	static CatalogueModel require(String name) {
		CatalogueModel model = find(name);
		if (model == null) {
			throw notFound(name);
		}
		return model;
	}

	static CatalogueModel forTextCompletions(String name) {
		CatalogueModel model = require(name);
		if (!model.textCompletions()) {
			throw unsupported(name);
		}
		return model;
	}

	static CatalogueModel forMessages(String name) {
		CatalogueModel model = require(name);
		if (model.textCompletions()) {
			throw notFound(name);
		}
		return model;
	}

	/**
	 * Return the error for a model that is served on {@code /v1/messages}.
	 */
	static ApiException unsupported(String name) {
		return ApiException
			.invalidRequest("\"" + name + "\" is not supported on this API. Please use the Messages API instead.");
	}

	/**
	 * Return whether the given model is served on {@code /v1/messages}.
	 */
	static boolean isForMessages(String name) {
		CatalogueModel model = find(name);
		return model != null && !model.textCompletions();
	}

	private static ApiException notFound(String name) {
		return ApiException.notFound("model: " + name);
	}

	/**
	 * Return the id of a model.
	 * @param name the id or an alias
	 * @return the id, or the name itself if there is no such model
	 */
	static String resolve(String name) {
		CatalogueModel model = find(name);
		return (model != null) ? model.id() : name;
	}

	private static @Nullable CatalogueModel find(String name) {
		return MODELS.stream().filter((model) -> model.isNamed(name)).findFirst().orElse(null);
	}

	private static CatalogueModel current(String id, String displayName, String created) {
		return recent(Generation.CLAUDE_5, id, displayName, created);
	}

	private static CatalogueModel recent(Generation generation, String id, String displayName, String created) {
		return new CatalogueModel(generation, id, Set.of(), displayName, created, 1_000_000, 128_000);
	}

	private static CatalogueModel older(String id, String displayName, String created, int maxTokens,
			String... aliases) {
		return new CatalogueModel(Generation.CLAUDE_3, id, Set.of(aliases), displayName, created, 200_000, maxTokens);
	}

	private static CatalogueModel legacy(String id, String displayName, String created, int maxInputTokens,
			String... aliases) {
		return new CatalogueModel(Generation.CLAUDE_2, id, Set.of(aliases), displayName, created, maxInputTokens,
				4_096);
	}

}
