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

package dev.completion.client;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

import org.jspecify.annotations.Nullable;

/**
 * Handles the values of additional properties, as the JSON mapper creates them.
 */
final class JsonValues {

	private static final int VALUE_SIZE = 32;

	private JsonValues() {
	}

	/**
	 * Return a copy of the given properties that cannot be modified, at any depth.
	 */
	static Map<String, Object> unmodifiable(Map<String, Object> properties) {
		Map<String, Object> copy = new LinkedHashMap<>(properties);
		copy.replaceAll((name, value) -> Objects.requireNonNull(unmodifiableValue(value)));
		return Collections.unmodifiableMap(copy);
	}

	/**
	 * Return about how many bytes the given value takes in memory. Small values take more
	 * than their JSON.
	 */
	static long size(@Nullable Object value) {
		long size = VALUE_SIZE;
		if (value instanceof Map<?, ?> map) {
			for (Map.Entry<?, ?> entry : map.entrySet()) {
				size += String.valueOf(entry.getKey()).length() + size(entry.getValue());
			}
		}
		else if (value instanceof List<?> list) {
			for (Object element : list) {
				size += size(element);
			}
		}
		else if (value instanceof String text) {
			size += text.length();
		}
		return size;
	}

	private static @Nullable Object unmodifiableValue(@Nullable Object value) {
		if (value instanceof Map<?, ?> map) {
			Map<Object, @Nullable Object> copy = new LinkedHashMap<>();
			map.forEach((name, nested) -> copy.put(name, unmodifiableValue(nested)));
			return Collections.unmodifiableMap(copy);
		}
		if (value instanceof List<?> list) {
			List<@Nullable Object> copy = new ArrayList<>();
			list.forEach((nested) -> copy.add(unmodifiableValue(nested)));
			return Collections.unmodifiableList(copy);
		}
		return value;
	}

}
