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

import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * Tokens that a call used, where the API reports them. The Text Completions API does not.
 * What else the API tells of them is in {@link Completion#additionalProperties()}, under
 * {@code usage}.
 *
 * @param inputTokens the tokens of the prompt, without those that were read from a cache
 * or written to one
 * @param outputTokens the tokens of the answer, those that the model thought with
 * included
 * @since 0.1.0
 */
public record Usage(long inputTokens, long outputTokens) {

	/**
	 * Return the usage that the server sent with a completion, or {@code null} if it sent
	 * none.
	 */
	static @Nullable Usage of(Completion completion) {
		if (completion.additionalProperties().get("usage") instanceof Map<?, ?> usage
				&& usage.get("input_tokens") instanceof Number input
				&& usage.get("output_tokens") instanceof Number output) {
			return new Usage(input.longValue(), output.longValue());
		}
		return null;
	}

}
