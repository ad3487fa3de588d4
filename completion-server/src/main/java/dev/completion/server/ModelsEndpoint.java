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

import io.netty.handler.codec.http.QueryStringDecoder;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Answers {@code GET /v1/models} and {@code GET /v1/models/{id}}.
 */
final class ModelsEndpoint {

	private static final int DEFAULT_LIMIT = 20;

	private static final int MAX_LIMIT = 1000;

	private ModelsEndpoint() {
	}

	static Answer get(Exchange exchange, String prefix) {
		String name = exchange.request().path().substring(prefix.length());
		return Answer.json(200, ModelCatalogue.require(decode(name)).toJson());
	}

	static Answer list(Exchange exchange) {
		Map<String, List<String>> query = parse(exchange.request().query());
		int limit = limit(first(query, "limit"));
		String after = first(query, "after_id");
		String before = first(query, "before_id");
		if (after != null && before != null) {
			throw ApiException.invalidRequest("before_id: cannot be combined with after_id");
		}
		List<CatalogueModel> models = ModelCatalogue.MODELS;
		if (before != null) {
			int end = indexOf(before, "before_id");
			int start = Math.max(0, end - limit);
			return page(models.subList(start, end), start > 0);
		}
		int start = (after != null) ? indexOf(after, "after_id") + 1 : 0;
		int end = Math.min(models.size(), start + limit);
		return page(models.subList(start, end), end < models.size());
	}

	private static Answer page(List<CatalogueModel> models, boolean more) {
		ObjectNode page = Json.object();
		ArrayNode data = page.putArray("data");
		models.forEach((model) -> data.add(model.toJson()));
		page.put("first_id", models.isEmpty() ? null : models.get(0).id());
		page.put("has_more", more);
		page.put("last_id", models.isEmpty() ? null : models.get(models.size() - 1).id());
		return Answer.json(200, page);
	}

	private static int indexOf(String id, String parameter) {
		for (int i = 0; i < ModelCatalogue.MODELS.size(); i++) {
			if (ModelCatalogue.MODELS.get(i).id().equals(id)) {
				return i;
			}
		}
		throw ApiException.invalidRequest(parameter + ": Input should be the id of a model");
	}

	private static int limit(@Nullable String value) {
		int limit = (value != null) ? parseLimit(value) : DEFAULT_LIMIT;
		if (limit < 1) {
			throw ApiException.invalidRequest("limit: Input should be greater than or equal to 1");
		}
		if (limit > MAX_LIMIT) {
			throw ApiException.invalidRequest("limit: Input should be less than or equal to " + MAX_LIMIT);
		}
		return limit;
	}

	private static int parseLimit(String value) {
		try {
			return Integer.parseInt(value);
		}
		catch (NumberFormatException ex) {
			throw ApiException
				.invalidRequest("limit: Input should be a valid integer, unable to parse string as an integer");
		}
	}

	private static @Nullable String first(Map<String, List<String>> query, String name) {
		List<String> values = query.get(name);
		return (values != null) ? values.get(0) : null;
	}

	private static Map<String, List<String>> parse(@Nullable String query) {
		try {
			return (query != null) ? new QueryStringDecoder(query, false).parameters() : Map.of();
		}
		catch (IllegalArgumentException ex) {
			throw ApiException.invalidRequest("The query string is not valid");
		}
	}

	private static String decode(String name) {
		try {
			return QueryStringDecoder.decodeComponent(name.replace("+", "%2B"));
		}
		catch (IllegalArgumentException ex) {
			throw ApiException.notFound("model: " + name);
		}
	}

}
