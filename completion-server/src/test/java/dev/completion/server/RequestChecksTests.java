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

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for what is checked of every request, and for the form of errors.
 */
class RequestChecksTests extends AbstractServerTests {

	private static final String ORGANIZATION = "anthropic-organization-id";

	@Test
	void errorIsEnvelopeWithIdOfHeader() {
		HttpResponse<String> response = client.get("/nowhere");
		assertThat(TestClient.header(response, "content-type")).isEqualTo("application/json");
		String requestId = TestClient.header(response, "request-id");
		assertThat(requestId).matches("req_[0-9A-Za-z]{24}");
		assertThat(response.body()).isEqualTo("{\"type\":\"error\",\"error\":{\"type\":\"not_found_error\","
				+ "\"message\":\"Not found\"},\"request_id\":\"" + requestId + "\"}");
	}

	@Test
	void requestIdsDiffer() {
		assertThat(TestClient.header(client.get("/v1/models"), "request-id")).matches("req_[0-9A-Za-z]{24}")
			.isNotEqualTo(TestClient.header(client.get("/v1/models"), "request-id"));
	}

	@ParameterizedTest
	@ValueSource(strings = { "/", "/v1", "/v1/complete/", "/v1/models/", "/v1/models/claude-2.1/more",
			"/v1/completions", "/V1/complete", "/v1/messages/" })
	void unknownPathIsNotFoundEvenWithoutKey(String path) {
		HttpResponse<String> response = client.with("x-api-key", null).get(path);
		assertThat(TestClient.errorOf(response)).isEqualTo("404 not_found_error Not found");
		assertThat(TestClient.header(response, ORGANIZATION)).isEqualTo("absent");
	}

	@ParameterizedTest
	@CsvSource({ "GET,/v1/complete", "PUT,/v1/complete", "HEAD,/v1/complete", "GET,/v1/messages", "HEAD,/v1/messages",
			"POST,/v1/models", "DELETE,/v1/models", "POST,/v1/models/claude-2.1" })
	void wrongMethodIsNotAllowed(String method, String path) {
		HttpResponse<String> response = client.send(method, path, "");
		assertThat(response.statusCode()).isEqualTo(405);
		if (!method.equals("HEAD")) {
			assertThat(TestClient.errorOf(response)).isEqualTo("405 invalid_request_error Method Not Allowed");
		}
		assertThat(client.with("x-api-key", null).send(method, path, "").statusCode()).isEqualTo(401);
	}

	@Test
	void keyIsRequired() {
		HttpResponse<String> response = client.with("x-api-key", null).complete("not even JSON");
		assertThat(TestClient.errorOf(response)).isEqualTo("401 authentication_error x-api-key header is required");
		assertThat(TestClient.header(response, ORGANIZATION)).isEqualTo("absent");
		assertThat(TestClient
			.errorOf(client.with("x-api-key", null).with("authorization", "Basic YTpi").get("/v1/models")))
			.isEqualTo("401 authentication_error x-api-key header is required");
	}

	@Test
	void wrongKeyIsRefused() {
		HttpResponse<String> response = client.with("x-api-key", "wrong").complete(TestClient.body());
		assertThat(TestClient.errorOf(response)).isEqualTo("401 authentication_error invalid x-api-key");
		assertThat(TestClient.header(response, ORGANIZATION)).isEqualTo("absent");
		assertThat(response.body()).doesNotContain("wrong", server.apiKey());
	}

	@Test
	void bearerTokenIsAccepted() {
		TestClient bearer = client.with("x-api-key", null);
		assertThat(bearer.with("authorization", "Bearer " + server.apiKey()).get("/v1/models").statusCode())
			.isEqualTo(200);
		assertThat(bearer.with("authorization", "bearer " + server.apiKey()).get("/v1/models").statusCode())
			.isEqualTo(200);
		assertThat(TestClient.errorOf(bearer.with("authorization", "Bearer wrong").get("/v1/models")))
			.isEqualTo("401 authentication_error Invalid bearer token");
	}

	@Test
	void keyCountsWhenBothAreSent() {
		String good = server.apiKey();
		assertThat(client.with("authorization", "Bearer wrong").get("/v1/models").statusCode()).isEqualTo(200);
		assertThat(TestClient
			.errorOf(client.with("x-api-key", "wrong").with("authorization", "Bearer " + good).get("/v1/models")))
			.isEqualTo("401 authentication_error invalid x-api-key");
	}

	@Test
	void organizationIsSentOnceAuthenticated() {
		String organization = TestClient.header(client.get("/v1/models"), ORGANIZATION);
		assertThat(organization).matches("[0-9a-f-]{36}");
		assertThat(TestClient.header(client.complete("{}"), ORGANIZATION)).isEqualTo(organization);
		assertThat(TestClient.header(client.send("PUT", "/v1/models", ""), ORGANIZATION)).isEqualTo(organization);
	}

	@Test
	void versionIsRequired() {
		TestClient without = client.with("anthropic-version", null);
		assertThat(TestClient.errorOf(without.complete(TestClient.body())))
			.isEqualTo("400 invalid_request_error anthropic-version: header is required");
		assertThat(TestClient.errorOf(without.get("/v1/models")))
			.isEqualTo("400 invalid_request_error anthropic-version: header is required");
	}

