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

import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertyState;
import org.springframework.boot.context.properties.source.IterableConfigurationPropertySource;

/**
 * Property sources without additional properties of requests that are replaced by sources
 * with a higher precedence. The binder would merge their lists element by element, and
 * the objects of a named client with those of {@code completion.*}.
 */
final class AdditionalPropertySources {

	private AdditionalPropertySources() {
	}

	/**
	 * Filter the given sources.
	 * @param sources the sources, those with the highest precedence first
	 * @param own the number of sources at the beginning whose additional properties
	 * replace those of the other sources entirely
	 * @param client the name below which the properties of the client are
	 */
	static List<ConfigurationPropertySource> filter(List<ConfigurationPropertySource> sources, int own,
			ConfigurationPropertyName client) {
		ConfigurationPropertyName root = client.append("defaults.additional-properties");
		List<ConfigurationPropertySource> result = new ArrayList<>();
		for (int i = 0; i < sources.size(); i++) {
			ConfigurationPropertySource source = sources.get(i);
			if (source instanceof IterableConfigurationPropertySource) {
				List<ConfigurationPropertySource> higher = sources.subList(0, i);
				List<ConfigurationPropertySource> replacing = sources.subList(0, (i < own) ? 0 : own);
				source = UnsetValueBindHandler.filter(source,
						(name) -> !root.isAncestorOf(name) || !isReplaced(name, root, higher, replacing));
			}
			result.add(source);
		}
		return result;
	}

	private static boolean isReplaced(ConfigurationPropertyName name, ConfigurationPropertyName root,
			List<ConfigurationPropertySource> higher, List<ConfigurationPropertySource> replacing) {
		int property = root.getNumberOfElements() + 1;
		if (contains(name.chop(property), replacing)) {
			return true;
		}
		for (int i = property; i < name.getNumberOfElements(); i++) {
			if (name.isNumericIndex(i) && contains(name.chop(i), higher)) {
				return true;
			}
		}
		return false;
	}

	private static boolean contains(ConfigurationPropertyName name, List<ConfigurationPropertySource> sources) {
		return sources.stream()
			.anyMatch((source) -> source.getConfigurationProperty(name) != null
					|| source.containsDescendantOf(name) == ConfigurationPropertyState.PRESENT);
	}

}
