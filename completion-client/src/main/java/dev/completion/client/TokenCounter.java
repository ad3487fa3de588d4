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

import java.util.List;
import java.util.Set;

import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Writes requests that count the tokens of a prompt, and reads their responses.
 */
final class TokenCounter {

	private static final String PATH = "/v1/messages/count_tokens";

	// the endpoint rejects all others
	private static final Set<String> PROPERTIES = Set.of("cache_control", "output_config", "thinking", "tools",
			"tool_choice");

	private final JsonMapper mapper;

	private final Writer writer;

	TokenCounter(JsonMapper mapper) {
		this.mapper = mapper;
		this.writer = new Writer(mapper);
	}

	/**
	 * Return the HTTP request that counts the tokens of the given request.
	 * @throws AttemptFailure if the Messages API does not support the prompt
	 */
	ApiRequest request(CompletionRequest request) {
		CompletionRequest.Builder counted = CompletionRequest.builder();
		if (request.model() != null) {
			counted.model(request.model());
		}
		if (request.prompt() != null) {
			counted.prompt(request.prompt());
		}
		request.additionalProperties().forEach((name, value) -> {
			if (PROPERTIES.contains(name)) {
				counted.additionalProperty(name, value);
			}
		});
		return ApiRequest.post(PATH, false, request.headers(), this.writer.write(counted.build(), false),
				request.prompt());
	}

	/**
	 * Return the number of tokens.
	 */
	Long read(byte[] json) {
		JsonNode count = tree(json).path("input_tokens");
		if (!count.isIntegralNumber() || !count.canConvertToLong() || count.longValue() < 0) {
			throw new UnreadableException("has no 'input_tokens'");
		}
		return count.longValue();
	}

	private JsonNode tree(byte[] json) {
		try {
			return this.mapper.readTree(json);
		}
		catch (JacksonException ex) {
			throw new UnreadableException("is not valid JSON");
		}
	}

	/**
	 * Writes the model, the prompt and the additional properties.
	 */
	private static final class Writer extends MessageWriter {

		Writer(JsonMapper mapper) {
			super(mapper);
		}

		@Override
		@Nullable List<String> stopSequences(CompletionRequest request) {
			return null;
		}

	}

}
