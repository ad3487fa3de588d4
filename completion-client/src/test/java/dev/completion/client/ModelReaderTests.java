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

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link ModelReader}.
 */
class ModelReaderTests {

	private final ModelReader reader = new ModelReader(JsonMapper.builder().build());

	@Test
	void readHasEveryField() {
		ModelInfo model = read("""
				{"type":"model","id":"claude-2.1","display_name":"Claude 2.1","created_at":"2023-11-21T00:00:00Z",
				"max_input_tokens":200000,"max_tokens":4096,"capabilities":{"batch":{"supported":true}}}""");
		assertThat(model).isEqualTo(new ModelInfo("claude-2.1", "Claude 2.1", Instant.parse("2023-11-21T00:00:00Z"),
				200_000L, 4096L, null, null, null, null,
				Map.of("type", "model", "capabilities", Map.of("batch", Map.of("supported", true)))));
	}

	@Test
	void readHasTheLifecycle() {
		ModelInfo model = read("""
				{"type":"model","id":"claude-opus-4-8","lifecycle":"deprecated","deprecated_at":"2026-11-01T00:00:00Z",
				"retires_at":"2027-01-31T00:00:00Z","line":"opus"}""");
		assertThat(model).isEqualTo(new ModelInfo("claude-opus-4-8", "claude-opus-4-8", null, null, null, "deprecated",
				Instant.parse("2026-11-01T00:00:00Z"), Instant.parse("2027-01-31T00:00:00Z"), "opus",
				Map.of("type", "model")));
	}

	@Test
	void readKeepsWhatIsNotOfItsKind() {
		ModelInfo model = read(
				"{\"id\":\"m\",\"lifecycle\":{\"stage\":\"deprecated\"},\"max_tokens\":1.5,\"created_at\":0}");
		assertThat(model.additionalProperties())
			.isEqualTo(Map.of("lifecycle", Map.of("stage", "deprecated"), "max_tokens", 1.5, "created_at", 0));
	}

	@ParameterizedTest
	@ValueSource(strings = { "{\"id\":\"m\"}",
			"{\"id\":\"m\",\"lifecycle\":1,\"deprecated_at\":\"soon\",\"retires_at\":null,\"line\":{}}",
			"{\"id\":\"m\",\"display_name\":null,\"created_at\":null,\"max_input_tokens\":null,\"max_tokens\":null}",
			"{\"id\":\"m\",\"display_name\":1,\"created_at\":0,\"max_input_tokens\":\"1\",\"max_tokens\":1.5}",
			"{\"id\":\"m\",\"created_at\":\"yesterday\",\"max_tokens\":true,\"max_input_tokens\":[]}" })
	void readWhenFieldsAreMissingOrBadHasNulls(String json) {
		assertThat(read(json)).usingRecursiveComparison()
			.ignoringFields("additionalProperties")
			.isEqualTo(new ModelInfo("m", "m", null, null, null, null, null, null, null, Map.of()));
	}

	@ParameterizedTest
	@CsvSource({ "1970-01-01T00:00:00Z, 1970-01-01T00:00:00Z", "2025-02-19T02:00:00+02:00, 2025-02-19T00:00:00Z",
			"2025-02-19T00:00:00.5Z, 2025-02-19T00:00:00.5Z" })
	void readWhenDateIsRfc3339ReadsIt(String value, Instant expected) {
		assertThat(read("{\"id\":\"m\",\"created_at\":\"" + value + "\"}").createdAt()).isEqualTo(expected);
	}

	@Test
	void readGivesMapThatIsNotModifiable() {
		Map<String, Object> properties = read("{\"id\":\"m\",\"a\":1}").additionalProperties();
		assertThatExceptionOfType(UnsupportedOperationException.class).isThrownBy(() -> properties.put("b", 2));
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "null", "[]", "42", "\"SECRET\"", "{}", "{\"id\":1}", "{\"id\":null}", "SECRET",
			"{\"id\":\"SECRET\"", "{\"id\":\"SECRET\"} x", "<html>SECRET</html>" })
	void readWhenItIsNoModelFails(String json) {
		assertMalformed(() -> read(json));
	}

	@Test
	void readWhenJsonIsDeepFails() {
		assertMalformed(() -> read("{\"id\":\"m\",\"a\":" + "[".repeat(100_000)));
	}

	@Test
	void readPageHasModelsInTheirOrder() {
		ModelReader.Page page = readPage("""
				{"data":[{"id":"b"},{"id":"a"}],"first_id":"b","has_more":true,"last_id":"a"}""");
		assertThat(page.models()).extracting(ModelInfo::id).containsExactly("b", "a");
		assertThat(page.next()).isEqualTo("a");
	}

	@ParameterizedTest
	@ValueSource(strings = { "{\"data\":[]}", "{\"data\":null}", "{\"data\":[],\"has_more\":false,\"last_id\":\"a\"}",
			"{\"data\":[],\"last_id\":\"a\"}", "{\"data\":[],\"has_more\":true}",
			"{\"data\":[],\"has_more\":true,\"last_id\":null}", "{\"data\":[],\"has_more\":true,\"last_id\":1}",
			"{\"data\":[],\"has_more\":null,\"last_id\":\"a\"}" })
	void readPageWhenThereIsNoMoreHasNoNext(String json) {
		assertThat(readPage(json)).isEqualTo(new ModelReader.Page(List.of(), null));
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "null", "[]", "{}", "{\"data\":{}}", "{\"data\":[{}]}",
			"{\"data\":[{\"id\":\"a\"},null]}", "{\"data\":[\"SECRET\"]}", "{\"data\":[", "SECRET" })
	void readPageWhenItIsNoPageFails(String json) {
		assertMalformed(() -> readPage(json));
	}

	private void assertMalformed(Runnable code) {
		assertThatExceptionOfType(UnreadableException.class).isThrownBy(code::run)
			.withMessageNotContaining("SECRET")
			.withNoCause();
	}

	private ModelInfo read(String json) {
		return this.reader.read(json.getBytes(StandardCharsets.UTF_8));
	}

	private ModelReader.Page readPage(String json) {
		return this.reader.readPage(json.getBytes(StandardCharsets.UTF_8));
	}

	@Test
	void readWhenNumberIsTooLargeCountsItAsMissing() {
		byte[] json = "{\"id\":\"m\",\"max_tokens\":99999999999999999999}".getBytes(StandardCharsets.UTF_8);
		assertThat(new ModelReader(JsonMapper.shared()).read(json).maxTokens()).isNull();
	}

	@Test
	void readLeavesOutUnknownFieldsThatAreNull() {
		byte[] json = "{\"id\":\"m\",\"capabilities\":null}".getBytes(StandardCharsets.UTF_8);
		assertThat(new ModelReader(JsonMapper.shared()).read(json).additionalProperties()).isEmpty();
	}

	@Test
	void readPageWhenLastIdIsBlankHasNoNext() {
		byte[] json = "{\"data\":[],\"has_more\":true,\"last_id\":\"\"}".getBytes(StandardCharsets.UTF_8);
		assertThat(new ModelReader(JsonMapper.shared()).readPage(json).next()).isNull();
	}

}
