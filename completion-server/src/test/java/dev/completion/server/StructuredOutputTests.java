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

import com.networknt.schema.InputFormat;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.dialect.Dialects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests of {@link CompletionServer}: messages whose text has a JSON schema.
 */
class StructuredOutputTests extends AbstractServerTests {

	private static final String A = "\"a\": {\"type\": \"object\", \"additionalProperties\": false,"
			+ "\"properties\": {}}";

	private static final String B = "\"b\": {\"type\": \"object\", \"additionalProperties\": false}";

	private static HttpResponse<String> message(String schema) {
		ObjectNode body = TestClient.messageBody();
		body.putObject("output_config")
			.putObject("format")
			.put("type", "json_schema")
			.set("schema", TestClient.json(schema));
		return client.message(body);
	}

	private static JsonNode value(String schema) {
		return TestClient.json(TestClient.text(message(schema)));
	}

	@Test
	void textIsValidAgainstTheSchema() {
		JsonNode value = value("""
				{"type": "object", "additionalProperties": false, "required": ["label", "score"], "properties": {
				  "label": {"type": "string", "enum": ["good", "bad"]}, "score": {"type": "number"},
				  "reason": {"type": "string"}, "at": {"type": "string", "format": "date"},
				  "tags": {"type": "array", "items": {"$ref": "#/$defs/tag"}}, "none": {"type": ["null", "string"]},
				  "either": {"anyOf": [{"type": "boolean"}, {"type": "string"}]}, "fixed": {"const": 7}},
				 "$defs": {"tag": {"type": "object", "additionalProperties": false,
				                   "properties": {"name": {"type": "string"}}}}}""");
		assertThat(value.get("label").stringValue()).isEqualTo("good");
		assertThat(value.get("score").isNumber()).isTrue();
		assertThat(value.get("reason").stringValue()).isNotBlank();
		assertThat(value.get("at").stringValue()).isEqualTo("2026-01-01");
		assertThat(value.at("/tags/0/name").stringValue()).isNotBlank();
		assertThat(value.get("none").isNull()).isTrue();
		assertThat(value.get("either").booleanValue()).isTrue();
		assertThat(value.get("fixed").intValue()).isEqualTo(7);
	}

	@ParameterizedTest
	@ValueSource(
			strings = { "{}", "{\"type\": \"string\"}", "{\"type\": \"array\"}",
					"{\"anyOf\": [{\"type\": \"null\"}, {\"type\": \"string\"}]}",
					"{\"allOf\": [{\"$ref\": \"#/$defs/a\"}, {\"$ref\": \"#/$defs/b\"}], \"$defs\": {" + A + ", " + B
							+ "}}",
					"{\"type\": [\"integer\", \"null\"]}",
					"{\"type\": \"array\", \"items\": {\"const\": [1]}, \"minItems\": 1}" })
	void textIsValid(String schema) {
		assertThat(SchemaRegistry.withDialect(Dialects.getDraft202012())
			.getSchema(schema, InputFormat.JSON)
			.validate(value(schema).toString(), InputFormat.JSON)).isEmpty();
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
			{"type": "object"} | For 'object' type, 'additionalProperties' must be explicitly set to false
			{"$ref": "#"} | Schema is too complex for compilation.
			{"$ref": "#/nope"} | Cannot resolve '#/nope'
			{"$ref": "#/$defs/a", "$defs": {"a": {"$ref": "#/$defs/a"}}} | Schema is too complex for compilation.
			{"type": "text"} | Unknown type 'text'
			""")
	void invalidSchemaIsRefused(String schema, String message) {
		assertThat(TestClient.errorOf(message(schema)))
			.isEqualTo("400 invalid_request_error output_config.format.schema: " + message);
	}

	@Test
	void schemaWithManyValuesIsRefused() {
		StringBuilder definitions = new StringBuilder("\"a12\": {\"type\": \"string\"}");
		for (int i = 0; i < 12; i++) {
			String next = "{\"$ref\": \"#/$defs/a" + (i + 1) + "\"}";
			definitions.append(", \"a")
				.append(i)
				.append("\": {\"type\": \"object\", \"additionalProperties\": false,")
				.append("\"properties\": {\"b\": ")
				.append(next)
				.append(", \"c\": ")
				.append(next)
				.append(", \"d\": ")
				.append(next)
				.append("}}");
		}
		assertThat(TestClient.errorOf(message("{\"$ref\": \"#/$defs/a0\", \"$defs\": {" + definitions + "}}")))
			.endsWith("Schema is too complex for compilation.");
	}

	@Test
	void formatWithoutSchemaIsRefused() {
		ObjectNode body = TestClient.messageBody();
		body.putObject("output_config").putObject("format").put("type", "json_schema");
		assertThat(TestClient.errorOf(client.message(body)))
			.isEqualTo("400 invalid_request_error output_config.format.schema: Field required");
	}

}
