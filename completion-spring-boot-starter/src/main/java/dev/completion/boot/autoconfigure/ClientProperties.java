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
import java.util.TreeMap;
import java.util.stream.Stream;

import dev.completion.boot.CompletionClientCustomizer;

import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.BindHandler;
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
 * The properties of one client. A named client inherits the properties that it does not
 * set from {@code completion.*}.
 */
final class ClientProperties {

	static final String ROOT = "completion";

	private final String name;

	private final CompletionProperties values;

	private final Binder own;

	private final Map<ConfigurationPropertyName, String> valuesWithoutUnit;

	private ClientProperties(String name, CompletionProperties values, Binder own,
			Map<ConfigurationPropertyName, String> valuesWithoutUnit) {
		this.name = name;
		this.values = values;
		this.own = own;
		this.valuesWithoutUnit = valuesWithoutUnit;
	}

	/**
	 * Return the properties of the client with the given name.
	 */
	static ClientProperties of(String name, Environment environment) {
		PropertySourcesPlaceholdersResolver placeholders = new PropertySourcesPlaceholdersResolver(environment);
		UnitlessValueBindHandler handler = new UnitlessValueBindHandler(
				new UnsetValueBindHandler(BindHandler.DEFAULT, ConfigurationPropertyName.EMPTY, placeholders),
				placeholders);
		List<ConfigurationPropertySource> sources = sources(environment);
		if (isDefault(name)) {
			List<ConfigurationPropertySource> filtered = AdditionalPropertySources.filter(sources, 0,
					ConfigurationPropertyName.of(ROOT));
			CompletionProperties values = new Binder(filtered, placeholders).bindOrCreate(ROOT,
					Bindable.of(CompletionProperties.class), handler);
			return new ClientProperties(name, values, new Binder(List.of(), placeholders), handler.values());
		}
		List<ConfigurationPropertySource> own = withoutEmptyValues(withPrefix(ClientNames.prefix(name), sources),
				placeholders);
		List<ConfigurationPropertySource> all = Stream.concat(own.stream(), withPrefix(ROOT, sources).stream())
			.toList();
		List<ConfigurationPropertySource> filtered = AdditionalPropertySources.filter(all, own.size(),
				ConfigurationPropertyName.EMPTY);
		CompletionProperties values = bind(name, new Binder(filtered, placeholders), handler);
		return new ClientProperties(name, values, new Binder(own, placeholders), handler.values());
	}

	/**
	 * Return whether clients are enabled.
	 */
	static boolean isEnabled(Environment environment) {
		PropertySourcesPlaceholdersResolver placeholders = new PropertySourcesPlaceholdersResolver(environment);
		BindHandler handler = new UnsetValueBindHandler(BindHandler.DEFAULT, ConfigurationPropertyName.EMPTY,
				placeholders);
		return Binder.get(environment).bind(ROOT + ".enabled", Bindable.of(Boolean.class), handler).orElse(true);
	}

	/**
	 * Return the property sources, without variables that Kubernetes sets for services.
	 */
	static List<ConfigurationPropertySource> sources(Environment environment) {
		List<ConfigurationPropertySource> sources = new ArrayList<>();
		ConfigurationPropertySources.get(environment)
			.forEach((source) -> sources.add(UnsetValueBindHandler.withoutServices(source)));
		return sources;
	}

	private static List<ConfigurationPropertySource> withPrefix(String prefix,
			List<ConfigurationPropertySource> sources) {
		return sources.stream().map((source) -> source.withPrefix(prefix)).toList();
	}

	// an empty value hides those of sources with a lower precedence, and is inherited
	private static List<ConfigurationPropertySource> withoutEmptyValues(List<ConfigurationPropertySource> sources,
			PropertySourcesPlaceholdersResolver placeholders) {
		return sources.stream()
			.map((source) -> UnsetValueBindHandler.filter(source, (name) -> !isEmpty(name, sources, placeholders)))
			.toList();
	}

	private static boolean isEmpty(ConfigurationPropertyName name, List<ConfigurationPropertySource> sources,
			PropertySourcesPlaceholdersResolver placeholders) {
		for (ConfigurationPropertySource source : sources) {
			ConfigurationProperty property = source.getConfigurationProperty(name);
			if (property != null) {
				return !name.isLastElementIndexed() && UnsetValueBindHandler.isEmpty(property, placeholders);
			}
		}
		return false;
	}

	private static CompletionProperties bind(String name, Binder binder, BindHandler handler) {
		try {
			return binder.bindOrCreate("", Bindable.of(CompletionProperties.class), handler);
		}
		catch (BindException ex) {
			String key = ex.getName().toString();
			throw new FailureAnalyzedException(
					"The value of '%s.%s' is not valid: %s.".formatted(ClientNames.prefix(name), key,
							NestedExceptionUtils.getMostSpecificCause(ex).getMessage()),
					"Correct the value there, or that of '%s.%s'.".formatted(ROOT, key), ex);
		}
	}

	/**
	 * Return descriptions of small values without a unit, which are probably a mistake,
	 * by property name.
	 */
	Map<String, String> valuesWithoutUnit() {
		Map<String, String> values = new TreeMap<>();
		this.valuesWithoutUnit.forEach((name, meaning) -> {
			String property = name.toString();
			if (isDefault()) {
				values.put(property, meaning);
			}
			else if (isOwn(property)) {
				values.put(nameOf(property), meaning);
			}
		});
		return values;
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
