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

package dev.completion.samples.playground;

import java.util.List;

import dev.completion.client.CompletionRequest;
import dev.completion.client.Prompt;
import org.jspecify.annotations.Nullable;

import org.springframework.util.Assert;
import org.springframework.util.StringUtils;

/**
 * What the page asks.
 *
 * @param call the page's id of the call
 * @param fault what the server is to do to it, or {@code null} for nothing
 * @param model the model, or {@code null} for the default one
 * @param system the system text
 * @param turns the turns of the conversation, the last of which may be the beginning of
 * the answer
 * @param maxTokensToSample the most tokens to sample
 * @param temperature the temperature
 * @param topP the setting of nucleus sampling
 * @param topK the setting of top-k sampling
 */
record Question(String call, @Nullable Fault fault, @Nullable String model, @Nullable String system, List<Turn> turns,
		@Nullable Integer maxTokensToSample, @Nullable Double temperature, @Nullable Double topP,
		@Nullable Integer topK) {

	Question {
		Assert.hasText(call, "'call' must not be empty");
		Assert.notNull(turns, "'turns' must not be null");
		Assert.noNullElements(turns, "'turns' must have no null elements");
	}

	/**
	 * Return the request.
	 * @throws IllegalArgumentException if it breaks a rule
	 */
	CompletionRequest toRequest() {
		CompletionRequest.Builder request = CompletionRequest.builder().prompt(prompt());
		if (StringUtils.hasText(this.model)) {
			request.model(this.model);
		}
		if (this.maxTokensToSample != null) {
			request.maxTokensToSample(this.maxTokensToSample);
		}
		if (this.temperature != null) {
			request.temperature(this.temperature);
		}
		if (this.topP != null) {
			request.topP(this.topP);
		}
		if (this.topK != null) {
			request.topK(this.topK);
		}
		return request.build();
	}

	private Prompt prompt() {
		Prompt.Builder prompt = Prompt.builder();
		if (StringUtils.hasText(this.system)) {
			prompt.system(this.system);
		}
		for (int i = 0; i < this.turns.size(); i++) {
			Turn turn = this.turns.get(i);
			boolean last = i == this.turns.size() - 1;
			switch (turn.role()) {
				case HUMAN -> prompt.human(turn.text());
				case ASSISTANT -> {
					if (last) {
						prompt.prefill(turn.text());
					}
					else {
						prompt.assistant(turn.text());
					}
				}
			}
		}
		return prompt.build();
	}

	/**
	 * One turn of a conversation.
	 *
	 * @param role who says it
	 * @param text what is said
	 */
	record Turn(Role role, String text) {

		Turn {
			Assert.notNull(role, "'role' must not be null");
			Assert.notNull(text, "'text' must not be null");
		}

	}

	/**
	 * Who says something.
	 */
	enum Role {

		HUMAN, ASSISTANT

	}

}
