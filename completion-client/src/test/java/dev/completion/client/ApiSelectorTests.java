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
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;

import dev.completion.client.TwoPathServer.Response;
import dev.completion.client.error.CompletionApiException;
import dev.completion.client.error.CompletionClientException;
import dev.completion.client.error.InvalidRequestException;
import dev.completion.client.error.MalformedResponseException;
import dev.completion.client.error.NotFoundException;
import dev.completion.client.error.Outcome;
import dev.completion.client.error.ServerException;
import dev.completion.client.error.UnsupportedRequestException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link ApiSelector}: which APIs a client remembers, and when it stops using
 * them.
 */
class ApiSelectorTests {

	private static final Duration LIMIT = AbstractCompletionClientTests.LIMIT;

	private static final String COMPLETE = "/v1/complete";

	private static final String MESSAGES = "/v1/messages";

	private static final CompletionRequest REQUEST = CompletionRequest.builder()
		.model(Model.of("claude-sonnet-4-5"))
		.prompt(Prompt.human("Hi"))
		.maxTokensToSample(100)
		.build();

	private static final CompletionRequest THINKING = REQUEST.toBuilder()
		.additionalProperty("thinking", "adaptive")
		.build();

	// the Messages API does not support it
	private static final CompletionRequest BARE = REQUEST.toBuilder().prompt(Prompt.raw("Once upon a time")).build();

	private final TwoPathServer server = new TwoPathServer();

	private final CompletionClient client = this.server.client();

	@AfterEach
	void close() {
		this.client.close();
		this.server.close();
	}

	private Completion complete(CompletionRequest request) {
		return this.client.complete(request).block(LIMIT);
	}

	private <T extends CompletionClientException> T failure(Class<T> type, CompletionRequest request) {
		Throwable ex = this.client.complete(request).materialize().block(LIMIT).getThrowable();
		assertThat(ex).isInstanceOf(type);
		return type.cast(ex);
	}

	private void paths(String... expected) {
		assertThat(this.server.paths()).containsExactly(expected);
	}

	@Test
	void errorThatQuotesThePromptDoesNotSwitchTheApi() {
		this.server.textCompletions(TwoPathServer.each(
				Response.error(400, "invalid_request_error", "Refused: please use the Messages API instead."),
				Response.SUCCESS));
		failure(InvalidRequestException.class, REQUEST);
		complete(REQUEST);
		try (CompletionClient variant = this.client.mutate().build()) {
			variant.complete(REQUEST).block(LIMIT);
		}
		paths(COMPLETE, COMPLETE, COMPLETE);
	}

	@Test
	void pathInAQuotedPromptIsIgnored() {
		CompletionRequest request = REQUEST.toBuilder().prompt(Prompt.human("What is /v1/complete?")).build();
		this.server
			.textCompletions(TwoPathServer
				.each(Response.error(400, "invalid_request_error", "Refused: What is /v1/complete?"), Response.SUCCESS))
			.messages(TwoPathServer.each(Response.SUCCESS));
		failure(InvalidRequestException.class, request);
		complete(request);
		paths(COMPLETE, COMPLETE);
	}

	@Test
	void promptCannotBeTheRefusal() {
		CompletionRequest request = REQUEST.toBuilder().prompt(Prompt.human(TwoPathServer.REFUSAL)).build();
		this.server.textCompletions(TwoPathServer.each(TwoPathServer.REFUSED, Response.SUCCESS))
			.messages(TwoPathServer.each(Response.SUCCESS));
		failure(InvalidRequestException.class, request);
		complete(REQUEST);
		paths(COMPLETE, COMPLETE);
	}

