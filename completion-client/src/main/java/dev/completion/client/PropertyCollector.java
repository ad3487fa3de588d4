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

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Collects the additional properties of a response, up to a maximum size. A later value
 * of a property replaces an earlier one.
 */
final class PropertyCollector {

	private final Map<String, Object> properties = new LinkedHashMap<>();

	private final int maxSize;

	private long size;

	/**
	 * Create a collector.
	 * @param maxSize the maximum size of all properties, in bytes of memory
	 */
	PropertyCollector(int maxSize) {
		this.maxSize = maxSize;
	}

	/**
	 * Add a property.
	 * @throws AttemptFailure if the properties are too large
	 */
	void put(String name, Object value) {
		put(this.properties, name, value);
	}

	/**
	 * Add a property. An object is merged into an earlier one of the same name: its
	 * values that are not {@code null} replace those of the earlier one.
	 * @throws AttemptFailure if the properties are too large
	 */
	@SuppressWarnings("unchecked") // objects of JSON have names
	void merge(String name, Object value) {
		if (!(value instanceof Map<?, ?> later && this.properties.get(name) instanceof Map<?, ?> earlier)) {
			put(name, value);
			return;
		}
		later.forEach((key, part) -> {
			if (part != null) {
				put((Map<String, Object>) earlier, (String) key, part);
			}
		});
	}

	private void put(Map<String, Object> target, String name, Object value) {
		Object previous = target.put(name, value);
		this.size += JsonValues.size(value) + ((previous != null) ? -JsonValues.size(previous) : name.length());
		if (this.size > this.maxSize) {
			throw AttemptFailure.limitExceeded("body", this.maxSize);
		}
	}

	boolean hasProperties() {
		return !this.properties.isEmpty();
	}

	/**
	 * Return a copy of the properties that cannot be modified, at any depth.
	 */
	Map<String, Object> toMap() {
		return JsonValues.unmodifiable(this.properties);
	}

}
