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

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.IntStream;

import org.jspecify.annotations.Nullable;

/**
 * Checks of what users pass in.
 */
final class Arguments {

	private static final long MAX_LIMIT = 1_000_000_000_000L;

	private static final String TOKEN_SYMBOLS = "!#$%&'*+-.^_`|~";

	private static final Set<String> FRAMING_HEADERS = Set.of("content-length", "transfer-encoding");

	private Arguments() {
	}

	static void check(boolean valid, Supplier<String> message) {
		if (!valid) {
			throw new IllegalArgumentException(message.get());
		}
	}

	static <T> T notNull(@Nullable T value, String name) {
		if (value == null) {
			throw new IllegalArgumentException("'" + name + "' must not be null");
		}
		return value;
	}

	static Duration notNegative(@Nullable Duration value, String name) {
		Duration duration = notNull(value, name);
		check(!duration.isNegative(), () -> "'" + name + "' must not be negative, not " + duration);
		return duration;
	}

	static String visibleAscii(@Nullable String value, String name) {
		String text = notNull(value, name);
		check(!text.isEmpty() && text.chars().allMatch((character) -> character > ' ' && character < 0x7F),
				() -> "'" + name + "' must consist of visible ASCII characters");
		return text;
	}

	static int notNegative(int value, String name) {
		check(value >= 0, () -> "'" + name + "' must not be negative, not " + value);
		return value;
	}

	static long limit(long value, String name) {
		check(value > 0 && value <= MAX_LIMIT,
				() -> "'" + name + "' must be from 1 to " + MAX_LIMIT + ", not " + value);
		return value;
	}

	static int inRange(int value, int min, int max, String name) {
		check(value >= min && value <= max,
				() -> "'" + name + "' must be from " + min + " to " + max + ", not " + value);
		return value;
	}

	static int status(int value, String name) {
		return inRange(value, 200, 599, name);
	}

	static List<Integer> interim(int @Nullable [] values, String name) {
		List<Integer> statuses = IntStream.of(notNull(values, name)).boxed().toList();
		check(!statuses.isEmpty(), () -> "'" + name + "' must not be empty");
		for (int status : statuses) {
			inRange(status, 100, 199, name);
			check(status != 101, () -> "'" + name + "' must not be 101, which is no interim response");
		}
		return statuses;
	}

	static String headerName(@Nullable String value, String name) {
		String text = notNull(value, name);
		check(!text.isEmpty() && text.chars().allMatch(Arguments::isTokenCharacter),
				() -> "'" + name + "' must be the name of an HTTP header");
		check(!FRAMING_HEADERS.contains(text.toLowerCase(Locale.ROOT)),
				() -> "'" + name + "' must not be " + text + ", which is up to the server");
		return text;
	}

	private static boolean isTokenCharacter(int character) {
		return (character < 0x7F && Character.isLetterOrDigit(character)) || TOKEN_SYMBOLS.indexOf(character) != -1;
	}

	static String headerValue(@Nullable String value, String name) {
		String text = notNull(value, name);
		check(text.chars().allMatch((character) -> (character >= ' ' && character < 0x7F) || character == '\t'),
				() -> "'" + name + "' must consist of ASCII characters other than control characters");
		return text;
	}

}
