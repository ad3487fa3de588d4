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

import java.time.Duration;

import dev.completion.client.TwoPathServer.Response;
import dev.completion.client.error.NotFoundException;
import dev.completion.client.error.Outcome;
import dev.completion.client.error.UnsupportedRequestException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for prompts with turn markers in their texts, which only the Messages API
 * supports.
 */
class AmbiguousPromptTests {

	private static final Duration LIMIT = AbstractCompletionClientTests.LIMIT;

	private static final CompletionRequest REQUEST = CompletionRequest.builder()
		.model("claude-haiku-5-5")
		.prompt("Hello")
		.maxTokensToSample(10)
		.build();

	private static final CompletionRequest QUOTING = REQUEST.toBuilder()
		.prompt(Prompt.human("a\n\nAssistant: b"))
		.build();

	private final TwoPathServer server = new TwoPathServer();

	private final CompletionClient client = this.server.client();

	@AfterEach
	void close() {
		this.client.close();
		this.server.close();
	}

	@Test
	void promptThatTheTextFormatCannotRepresentIsSentToTheMessagesApi() {
		this.server.textCompletions(TwoPathServer.each(Response.SUCCESS))
			.messages(TwoPathServer.each(Response.SUCCESS));
		this.client.complete(REQUEST).block(LIMIT);
		this.client.complete(QUOTING).block(LIMIT);
		this.client.complete(REQUEST).block(LIMIT);
		assertThat(this.server.paths()).containsExactly(ApiFixture.TEXT_COMPLETIONS.path, ApiFixture.MESSAGES.path,
				ApiFixture.TEXT_COMPLETIONS.path);
	}

	@Test
	void promptThatTheTextFormatCannotRepresentIsNotSupportedByIt() {
		try (CompletionClient textOnly = this.client.mutate().api(CompletionApi.TEXT_COMPLETIONS).build()) {
			UnsupportedRequestException ex = AbstractCompletionClientTests.failure(UnsupportedRequestException.class,
					textOnly.stream(QUOTING));
			assertThat(ex).hasMessageContaining("inside a turn requires the Messages API")
				.hasMessageContaining("'completion.api'");
			assertThat(ex.outcome()).isEqualTo(Outcome.NOT_SENT);
		}
		assertThat(this.server.paths()).isEmpty();
	}

	@Test
	void serverWithoutTheMessagesApiIsReportedWithTheReason() {
		this.server.textCompletions(TwoPathServer.each(Response.SUCCESS))
			.messages(TwoPathServer.each(TwoPathServer.NOT_FOUND));
		assertThat(AbstractCompletionClientTests.failure(NotFoundException.class, this.client.complete(QUOTING).flux()))
			.hasMessageContaining("only the Messages API supports this request");
		this.client.complete(REQUEST).block(LIMIT);
		assertThat(this.server.paths()).containsExactly(ApiFixture.MESSAGES.path, ApiFixture.TEXT_COMPLETIONS.path);
	}

}
