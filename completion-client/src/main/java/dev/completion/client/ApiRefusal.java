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

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

import dev.completion.client.error.ApiError;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Error response that may mean that the server does not serve a model, or does not
 * provide an API at all. Gateways and proxies report this in many ways.
 */
final class ApiRefusal {

	// the name may be that of the model for which the requested name is an alias
	private static final Pattern MESSAGES_REQUIRED = Pattern
		.compile("\"[^\"]{1,256}\" is not supported on this API\\. Please use the Messages API instead\\.");

	private static final Pattern ABOUT_A_MODEL = Pattern.compile("\\bmodel\\b", Pattern.CASE_INSENSITIVE);

	private final ApiError error;

	private final boolean status200;

	private final JsonNode body;

	/**
	 * Create a refusal.
	 * @param error the error
	 * @param status200 whether the HTTP status of the response is 200
	 * @param mapper the mapper of the client
	 */
	ApiRefusal(ApiError error, boolean status200, JsonMapper mapper) {
		this.error = error;
		this.status200 = status200;
		this.body = parse(error.responseBody(), mapper);
	}

	private static JsonNode parse(String body, JsonMapper mapper) {
		try {
			return mapper.readTree(body);
		}
		catch (JacksonException ex) {
			return mapper.missingNode();
		}
	}

	/**
	 * Return whether the response is the vendor's refusal of a model that only the
	 * Messages API serves. The whole message must match, because a gateway may quote the
	 * prompt in the message of another error.
	 */
	boolean requiresMessages() {
		int status = this.error.status().value();
		return (status == 400 || status == 404 || status == 410)
				&& texts().stream().anyMatch((text) -> MESSAGES_REQUIRED.matcher(text.strip()).matches());
	}

	/**
	 * Return whether the response means that the server does not provide the API of the
	 * given path, and not that it does not have the model, or that it is failing.
	 * @param path the path of the request
	 * @param request the request, whose prompt the response may quote
	 */
	boolean isPathGone(String path, CompletionRequest request) {
		if (isVendors() && isAboutModel(request)) {
			return false;
		}
		return switch (this.error.status().value()) {
			case 404, 405, 410, 501 -> true;
			case 400 -> names(path, request) || isUnknownUnderStatus200();
			case 500 -> (this.status200 && names(path, request)) || isUnknownUnderStatus200();
			default -> false;
		};
	}

	// a stream has begun, so that the path exists
	private boolean isUnknownUnderStatus200() {
		return this.status200 && !this.error.inStream() && !isVendors();
	}

	private boolean isVendors() {
		return "error".equals(this.body.path("type").stringValue("")) && !this.error.errorType().isEmpty();
	}

	private boolean isAboutModel(CompletionRequest request) {
		String text = this.error.apiMessage();
		return ABOUT_A_MODEL.matcher(text).find() || (request.model() != null && text.contains(request.model().id()));
	}

	private boolean names(String path, CompletionRequest request) {
		boolean quotable = request.prompt() != null && request.prompt().contains(path);
		return !quotable && texts().stream().anyMatch((text) -> text.contains(path));
	}

	/**
	 * Return the texts in which servers report an error.
	 */
	private List<String> texts() {
		if (!this.body.isObject()) {
			return List.of(this.error.responseBody());
		}
		List<String> texts = new ArrayList<>();
		JsonNode error = this.body.path("error");
		for (JsonNode node : List.of(error, error.path("message"), this.body.path("message"), this.body.path("msg"),
				this.body.path("detail"))) {
			if (node.isString()) {
				texts.add(node.stringValue());
			}
		}
		return texts;
	}

}
