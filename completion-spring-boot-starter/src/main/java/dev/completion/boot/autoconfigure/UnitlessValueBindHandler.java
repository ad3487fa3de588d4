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

import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.bind.AbstractBindHandler;
import org.springframework.boot.context.properties.bind.BindContext;
import org.springframework.boot.context.properties.bind.BindHandler;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.PropertySourcesPlaceholdersResolver;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.util.unit.DataSize;

/**
 * {@link BindHandler} that collects small values without a unit, which are probably a
 * mistake: {@code 60} means 60 milliseconds, but is probably intended to be seconds.
 */
final class UnitlessValueBindHandler extends AbstractBindHandler {

	private static final Pattern SMALL_NUMBER = Pattern.compile("[1-9][0-9]{0,2}");

	private final Map<ConfigurationPropertyName, String> values = new TreeMap<>();

	private final PropertySourcesPlaceholdersResolver placeholders;

	UnitlessValueBindHandler(BindHandler parent, PropertySourcesPlaceholdersResolver placeholders) {
		super(parent);
		this.placeholders = placeholders;
	}

	@Override
	public @Nullable Object onSuccess(ConfigurationPropertyName name, Bindable<?> target, BindContext context,
			Object result) {
		ConfigurationProperty property = context.getConfigurationProperty();
		if (property != null && isSmallNumber(property)) {
			if (result instanceof Duration time) {
				this.values.put(name, "%dms, not %1$ds".formatted(time.toMillis()));
			}
			if (result instanceof DataSize size) {
				this.values.put(name, "%dB, not %1$dMB".formatted(size.toBytes()));
			}
		}
		return super.onSuccess(name, target, context, result);
	}

	// the value may also be a number, in YAML
	private boolean isSmallNumber(ConfigurationProperty property) {
		Object value = this.placeholders.resolvePlaceholders(property.getValue());
		return SMALL_NUMBER.matcher(String.valueOf(value)).matches();
	}

	/**
	 * Return descriptions of these values, by property name.
	 */
	Map<ConfigurationPropertyName, String> values() {
		return this.values;
	}

}
