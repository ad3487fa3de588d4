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

import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.core.exc.UnexpectedEndOfInputException;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * JSON of requests and answers.
 */
final class Json {

	private static final JsonMapper MAPPER = JsonMapper
		.builder(JsonFactory.builder()
			.streamReadConstraints(StreamReadConstraints.builder().maxStringLength(Integer.MAX_VALUE).build())
			.build())
		.build();

	static {
		// what Jackson makes at first use it makes under a lock, on which a thread of a
		// connection must not wait
		MAPPER.writeValueAsString(MAPPER.readTree("{}"));
	}

	private Json() {
	}

	static ObjectNode object() {
		return MAPPER.createObjectNode();
	}

	static String write(JsonNode node) {
		return MAPPER.writeValueAsString(node);
	}

	static JsonNode read(byte[] body) {
		try {
			JsonNode node = MAPPER.readTree(body);
			if (node.isMissingNode()) {
				throw invalid("unexpected end of data");
			}
			return node;
		}
		catch (JacksonException ex) {
			throw invalid(describe(ex));
		}
	}

	private static ApiException invalid(String detail) {
		return ApiException.invalidRequest("The request body is not valid JSON: " + detail);
	}

	// by its place only, since Jackson's own text quotes the body
	private static String describe(JacksonException ex) {
		String what = (ex instanceof UnexpectedEndOfInputException) ? "unexpected end of data" : "unexpected data";
		TokenStreamLocation location = ex.getLocation();
		return (location != null) ? what + ": line " + location.getLineNr() + " column " + location.getColumnNr()
				: what;
	}

}
