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
 * Answers {@code POST /v1/messages}.
 */
final class MessagesEndpoint {

	/**
	 * Version that has no sampling fields any more.
	 */
	private static final String NEWEST_VERSION = "2026-10-21";

	private final Duration chunkDelay;

	MessagesEndpoint(Duration chunkDelay) {
		this.chunkDelay = chunkDelay;
	}

	Answer answer(Exchange exchange) {
		String version = ApiHeaders.requireVersion(exchange.request(), "2023-06-01", NEWEST_VERSION);
		MessagesParameters parameters = MessagesParameters.read(exchange.json(), !version.equals(NEWEST_VERSION));
		CatalogueModel model = ModelCatalogue.forMessages(parameters.model());
		parameters.checkFor(model);
		return message(parameters, model).answer(parameters.stream(), this.chunkDelay);
	}

	private static Rendering message(MessagesParameters parameters, CatalogueModel model) {
		Dialogue dialogue = parameters.conversation().dialogue();
		GeneratedText text = GeneratedText.cut(TextGenerator.generate(dialogue), parameters.stopSequences(),
				parameters.maxTokens());
		String thought = parameters.thinks(model) ? TextGenerator.thought(dialogue) : "";
		Usage usage = new Usage(dialogue.tokens(), Tokens.count(thought) + text.deltas().size());
		return new MessageAnswer(model.id(), thought, text, usage);
	}

}
