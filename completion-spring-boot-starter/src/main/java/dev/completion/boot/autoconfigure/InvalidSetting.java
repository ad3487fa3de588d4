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

import org.jspecify.annotations.Nullable;

import org.springframework.boot.diagnostics.FailureAnalyzedException;

/**
 * Names the property behind a value that the client refuses. The value itself is not
 * shown, since it may be a secret.
 */
final class InvalidSetting {

	private InvalidSetting() {
	}

	/**
	 * Hand a value on, unless it is not set. An empty text counts as not set: it is what
	 * a placeholder such as {@code ${MODEL:}} leaves.
	 * @param name the name of the property
	 * @param value its value
	 * @param target what to hand the value to
	 */
	static <T> void apply(String name, @Nullable T value, Consumer<T> target) {
		if (value == null || value.equals("")) {
			return;
		}
		try {
			target.accept(value);
		}
		catch (IllegalArgumentException ex) {
			throw named(name, ex);
		}
	}

	static FailureAnalyzedException named(String name, IllegalArgumentException ex) {
		return new FailureAnalyzedException("The value of '%s' is not valid: %s.".formatted(name, ex.getMessage()),
				"Correct the value of '%s'.".formatted(name), ex);
	}

}
