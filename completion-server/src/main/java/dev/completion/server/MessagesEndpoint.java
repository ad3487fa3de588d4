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

import dev.completion.server.Usage.CacheUsage;
import tools.jackson.databind.JsonNode;

/**
 * Answers {@code POST /v1/messages}.
 */
final class MessagesEndpoint {

	/**
	 * Version that has no sampling fields any more.
	 */
	static final String NEWEST_VERSION = "2026-10-21";

	private final Duration chunkDelay;

	private final PromptCache cache;

	MessagesEndpoint(Duration chunkDelay, PromptCache cache) {
		this.chunkDelay = chunkDelay;
		this.cache = cache;
	}

	Answer answer(Exchange exchange) {
		String version = ApiHeaders.requireVersion(exchange.request(), "2023-06-01", NEWEST_VERSION);
		MessagesParameters parameters = MessagesParameters.read(exchange.json(), !version.equals(NEWEST_VERSION));
		CatalogueModel model = ModelCatalogue.forMessages(parameters.model());
		parameters.checkFor(model);
		return message(parameters, model).answer(parameters.stream(), this.chunkDelay);
	}

	private Rendering message(MessagesParameters parameters, CatalogueModel model) {
		Dialogue dialogue = parameters.conversation().dialogue();
		String generated = TextGenerator.generate(dialogue);
		JsonNode schema = parameters.schema();
		GeneratedText text = GeneratedText.cut((schema != null) ? JsonSample.of(schema, generated) : generated,
				parameters.stopSequences(), parameters.maxTokens());
		String thought = parameters.thinks(model) ? TextGenerator.thought(dialogue) : "";
		int outputTokens = Tokens.count(thought) + text.deltas().size();
		return new MessageAnswer(model.id(), thought, text, usage(parameters, model, outputTokens));
	}

	private Usage usage(MessagesParameters parameters, CatalogueModel model, int outputTokens) {
		Dialogue dialogue = parameters.conversation().dialogue();
		Duration timeToLive = parameters.cacheTimeToLive();
		CacheUsage cached = (timeToLive != null) ? this.cache.lookUp(model.id(), dialogue, timeToLive)
				: CacheUsage.NONE;
		return new Usage(dialogue.tokens() - cached.created() - cached.read(), outputTokens, cached);
	}

}
