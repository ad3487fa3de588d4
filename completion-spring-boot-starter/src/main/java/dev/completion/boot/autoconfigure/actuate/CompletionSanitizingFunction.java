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

package dev.completion.boot.autoconfigure.actuate;

import java.util.Locale;
import java.util.Set;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.springframework.boot.actuate.endpoint.SanitizableData;
import org.springframework.boot.actuate.endpoint.SanitizingFunction;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.EnumerablePropertySource;
import org.springframework.util.function.SingletonSupplier;

/**
 * Hides credentials and the values of headers, and whatever else has a credential within:
 * the variable that a placeholder stands for, say, or a command line.
 */
final class CompletionSanitizingFunction implements SanitizingFunction {

	private static final Pattern CREDENTIAL = Pattern.compile("(anthropic|completion).*(apikey|authtoken|password)");

	private static final Pattern HEADER = Pattern.compile("completion.*headers.*");

	// a shorter one would hide values that contain it by chance
	private static final int MIN_LENGTH = 8;

	private final Supplier<Set<String>> credentials;

	private final Supplier<Set<String>> headers;

	CompletionSanitizingFunction(ConfigurableEnvironment environment) {
		this.credentials = SingletonSupplier.of(() -> values(CREDENTIAL, environment));
		this.headers = SingletonSupplier.of(() -> values(HEADER, environment));
	}

	private static Set<String> values(Pattern name, ConfigurableEnvironment environment) {
		return environment.getPropertySources()
			.stream()
			.flatMap((source) -> (source instanceof EnumerablePropertySource<?> enumerable) ? values(name, enumerable)
					: Stream.of())
			.map(environment::resolvePlaceholders)
			.filter((value) -> value.length() >= MIN_LENGTH)
			.collect(Collectors.toUnmodifiableSet());
	}

	private static Stream<String> values(Pattern pattern, EnumerablePropertySource<?> source) {
		return Stream.of(source.getPropertyNames())
			.filter((name) -> pattern.matcher(uniform(name)).matches())
			.map((name) -> String.valueOf(source.getProperty(name)));
	}

	private static String uniform(String name) {
		return name.toLowerCase(Locale.ROOT).replaceAll("[-_]", "");
	}

	@Override
	public SanitizableData apply(SanitizableData data) {
		String name = uniform(data.getKey());
		boolean hidden = CREDENTIAL.matcher(name).matches() || HEADER.matcher(name).matches()
				|| hasSecret(String.valueOf(data.getValue()));
		return hidden ? data.withSanitizedValue() : data;
	}

	// the value of a header may be a common word, so that it is looked for only beside
	// the
	// name of the property, as in a command line
	private boolean hasSecret(String value) {
		return this.credentials.get().stream().anyMatch(value::contains)
				|| (uniform(value).contains("headers") && this.headers.get().stream().anyMatch(value::contains));
	}

}
