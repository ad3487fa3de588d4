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

import tools.jackson.databind.JsonNode;

/**
 * Answers {@code POST /v1/complete}.
 */
final class CompletionEndpoint {

	private final Duration chunkDelay;

	CompletionEndpoint(Duration chunkDelay) {
		this.chunkDelay = chunkDelay;
	}

	Answer answer(Exchange exchange) {
		ApiHeaders.requireVersion(exchange.request(), "2023-06-01");
		CompletionParameters parameters = CompletionParameters.read(readBody(exchange));
		CatalogueModel model = ModelCatalogue.forTextCompletions(parameters.model());
		Answer answer = complete(parameters, model);
		return parameters.stream() ? answer.withPause(this.chunkDelay) : answer;
	}

	private static JsonNode readBody(Exchange exchange) {
		if (exchange.body().isTooLarge()) {
			throw new ApiException(413, "request_too_large", "Request exceeds the maximum size");
		}
		ApiHeaders.requireJson(exchange.request());
		return Json.read(exchange.body().bytes());
	}

	private static Answer complete(CompletionParameters parameters, CatalogueModel model) {
		String text = " " + TextGenerator.generate(parameters.dialogue());
		CompletionText completion = CompletionText.cut(text, parameters.stopSequences(), parameters.maxTokens());
		Usage usage = new Usage(Tokens.count(parameters.prompt()), Tokens.count(completion.text()));
		return new CompletionAnswer(model.id(), completion, Tokens.split(completion.text())).answer(parameters.stream())
			.withUsage(usage);
	}

}
