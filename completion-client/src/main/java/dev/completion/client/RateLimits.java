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

import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;

import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpHeaders;

/**
 * The rate limits that the server reports with a response, in the
 * {@code anthropic-ratelimit-*} headers. Any of them may be missing: proxies drop them,
 * and other servers do not send them.
 *
 * @param requests the limit on requests
 * @param tokens the limit on tokens, the most restrictive in force
 * @param inputTokens the limit on input tokens
 * @param outputTokens the limit on output tokens
 * @since 0.1.0
 */
public record RateLimits(Limit requests, Limit tokens, Limit inputTokens, Limit outputTokens) {

	private static final String PREFIX = "anthropic-ratelimit-";

	/**
	 * Read the rate limits from the headers of a response. A value that cannot be read
	 * counts as missing.
	 * @param headers the headers of a response, or of an exception
	 * @return the rate limits
	 */
	public static RateLimits from(HttpHeaders headers) {
		return new RateLimits(limit(headers, "requests"), limit(headers, "tokens"), limit(headers, "input-tokens"),
				limit(headers, "output-tokens"));
	}

	private static Limit limit(HttpHeaders headers, String name) {
		return new Limit(number(headers.getFirst(PREFIX + name + "-limit")),
				number(headers.getFirst(PREFIX + name + "-remaining")),
				instant(headers.getFirst(PREFIX + name + "-reset")));
	}

	static @Nullable Long number(@Nullable String value) {
		try {
			return (value != null) ? Long.valueOf(value.trim()) : null;
		}
		catch (NumberFormatException ex) {
			return null;
		}
	}

	private static @Nullable Instant instant(@Nullable String value) {
		try {
			return (value != null) ? OffsetDateTime.parse(value.trim()).toInstant() : null;
		}
		catch (DateTimeException ex) {
			return null;
		}
	}

	/**
	 * One rate limit.
	 *
	 * @param limit the most that is allowed in a period, or {@code null} if not reported
	 * @param remaining what is left of it, or {@code null} if not reported; for tokens
	 * rounded to the nearest thousand
	 * @param reset when it is full again, or {@code null} if not reported
	 */
	public record Limit(@Nullable Long limit, @Nullable Long remaining, @Nullable Instant reset) {
	}

}
