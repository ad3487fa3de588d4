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

import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;

import com.networknt.schema.Error;
import com.networknt.schema.InputFormat;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.dialect.Dialects;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Validates the non-streaming responses of the server against the OpenAPI description in
 * {@code openapi.json}.
 */
class OpenApiTests extends AbstractServerTests {

	private static final String DESCRIPTION = "https://api.test/openapi.json";

	private static SchemaRegistry schemas;

	@BeforeAll
	static void readDescription() throws IOException {
		try (InputStream stream = Objects.requireNonNull(OpenApiTests.class.getResourceAsStream("/openapi.json"))) {
			String description = new String(stream.readAllBytes(), StandardCharsets.UTF_8);
			schemas = SchemaRegistry.withDialect(Dialects.getDraft202012(),
					(builder) -> builder.schemas(Map.of(DESCRIPTION, description)));
		}
	}

	private static List<Error> errors(String schema, String json) {
		return schemas.getSchema(SchemaLocation.of(DESCRIPTION + "#/components/schemas/" + schema))
			.validate(json, InputFormat.JSON,
					(context) -> context.executionConfig((config) -> config.formatAssertionsEnabled(true)));
	}

	private static void assertValid(String schema, HttpResponse<String> response, int status) {
		assertThat(response.statusCode()).isEqualTo(status);
		assertThat(errors(schema, response.body())).isEmpty();
	}

	@Test
	void invalidResponsesAreDetected() {
		String body = client.message(TestClient.messageBody()).body();
		assertThat(errors("Message", body.replace("\"stop_details\":null,", ""))).isNotEmpty();
		assertThat(errors("Message", body.replace(",\"citations\":null", ""))).isNotEmpty();
		assertThat(errors("Message", body.replace("\"input_tokens\":", "\"input_tokens\":-"))).isNotEmpty();
		assertThat(errors("ModelInfo", client.get("/v1/models/claude-2.1").body().replace("T00:00:00Z", "")))
			.isNotEmpty();
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "\"max_tokens\":1", "\"max_tokens\":0",
			"\"stop_sequences\":[\" sky\",\"\\n\\nHuman:\"]", "\"system\":\"Be brief.\"",
			"\"system\":[{\"type\":\"text\",\"text\":\"Be brief.\",\"cache_control\":{\"type\":\"ephemeral\"}}]",
			"\"thinking\":{\"type\":\"enabled\",\"budget_tokens\":1024},\"max_tokens\":2048",
			"\"model\":\"claude-fable-5\"", "\"model\":\"claude-haiku-5-5\",\"thinking\":{\"type\":\"disabled\"}",
			"\"cache_control\":{\"type\":\"ephemeral\",\"ttl\":\"1h\"}",
			"\"output_config\":{\"format\":{\"type\":\"json_schema\",\"schema\":{\"type\":\"string\"}}}",
			"\"output_config\":{\"effort\":\"low\"}", "\"service_tier\":\"auto\"", "\"metadata\":{\"user_id\":\"u\"}",
			"\"temperature\":0.5,\"top_k\":3,\"top_p\":0.9", "\"inference_geo\":\"us\"",
			"\"messages\":[{\"role\":\"user\",\"content\":\"a\"},{\"role\":\"assistant\",\"content\":\"b\"}]" })
	void messageIsValid(String fields) {
		String body = merge(TestClient.messageBody().toString(), fields);
		assertThat(errors("CreateMessageParams", body)).isEmpty();
		assertValid("Message", client.message(body), 200);
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "\"system\":\"Be brief.\"", "\"thinking\":{\"type\":\"disabled\"}",
			"\"output_config\":{\"effort\":\"low\"}", "\"cache_control\":{\"type\":\"ephemeral\"}" })
	void countOfTokensIsValid(String fields) {
		String body = merge(TestClient.messageBody().without("max_tokens").toString(), fields);
		assertThat(errors("CountMessageTokensParams", body)).isEmpty();
		assertValid("CountMessageTokensResponse", client.send("POST", "/v1/messages/count_tokens", body), 200);
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "\"max_tokens_to_sample\":1", "\"stop_sequences\":[\" sky\"]", "\"temperature\":0.5",
			"\"top_k\":3", "\"top_p\":0.9", "\"metadata\":{\"user_id\":\"u\"}", "\"model\":\"claude-instant-1.2\"" })
	void completionIsValid(String fields) {
		String body = merge(TestClient.body().toString(), fields);
		assertThat(errors("CompletionRequest", body)).isEmpty();
		assertValid("CompletionResponse", client.complete(body), 200);
	}

	@ParameterizedTest
	@ValueSource(strings = { "\"tools\":[{\"name\":\"f\",\"input_schema\":{\"type\":\"object\"}}]",
			"\"tool_choice\":{\"type\":\"auto\"}", "\"container\":\"c\"",
			"\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"image\",\"source\":{\"type\":\"url\",\"url\":\"u\"}}]}]" })
	void unsupportedPropertyIsRejected(String fields) {
		String body = merge(TestClient.messageBody().toString(), fields);
		assertThat(errors("CreateMessageParams", body)).isEmpty();
		HttpResponse<String> response = client.message(body);
		assertValid("ErrorResponse", response, 400);
		assertThat(TestClient.errorOf(response)).endsWith("not supported by this server");
	}

	@ParameterizedTest
	@ValueSource(strings = { "/v1/messages/batches" })
	void unsupportedPathIsRejected(String path) {
		HttpResponse<String> response = client.send("POST", path, "{}");
		assertValid("ErrorResponse", response, 404);
		assertThat(TestClient.errorOf(response))
			.isEqualTo("404 not_found_error " + path + " is not supported by this server");
	}

	// later fields replace earlier ones of the same name
	private static String merge(String body, String fields) {
		String joined = !fields.isEmpty() ? body.substring(0, body.length() - 1) + "," + fields + "}" : body;
		return TestClient.json(joined).toString();
	}

	@ParameterizedTest
	@CsvSource({ "/v1/models, ListResponse_ModelInfo_", "/v1/models?limit=2, ListResponse_ModelInfo_",
			"/v1/models?limit=2&after_id=claude-2.1, ListResponse_ModelInfo_", "/v1/models/claude-haiku-4-5, ModelInfo",
			"/v1/models/claude-2.1, ModelInfo" })
	void modelsAreValid(String path, String schema) {
		assertValid(schema, client.get(path), 200);
	}

	@Test
	void errorsAreValid() {
		assertValid("ErrorResponse", client.get("/v1/models/none"), 404);
		assertValid("ErrorResponse", client.get("/v1/models?limit=0"), 400);
		assertValid("ErrorResponse", client.complete("{}"), 400);
		assertValid("ErrorResponse", client.message("{"), 400);
		assertValid("ErrorResponse", client.with("x-api-key", null).message(TestClient.messageBody()), 401);
		for (String error : List.of("400 invalid_request_error", "401 authentication_error", "402 billing_error",
				"403 permission_error", "404 not_found_error", "429 rate_limit_error", "500 api_error",
				"504 timeout_error", "529 overloaded_error")) {
			int status = Integer.parseInt(error.substring(0, 3));
			server.enqueue(Reply.error(status, error.substring(4), "m"));
			assertValid("ErrorResponse", client.message(TestClient.messageBody()), status);
		}
	}

}
