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
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpHeaders;

/**
 * Reads how long a server asks to wait: {@code retry-after-ms}, else {@code retry-after}
 * in seconds or as an HTTP date. A value that makes no sense counts as missing. The reset
 * time of a rate limit is not used, because it is the time at which the limit is
 * completely replenished.
 */
final class RetryAfter {

	private static final double MAX_MILLIS = Duration.ofDays(365).toMillis();

	private RetryAfter() {
	}

	static @Nullable Duration from(HttpHeaders headers) {
		Duration millis = largest(headers, "retry-after-ms", (value) -> number(value, 1));
		return (millis != null) ? millis : largest(headers, HttpHeaders.RETRY_AFTER, (value) -> {
			Duration seconds = number(value, 1000);
			return (seconds != null) ? seconds : date(value, headers);
		});
	}

	private static @Nullable Duration longer(@Nullable Duration a, @Nullable Duration b) {
		return (a == null || (b != null && b.compareTo(a) > 0)) ? b : a;
	}

	// proxies can add a second header
	private static @Nullable Duration largest(HttpHeaders headers, String name,
			Function<String, @Nullable Duration> reader) {
		Duration largest = null;
		for (String value : headers.getOrEmpty(name)) {
			largest = longer(largest, reader.apply(value));
		}
		return largest;
	}

	private static @Nullable Duration number(@Nullable String value, int millisPerUnit) {
		if (value == null || !value.matches("\\s*[0-9]{1,18}(\\.[0-9]{1,18})?\\s*")) {
			return null;
		}
		double millis = Double.parseDouble(value) * millisPerUnit;
		return (millis <= MAX_MILLIS) ? Duration.ofMillis(Math.round(millis)) : null;
	}

	private static @Nullable Duration date(@Nullable String value, HttpHeaders headers) {
		return until(instant(value), headers);
	}

	private static @Nullable Duration until(@Nullable Instant until, HttpHeaders headers) {
		if (until == null) {
			return null;
		}
		// the clocks of both sides need not agree, so the server's own date counts
		Instant now = instant(headers.getFirst(HttpHeaders.DATE));
		Duration duration = Duration.between((now != null) ? now : Instant.now(), until);
		return (!duration.isNegative() && duration.toMillis() <= MAX_MILLIS) ? duration : null;
	}

	private static @Nullable Instant instant(@Nullable String value) {
		try {
			return (value != null) ? ZonedDateTime.parse(value.trim(), DateTimeFormatter.RFC_1123_DATE_TIME).toInstant()
					: null;
		}
		catch (DateTimeException ex) {
			return null;
		}
	}

}
