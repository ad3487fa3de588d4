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

import dev.completion.server.CatalogueModel.Generation;

/**
 * Type of thinking that a request asks for.
 */
enum ThinkingType {

	ADAPTIVE, BETWEEN_TOOLS, DISABLED, ENABLED;

	static final List<String> NAMES = List.of("adaptive", "between_tools", "disabled", "enabled");

	static ThinkingType of(String name) {
		return valueOf(name.toUpperCase(Locale.ROOT));
	}

	boolean isThinking() {
		return this == ADAPTIVE || this == ENABLED;
	}

	/**
	 * Reject the type if the model does not support it, with the error text of the API.
	 */
	void checkFor(CatalogueModel model) {
		boolean adaptive = model.generation().compareTo(Generation.CLAUDE_4_6) >= 0;
		ApiException.check(adaptive || this != ADAPTIVE, "adaptive thinking is not supported on this model");
		ApiException.check(isSupported(model),
				"\"thinking.type." + name().toLowerCase(Locale.ROOT) + "\" is not supported for this model. Use "
						+ alternatives(model)
						+ "\"thinking.type.adaptive\" and \"output_config.effort\" to control thinking behavior.");
	}

	private boolean isSupported(CatalogueModel model) {
		boolean preview = model.id().equals("claude-mythos-preview");
		return switch (this) {
			case ADAPTIVE -> true;
			case BETWEEN_TOOLS -> allowsBetweenTools(model);
			case DISABLED -> !alwaysThinks(model) && !allowsBetweenTools(model);
			case ENABLED -> preview || model.generation().compareTo(Generation.CLAUDE_4_6) <= 0;
		};
	}

	private static boolean alwaysThinks(CatalogueModel model) {
		return model.id().matches("claude-(fable|mythos)-.*|claude-opus-5-5");
	}

	private static boolean allowsBetweenTools(CatalogueModel model) {
		return model.id().equals("claude-sonnet-5-5");
	}

	private static String alternatives(CatalogueModel model) {
		return allowsBetweenTools(model) ? "\"thinking.type.between_tools\" for the lowest thinking setting, or " : "";
	}

}