	@Test
	void refusalOfAnotherModelSwitchesOnlyAModelWhoseApiIsUnknown() {
		Response other = Response.error(400, "invalid_request_error",
				TwoPathServer.REFUSAL.replace("claude-sonnet-4-5", "m").replace("\"", "\\\""));
		CompletionRequest alias = REQUEST.toBuilder().model("alias").build();
		this.server.textCompletions(TwoPathServer.each(Response.SUCCESS, other))
			.messages(TwoPathServer.each(Response.SUCCESS));
		complete(REQUEST);
		failure(InvalidRequestException.class, REQUEST);
		complete(alias);
		paths(COMPLETE, COMPLETE, COMPLETE, MESSAGES);
	}

	@ParameterizedTest
	@ValueSource(ints = { 401, 429, 500, 503 })
	void errorDuringARestartDoesNotSwitchTheApi(int status) {
		this.server.textCompletions(TwoPathServer.each(TwoPathServer.NOT_FOUND, Response.SUCCESS))
			.messages(TwoPathServer.each(Response.error(status, "api_error", "Restarting")));
		try (CompletionClient unpaced = this.client.mutate().pacing(Pacing.builder().enabled(false).build()).build()) {
			assertThat(unpaced.complete(REQUEST).materialize().block(LIMIT).getThrowable())
				.isInstanceOf(CompletionApiException.class);
			unpaced.complete(REQUEST).block(LIMIT);
			unpaced.complete(REQUEST).block(LIMIT);
		}
		paths(COMPLETE, MESSAGES, COMPLETE, COMPLETE);
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void pathThatIsGoneIsRememberedOnceTheMessagesApiHasServedTheModel(boolean stream) {
		this.server.messages(TwoPathServer.each(Response.SUCCESS));
		for (int i = 0; i < 3; i++) {
			assertThat(stream ? this.client.stream(REQUEST).blockFirst(LIMIT) : complete(REQUEST)).isNotNull();
		}
		paths(COMPLETE, MESSAGES, MESSAGES, MESSAGES);
	}

	@Test
	void refusalOfTheModelIsRememberedHoweverTheMessagesApiResponds() {
		this.server.textCompletions(TwoPathServer.each(TwoPathServer.REFUSED))
			.messages(TwoPathServer.each(Response.error(500, "api_error", "Restarting"), Response.SUCCESS));
		assertThat(failure(ServerException.class, REQUEST).getSuppressed())
			.hasExactlyElementsOfTypes(InvalidRequestException.class);
		complete(REQUEST);
		paths(COMPLETE, MESSAGES, MESSAGES);
	}

	@Test
	void modelThatTextCompletionsHasServedIsSwitchedOnlyByTheRefusal() {
		this.server.textCompletions(TwoPathServer.each(Response.SUCCESS, TwoPathServer.NOT_FOUND,
				new Response(405, "text/plain", ""),
				new Response(200, "application/json", "{\"error\":\"Unexpected endpoint\"}"), TwoPathServer.REFUSED))
			.messages(TwoPathServer.each(Response.SUCCESS));
		complete(REQUEST);
		failure(NotFoundException.class, REQUEST);
		failure(CompletionApiException.class, REQUEST);
		failure(CompletionApiException.class, REQUEST);
		paths(COMPLETE, COMPLETE, COMPLETE, COMPLETE);
		complete(REQUEST);
		complete(REQUEST);
		paths(COMPLETE, COMPLETE, COMPLETE, COMPLETE, COMPLETE, MESSAGES, MESSAGES);
	}

	@Test
	void messagesApiThatIsGoneIsForgotten() {
		this.server.textCompletions(TwoPathServer.each(TwoPathServer.NOT_FOUND, Response.SUCCESS))
			.messages(TwoPathServer.each(Response.SUCCESS,
					Response.error(404, "not_found_error", "model: claude-sonnet-4-5"),
					Response.error(500, "api_error", "because"), TwoPathServer.NOT_FOUND));
		complete(REQUEST);
		failure(NotFoundException.class, REQUEST);
		failure(ServerException.class, REQUEST);
		assertThat(failure(NotFoundException.class, REQUEST).attempts()).isOne();
		complete(REQUEST);
		complete(REQUEST);
		paths(COMPLETE, MESSAGES, MESSAGES, MESSAGES, MESSAGES, COMPLETE, COMPLETE);
	}

	@ParameterizedTest
	@MethodSource("missing")
	void exceptionNamesBothPathsIfBothAreMissing(Response missing, Outcome outcome) {
		this.server.textCompletions(TwoPathServer.each(missing)).messages(TwoPathServer.each(missing));
		CompletionApiException ex = failure(CompletionApiException.class, REQUEST);
		assertThat(ex).hasMessageContaining("the server provides neither /v1/complete nor /v1/messages")
			.hasMessageContaining("'completion.api'");
		assertThat(ex.attempts()).isEqualTo(2);
		assertThat(ex.outcome()).isEqualTo(outcome);
		assertThat(ex.getSuppressed()).hasSize(1);
		failure(CompletionApiException.class, REQUEST);
		paths(COMPLETE, MESSAGES, COMPLETE, MESSAGES);
	}

	static List<Arguments> missing() {
		return List.of(Arguments.of(TwoPathServer.NOT_FOUND, Outcome.REJECTED),
				Arguments.of(new Response(501, "text/plain", "Not Implemented"), Outcome.REJECTED),
				Arguments.of(new Response(200, "application/json", "{\"error\":\"Unexpected endpoint or method.\"}"),
						Outcome.UNKNOWN));
	}

	@Test
	void exceptionForAWebPageNamesTheProperty() {
		this.server.textCompletions(TwoPathServer.each(new Response(200, "text/html", "<html></html>")));
		assertThat(failure(MalformedResponseException.class, REQUEST)).hasMessageContaining("'completion.api'");
	}

	@ParameterizedTest
	@ValueSource(strings = { "thinking", "output_config", "cache_control", "service_tier", "context_management",
			"inference_geo" })
	void propertyOfTheMessagesApiIsSentThere(String property) {
		CompletionRequest request = REQUEST.toBuilder().additionalProperty(property, "x").build();
		this.server.textCompletions(TwoPathServer.each(Response.SUCCESS))
			.messages(TwoPathServer.each(Response.SUCCESS));
		complete(REQUEST);
		complete(request);
		complete(REQUEST);
		paths(COMPLETE, MESSAGES, COMPLETE);
	}

	@Test
	void messagesApiThatHasServedARequestOnlyItSupportsIsRemembered() {
		this.server.textCompletions(TwoPathServer.each(Response.SUCCESS))
			.messages(TwoPathServer.each(Response.SUCCESS));
		complete(THINKING);
		complete(REQUEST);
		paths(MESSAGES, MESSAGES);
	}

	@Test
	void requestThatWaitsForARateLimitIsSentToTheApiThatIsKnownThen() throws InterruptedException {
		CountDownLatch received = new CountDownLatch(1);
		CountDownLatch known = new CountDownLatch(1);
		this.server.textCompletions(() -> {
			received.countDown();
			TwoPathServer.await(known);
			return Response.error(429, "rate_limit_error", "Slow down");
		}).messages(TwoPathServer.each(Response.SUCCESS));
		CompletableFuture<Completion> call = this.client.complete(REQUEST).toFuture();
		received.await();
		complete(THINKING);
		known.countDown();
		assertThat(call).succeedsWithin(LIMIT);
		paths(COMPLETE, MESSAGES, MESSAGES);
	}

	@Test
	void requestThatOnlyTheMessagesApiSupportsIsNotSentElsewhere() {
		this.server.textCompletions(TwoPathServer.each(Response.SUCCESS));
		failure(NotFoundException.class, THINKING);
		complete(REQUEST);
		paths(MESSAGES, COMPLETE);
	}

	@Test
	void propertyOfTheMessagesApiIsRefusedIfTextCompletionsIsSelected() {
		try (CompletionClient selected = this.client.mutate().api(CompletionApi.TEXT_COMPLETIONS).build()) {
			Throwable ex = selected.stream(THINKING).materialize().blockLast(LIMIT).getThrowable();
			assertThat(ex).isInstanceOf(UnsupportedRequestException.class)
				.hasMessageContaining("'thinking'")
				.hasMessageContaining("'completion.api'");
		}
		paths();
	}

	@Test
	void promptThatOnlyTextCompletionsSupportsIsSentThere() {
		this.server.textCompletions(TwoPathServer.each(TwoPathServer.NOT_FOUND, Response.SUCCESS))
			.messages(TwoPathServer.each(Response.SUCCESS));
		complete(REQUEST);
		complete(BARE);
		complete(REQUEST);
		paths(COMPLETE, MESSAGES, COMPLETE, MESSAGES);
	}

	@Test
	void missingApiOfAPromptThatOnlyItSupportsIsReported() {
		failure(NotFoundException.class, BARE);
		paths(COMPLETE);
	}

	@Test
	void promptThatOnlyTextCompletionsSupportsFailsIfItRefusesTheModel() {
		this.server.textCompletions(TwoPathServer.each(TwoPathServer.REFUSED))
			.messages(TwoPathServer.each(Response.SUCCESS));
		UnsupportedRequestException ex = failure(UnsupportedRequestException.class, BARE);
		assertThat(ex).hasMessageContaining("a raw prompt requires the Text Completions API");
		assertThat(ex.outcome()).isEqualTo(Outcome.REJECTED);
		assertThat(ex.attempts()).isOne();
		paths(COMPLETE);
	}

	@Test
	void requestThatNeitherApiSupportsNamesTheRuleOfThePrompt() {
		CompletionRequest neither = THINKING.toBuilder().prompt(Prompt.raw("Once upon a time")).build();
		this.server.textCompletions(TwoPathServer.each(TwoPathServer.REFUSED))
			.messages(TwoPathServer.each(Response.SUCCESS));
		for (int i = 0; i < 2; i++) {
			UnsupportedRequestException ex = failure(UnsupportedRequestException.class, neither);
			assertThat(ex).hasMessageContaining("a raw prompt requires the Text Completions API");
			assertThat(ex.outcome()).isEqualTo(Outcome.NOT_SENT);
			complete(REQUEST);
		}
		paths(COMPLETE, MESSAGES, MESSAGES);
	}

	@Test
	void streamThatFailsAfterTextIsNotContinuedElsewhere() {
		String error = ApiFixture.event("error",
				"{\"type\":\"error\",\"error\":{\"type\":\"not_found_error\",\"message\":\"Not found\"}}");
		this.server
			.textCompletions(TwoPathServer
				.each(new Response(200, "text/event-stream", ApiFixture.TEXT_COMPLETIONS.delta(" Hi") + error)))
			.messages(TwoPathServer.each(Response.SUCCESS));
		Throwable ex = this.client.stream(REQUEST).materialize().blockLast(LIMIT).getThrowable();
		assertThat(ex).isInstanceOfSatisfying(NotFoundException.class,
				(failure) -> assertThat(failure.outcome()).isEqualTo(Outcome.PARTIAL));
		paths(COMPLETE);
	}

	@Test
	void modelsAreRememberedUpToALimit() {
		ApiSelector selector = new ApiSelector(CompletionApi.AUTO, BaseUrl.DEFAULT, JsonMapper.shared());
		Model longName = Model.of("x".repeat(257));
		assertThat(selector.isUndecided(longName)).isFalse();
		selector.served(longName, CompletionApi.MESSAGES);
		assertThat(selector.select(longName).api()).isEqualTo(CompletionApi.TEXT_COMPLETIONS);
		for (int i = 0; i <= 10_000; i++) {
			selector.served(Model.of("model-" + i), CompletionApi.MESSAGES);
		}
		assertThat(selector.select(Model.of("model-9999")).api()).isEqualTo(CompletionApi.MESSAGES);
		assertThat(selector.select(Model.of("model-10000")).api()).isEqualTo(CompletionApi.TEXT_COMPLETIONS);
	}

}
