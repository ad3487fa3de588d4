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

import java.time.Duration;
import java.util.Map;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;

/**
 * Answers requests as the API does: finds the endpoint, and checks what all endpoints
 * have in common.
 */
final class ApiRouter {

	static final String ORGANIZATION_HEADER = "anthropic-organization-id";

	static final String ORGANIZATION = "b8d5e6a0-4c1f-4e0b-9a37-2f6c8d1e7a54";

	static final String COMPLETE = "/v1/complete";

	static final String MESSAGES = "/v1/messages";

	static final String COUNT_TOKENS = MESSAGES + "/count_tokens";

	private static final String MODEL_PREFIX = "/v1/models/";

	private final Map<String, Endpoint> endpoints;

	private final Endpoint model;

	private final Authentication authentication;

	ApiRouter(Authentication authentication, Duration chunkDelay, PromptCache cache) {
		this.authentication = authentication;
		this.endpoints = Map.of(COMPLETE, new Endpoint("POST", new CompletionEndpoint(chunkDelay)::answer), MESSAGES,
				new Endpoint("POST", new MessagesEndpoint(chunkDelay, cache)::answer), COUNT_TOKENS,
				new Endpoint("POST", CountTokensEndpoint::answer), "/v1/models",
				new Endpoint("GET", ModelsEndpoint::list));
		this.model = new Endpoint("GET", (exchange) -> ModelsEndpoint.get(exchange, MODEL_PREFIX));
	}

	Answer answer(Exchange exchange) {
		Endpoint endpoint = find(exchange.request().path());
		if (endpoint == null) {
			return Answer.error(notFound(exchange.request().path()), exchange.requestId());
		}
		try {
			this.authentication.check(exchange.request());
		}
		catch (ApiException ex) {
			return Answer.error(ex, exchange.requestId());
		}
		try {
			endpoint.checkMethod(exchange.request());
			ApiHeaders.check(exchange.request());
			return endpoint.handler().apply(exchange).orHeader(ORGANIZATION_HEADER, ORGANIZATION);
		}
		catch (ApiException ex) {
			return error(ex, exchange);
		}
	}

	private static ApiException notFound(String path) {
		boolean exists = path.startsWith(MESSAGES + "/batches");
		return ApiException.notFound(exists ? path + " is not supported by this server" : "Not found");
	}

	/**
	 * Return the error response to a request of this organization.
	 */
	static Answer error(ApiException error, Exchange exchange) {
		return Answer.error(error, exchange.requestId()).orHeader(ORGANIZATION_HEADER, ORGANIZATION);
	}

	private @Nullable Endpoint find(String path) {
		boolean isModel = path.startsWith(MODEL_PREFIX) && path.length() > MODEL_PREFIX.length()
				&& path.indexOf('/', MODEL_PREFIX.length()) == -1;
		return isModel ? this.model : this.endpoints.get(path);
	}

	/**
	 * Method and code of an endpoint. {@code HEAD} is allowed wherever {@code GET} is.
	 */
	private record Endpoint(String method, Function<Exchange, Answer> handler) {

		void checkMethod(RecordedRequest request) {
			boolean head = this.method.equals("GET") && request.method().equals("HEAD");
			if (!head && !this.method.equals(request.method())) {
				throw new ApiException(405, "invalid_request_error", "Method Not Allowed");
			}
		}

	}

}
