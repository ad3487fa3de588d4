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

import java.util.List;

import tools.jackson.databind.JsonNode;

/**
 * Body of a request to {@code /v1/complete}, as far as it matters to the answer.
 *
 * @param model the name of the model
 * @param prompt the prompt
 * @param dialogue the turns of the prompt
 * @param maxTokens the most tokens to answer with
 * @param stopSequences the stop sequences
 * @param stream whether the answer is to be streamed
 */
record CompletionParameters(String model, String prompt, Dialogue dialogue, int maxTokens, List<String> stopSequences,
		boolean stream) {

	/**
	 * Read the body, checking every field of it.
	 */
	static CompletionParameters read(JsonNode body) {
		BodyFields fields = BodyFields.of(body);
		int maxTokens = fields.requiredInteger("max_tokens_to_sample", 1);
		fields.metadata();
		String model = fields.requiredText("model");
		String prompt = fields.requiredText("prompt");
		List<String> stopSequences = fields.stopSequences();
		boolean stream = fields.flag("stream");
		fields.fraction("temperature");
		fields.optionalInteger("top_k", 0);
		fields.fraction("top_p");
		fields.rejectOthers();
		return new CompletionParameters(model, prompt, Dialogue.parse(prompt), maxTokens, stopSequences, stream);
	}

}
