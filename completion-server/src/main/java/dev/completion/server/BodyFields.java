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

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Fields of a JSON object, checked as they are read, with the API's wording. An optional
 * field that is null counts as absent.
 */
final class BodyFields {

	private static final int MAX_USER_ID_LENGTH = 512;

	private final JsonNode object;

	private final String prefix;

	private final Set<String> read = new HashSet<>();

	private BodyFields(JsonNode object, String prefix) {
		this.object = object;
		this.prefix = prefix;
	}

	static BodyFields of(JsonNode body) {
		if (!body.isObject()) {
			throw ApiException.invalidRequest("Input should be a valid dictionary");
		}
		return new BodyFields(body, "");
	}

	/**
	 * Return a view of the same object that calls it by another name, as the API does for
	 * an object of which there are several types.
	 */
	BodyFields ofType(String type) {
		return new BodyFields(this.object, this.prefix + type + ".");
	}

	/**
	 * Return the place of the object in the body, to be followed by what is wrong there.
	 */
	String place() {
		return this.prefix.substring(0, this.prefix.length() - 1);
	}

	/**
	 * Return the type of an object of which there are several types.
	 */
	String type(List<String> types) {
		String type = requiredString("type");
		if (!types.contains(type)) {
			throw ApiException.invalidRequest(
					place() + ": Input tag '" + type + "' found using 'type' does not match any of the expected tags: '"
							+ String.join("', '", types) + "'");
		}
		return type;
	}

	boolean isPresent(String name) {
		return optional(name) != null;
	}

	boolean isString(String name) {
		return this.object.path(name).isString();
	}

	String requiredText(String name) {
		String text = requiredString(name);
		check(!text.isEmpty(), name, "String should have at least 1 character");
		return text;
	}

	String requiredString(String name) {
		return string(name, required(name));
	}

	@Nullable String optionalString(String name) {
		JsonNode value = optional(name);
		return (value != null) ? string(name, value) : null;
	}

	void optionalString(String name, int maxLength) {
		String text = optionalString(name);
		if (text != null) {
			check(text.codePointCount(0, text.length()) <= maxLength, name,
					"String should have at most " + maxLength + " characters");
		}
	}

	int requiredInteger(String name, int minimum) {
		return integer(name, required(name), minimum);
	}

	@Nullable Integer optionalInteger(String name, int minimum) {
		JsonNode value = optional(name);
		return (value != null) ? integer(name, value, minimum) : null;
	}

	@Nullable Double fraction(String name) {
		JsonNode value = optional(name);
		if (value == null) {
			return null;
		}
		check(value.isNumber(), name, "Input should be a valid number");
		double number = value.doubleValue();
		check(number >= 0 && number <= 1, name, "range: 0..1");
		return number;
	}

	/**
	 * Return one of the given strings, or null if the field is absent.
	 */
	@Nullable String choice(String name, String... choices) {
		JsonNode value = optional(name);
		if (value == null) {
			return null;
		}
		List<String> quoted = Stream.of(choices).map((choice) -> "'" + choice + "'").toList();
		int last = quoted.size() - 1;
		check(value.isString() && List.of(choices).contains(value.stringValue()), name,
				"Input should be " + String.join(", ", quoted.subList(0, last)) + " or " + quoted.get(last));
		return value.stringValue();
	}

	boolean flag(String name) {
		JsonNode value = optional(name);
		if (value == null) {
			return false;
		}
		check(value.isBoolean(), name, "Input should be a valid boolean");
		return value.booleanValue();
	}

	List<String> strings(String name) {
		JsonNode value = optional(name);
		if (value == null) {
			return List.of();
		}
		check(value.isArray(), name, "Input should be a valid list");
		List<String> strings = new ArrayList<>();
		for (JsonNode element : value) {
			check(element.isString(), name + "." + strings.size(), "Input should be a valid string");
			strings.add(element.stringValue());
		}
		return strings;
	}

	@Nullable BodyFields object(String name) {
		JsonNode value = optional(name);
		if (value == null) {
			return null;
		}
		check(value.isObject(), name, "Input should be a valid dictionary");
		return new BodyFields(value, this.prefix + name + ".");
	}

	/**
	 * Return an object that is not read further.
	 */
	JsonNode requiredObject(String name) {
		JsonNode value = required(name);
		check(value.isObject(), name, "Input should be a valid dictionary");
		return value;
	}

	/**
	 * Return the objects of a list.
	 */
	List<BodyFields> objects(String name) {
		JsonNode value = required(name);
		check(value.isArray(), name, "Input should be a valid list");
		List<BodyFields> objects = new ArrayList<>();
		for (JsonNode element : value) {
			String place = name + "." + objects.size();
			check(element.isObject(), place, "Input should be a valid dictionary");
			objects.add(new BodyFields(element, this.prefix + place + "."));
		}
		return objects;
	}

	/**
	 * Refuse fields that the API has, but this server has not.
	 */
	void rejectUnsupported(String... names) {
		for (String name : names) {
			check(!isPresent(name), name, "This field is not supported by this server");
		}
	}

	void metadata() {
		BodyFields metadata = object("metadata");
		if (metadata != null) {
			metadata.optionalString("user_id", MAX_USER_ID_LENGTH);
			metadata.rejectOthers();
		}
	}

	List<String> stopSequences() {
		String name = "stop_sequences";
		List<String> stopSequences = strings(name);
		for (String stopSequence : stopSequences) {
			check(!stopSequence.isEmpty(), name, "each stop sequence must be non-empty");
			check(!stopSequence.isBlank(), name, "each stop sequence must contain non-whitespace");
		}
		return stopSequences;
	}

	/**
	 * Refuse the fields that nobody has asked for.
	 */
	void rejectOthers() {
		for (String name : this.object.propertyNames()) {
			check(this.read.contains(name), name, "Extra inputs are not permitted");
		}
	}

	private String string(String name, JsonNode value) {
		check(value.isString(), name, "Input should be a valid string");
		return value.stringValue();
	}

	private int integer(String name, JsonNode value, int minimum) {
		check(value.isIntegralNumber(), name, "Input should be a valid integer");
		BigInteger number = value.bigIntegerValue();
		check(number.compareTo(BigInteger.valueOf(minimum)) >= 0, name,
				"Input should be greater than or equal to " + minimum);
		return number.min(BigInteger.valueOf(Integer.MAX_VALUE)).intValue();
	}

	private JsonNode required(String name) {
		this.read.add(name);
		JsonNode value = this.object.get(name);
		if (value == null) {
			throw ApiException.invalidRequest(this.prefix + name + ": Field required");
		}
		return value;
	}

	private @Nullable JsonNode optional(String name) {
		this.read.add(name);
		JsonNode value = this.object.get(name);
		return (value == null || value.isNull()) ? null : value;
	}

	private void check(boolean valid, String name, String rule) {
		if (!valid) {
			throw ApiException.invalidRequest(this.prefix + name + ": " + rule);
		}
	}

}
