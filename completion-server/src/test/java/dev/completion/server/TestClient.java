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
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Client of a server under test that sends what the API requires, unless told otherwise.
 */
final class TestClient {

	static final String PROMPT = "\n\nHuman: Why is the sky blue?\n\nAssistant:";

	private static final JsonMapper MAPPER = JsonMapper.shared();

	private static final HttpClient HTTP = HttpClient.newBuilder()
		.version(HttpClient.Version.HTTP_1_1)
		.connectTimeout(Duration.ofSeconds(10))
		.build();

	private final CompletionServer server;

	private final Map<String, String> headers;

	TestClient(CompletionServer server) {
		this(server, Map.of("x-api-key", server.apiKey(), "anthropic-version", "2023-06-01", "content-type",
				"application/json"));
	}

	private TestClient(CompletionServer server, Map<String, String> headers) {
		this.server = server;
		this.headers = headers;
	}

	TestClient with(String name, @Nullable String value) {
		Map<String, String> copy = new LinkedHashMap<>(this.headers);
		copy.remove(name);
		if (value != null) {
			copy.put(name, value);
		}
		return new TestClient(this.server, copy);
	}

	HttpResponse<String> complete(String body) {
		return send("POST", "/v1/complete", body);
	}

	HttpResponse<String> complete(ObjectNode body) {
		return complete(body.toString());
	}

	HttpResponse<String> message(String body) {
		return send("POST", "/v1/messages", body);
	}

	HttpResponse<String> message(ObjectNode body) {
		return message(body.toString());
	}

	HttpResponse<String> get(String path) {
		return send("GET", path, "");
	}

	HttpResponse<String> send(String method, String path, String body) {
		HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(this.server.baseUrl() + path))
			.timeout(Duration.ofSeconds(30))
			.method(method, body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
		this.headers.forEach(request::header);
		try {
			return HTTP.send(request.build(), BodyHandlers.ofString());
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	static ObjectNode body() {
		return MAPPER.createObjectNode()
			.put("model", "claude-2.1")
			.put("prompt", PROMPT)
			.put("max_tokens_to_sample", 256);
	}

	static ObjectNode streamBody() {
		return body().put("stream", true);
	}

	/**
	 * Return a body for {@code /v1/messages} and a model that neither thinks nor refuses
	 * a prefill.
	 */
	static ObjectNode messageBody() {
		ObjectNode body = MAPPER.createObjectNode().put("model", "claude-opus-4-5").put("max_tokens", 256);
		body.putArray("messages").addObject().put("role", "user").put("content", "Why is the sky blue?");
		return body;
	}

	static JsonNode json(String text) {
		return MAPPER.readTree(text);
	}

	static JsonNode json(HttpResponse<String> response) {
		return json(response.body());
	}

	static String header(HttpResponse<?> response, String name) {
		return response.headers().firstValue(name).orElse("absent");
	}

	static String errorOf(HttpResponse<String> response) {
		JsonNode error = json(response).path("error");
		return response.statusCode() + " " + error.path("type").stringValue("absent") + " "
				+ error.path("message").stringValue("absent");
	}

	static String text(HttpResponse<String> response) {
		JsonNode content = json(response).path("content");
		return content.path(content.size() - 1).path("text").stringValue("absent");
	}

	static String completion(HttpResponse<String> response) {
		return json(response).path("completion").stringValue("absent");
	}

}
