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

package dev.completion.samples.withoutboot;

import dev.completion.client.Completion;
import dev.completion.client.CompletionClient;
import dev.completion.client.Model;
import dev.completion.client.Prompt;
import dev.completion.server.CompletionServer;

/**
 * Streams one answer to the console: the vendor's if there is a key, else a canned one.
 */
public final class WithoutBoot {

	private WithoutBoot() {
	}

	/**
	 * Ask what the arguments say.
	 * @param arguments the question
	 */
	public static void main(String[] arguments) {
		String question = (arguments.length > 0) ? String.join(" ", arguments) : "Why is the sky blue?";
		String apiKey = System.getenv("ANTHROPIC_API_KEY");
		if (apiKey != null && !apiKey.isBlank()) {
			ask(System.getenv().getOrDefault("ANTHROPIC_BASE_URL", "https://api.anthropic.com"), apiKey, question);
			return;
		}
		System.err.println("There is no ANTHROPIC_API_KEY, so the answer is canned.");
		try (CompletionServer server = CompletionServer.start()) {
			ask(server.baseUrl(), server.apiKey(), question);
		}
	}

	private static void ask(String baseUrl, String apiKey, String question) {
		try (CompletionClient client = CompletionClient.builder()
			.baseUrl(baseUrl)
			.apiKey(apiKey)
			.defaults((request) -> request.model(Model.CLAUDE_HAIKU_5_5).maxTokensToSample(16_000))
			.build()) {
			client.stream((request) -> request.prompt(Prompt.human(question)))
				.map(Completion::completion)
				.doOnNext(System.out::print)
				.blockLast();
			System.out.println();
		}
	}

}
