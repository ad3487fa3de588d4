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
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import dev.completion.boot.CompletionClientCustomizer;

import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.BindHandler;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.bind.DataObjectPropertyName;
import org.springframework.boot.context.properties.bind.PropertySourcesPlaceholdersResolver;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName.Form;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.IterableConfigurationPropertySource;
import org.springframework.boot.diagnostics.FailureAnalyzedException;
import org.springframework.core.env.Environment;
import org.springframework.core.env.SystemEnvironmentPropertySource;

/**
 * The names of the clients below {@code completion.clients}.
 */
final class ClientNames {

	private static final ConfigurationPropertyName CLIENTS = ConfigurationPropertyName.of("completion.clients");

	// an environment variable has neither dashes nor capitals
	private static final Comparator<String> MOST_READABLE = Comparator.comparingInt(String::length)
		.thenComparing((name) -> !name.equals(name.toLowerCase(Locale.ROOT)));

	private final Environment environment;

	private final PropertySourcesPlaceholdersResolver placeholders;

	private final BindHandler unsetValues;

	// the names to display, by their uniform forms
	private final Map<String, String> names = new TreeMap<>();

	private ClientNames(Environment environment) {
		this.environment = environment;
		this.placeholders = new PropertySourcesPlaceholdersResolver(environment);
		this.unsetValues = new UnsetValueBindHandler(BindHandler.DEFAULT, CLIENTS, this.placeholders);
	}

	/**
	 * Return the names below {@code completion.clients}. If a name is written in several
	 * ways, they denote the same client.
	 */
	static Set<String> of(Environment environment) {
		ClientNames names = new ClientNames(environment);
		List<ConfigurationPropertySource> variables = new ArrayList<>();
		List<ConfigurationPropertySource> others = new ArrayList<>();
		ClientProperties.sources(environment)
			.forEach((source) -> (isOfVariables(source) ? variables : others).add(source));
		names.addAll(names.ofOthers(others));
		names.addAll(names.ofVariables(variables));
		return new TreeSet<>(names.names.values());
	}

	private static boolean isOfVariables(ConfigurationPropertySource source) {
		return source.getUnderlyingSource() instanceof SystemEnvironmentPropertySource;
	}

	private Binder binder(Iterable<ConfigurationPropertySource> sources) {
		return new Binder(sources, this.placeholders);
	}

	private void addAll(Collection<String> names) {
		for (String name : names) {
			check(name);
			this.names.merge(uniform(name), name,
					(one, other) -> (MOST_READABLE.compare(one, other) < 0) ? other : one);
		}
	}

	private Set<String> ofOthers(List<ConfigurationPropertySource> others) {
		Map<String, Object> clients = new HashMap<>(
				binder(others).bind(CLIENTS, Bindable.mapOf(String.class, Object.class)).orElseGet(Map::of));
		// an empty value instead of properties
		clients.values().removeIf(""::equals);
		return clients.keySet();
	}

	/**
	 * Return the names in environment variables. An underscore in a variable may be a
	 * separator or stand for a dash, and other software may set variables with the same
	 * prefix. Therefore, a variable defines a client only if it does not belong to a
	 * known client, and if it sets a property of {@link CompletionProperties}.
	 */
	private Set<String> ofVariables(List<ConfigurationPropertySource> variables) {
		Binder binder = binder(variables);
		return variables.stream()
			.flatMap((source) -> (source instanceof IterableConfigurationPropertySource iterable) ? iterable.stream()
					: Stream.of())
			.filter((variable) -> CLIENTS.isAncestorOf(variable) && !isOfKnownClient(variable))
			.map((variable) -> variable.getElement(CLIENTS.getNumberOfElements(), Form.ORIGINAL))
			.distinct()
			.filter((name) -> hasProperty(name, binder))
			.collect(Collectors.toCollection(TreeSet::new));
	}

	private boolean isOfKnownClient(ConfigurationPropertyName variable) {
		int first = CLIENTS.getNumberOfElements();
		StringBuilder name = new StringBuilder();
		return IntStream.range(first, variable.getNumberOfElements())
			.mapToObj((i) -> name.append(uniform(variable.getElement(i, Form.UNIFORM))).toString())
			.anyMatch(this.names::containsKey);
	}

	private boolean hasProperty(String name, Binder variables) {
		ConfigurationPropertyName prefix = ConfigurationPropertyName.of(prefix(name));
		try {
			return variables.bind(prefix, Bindable.of(CompletionProperties.class), this.unsetValues).isBound();
		}
		catch (BindException ex) {
			// an invalid value of a property is reported when the client is created
			return !ex.getName().equals(prefix);
		}
	}

	private static String uniform(String name) {
		return name.replaceAll("[^A-Za-z0-9]", "").toLowerCase(Locale.ROOT);
	}

	private void check(String name) {
		if (name.equals(CompletionClientCustomizer.DEFAULT_CLIENT)) {
			throw new FailureAnalyzedException("'%s.%s' is not a valid name of a client.".formatted(CLIENTS, name),
					"Set the properties of the default client as 'completion.*', or choose another name.");
		}
		String prefix = prefix(name);
		if (!ConfigurationPropertyName.isValid(prefix)
				|| !Binder.get(this.environment).bind(prefix, Bindable.mapOf(String.class, Object.class)).isBound()) {
			throw new FailureAnalyzedException("'%s' is not a valid name of a client.".formatted(name),
					"Choose a name that consists of letters, digits and dashes.");
		}
	}

	/**
	 * Return the prefix of the properties of the client with the given name.
	 */
	static String prefix(String name) {
		return CLIENTS + "." + DataObjectPropertyName.toDashedForm(name);
	}

}
