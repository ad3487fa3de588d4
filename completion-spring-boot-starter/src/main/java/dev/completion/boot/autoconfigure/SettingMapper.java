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

package dev.completion.boot.autoconfigure;

import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.diagnostics.FailureAnalyzedException;

/**
 * Hands configured values to what checks them, so that one that is refused is named as
 * the user knows it. The value itself is never shown, since it may be a secret.
 */
final class SettingMapper {

	private static final Pattern PLACEHOLDER = Pattern.compile("\\$\\{([^}:]*)[^}]*}");

	private SettingMapper() {
	}

	/**
	 * Hand a value on, unless it is not set. An empty text counts as not set: it is what
	 * a placeholder such as {@code ${MODEL:}} leaves.
	 * @param name the name of the property
	 * @param value its value
	 * @param target what to hand the value to
	 */
	static <T> void map(String name, @Nullable T value, Consumer<T> target) {
		if (value == null || value.equals("")) {
			return;
		}
		if (value instanceof String text) {
			checkPlaceholders(name, text);
		}
		try {
			target.accept(value);
		}
		catch (IllegalArgumentException ex) {
			throw invalid(name, ex);
		}
	}

	/**
	 * Refuse a value that breaks a rule.
	 * @param name the name of the property
	 * @param valid whether the value keeps the rule
	 * @param rule the rule
	 */
	static void check(String name, boolean valid, String rule) {
		if (!valid) {
			throw invalid(name, new IllegalArgumentException(rule));
		}
	}

	private static FailureAnalyzedException invalid(String name, IllegalArgumentException cause) {
		return new FailureAnalyzedException("The value of '%s' is not valid: %s.".formatted(name, cause.getMessage()),
				"Correct the value of '%s'.".formatted(name), cause);
	}

	// the binder leaves a placeholder that it cannot resolve as it is
	static void checkPlaceholders(String name, String value) {
		Matcher placeholder = PLACEHOLDER.matcher(value);
		if (placeholder.find()) {
			// if it were empty, the client would send the inherited credential to its
			// server
			boolean inherits = name.startsWith("completion.clients.")
					&& (name.endsWith(".api-key") || name.endsWith(".auth-token"));
			throw new FailureAnalyzedException(
					"The value of '%s' has a placeholder that stands for nothing: %s.".formatted(name,
							placeholder.group()),
					(inherits ? "Set '%1$s'." : "Set '%1$s', or write '${%1$s:}' if it may be missing.")
						.formatted(placeholder.group(1)));
		}
	}

}
