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

package dev.completion.samples.quickstart;

import java.util.Objects;

import dev.completion.boot.health.CompletionHealthIndicator;
import dev.completion.client.CompletionClient;
import dev.completion.client.CompletionRequest;
import dev.completion.client.CompletionResponse;
import dev.completion.client.Prompt;
import dev.completion.client.error.CompletionClientException;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.ApplicationArguments;
import org.springframework.boot.ApplicationRunner;
import org.springframework.boot.ExitCodeGenerator;
import org.springframework.boot.health.contributor.Health;
import org.springframework.stereotype.Component;

/**
 * Streams one answer to the console, then tells about it.
 */
@Component
class Quickstart implements ApplicationRunner, ExitCodeGenerator {

	private static final String DEFAULT_PROMPT = "Why is the sky blue?";

	private final CompletionClient client;

	private final CompletionHealthIndicator health;

	private int exitCode;

	Quickstart(CompletionClient client, CompletionHealthIndicator health) {
		this.client = client;
		this.health = health;
	}

	@Override
	public void run(ApplicationArguments arguments) {
		String question = arguments.getNonOptionArgs().isEmpty() ? DEFAULT_PROMPT
				: String.join(" ", arguments.getNonOptionArgs());
		System.out.println("> " + question);
		try {
			CompletionRequest request = CompletionRequest.builder().prompt(Prompt.human(question)).build();
			tell(this.client.exchangeStream(request).doOnNext(this::print).blockLast());
		}
		catch (CompletionClientException | IllegalArgumentException ex) {
			System.out.println();
			System.err.println(ex.getMessage());
			this.exitCode = 1;
		}
	}

	private void print(CompletionResponse delta) {
		System.out.print(delta.body().completion());
		System.out.flush();
	}

	private void tell(@Nullable CompletionResponse last) {
		CompletionResponse response = Objects.requireNonNull(last);
		Health health = Objects.requireNonNull(this.health.health().block());
		System.out.println();
		System.out.println();
		System.out.println("model:       " + response.body().model());
		System.out.println("stop reason: " + response.body().stopReason());
		System.out.println("request id:  " + response.requestId());
		System.out.println("health:      " + health.getStatus() + " " + health.getDetails());
	}

	@Override
	public int getExitCode() {
		return this.exitCode;
	}

}
