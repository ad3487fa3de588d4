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

import java.time.Instant;
import java.util.Map;

/**
 * Tokens of a request and its answer, by the server's own count.
 *
 * @param inputTokens the tokens of the prompt, without those of the cache
 * @param outputTokens the tokens of the text
 * @param cache the tokens of the prompt that were written to a cache, or read from it
 */
record Usage(int inputTokens, int outputTokens, CacheUsage cache) {

	Usage(int inputTokens, int outputTokens) {
		this(inputTokens, outputTokens, CacheUsage.NONE);
	}

	/**
	 * Return the tokens that count towards the limit of input tokens. Those that are read
	 * from a cache do not.
	 */
	int limitedInputTokens() {
		return this.inputTokens + this.cache.created();
	}

	/**
	 * Tokens of a cache.
	 *
	 * @param created the tokens that were written
	 * @param read the tokens that were read
	 * @param oneHour whether the tokens are kept for an hour instead of five minutes
	 * @param entries the entries to store if the request is admitted, with their expiry
	 */
	record CacheUsage(int created, int read, boolean oneHour, Map<String, Instant> entries) {

		static final CacheUsage NONE = new CacheUsage(0, 0, false, Map.of());

	}

}
