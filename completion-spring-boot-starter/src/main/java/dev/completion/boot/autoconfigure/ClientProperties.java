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

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

import dev.completion.boot.CompletionClientCustomizer;

import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.bind.DataObjectPropertyName;
import org.springframework.boot.context.properties.bind.PropertySourcesPlaceholdersResolver;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.diagnostics.FailureAnalyzedException;
import org.springframework.core.env.Environment;

/**
 * The properties of one client. What a named client has not set, it has from
 * {@code completion.*}.
 */
final class ClientProperties {

	private static final String ROOT = "completion";

	private static final String CLIENTS = ROOT + ".clients";

	private final String name;

	private final CompletionProperties values;

	private final Environment environment;

	private ClientProperties(String name, CompletionProperties values, Environment environment) {
		this.name = name;
		this.values = values;
		this.environment = environment;
	}

	/**
	 * Return the properties of the client with the given name.
	 */
	static ClientProperties of(String name, Environment environment) {
		CompletionProperties values = isDefault(name)
				? Binder.get(environment).bindOrCreate(ROOT, CompletionProperties.class)
				: inherited(name, environment).bindOrCreate("", CompletionProperties.class);
		return new ClientProperties(name, values, environment);
	}

	private static Binder inherited(String name, Environment environment) {
		List<ConfigurationPropertySource> sources = new ArrayList<>();
		for (String prefix : List.of(prefix(name), ROOT)) {
			ConfigurationPropertySources.get(environment).forEach((source) -> sources.add(source.withPrefix(prefix)));
		}
		return new Binder(sources, new PropertySourcesPlaceholdersResolver(environment));
	}

	/**
	 * Return the names of the clients that have one.
	 */
	static Set<String> names(Environment environment) {
		Map<String, Object> clients = Binder.get(environment)
			.bind(CLIENTS, Bindable.mapOf(String.class, Object.class))
			.orElseGet(Map::of);
		if (clients.containsKey(CompletionClientCustomizer.DEFAULT_CLIENT)) {
			throw new FailureAnalyzedException(
					"'%s.%s' is not the name of a client.".formatted(CLIENTS,
							CompletionClientCustomizer.DEFAULT_CLIENT),
					"Set the properties of the default client as '%s.*', or choose another name.".formatted(ROOT));
		}
		return new TreeSet<>(clients.keySet());
	}

	String name() {
		return this.name;
	}

	CompletionProperties values() {
		return this.values;
	}

	boolean isDefault() {
		return isDefault(this.name);
	}

	private static boolean isDefault(String name) {
		return name.equals(CompletionClientCustomizer.DEFAULT_CLIENT);
	}

	/**
	 * Return whether a client with a name has a property of its own.
	 * @param property the property, such as {@code api-key}
	 */
	boolean isOwn(String property) {
		return !isDefault() && Binder.get(this.environment).bind(own(property), Bindable.of(Object.class)).isBound();
	}

	/**
	 * Return the full name under which a property was set, or would be.
	 * @param property the property, such as {@code api-key}
	 */
	String nameOf(String property) {
		return isOwn(property) ? own(property) : ROOT + "." + property;
	}

	private String own(String property) {
		return prefix(this.name) + "." + property;
	}

	private static String prefix(String name) {
		return CLIENTS + "." + DataObjectPropertyName.toDashedForm(name);
	}

}
