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
import java.util.Set;
import java.util.regex.Pattern;

import dev.completion.client.error.ApiError;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Determines whether an error means that a model requires the Messages API, or that the
 * server does not provide an API. Gateways and proxies report this in many ways.
 */
final class ApiErrorClassifier {

	// the name may be that of the model for which the requested name is an alias
	private static final Pattern VENDOR_REFUSAL = Pattern
		.compile("\"[^\"]{1,256}\" is not supported on this API\\. Please use the Messages API instead\\.");

	private static final Pattern ABOUT_A_MODEL = Pattern.compile("\\bmodel\\b", Pattern.CASE_INSENSITIVE);

	// of gateways that use the formats of other vendors
	private static final Set<String> TYPES_OF_FAILURES = Set.of("api_error", "server_error", "insufficient_quota",
			"rate_limit_exceeded");

	private final ApiError error;

	private final boolean status200;

	private final JsonNode body;

	/**
	 * Create a classifier.
	 * @param error the error
	 * @param status200 whether the HTTP status of the response is 200
	 * @param mapper the mapper of the client
	 */
	ApiErrorClassifier(ApiError error, boolean status200, JsonMapper mapper) {
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
	 * Return whether the error is the vendor's refusal of a model that only the Messages
	 * API serves. The complete message must match, because a gateway may quote the prompt
	 * in the message of another error.
	 * @param request the request, whose prompt the error may quote
	 * @param alias whether the refusal may name another model, of which the requested one
	 * may be an alias
	 */
	boolean isVendorRefusal(CompletionRequest request, boolean alias) {
		int status = this.error.status().value();
		return (status == 400 || status == 404 || status == 410) && texts().stream()
			.map(String::strip)
			.filter((text) -> VENDOR_REFUSAL.matcher(text).matches())
			.filter((text) -> alias || text.startsWith("\"" + modelOf(request) + "\""))
			.anyMatch((text) -> !isInPrompt(text, request));
	}

	private static String modelOf(CompletionRequest request) {
		return (request.model() != null) ? request.model().id() : "";
	}

	private static boolean isInPrompt(String text, CompletionRequest request) {
		return request.prompt() != null && request.prompt().toString().contains(text);
	}

	/**
	 * Return whether the error means that the server does not provide the API with the
	 * given path. Errors about the model and temporary errors do not mean this.
	 * @param path the path of the request
	 * @param request the request, whose prompt the error may quote
	 */
	boolean isApiMissing(String path, CompletionRequest request) {
		if (isVendors() && isAboutModel(request)) {
			return false;
		}
		boolean named = names(path, request);
		return switch (this.error.status().value()) {
			case 404, 405, 410, 501 -> true;
			case 400 -> named || (this.status200 && isUnspecific());
			case 500 -> this.status200 && (named || isUnspecific());
			default -> false;
		};
	}

	/**
	 * Return whether an error with status 200 does not show that the API exists: the
	 * vendor's format, a type of failures, or a stream that has begun would do so.
	 */
	private boolean isUnspecific() {
		return !this.error.inStream() && !isVendors() && !TYPES_OF_FAILURES.contains(this.error.errorType());
	}

	private boolean isVendors() {
		return "error".equals(this.body.path("type").stringValue("")) && !this.error.errorType().isEmpty();
	}

	private boolean isAboutModel(CompletionRequest request) {
		String text = this.error.apiMessage();
		return ABOUT_A_MODEL.matcher(text).find() || (request.model() != null && text.contains(modelOf(request)));
	}

	private boolean names(String path, CompletionRequest request) {
		return !isInPrompt(path, request) && texts().stream().anyMatch((text) -> text.contains(path));
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