	@Test
	void unknownVersionIsRefused() {
		assertThat(TestClient.errorOf(client.with("anthropic-version", "2023-06-02").complete(TestClient.body())))
			.startsWith("400 invalid_request_error anthropic-version: \"2023-06-02\" is not a valid version");
	}

	@ParameterizedTest
	@ValueSource(strings = { "2023-01-01", "2026-10-21" })
	void knownVersionOfAnotherWireFormIsRefusedOnlyWhereItMatters(String version) {
		TestClient other = client.with("anthropic-version", version);
		assertThat(TestClient.errorOf(other.complete(TestClient.body())))
			.isEqualTo("400 invalid_request_error anthropic-version: \"" + version
					+ "\" is not supported by this server for /v1/complete. Please use \"2023-06-01\".");
		assertThat(other.get("/v1/models").statusCode()).isEqualTo(200);
	}

	@Test
	void oldestVersionIsRefusedForMessages() {
		assertThat(TestClient.errorOf(client.with("anthropic-version", "2023-01-01").message(TestClient.messageBody())))
			.isEqualTo("400 invalid_request_error anthropic-version: \"2023-01-01\" is not supported by this server "
					+ "for /v1/messages. Please use \"2023-06-01\".");
	}

	@Test
	void messagesAreCheckedLikeCompletions() {
		TestClient bad = client.with("anthropic-beta", "?").with("content-type", "a/b");
		assertThat(TestClient.errorOf(client.with("x-api-key", null).message("{}"))).startsWith("401 ");
		assertThat(TestClient.errorOf(bad.message("{"))).contains("anthropic-beta");
		assertThat(TestClient.errorOf(bad.with("anthropic-beta", null).message("{"))).contains("content-type");
		assertThat(TestClient.errorOf(client.message("{"))).contains("not valid JSON");
		assertThat(TestClient.errorOf(client.message("[]"))).contains("Input should be a valid dictionary");
		String tooLarge = TestClient.messageBody().put("system", "x".repeat(32 * 1024 * 1024)).toString();
		assertThat(TestClient.errorOf(client.message(tooLarge)))
			.isEqualTo("413 request_too_large Request exceeds the maximum size");
	}

	@Test
	void betasOfKnownFormAreAccepted() {
		TestClient betas = client.with("anthropic-beta", "prompt-caching-2024-07-31, context-1m-2025-08-07");
		assertThat(betas.get("/v1/models").statusCode()).isEqualTo(200);
		assertThat(client.with("anthropic-beta", "").get("/v1/models").statusCode()).isEqualTo(200);
	}

	@Test
	void unknownBetasAreRefused() {
		TestClient betas = client.with("anthropic-beta", "context-1m-2025-08-07,Nonsense, more nonsense");
		assertThat(TestClient.errorOf(betas.complete(TestClient.body())))
			.startsWith("400 invalid_request_error Unexpected value(s) `Nonsense`, `more nonsense` for the "
					+ "`anthropic-beta` header. ");
	}

	@ParameterizedTest
	@ValueSource(strings = { "text/plain", "application/x-www-form-urlencoded", "application/jsonp" })
	void contentTypeMustBeJson(String contentType) {
		assertThat(TestClient.errorOf(client.with("content-type", contentType).complete(TestClient.body())))
			.isEqualTo("400 invalid_request_error content-type: header must be application/json");
	}

	@Test
	void contentTypeMayHaveParametersButMustBeThere() {
		assertThat(
				client.with("content-type", "Application/JSON; charset=utf-8").complete(TestClient.body()).statusCode())
			.isEqualTo(200);
		assertThat(client.with("content-type", null).complete(TestClient.body()).statusCode()).isEqualTo(400);
	}

	@Test
	void bodyOverLimitIsTooLarge() {
		String body = TestClient.body().put("prompt", "x".repeat(32 * 1024 * 1024)).toString();
		HttpResponse<String> response = client.complete(body);
		assertThat(TestClient.errorOf(response)).isEqualTo("413 request_too_large Request exceeds the maximum size");
		assertThat(server.requests().get(server.requests().size() - 1).body()).isEmpty();
	}

	@Test
	void bodyUnderLimitIsRead() {
		int room = 32 * 1024 * 1024 - TestClient.body().put("prompt", "").toString().length();
		HttpResponse<String> response = client.complete(TestClient.body().put("prompt", "x".repeat(room)).toString());
		assertThat(TestClient.errorOf(response)).startsWith("400 invalid_request_error prompt must start with");
	}

	@Test
	void checksComeInOrderOfTheApi() {
		TestClient bad = client.with("anthropic-version", "1").with("anthropic-beta", "?").with("content-type", "a/b");
		assertThat(TestClient.errorOf(bad.complete("{"))).contains("anthropic-version");
		bad = bad.with("anthropic-version", "2023-06-01");
		assertThat(TestClient.errorOf(bad.complete("{"))).contains("anthropic-beta");
		bad = bad.with("anthropic-beta", null);
		assertThat(TestClient.errorOf(bad.complete("{"))).contains("content-type");
		bad = bad.with("content-type", "application/json");
		assertThat(TestClient.errorOf(bad.complete("{"))).contains("not valid JSON");
		assertThat(TestClient.errorOf(bad.complete("{\"model\":\"nonsense\"}"))).contains("Field required");
	}

	@Test
	void successHasNoRequestIdInBody() {
		JsonNode body = TestClient.json(client.complete(TestClient.body()));
		assertThat(body.has("request_id")).isFalse();
	}

}
