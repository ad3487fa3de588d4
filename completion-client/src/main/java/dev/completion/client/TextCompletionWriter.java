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

import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.json.JsonMapper;

/**
 * Writes the JSON of a request to the Text Completions API.
 */
final class TextCompletionWriter extends RequestWriter {

	TextCompletionWriter(JsonMapper mapper) {
		super(mapper);
	}

	@Override
	void writePrompt(CompletionRequest request, JsonGenerator json) {
		if (request.prompt() != null) {
			json.writeStringProperty("prompt", request.prompt());
		}
		integer("max_tokens_to_sample", request.maxTokensToSample(), json);
	}

	@Override
	@Nullable List<String> stopSequences(CompletionRequest request) {
		return request.stopSequences();
	}

}
