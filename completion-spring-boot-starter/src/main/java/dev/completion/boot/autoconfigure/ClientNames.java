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

import java.util.Comparator;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

import dev.completion.boot.CompletionClientCustomizer;

import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.bind.DataObjectPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.diagnostics.FailureAnalyzedException;
import org.springframework.core.env.Environment;

/**
 * The names of the clients that have one.
 */
final class ClientNames {

	private static final String CLIENTS = "completion.clients";

	// an environment variable has neither dashes nor capitals
	private static final Comparator<String> MOST_TELLING = Comparator.comparingInt(String::length)
		.thenComparing((name) -> !name.equals(name.toLowerCase(Locale.ROOT)));

	private ClientNames() {
	}

	/**
	 * Return the names below {@code completion.clients}. One that is written in several
	 * ways is the name of one client.
	 */
	static Set<String> of(Environment environment) {
		Binder binder = Binder.get(environment);
		Map<String, String> names = new TreeMap<>();
		for (String name : binder.bind(CLIENTS, Bindable.mapOf(String.class, Object.class))
			.orElseGet(Map::of)
			.keySet()) {
			check(name, binder);
			names.merge(name.replaceAll("[^A-Za-z0-9]", "").toLowerCase(Locale.ROOT), name,
					(one, other) -> (MOST_TELLING.compare(one, other) < 0) ? other : one);
		}
		return new TreeSet<>(names.values());
	}

	private static void check(String name, Binder binder) {
		if (name.equals(CompletionClientCustomizer.DEFAULT_CLIENT)) {
			throw new FailureAnalyzedException("'%s.%s' is not the name of a client.".formatted(CLIENTS, name),
					"Set the properties of the default client as 'completion.*', or choose another name.");
		}
		String prefix = prefix(name);
		if (!ConfigurationPropertyName.isValid(prefix)
				|| !binder.bind(prefix, Bindable.mapOf(String.class, Object.class)).isBound()) {
			throw new FailureAnalyzedException("'%s' is not the name of a client.".formatted(name),
					"Choose one of letters, digits and dashes.");
		}
	}

	/**
	 * Return what the properties of the client with the given name begin with.
	 */
	static String prefix(String name) {
		return CLIENTS + "." + DataObjectPropertyName.toDashedForm(name);
	}

}
