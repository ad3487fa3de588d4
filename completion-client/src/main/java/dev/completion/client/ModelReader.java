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

import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Reads the JSON of the Models API.
 */
final class ModelReader {

	private static final TypeReference<LinkedHashMap<String, Object>> PROPERTIES = new TypeReference<>() {
	};

	private static final int MAX_ID_LENGTH = 256;

	private final JsonMapper mapper;

	ModelReader(JsonMapper mapper) {
		this.mapper = mapper;
	}

	ModelInfo read(byte[] json) {
		return model(tree(json));
	}

	Page readPage(byte[] json) {
		JsonNode page = tree(json);
		require(page.path("data").isArray() || page.path("data").isNull(), "has no 'data'");
		List<ModelInfo> models = new ArrayList<>();
		page.path("data").forEach((model) -> models.add(model(model)));
		String lastId = page.path("last_id").isString() ? page.path("last_id").stringValue() : "";
		require(lastId.length() <= MAX_ID_LENGTH, "has a 'last_id' of more than " + MAX_ID_LENGTH + " characters");
		boolean more = page.path("has_more").asBoolean(false) && !lastId.isEmpty();
		return new Page(models, more ? lastId : null);
	}

	private ModelInfo model(JsonNode model) {
		require(model.path("id").isString(), "has a model without an 'id'");
		String id = model.path("id").stringValue();
		Map<String, Object> others = this.mapper.convertValue(model, PROPERTIES);
		others.remove("id");
		others.values().removeIf(Objects::isNull);
		String name = take("display_name", ModelReader::string, model, others);
		return new ModelInfo(id, (name != null) ? name : id, take("created_at", ModelReader::instant, model, others),
				take("max_input_tokens", ModelReader::number, model, others),
				take("max_tokens", ModelReader::number, model, others),
				take("lifecycle", ModelReader::string, model, others),
				take("deprecated_at", ModelReader::instant, model, others),
				take("retires_at", ModelReader::instant, model, others),
				take("line", ModelReader::string, model, others), JsonValues.unmodifiable(others));
	}

	/**
	 * Return the value of a property, which stays among the others if it is not of the
	 * kind that is expected.
	 */
	private static <T> @Nullable T take(String name, Function<JsonNode, @Nullable T> reader, JsonNode model,
			Map<String, Object> others) {
		T value = reader.apply(model.path(name));
		if (value != null) {
			others.remove(name);
		}
		return value;
	}

	private JsonNode tree(byte[] json) {
		try {
			return this.mapper.readTree(json);
		}
		catch (JacksonException ex) {
			throw new UnreadableException("is not valid JSON");
		}
	}

	private static @Nullable String string(JsonNode node) {
		return node.isString() ? node.stringValue() : null;
	}

	private static @Nullable Long number(JsonNode node) {
		return (node.isIntegralNumber() && node.canConvertToLong()) ? node.longValue() : null;
	}

	private static @Nullable Instant instant(JsonNode node) {
		try {
			return node.isString() ? OffsetDateTime.parse(node.stringValue()).toInstant() : null;
		}
		catch (DateTimeException ex) {
			return null;
		}
	}

	private static void require(boolean condition, String rule) {
		if (!condition) {
			throw new UnreadableException(rule);
		}
	}

	/**
	 * A page of models.
	 *
	 * @param models the models
	 * @param next the id after which the next page begins, or {@code null} if this is the
	 * last
	 */
	record Page(List<ModelInfo> models, @Nullable String next) {
	}

}
