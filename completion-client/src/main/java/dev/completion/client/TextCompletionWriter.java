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
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.json.JsonMapper;

/**
 * Writes the JSON of a request to the Text Completions API.
 */
final class TextCompletionWriter extends RequestWriter {

	private static final Set<String> OF_MESSAGES = Set.of("thinking", "output_config", "cache_control", "service_tier",
			"context_management", "inference_geo");

	TextCompletionWriter(JsonMapper mapper) {
		super(mapper);
	}

	@Override
	void writePrompt(CompletionRequest request, JsonGenerator json) {
		request.additionalProperties().keySet().forEach(TextCompletionWriter::checkProperty);
		Prompt prompt = request.prompt();
		if (prompt != null) {
			write(prompt, json);
		}
		integer("max_tokens_to_sample", request.maxTokensToSample(), json);
	}

	private static void write(Prompt prompt, JsonGenerator json) {
		if (prompt.isAmbiguous()) {
			throw unsupported("a prompt with \"\\n\\nHuman:\" or \"\\n\\nAssistant:\" inside a turn");
		}
		json.writeStringProperty("prompt", prompt.toString());
	}

	private static void checkProperty(String name) {
		if (OF_MESSAGES.contains(name)) {
			throw unsupported("the additional property '" + name + "'");
		}
	}

	private static AttemptFailure unsupported(String reason) {
		return AttemptFailure.unsupported("The Text Completions API does not support this request: " + reason
				+ " requires the Messages API; see 'completion.api'");
	}

	@Override
	@Nullable List<String> stopSequences(CompletionRequest request) {
		return request.stopSequences();
	}

}
