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
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.bind.AbstractBindHandler;
import org.springframework.boot.context.properties.bind.BindContext;
import org.springframework.boot.context.properties.bind.BindHandler;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.bind.PropertySourcesPlaceholdersResolver;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertyState;
import org.springframework.boot.context.properties.source.IterableConfigurationPropertySource;
import org.springframework.boot.origin.PropertySourceOrigin;
import org.springframework.core.env.SystemEnvironmentPropertySource;

/**
 * {@link BindHandler} that ignores values that count as not set: empty values, which a
 * placeholder such as <code>${TIMEOUT:}</code> leaves, and variables that Kubernetes sets
 * for services.
 */
final class UnsetValueBindHandler extends AbstractBindHandler {

	// https://kubernetes.io/docs/concepts/services-networking/service/#environment-variables
	private static final Pattern SERVICE_VARIABLE = Pattern
		.compile("(.+?)_(SERVICE_HOST|SERVICE_PORT(_.+)?|PORT(_\\d+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?)?)");

	private static final Pattern SERVICE_ADDRESS = Pattern.compile("(tcp|udp|sctp)://.*");

	private final ConfigurationPropertyName root;

	private final PropertySourcesPlaceholdersResolver placeholders;

	/**
	 * Create a handler.
	 * @param parent the handler to delegate to
	 * @param root the name below which values are checked
	 * @param placeholders resolves placeholders
	 */
	UnsetValueBindHandler(BindHandler parent, ConfigurationPropertyName root,
			PropertySourcesPlaceholdersResolver placeholders) {
		super(parent);
		this.root = root;
		this.placeholders = placeholders;
	}

	@Override
	public <T> @Nullable Bindable<T> onStart(ConfigurationPropertyName name, Bindable<T> target, BindContext context) {
		// the binder stops at the first missing element of a list
		boolean applies = this.root.isAncestorOf(name) && !name.isLastElementIndexed();
		return (applies && isUnset(name, context) && !hasDescendants(name, context)) ? null
				: super.onStart(name, target, context);
	}

	private static boolean hasDescendants(ConfigurationPropertyName name, BindContext context) {
		for (ConfigurationPropertySource source : context.getSources()) {
			if (source.containsDescendantOf(name) != ConfigurationPropertyState.ABSENT) {
				return true;
			}
		}
		return false;
	}

	private boolean isUnset(ConfigurationPropertyName name, BindContext context) {
		boolean found = false;
		for (ConfigurationPropertySource source : context.getSources()) {
			ConfigurationProperty property = source.getConfigurationProperty(name);
			if (property != null && !isOfService(property)) {
				return isEmpty(property, this.placeholders);
			}
			found |= property != null;
		}
		return found;
	}

	/**
	 * Bind the value of another source if the one that cannot be bound is a variable of a
	 * service.
	 */
	@Override
	public @Nullable Object onFailure(ConfigurationPropertyName name, Bindable<?> target, BindContext context,
			Exception error) throws Exception {
		ConfigurationProperty property = context.getConfigurationProperty();
		if (property == null || !isOfService(property)) {
			return super.onFailure(name, target, context, error);
		}
		List<ConfigurationPropertySource> others = new ArrayList<>();
		context.getSources().forEach((source) -> others.add(withoutServices(source)));
		return new Binder(others, this.placeholders).bind(name, target).orElse(null);
	}

	/**
	 * Return whether the value of a property is empty.
	 */
	static boolean isEmpty(ConfigurationProperty property, PropertySourcesPlaceholdersResolver placeholders) {
		return placeholders.resolvePlaceholders(property.getValue()) instanceof CharSequence value && value.isEmpty();
	}

	/**
	 * Return the given source, without variables that Kubernetes sets for services.
	 */
	static ConfigurationPropertySource withoutServices(ConfigurationPropertySource source) {
		return (source.getUnderlyingSource() instanceof SystemEnvironmentPropertySource) ? filter(source, (name) -> {
			ConfigurationProperty property = source.getConfigurationProperty(name);
			return property == null || !isOfService(property);
		}) : source;
	}

	/**
	 * Return the given source, without properties that do not match. A filtered source is
	 * slower, so the source is filtered only if necessary.
	 */
	static ConfigurationPropertySource filter(ConfigurationPropertySource source,
			Predicate<ConfigurationPropertyName> filter) {
		boolean isNecessary = !(source instanceof IterableConfigurationPropertySource iterable)
				|| !iterable.stream().allMatch(filter);
		return isNecessary ? source.filter(filter) : source;
	}

	/**
	 * Return whether a property is an environment variable that Kubernetes sets for a
	 * service, such as {@code COMPLETION_PROXY_PORT} for the service
	 * {@code completion-proxy}.
	 */
	static boolean isOfService(ConfigurationProperty property) {
		if (!(property.getOrigin() instanceof PropertySourceOrigin origin)
				|| !(origin.getPropertySource() instanceof SystemEnvironmentPropertySource variables)) {
			return false;
		}
		Matcher variable = SERVICE_VARIABLE.matcher(origin.getPropertyName());
		if (!variable.matches()) {
			return false;
		}
		// an application may set the port itself
		boolean isPort = "PORT".equals(variable.group(2));
		return SERVICE_ADDRESS.matcher(String.valueOf(property.getValue())).matches()
				|| (!isPort && variables.containsProperty(variable.group(1) + "_SERVICE_HOST"));
	}

}
