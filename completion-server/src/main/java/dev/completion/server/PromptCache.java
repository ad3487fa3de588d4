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

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

import dev.completion.server.Usage.CacheUsage;
import org.jspecify.annotations.Nullable;

/**
 * Cached prompts. As in the API, a request writes a single entry, for its whole prompt,
 * and reads the longest entry that is a prefix of its prompt. Each use of an entry
 * extends its lifetime. Thread-safe.
 */
final class PromptCache {

	// depends on the model in the API
	private static final int MIN_TOKENS = 1024;

	private static final int MAX_ENTRIES = 10_000;

	private static final Duration FIVE_MINUTES = Duration.ofMinutes(5);

	private final Clock clock;

	private final Map<String, Instant> entries = new LinkedHashMap<>();

	PromptCache(Clock clock) {
		this.clock = clock;
	}

	/**
	 * Look up the longest entry for the given prompt. Nothing is stored yet.
	 * @param model the id of the model
	 * @param dialogue the prompt
	 * @param timeToLive the time for which the prompt is cached
	 */
	synchronized CacheUsage lookUp(String model, Dialogue dialogue, Duration timeToLive) {
		int total = dialogue.tokens();
		if (total < MIN_TOKENS) {
			return CacheUsage.NONE;
		}
		Instant now = this.clock.instant();
		this.entries.values().removeIf((expiry) -> !now.isBefore(expiry));
		Prefix prefix = new Prefix(model + "\n" + dialogue.system(), Tokens.count(dialogue.system()));
		for (Dialogue.Turn turn : dialogue.turns()) {
			prefix.add(turn.human() + "\n" + turn.text(), Tokens.count(turn.text()));
			prefix.lookUp(this.entries.keySet());
		}
		if (!dialogue.prefill().isEmpty()) {
			prefix.add("false\n" + dialogue.prefill(), Tokens.count(dialogue.prefill()));
			prefix.lookUp(this.entries.keySet());
		}
		Map<String, Instant> entries = new LinkedHashMap<>();
		Instant expiry = now.plus(timeToLive);
		if (prefix.cached != null) {
			entries.put(prefix.cached, expiry);
		}
		entries.put(prefix.key(), expiry);
		return new CacheUsage(total - prefix.cachedTokens, prefix.cachedTokens, timeToLive.compareTo(FIVE_MINUTES) > 0,
				entries);
	}

	/**
	 * Store the entries of a request that is admitted.
	 */
	synchronized void store(CacheUsage usage) {
		usage.entries().forEach((key, expiry) -> {
			Instant previous = this.entries.remove(key);
			if (this.entries.size() >= MAX_ENTRIES) {
				// the one that was not used for the longest time
				this.entries.remove(this.entries.keySet().iterator().next());
			}
			this.entries.put(key, (previous != null && previous.isAfter(expiry)) ? previous : expiry);
		});
	}

	synchronized void clear() {
		this.entries.clear();
	}

	/**
	 * Beginning of a prompt.
	 */
	private static final class Prefix {

		private final MessageDigest digest;

		private int tokens;

		// the longest prefix that is cached
		private @Nullable String cached;

		private int cachedTokens;

		Prefix(String start, int tokens) {
			try {
				this.digest = MessageDigest.getInstance("SHA-256");
			}
			catch (NoSuchAlgorithmException ex) {
				throw new IllegalStateException(ex);
			}
			add(start, tokens);
		}

		void add(String text, int tokens) {
			byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
			this.digest.update((bytes.length + "\n").getBytes(StandardCharsets.UTF_8));
			this.digest.update(bytes);
			this.tokens += tokens;
		}

		void lookUp(Set<String> keys) {
			String key = key();
			if (keys.contains(key)) {
				this.cached = key;
				this.cachedTokens = this.tokens;
			}
		}

		String key() {
			try {
				MessageDigest copy = (MessageDigest) this.digest.clone();
				return HexFormat.of().formatHex(copy.digest());
			}
			catch (CloneNotSupportedException ex) {
				throw new IllegalStateException(ex);
			}
		}

	}

}
