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

import java.util.function.BiFunction;

import tools.jackson.databind.json.JsonMapper;

/**
 * What is particular to one of the APIs that serve completions.
 *
 * @param api the API
 * @param path the path of its requests
 * @param writer writes its requests
 * @param readers creates the reader of one response, given the model of the request and
 * the attempt
 */
record Protocol(CompletionApi api, String path, RequestWriter writer,
		BiFunction<Model, Attempt, CompletionReader> readers) {

	static Protocol textCompletions(JsonMapper mapper) {
		return new Protocol(CompletionApi.TEXT_COMPLETIONS, "/v1/complete", new TextCompletionWriter(mapper),
				(model, attempt) -> new TextCompletionReader(mapper, model, attempt::redact, attempt.limits().body()));
	}

	static Protocol messages(JsonMapper mapper) {
		return new Protocol(CompletionApi.MESSAGES, "/v1/messages", new MessageWriter(mapper),
				(model, attempt) -> new MessageReader(mapper, model, attempt::redact, attempt.limits().body()));
	}

	CompletionReader reader(Model model, Attempt attempt) {
		return this.readers.apply(model, attempt);
	}

}
