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

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import tools.jackson.databind.JsonNode;

import org.springframework.http.HttpHeaders;
import org.springframework.util.StringUtils;

/**
 * Extracts the error text from an error response, in the formats of the vendor, gateways
 * and compatible servers.
 */
final class ApiErrorDescription {

	private static final int MAX_TEXTS = 10;

	private static final char BYTE_ORDER_MARK = '\uFEFF';

	private ApiErrorDescription() {
	}

	/**
	 * Return the error texts, the most specific first, without repeats.
	 * @param envelope the JSON of the body
	 */
	static List<String> texts(JsonNode envelope) {
		Set<String> texts = new LinkedHashSet<>();
		collect(envelope, texts);
		return texts.stream().filter(StringUtils::hasText).limit(MAX_TEXTS).toList();
	}

	private static void collect(JsonNode node, Set<String> texts) {
		texts.add(node.stringValue(""));
		JsonNode error = node.path("error");
		if (error.path("message").isObject()) {
			collect(error.path("message"), texts);
		}
		Stream.of(error.path("message"), error, node.path("message"), node.path("Message"), node.path("msg"))
			.map((text) -> text.stringValue(""))
			.forEach(texts::add);
		JsonNode detail = node.path("detail");
		if (detail.isObject() || detail.isString()) {
			collect(detail, texts);
		}
		// of a validation error, only 'msg' is used: 'input' may contain the prompt
		detail.valueStream().limit(MAX_TEXTS).map((one) -> one.path("msg").stringValue("")).forEach(texts::add);
		node.path("errors").valueStream().limit(MAX_TEXTS).forEach((one) -> collect(one, texts));
	}

	/**
	 * Return the error texts or, if there are none, the content type and, if it is plain
	 * text, the body.
	 */
	static String of(HttpHeaders headers, String body, JsonNode envelope) {
		List<String> texts = texts(envelope);
		if (!texts.isEmpty()) {
			return String.join(": ", texts);
		}
		return Stream.of(headers.getFirst(HttpHeaders.CONTENT_TYPE), isPlainText(body, envelope) ? body : "")
			.filter(StringUtils::hasText)
			.collect(Collectors.joining(": "));
	}

	/**
	 * Return the content type for a message.
	 */
	static String contentType(HttpHeaders headers) {
		String contentType = headers.getFirst(HttpHeaders.CONTENT_TYPE);
		return StringUtils.hasText(contentType) ? "content type: " + contentType : "no content type";
	}

	// neither JSON, which may contain the prompt, nor markup, nor binary data
	private static boolean isPlainText(String body, JsonNode envelope) {
		boolean hasFormat = body.chars()
			.filter((c) -> !Character.isWhitespace(c) && c != BYTE_ORDER_MARK)
			.limit(1)
			.anyMatch((c) -> c == '{' || c == '[' || c == '"' || c == '<');
		return envelope.isMissingNode() && !hasFormat
				&& body.chars().noneMatch((c) -> Character.isISOControl(c) && !Character.isWhitespace(c));
	}

}
