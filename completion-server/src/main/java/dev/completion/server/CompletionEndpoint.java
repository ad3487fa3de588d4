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
		CompletionParameters parameters = CompletionParameters.read(exchange.json());
		CatalogueModel model = ModelCatalogue.forTextCompletions(parameters.model());
		return complete(parameters, model).answer(parameters.stream(), this.chunkDelay);
	}

	private static Rendering complete(CompletionParameters parameters, CatalogueModel model) {
		String generated = " " + TextGenerator.generate(parameters.dialogue());
		GeneratedText text = GeneratedText.cut(generated, parameters.stopSequences(), parameters.maxTokens());
		Usage usage = new Usage(Tokens.count(parameters.prompt()), text.deltas().size());
		return new CompletionAnswer(model.id(), text, usage);
	}

}
