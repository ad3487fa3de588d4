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
import java.util.Map;

import dev.completion.client.error.CallTimeoutException;
import dev.completion.client.error.InvalidRequestException;
import dev.completion.client.error.MalformedResponseException;
import dev.completion.client.error.NotFoundException;
import dev.completion.client.error.Outcome;
import dev.completion.client.error.UnsupportedRequestException;
import dev.completion.server.RecordedRequest;
import dev.completion.server.Reply;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link CompletionClient#countTokens(CompletionRequest)}.
 */
class CountTokensTests extends AbstractCompletionClientTests {

	CountTokensTests() {
		this.api = ApiFixture.MESSAGES;
	}

	private JsonNode body() {
		assertThat(this.server.requests()).hasSize(1);
		RecordedRequest request = this.server.requests().get(0);
		assertThat(request.method() + " " + request.path()).isEqualTo("POST /v1/messages/count_tokens");
		return JsonMapper.shared().readTree(request.body());
	}

	@Test
	void tokensAreCountedByTheServer() {
		Prompt prompt = Prompt.builder().system("Be brief.").human("One two three").build();
		assertThat(this.client.countTokens((request) -> request.prompt(prompt)).block(LIMIT)).isEqualTo(5);
		assertThat(this.client.exchange((request) -> request.prompt(prompt).maxTokensToSample(10))
			.block(LIMIT)
			.usage()
			.inputTokens()).isEqualTo(5);
	}

	@Test
	void onlyPropertiesThatTheEndpointSupportsAreSent() {
		CompletionRequest request = CompletionRequest.builder()
			.prompt(Prompt.builder().system("Be brief.").human("Hi").build())
			.maxTokensToSample(10)
			.stopSequences("STOP")
			.temperature(1)
			.topP(1)
			.topK(1)
			.userId("user")
			.header("x-tenant", "a")
			.additionalProperty("thinking", Map.of("type", "enabled", "budget_tokens", 2000))
			.additionalProperty("output_config", Map.of("effort", "low"))
			.additionalProperty("cache_control", Map.of("type", "ephemeral"))
			.additionalProperty("service_tier", "auto")
			.additionalProperty("inference_geo", "us")
			.additionalProperty("of_the_future", true)
			.build();
		assertThat(this.client.countTokens(request).block(LIMIT)).isEqualTo(3);
		assertThat(body()).isEqualTo(JsonMapper.shared().readTree("""
				{"model":"claude-haiku-4-5","system":"Be brief.","messages":[{"role":"user","content":"Hi"}],
				"thinking":{"type":"enabled","budget_tokens":2000},"output_config":{"effort":"low"},
				"cache_control":{"type":"ephemeral"}}""".replace("\n", "")));
		assertThat(this.server.requests().get(0).headers().get("x-tenant")).containsExactly("a");
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void modelIsThatOfTheRequestOrTheDefault(boolean set) {
		this.client.countTokens((request) -> {
			request.prompt("Hi");
			if (set) {
				request.model("claude-sonnet-5-5");
			}
		}).block(LIMIT);
		assertThat(body().get("model").stringValue()).isEqualTo(set ? "claude-sonnet-5-5" : "claude-haiku-4-5");
	}

	@Test
	void promptThatTheTextFormatCannotRepresentIsCounted() {
		String text = "a\n\nHuman: b";
		this.client.countTokens((request) -> request.prompt(Prompt.human(text))).block(LIMIT);
		assertThat(body().at("/messages/0/content").stringValue()).isEqualTo(text);
	}

	@Test
	void autoAsksTheMessagesApiWithoutFindingOutMore() {
		try (CompletionClient auto = this.client.mutate().api(CompletionApi.AUTO).build()) {
			auto.countTokens((request) -> request.prompt("Hi")).block(LIMIT);
		}
		assertThat(body().get("messages")).hasSize(1);
	}

	@Test
	void requestWithoutPromptIsAnError() {
		assertThatIllegalArgumentException().isThrownBy(() -> this.client.countTokens((request) -> {
		}).block(LIMIT)).withMessageContaining("'prompt' must be set");
		assertThat(this.server.requests()).isEmpty();
	}

	@Test
	void promptThatIsTooLongIsAnError() {
		String text = "x".repeat(33 * 1024 * 1024);
		assertThatIllegalArgumentException()
			.isThrownBy(() -> this.client.countTokens((request) -> request.prompt(text)).block(LIMIT))
			.withMessageContaining("'prompt' is too long");
		assertThat(this.server.requests()).isEmpty();
	}

	@Test
	void rawPromptIsNotSupported() {
		UnsupportedRequestException ex = failure(UnsupportedRequestException.class,
				Flux.from(this.client.countTokens((request) -> request.prompt(Prompt.raw(PROMPT_TEXT)))));
		assertThat(ex.outcome()).isEqualTo(Outcome.NOT_SENT);
		assertThat(this.server.requests()).isEmpty();
	}

	@Test
	void textCompletionsApiIsNotSupported() {
		try (CompletionClient other = this.client.mutate().api(CompletionApi.TEXT_COMPLETIONS).build()) {
			UnsupportedRequestException ex = failure(UnsupportedRequestException.class,
					Flux.from(other.countTokens(REQUEST)));
			assertThat(ex).hasMessageContaining("only the Messages API counts tokens")
				.hasMessageContaining("'completion.api'");
			assertThat(ex.attempts()).isZero();
		}
		assertThat(this.server.requests()).isEmpty();
	}

	@Test
	void errorsAreThoseOfTheServer() {
		assertThat(failure(NotFoundException.class,
				Flux.from(this.client.countTokens(REQUEST.toBuilder().model("none").build()))))
			.hasMessageContaining("/v1/messages/count_tokens")
			.hasMessageContaining("model: none");
		String prompt = "a prompt of more than 24 characters";
		this.server.enqueue(Reply.error(400, "invalid_request_error", "No: " + prompt));
		assertThat(failure(InvalidRequestException.class,
				Flux.from(this.client.countTokens((request) -> request.prompt(prompt)))))
			.hasMessageContaining("No[…]");
	}

	@ParameterizedTest
	@ValueSource(strings = { "{}", "[]", "{\"input_tokens\":\"3\"}", "{\"input_tokens\":-1}", "{\"input_tokens\":1.5}",
			"{\"input_tokens\":9223372036854775808}", "none" })
	void responseWithoutACountIsMalformed(String body) {
		this.server.enqueue(Reply.body(200, "application/json", body));
		failure(MalformedResponseException.class, Flux.from(this.client.countTokens(REQUEST)));
	}

	@Test
	void timeoutOfTheRequestApplies() {
		this.server.enqueue(Reply.stall());
		CompletionRequest request = REQUEST.toBuilder().timeout(Duration.ofMillis(100)).build();
		assertThat(failure(CallTimeoutException.class, Flux.from(this.client.countTokens(request))).phase())
			.isEqualTo(CallTimeoutException.Phase.TOTAL);
	}

	@Test
	void refusedRequestIsRetried() {
		try (CompletionClient retrying = this.client.mutate()
			.retry(RetryPolicy.builder().delay(Duration.ofMillis(1)).build())
			.build()) {
			this.server.enqueue(Reply.error(529, "overloaded_error", "Overloaded"));
			assertThat(retrying.countTokens(REQUEST).block(LIMIT)).isPositive();
		}
		assertThat(this.server.requests()).hasSize(2);
	}

}
