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

import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@code /v1/models}.
 */
class ModelsEndpointTests extends AbstractServerTests {

	@Test
	void pageHasShapeOfTheApi() {
		HttpResponse<String> response = client.get("/v1/models?limit=1&after_id=claude-instant-1.2");
		assertThat(TestClient.header(response, "content-type")).isEqualTo("application/json");
		assertThat(response.body())
			.isEqualTo("{\"data\":[{\"type\":\"model\",\"id\":\"claude-2.0\",\"display_name\":\"Claude 2.0\","
					+ "\"created_at\":\"2023-07-11T00:00:00Z\",\"max_input_tokens\":100000,\"max_tokens\":4096,"
					+ "\"capabilities\":null,\"lifecycle\":\"deprecated\",\"deprecated_at\":\"2025-01-21T00:00:00Z\","
					+ "\"retires_at\":\"2025-07-21T00:00:00Z\",\"line\":null}],"
					+ "\"first_id\":\"claude-2.0\",\"has_more\":false,\"last_id\":\"claude-2.0\"}");
	}

	@Test
	void listIsCompleteAndNewestFirst() {
		JsonNode page = TestClient.json(client.get("/v1/models?limit=1000"));
		assertThat(ids(page)).hasSize(27)
			.doesNotHaveDuplicates()
			.contains("claude-2.1", "claude-2.0", "claude-instant-1.2", "claude-haiku-4-5-20251001",
					"claude-mythos-5-2")
			.doesNotContain("claude-2", "claude-haiku-4-5", "claude-3-7-sonnet-20250219", "claude-3-5-haiku-20241022");
		assertThat(page.get("data").valueStream().map((model) -> model.get("created_at").stringValue()).toList())
			.isSortedAccordingTo(Comparator.reverseOrder());
		assertThat(page.get("has_more").booleanValue()).isFalse();
	}

	@Test
	void pageHas20ModelsByDefault() {
		JsonNode page = TestClient.json(client.get("/v1/models"));
		List<String> ids = ids(page);
		assertThat(ids).hasSize(20);
		assertThat(page.get("has_more").booleanValue()).isTrue();
		assertThat(page.get("first_id").stringValue()).isEqualTo(ids.get(0));
		assertThat(page.get("last_id").stringValue()).isEqualTo(ids.get(19));
	}

	@Test
	void pagesForwardJoinToList() {
		List<String> all = ids(TestClient.json(client.get("/v1/models?limit=1000")));
		List<String> joined = new ArrayList<>();
		JsonNode page = TestClient.json(client.get("/v1/models?limit=10"));
		joined.addAll(ids(page));
		while (page.get("has_more").booleanValue()) {
			page = TestClient.json(client.get("/v1/models?limit=10&after_id=" + page.get("last_id").stringValue()));
			joined.addAll(ids(page));
		}
		assertThat(joined).isEqualTo(all);
	}

	@Test
	void pageBeforeEndsJustBeforeModel() {
		List<String> all = ids(TestClient.json(client.get("/v1/models?limit=1000")));
		JsonNode page = TestClient.json(client.get("/v1/models?limit=3&before_id=" + all.get(5)));
		assertThat(ids(page)).isEqualTo(all.subList(2, 5));
		assertThat(page.get("has_more").booleanValue()).isTrue();
		page = TestClient.json(client.get("/v1/models?limit=3&before_id=" + all.get(2)));
		assertThat(ids(page)).isEqualTo(all.subList(0, 2));
		assertThat(page.get("has_more").booleanValue()).isFalse();
	}

	@Test
	void emptyPageHasNoIds() {
		assertThat(client.get("/v1/models?after_id=claude-2.0").body())
			.isEqualTo("{\"data\":[],\"first_id\":null,\"has_more\":false,\"last_id\":null}");
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			limit=0 | limit: Input should be greater than or equal to 1
			limit=1001 | limit: Input should be less than or equal to 1000
			limit=ten | limit: Input should be a valid integer, unable to parse string as an integer
			limit= | limit: Input should be a valid integer, unable to parse string as an integer
			after_id=nope | after_id: Input should be the id of a model
			before_id=nope | before_id: Input should be the id of a model
			before_id=claude-2.0&after_id=claude-2.1 | before_id: cannot be combined with after_id
			""")
	void badQueryIsRefused(String query, String message) {
		assertThat(TestClient.errorOf(client.get("/v1/models?" + query)))
			.isEqualTo("400 invalid_request_error " + message);
	}

	@ParameterizedTest
	@CsvSource({ "claude-2.1,claude-2.1", "claude-2,claude-2.0", "claude-2%2E1,claude-2.1",
			"claude-haiku-4-5,claude-haiku-4-5-20251001", "claude-4-opus-20250514,claude-opus-4-20250514",
			"claude-fable-5-2,claude-fable-5-2" })
	void modelIsFoundByIdOrAlias(String name, String id) {
		HttpResponse<String> response = client.get("/v1/models/" + name);
		assertThat(response.statusCode()).isEqualTo(200);
		JsonNode model = TestClient.json(response);
		assertThat(model.get("id").stringValue()).isEqualTo(id);
		assertThat(model.get("type").stringValue()).isEqualTo("model");
	}

	@ParameterizedTest
	@CsvSource(nullValues = "-", textBlock = """
			claude-fable-5-2, fable, active, -, -
			claude-mythos-preview, mythos, deprecated, 2026-07-21T00:00:00Z, -
			claude-sonnet-4-5, sonnet, deprecated, 2026-09-30T00:00:00Z, 2026-11-30T00:00:00Z
			claude-3-opus-20240229, opus, deprecated, 2025-06-30T00:00:00Z, 2026-01-05T00:00:00Z
			claude-haiku-4-5, haiku, active, -, -
			claude-instant-1.2, -, deprecated, 2024-09-04T00:00:00Z, 2024-11-06T00:00:00Z
			""")
	void modelTellsLineAndLifecycle(String name, String line, String lifecycle, String deprecated, String retires) {
		JsonNode model = TestClient.json(client.get("/v1/models/" + name));
		assertThat(model.get("line").stringValue(null)).isEqualTo(line);
		assertThat(model.get("lifecycle").stringValue()).isEqualTo(lifecycle);
		assertThat(model.get("deprecated_at").stringValue(null)).isEqualTo(deprecated);
		assertThat(model.get("retires_at").stringValue(null)).isEqualTo(retires);
		assertThat(model.get("capabilities").isNull()).isTrue();
	}

	@ParameterizedTest
	@ValueSource(strings = { "claude-3-5-haiku-latest", "claude-3-7-sonnet-20250219", "claude-instant-1", "nonsense" })
	void retiredOrUnknownModelIsNotFound(String name) {
		assertThat(TestClient.errorOf(client.get("/v1/models/" + name)))
			.isEqualTo("404 not_found_error model: " + name);
	}

	private static List<String> ids(JsonNode page) {
		return page.get("data").valueStream().map((model) -> model.get("id").stringValue()).toList();
	}

}
