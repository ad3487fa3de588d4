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

import java.util.LinkedHashMap;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * Token usage of a call, as reported by the server. A count that is missing or invalid is
 * {@code null}. Other reported values are available in
 * {@link Completion#additionalProperties()}, under {@code usage}.
 *
 * @param inputTokens the number of prompt tokens, excluding tokens read from or written
 * to a cache, or {@code null}
 * @param outputTokens the number of completion tokens, including thinking tokens, or
 * {@code null}
 * @param cacheCreationInputTokens the number of prompt tokens written to a cache, or
 * {@code null}
 * @param cacheReadInputTokens the number of prompt tokens read from a cache, or
 * {@code null}
 * @param serviceTier the service tier that processed the request, or {@code null}
 * @since 0.1.0
 */
public record Usage(@Nullable Long inputTokens, @Nullable Long outputTokens, @Nullable Long cacheCreationInputTokens,
		@Nullable Long cacheReadInputTokens, @Nullable String serviceTier) {

	// exact as a floating-point number
	private static final double MAX_COUNT = 1L << 53;

	private static final String COUNT_SUFFIX = "_tokens";

	/**
	 * Return the usage that the server sent with a completion, or {@code null} if it sent
	 * neither input nor output tokens.
	 */
	static @Nullable Usage of(Completion completion) {
		if (!(completion.additionalProperties().get("usage") instanceof Map<?, ?> usage)) {
			return null;
		}
		Usage result = new Usage(count(usage.get("input_tokens")), count(usage.get("output_tokens")),
				count(usage.get("cache_creation_input_tokens")), count(usage.get("cache_read_input_tokens")),
				(usage.get("service_tier") instanceof String tier) ? tier : null);
		return (result.inputTokens != null || result.outputTokens != null) ? result : null;
	}

	/**
	 * Return the total number of input tokens, including tokens read from and written to
	 * a cache, or {@code null} if it is unknown.
	 */
	@Nullable Long allInputTokens() {
		return (this.inputTokens != null)
				? this.inputTokens + orZero(this.cacheCreationInputTokens) + orZero(this.cacheReadInputTokens) : null;
	}

	private static long orZero(@Nullable Long count) {
		return (count != null) ? count : 0;
	}

	private static @Nullable Long count(@Nullable Object value) {
		if (!(value instanceof Number number)) {
			return null;
		}
		double count = number.doubleValue();
		return (count >= 0 && count <= MAX_COUNT && count == Math.rint(count)) ? number.longValue() : null;
	}

	/**
	 * Return the given usage without invalid token counts, or {@code null} if it is not
	 * an object.
	 */
	static @Nullable Object valid(@Nullable Object usage) {
		if (!(usage instanceof Map<?, ?> map)) {
			return null;
		}
		Map<Object, @Nullable Object> valid = new LinkedHashMap<>(map);
		valid.entrySet()
			.removeIf((entry) -> String.valueOf(entry.getKey()).endsWith(COUNT_SUFFIX)
					&& count(entry.getValue()) == null);
		return valid;
	}

}
