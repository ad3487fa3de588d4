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

/**
 * Answers {@code POST /v1/messages/count_tokens}.
 */
final class CountTokensEndpoint {

	private CountTokensEndpoint() {
	}

	static Answer answer(Exchange exchange) {
		ApiHeaders.requireVersion(exchange.request(), "2023-06-01", MessagesEndpoint.NEWEST_VERSION);
		BodyFields fields = BodyFields.of(exchange.json());
		Conversation conversation = Conversation.read(fields);
		CatalogueModel model = ModelCatalogue.forMessages(fields.requiredText("model"));
		ThinkingType thinking = MessagesParameters.thinking(fields.object("thinking"), Integer.MAX_VALUE);
		MessagesParameters.cacheTimeToLive(fields.object("cache_control"));
		MessagesParameters.schema(fields.object("output_config"));
		fields.rejectUnsupported("tool_choice", "tools");
		fields.rejectOthers();
		MessagesParameters.checkFor(model, conversation, thinking);
		return Answer.json(200, Json.object().put("input_tokens", conversation.dialogue().tokens()));
	}

}
