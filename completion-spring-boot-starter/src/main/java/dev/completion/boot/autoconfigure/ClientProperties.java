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
import java.util.stream.Stream;

import dev.completion.boot.CompletionClientCustomizer;

import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.bind.PropertySourcesPlaceholdersResolver;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.diagnostics.FailureAnalyzedException;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.core.env.Environment;

/**
 * The properties of one client. What a named client has not set, it has from
 * {@code completion.*}.
 */
final class ClientProperties {

	private static final String ROOT = "completion";

	private final String name;

	private final CompletionProperties values;

	private final Binder own;

	private ClientProperties(String name, CompletionProperties values, Binder own) {
		this.name = name;
		this.values = values;
		this.own = own;
	}

	/**
	 * Return the properties of the client with the given name.
	 */
	static ClientProperties of(String name, Environment environment) {
		PropertySourcesPlaceholdersResolver placeholders = new PropertySourcesPlaceholdersResolver(environment);
		if (isDefault(name)) {
			CompletionProperties values = Binder.get(environment).bindOrCreate(ROOT, CompletionProperties.class);
			return new ClientProperties(name, values, new Binder(List.of(), placeholders));
		}
		List<ConfigurationPropertySource> own = sources(ClientNames.prefix(name), environment).stream()
			.map((source) -> source.filter((property) -> !isEmpty(source, property, placeholders)))
			.toList();
		List<ConfigurationPropertySource> all = Stream.concat(own.stream(), sources(ROOT, environment).stream())
			.toList();
		return new ClientProperties(name, bind(name, new Binder(all, placeholders)), new Binder(own, placeholders));
	}

	private static List<ConfigurationPropertySource> sources(String prefix, Environment environment) {
		List<ConfigurationPropertySource> sources = new ArrayList<>();
		ConfigurationPropertySources.get(environment).forEach((source) -> sources.add(source.withPrefix(prefix)));
		return sources;
	}

	// what a placeholder such as ${GATEWAY_KEY:} leaves is not set, and so inherited
	private static boolean isEmpty(ConfigurationPropertySource source, ConfigurationPropertyName name,
			PropertySourcesPlaceholdersResolver placeholders) {
		ConfigurationProperty property = source.getConfigurationProperty(name);
		return property != null && "".equals(placeholders.resolvePlaceholders(property.getValue()));
	}

	private static CompletionProperties bind(String name, Binder binder) {
		try {
			return binder.bindOrCreate("", CompletionProperties.class);
		}
		catch (BindException ex) {
			ConfigurationProperty property = ex.getProperty();
			String key = (property != null) ? property.getName().toString() : ex.getName().toString();
			throw new FailureAnalyzedException(
					"The value of '%s.%s' is not valid: %s.".formatted(ClientNames.prefix(name), key,
							NestedExceptionUtils.getMostSpecificCause(ex).getMessage()),
					"Correct the value there, or that of '%s.%s'.".formatted(ROOT, key), ex);
		}
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
		return this.own.bind(ConfigurationPropertyName.adapt(property, '.'), Bindable.of(Object.class)).isBound();
	}

	/**
	 * Return the full name under which a property was set, or would be.
	 * @param property the property, such as {@code api-key}
	 */
	String nameOf(String property) {
		return (isOwn(property) ? ClientNames.prefix(this.name) : ROOT) + "." + property;
	}

}
