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

package dev.completion.server;

import java.util.List;
import java.util.Map;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Creates a sample value for the JSON schema of a request. Strings are words of the
 * generated text. Constraints that the API does not support are ignored.
 */
final class JsonSample {

	private static final String PLACE = "output_config.format.schema: ";

	private static final int MAX_DEPTH = 32;

	private static final int MAX_NODES = 10_000;

	private static final int MAX_WORDS = 3;

	private static final Map<String, String> FORMATS = Map.of("date-time", "2026-01-01T12:00:00Z", "date", "2026-01-01",
			"time", "12:00:00Z", "duration", "PT1H", "email", "someone@example.com", "hostname", "example.com", "uri",
			"https://example.com", "ipv4", "192.0.2.1", "ipv6", "2001:db8::1", "uuid",
			"00000000-0000-4000-8000-000000000000");

	private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

	private final JsonNode root;

	private final String words;

	private int nodes;

	private JsonSample(JsonNode root, String words) {
		this.root = root;
		this.words = words;
	}

	/**
	 * Create a value.
	 * @param schema the schema
	 * @param text the generated text
	 * @return the JSON of the value
	 */
	static String of(JsonNode schema, String text) {
		String words = String.join(" ", Tokens.split(text).stream().limit(MAX_WORDS).map(String::strip).toList());
		return Json.write(new JsonSample(schema, words).value(schema, 0));
	}

	private JsonNode value(JsonNode schema, int depth) {
		this.nodes++;
		check(depth < MAX_DEPTH && this.nodes <= MAX_NODES, "Schema is too complex for compilation.");
		if (schema.has("$ref")) {
			return value(referenced(schema.get("$ref").stringValue("")), depth + 1);
		}
		if (schema.has("const")) {
			return schema.get("const");
		}
		if (schema.path("enum").isArray() && !schema.get("enum").isEmpty()) {
			return schema.get("enum").get(0);
		}
		for (String choice : List.of("anyOf", "oneOf")) {
			if (schema.path(choice).isArray() && !schema.get(choice).isEmpty()) {
				return value(schema.get(choice).get(0), depth + 1);
			}
		}
		return schema.path("allOf").isArray() ? all(schema.get("allOf"), depth) : ofType(schema, depth);
	}

	private JsonNode referenced(String reference) {
		JsonNode target = reference.equals("#") ? this.root
				: reference.startsWith("#/") ? this.root.at(reference.substring(1)) : this.root.path("");
		check(target.isObject(), "Cannot resolve '" + reference + "'");
		return target;
	}

	private JsonNode all(JsonNode schemas, int depth) {
		ObjectNode merged = Json.object();
		for (JsonNode schema : schemas) {
			JsonNode value = value(schema, depth + 1);
			if (!value.isObject()) {
				return value;
			}
			merged.setAll((ObjectNode) value);
		}
		return merged;
	}

	private JsonNode ofType(JsonNode schema, int depth) {
		JsonNode type = schema.path("type");
		String name = (type.isArray() && !type.isEmpty()) ? type.get(0).stringValue("") : type.stringValue("");
		return switch (name) {
			case "object" -> object(schema, depth);
			case "array" -> array(schema, depth);
			case "integer", "number" -> NODES.numberNode(1);
			case "boolean" -> NODES.booleanNode(true);
			case "null" -> NODES.nullNode();
			case "", "string" ->
				NODES.stringNode(FORMATS.getOrDefault(schema.path("format").stringValue(""), this.words));
			default -> throw ApiException.invalidRequest(PLACE + "Unknown type '" + name + "'");
		};
	}

	private ObjectNode object(JsonNode schema, int depth) {
		check(!schema.path("additionalProperties").booleanValue(true),
				"For 'object' type, 'additionalProperties' must be explicitly set to false");
		ObjectNode object = Json.object();
		schema.path("properties")
			.properties()
			.forEach((property) -> object.set(property.getKey(), value(property.getValue(), depth + 1)));
		return object;
	}

	private ArrayNode array(JsonNode schema, int depth) {
		ArrayNode array = NODES.arrayNode();
		return schema.has("items") ? array.add(value(schema.get("items"), depth + 1)) : array;
	}

	private static void check(boolean valid, String rule) {
		ApiException.check(valid, PLACE + rule);
	}

}
