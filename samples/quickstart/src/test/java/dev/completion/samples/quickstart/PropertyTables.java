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

package dev.completion.samples.quickstart;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

import dev.completion.boot.autoconfigure.CompletionProperties;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The starter's properties, as their metadata describes them, as tables in Markdown.
 */
final class PropertyTables {

	private static final String METADATA = "/META-INF/spring-configuration-metadata.json";

	private final List<JsonNode> properties;

	private final Map<String, String> values;

	private PropertyTables(JsonNode metadata) {
		this.properties = metadata.get("properties").valueStream().toList();
		this.values = metadata.get("hints")
			.valueStream()
			.filter((hint) -> hint.path("providers").isEmpty())
			.collect(Collectors.toMap((hint) -> hint.get("name").stringValue(), PropertyTables::values));
	}

	static PropertyTables ofTheStarter() throws IOException {
		try (InputStream metadata = CompletionProperties.class.getResourceAsStream(METADATA)) {
			return new PropertyTables(JsonMapper.shared().readTree(metadata));
		}
	}

	private static String values(JsonNode hint) {
		return hint.get("values")
			.valueStream()
			.map((value) -> "`" + value.get("value").stringValue() + "`")
			.collect(Collectors.joining(", ", " One of ", "."));
	}

	/**
	 * Return the table of some properties.
	 * @param names the names of properties, or of groups of properties
	 */
	String table(List<String> names) {
		return this.properties.stream()
			.filter((property) -> isIn(names, name(property)))
			.map(this::row)
			.collect(Collectors.joining("\n", "| property | default | description |\n| --- | --- | --- |\n", "\n"));
	}

	/**
	 * Return the names of all properties.
	 */
	List<String> names() {
		return this.properties.stream().map(PropertyTables::name).toList();
	}

	/**
	 * Return whether a property is one of the given properties, or in one of the given
	 * groups.
	 */
	static boolean isIn(List<String> names, String property) {
		return names.stream().anyMatch((name) -> property.equals(name) || property.startsWith(name + "."));
	}

	private static String name(JsonNode property) {
		return property.get("name").stringValue();
	}

	private String row(JsonNode property) {
		String name = name(property);
		String wildcard = property.get("type").stringValue().startsWith("java.util.Map<") ? ".*" : "";
		String description = property.get("description").stringValue().replaceAll("'([^']+)'", "`$1`");
		return "| `%s` | %s | %s |".formatted(name + wildcard, defaultValue(property),
				description + this.values.getOrDefault(name, ""));
	}

	private static String defaultValue(JsonNode property) {
		return property.has("defaultValue") ? "`" + property.get("defaultValue").asString() + "`" : "";
	}

}
