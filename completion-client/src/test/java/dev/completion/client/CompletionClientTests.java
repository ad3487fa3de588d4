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
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;

import dev.completion.client.error.CompletionClientException;
import dev.completion.client.error.NotFoundException;
import dev.completion.client.error.Outcome;
import dev.completion.server.CompletionServer;
import dev.completion.server.RecordedRequest;
import dev.completion.server.Reply;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Tests for {@link CompletionClient}: what goes over the wire when all is well.
 */
class CompletionClientTests {

	private static final Duration LIMIT = Duration.ofSeconds(30);

	private static final CompletionRequest REQUEST = CompletionRequest.builder()
		.model(Model.of("claude-2.1"))
		.prompt(Prompt.human("Why is the sky blue?"))
		.maxTokensToSample(100)
		.build();

	private final CompletionServer server = CompletionServer.builder().chunkDelay(Duration.ZERO).start();

	private final CompletionClient client = builder().build();

	@AfterEach
	void close() {
		this.client.close();
		this.server.close();
	}

	private CompletionClient.Builder builder() {
		return CompletionClient.builder().baseUrl(this.server.baseUrl()).apiKey(this.server.apiKey());
	}

	@Test
	void completeSendsWhatIsSetAndNothingElse() {
		this.client.complete(REQUEST).block(LIMIT);
		RecordedRequest request = onlyRequest();
		assertThat(request.method()).isEqualTo("POST");
		assertThat(request.path()).isEqualTo("/v1/complete");
		assertThat(request.header("x-api-key")).isEqualTo(this.server.apiKey());
		assertThat(request.header("authorization")).isNull();
		assertThat(request.header("anthropic-version")).isEqualTo("2023-06-01");
		assertThat(request.header("anthropic-beta")).isNull();
		assertThat(request.header("content-type")).isEqualTo("application/json");
		assertThat(request.header("accept")).isEqualTo("application/json");
		assertThat(request.header("accept-encoding")).isEqualTo("gzip");
		assertThat(request.header("user-agent")).startsWith("completion-client");
		assertThat(request.header("content-length")).isEqualTo(String.valueOf(request.body().length()));
		assertThat(request.body()).isEqualTo("{\"model\":\"claude-2.1\","
				+ "\"prompt\":\"\\n\\nHuman: Why is the sky blue?\\n\\nAssistant:\",\"max_tokens_to_sample\":100}");
	}

	@Test
	void completeReadsEveryFieldOfTheAnswer() {
		this.server.enqueue(Reply.body(200, "application/json", """
				{"type":"completion","id":"compl_1","completion":" Hi","stop_reason":"stop_sequence",
				 "model":"claude-2.1","stop":"\\n\\nHuman:","log_id":"compl_1","news":{"a":[1,null]}}"""));
		Completion completion = this.client.complete(REQUEST).block(LIMIT);
		assertThat(completion.id()).isEqualTo("compl_1");
		assertThat(completion.completion()).isEqualTo(" Hi");
		assertThat(completion.stopReason()).isEqualTo(StopReason.STOP_SEQUENCE);
		assertThat(completion.model()).isEqualTo(Model.of("claude-2.1"));
		assertThat(completion.type()).isEqualTo("completion");
		assertThat(completion.stop()).isEqualTo("\n\nHuman:");
		assertThat(completion.additionalProperties()).containsEntry("log_id", "compl_1").containsKey("news");
	}

	@Test
	void streamSendsStreamAndDeliversSameTextAsComplete() {
		Completion whole = this.client.complete(REQUEST).block(LIMIT);
		this.server.reset();
		List<Completion> deltas = this.client.stream(REQUEST).collectList().block(LIMIT);
		RecordedRequest request = onlyRequest();
		assertThat(request.body()).endsWith(",\"stream\":true}");
		assertThat(request.header("accept")).isEqualTo("text/event-stream");
		assertThat(request.header("accept-encoding")).isEqualTo("identity");
		assertThat(deltas).hasSizeGreaterThan(10);
		assertThat(deltas.subList(0, deltas.size() - 1)).allMatch((delta) -> delta.stopReason() == null);
		assertThat(deltas.get(deltas.size() - 1).stopReason()).isEqualTo(StopReason.STOP_SEQUENCE);
		assertThat(String.join("", deltas.stream().map(Completion::completion).toList())).isEqualTo(whole.completion());
	}

	@Test
	void streamAsJoinIsOneCompletion() {
		Completion joined = this.client.stream(REQUEST).as(Completion::join).block(LIMIT);
		Completion whole = this.client.complete(REQUEST).block(LIMIT);
		assertThat(joined.completion()).isEqualTo(whole.completion());
		assertThat(joined.stopReason()).isEqualTo(whole.stopReason());
		assertThat(joined.stop()).isEqualTo(whole.stop());
	}

	@Test
	void streamDeliversEachDeltaAsItArrives() {
		CompletableFuture<Void> delivered = new CompletableFuture<>();
		try (RawServer raw = RawServer.start((request, socket) -> {
			RawStreams.write(socket, RawStreams.HEAD + RawStreams.chunk(ApiFixture.TEXT_COMPLETIONS.delta("a")));
			delivered.join();
			RawStreams.write(socket,
					RawStreams.chunk(ApiFixture.TEXT_COMPLETIONS.last("stop_sequence")) + RawStreams.LAST_CHUNK);
		}); CompletionClient other = builder().baseUrl(raw.baseUrl()).build()) {
			StepVerifier
				.create(other.stream(REQUEST).map(Completion::completion).doOnNext((text) -> delivered.complete(null)))
				.expectNext("a", "")
				.expectComplete()
				.verify(LIMIT);
		}
	}

	@Test
	void exchangeTellsOfTheResponse() {
		CompletionResponse response = this.client.exchange(REQUEST).block(LIMIT);
		assertThat(response.requestId()).startsWith("req_").isEqualTo(response.headers().getFirst("request-id"));
		assertThat(response.organizationId()).isNotBlank();
		assertThat(response.attempts()).isOne();
		assertThat(response.api()).isEqualTo(CompletionApi.TEXT_COMPLETIONS);
		assertThat(response.usage()).isNull();
		assertThat(response.rateLimits().requests().limit()).isPositive();
		assertThat(response.rateLimits().requests().remaining())
			.isEqualTo(response.rateLimits().requests().limit() - 1);
		assertThat(response.rateLimits().requests().reset()).isAfter(Instant.EPOCH);
		assertThat(response.rateLimits().outputTokens().limit()).isPositive();
	}

	@Test
	void requestCanBeSetUpInPlace() {
		this.server.enqueue(Reply.text("one"), Reply.text("two"));
		CompletionResponse response = this.client.exchange(
				(request) -> request.model(Model.of("claude-2.1")).prompt("Why is the sky blue?").maxTokensToSample(10))
			.block(LIMIT);
		List<CompletionResponse> deltas = this.client.exchangeStream(
				(request) -> request.model(Model.of("claude-2.1")).prompt("Why is the sky blue?").maxTokensToSample(10))
			.collectList()
			.block(LIMIT);
		assertThat(response.text()).isEqualTo("one");
		assertThat(deltas.get(0).text()).isEqualTo("two");
		assertThat(this.server.requests())
			.allSatisfy((request) -> assertThat(request.body()).contains("Why is the sky blue?"));
	}

	@Test
	void plainQuestionIsCompleted() {
		Completion completion = this.client
			.complete((request) -> request.model(Model.of("claude-2.1"))
				.prompt("Why is the sky blue?")
				.maxTokensToSample(100))
			.block(LIMIT);
		assertThat(completion.completion()).contains("sky");
	}

	@Test
	void exchangeStreamTellsOfTheResponseWithEveryDelta() {
		List<CompletionResponse> responses = this.client.exchangeStream(REQUEST).collectList().block(LIMIT);
		assertThat(responses).hasSizeGreaterThan(10)
			.allMatch((response) -> response.requestId().equals(responses.get(0).requestId()))
			.allMatch((response) -> response.attempts() == 1);
	}

	@Test
	void nothingIsSentUntilSubscribedAndEachSubscriptionIsACall() {
		Mono<Completion> completion = this.client.complete(REQUEST);
		assertThat(this.server.requests()).isEmpty();
		completion.block(LIMIT);
		completion.block(LIMIT);
		assertThat(this.server.requests()).hasSize(2);
	}

	@Test
	void callWithoutModelIsRefusedWithNothingSent() {
		StepVerifier.create(this.client.stream((request) -> request.prompt(Prompt.human("Hi")).maxTokensToSample(1)))
			.expectErrorSatisfies((ex) -> assertThat(ex).isInstanceOf(IllegalArgumentException.class)
				.hasMessageContaining("'model'")
				.hasMessageContaining("completion.defaults.model"))
			.verify(LIMIT);
		assertThat(this.server.requests()).isEmpty();
	}

	@Test
	void defaultsFillWhatTheRequestLeavesOpen() {
		CompletionClient withDefaults = builder()
			.defaults((request) -> request.model(Model.of("claude-2.0")).maxTokensToSample(7).temperature(0.5))
			.defaults((request) -> request.topK(3).stopSequences("STOP"))
			.build();
		withDefaults
			.complete((request) -> request.prompt(Prompt.human("Hi"))
				.temperature(1)
				.topP(0.25)
				.userId("user-1")
				.additionalProperty("metadata_tags", List.of("a")))
			.onErrorComplete(CompletionClientException.class)
			.block(LIMIT);
		assertThat(JsonMapper.shared().readTree(onlyRequest().body())).isEqualTo(JsonMapper.shared().readTree("""
				{"model":"claude-2.0","prompt":"\\n\\nHuman: Hi\\n\\nAssistant:","max_tokens_to_sample":7,
				 "stop_sequences":["STOP"],"temperature":1.0,"top_p":0.25,"top_k":3,
				 "metadata":{"user_id":"user-1"},"metadata_tags":["a"]}"""));
		withDefaults.close();
	}

	@Test
	void headersOfTheCallReplaceThoseOfTheClient() {
		CompletionClient withHeaders = builder().defaultHeader("x-team", "a")
			.defaultHeader("x-app", "b")
			.betas("one-2024-01-01", "two-2024-01-01")
			.build();
		withHeaders.complete(REQUEST.toBuilder().header("X-Team", "c").build()).block(LIMIT);
		assertThat(onlyRequest().headers().get("x-team")).containsExactly("c");
		assertThat(onlyRequest().header("x-app")).isEqualTo("b");
		assertThat(onlyRequest().header("anthropic-beta")).isEqualTo("one-2024-01-01,two-2024-01-01");
		withHeaders.close();
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "/", "/v1", "/v1/" })
	void baseUrlIsTakenWithOrWithoutVersion(String suffix) {
		CompletionClient other = builder().baseUrl(this.server.baseUrl() + suffix).build();
		other.complete(REQUEST).block(LIMIT);
		assertThat(onlyRequest().path()).isEqualTo("/v1/complete");
		other.close();
	}

	@Test
	void baseUrlKeepsItsPath() {
		this.server.enqueue(Reply.text(" Hi"));
		CompletionClient other = builder().baseUrl(this.server.baseUrl() + "/gateway/anthropic/v1").build();
		other.complete(REQUEST).block(LIMIT);
		assertThat(onlyRequest().path()).isEqualTo("/gateway/anthropic/v1/complete");
		other.close();
	}

	@Test
	void credentialIsAskedForEachCall() {
		AtomicInteger calls = new AtomicInteger();
		CompletionClient rotating = builder()
			.credential(() -> Mono.fromSupplier(() -> Credential.bearer("token-" + calls.incrementAndGet())))
			.build();
		this.server.enqueue(Reply.text(" a"), Reply.text(" b"));
		rotating.complete(REQUEST).block(LIMIT);
		rotating.complete(REQUEST).block(LIMIT);
		assertThat(this.server.requests()).extracting((request) -> request.header("authorization"))
			.containsExactly("Bearer token-1", "Bearer token-2");
		assertThat(this.server.requests()).allMatch((request) -> request.header("x-api-key") == null);
		rotating.close();
	}

	@Test
	void credentialCanComeFromTheReactorContext() {
		CompletionClient perTenant = builder()
			.credential(() -> Mono.deferContextual((context) -> Mono.just(Credential.apiKey(context.get("tenant")))))
			.build();
		this.server.enqueue(Reply.text(" a"));
		perTenant.complete(REQUEST).contextWrite((context) -> context.put("tenant", "key-of-tenant")).block(LIMIT);
		assertThat(onlyRequest().header("x-api-key")).isEqualTo("key-of-tenant");
		perTenant.close();
	}

	@Test
	void credentialProviderThatFailsSendsNothing() {
		CompletionClient broken = builder().credential(() -> Mono.error(new IllegalStateException("vault sealed")))
			.build();
		assertThatExceptionOfType(CompletionClientException.class)
			.isThrownBy(() -> broken.complete(REQUEST).block(LIMIT))
			.satisfies((ex) -> assertThat(ex.outcome()).isEqualTo(Outcome.NOT_SENT))
			.satisfies((ex) -> assertThat(ex.attempts()).isZero())
			.withCauseInstanceOf(IllegalStateException.class);
		assertThat(this.server.requests()).isEmpty();
		broken.close();
	}

	@Test
	void modelsAsksForPagesAsTheyAreNeeded() {
		this.server.enqueue(page("a", "b", true), page("c", "d", false));
		StepVerifier.create(this.client.models().map(ModelInfo::id), 1)
			.expectNext("a")
			.thenAwait(Duration.ofMillis(300))
			.then(() -> assertThat(this.server.requests()).hasSize(1))
			.thenRequest(Long.MAX_VALUE)
			.expectNext("b", "c", "d")
			.expectComplete()
			.verify(LIMIT);
		assertThat(this.server.requests()).extracting(RecordedRequest::query)
			.containsExactly("limit=100", "limit=100&after_id=b");
	}

	@Test
	void modelsEndsWhereAPageComesAgain() {
		for (int i = 0; i < 10; i++) {
			this.server.enqueue(page("a", "b", true), page("c", "d", true));
		}
		assertThat(this.client.models().map(ModelInfo::id).collectList().block(LIMIT)).containsExactly("a", "b", "c",
				"d", "a", "b");
		assertThat(this.server.requests()).hasSize(3);
	}

	private static Reply page(String first, String last, boolean more) {
		return Reply.body(200, "application/json", """
				{"data":[{"type":"model","id":"%1$s"},{"type":"model","id":"%2$s"}],"has_more":%3$s,"last_id":"%2$s"}"""
			.formatted(first, last, more));
	}

	@Test
	void modelTellsOfAModel() {
		ModelInfo model = this.client.model(Model.of("claude-2.1")).block(LIMIT);
		assertThat(model.id()).isEqualTo("claude-2.1");
		assertThat(model.displayName()).isNotBlank();
		assertThat(model.createdAt()).isAfter(Instant.EPOCH);
		assertThat(onlyRequest().path()).isEqualTo("/v1/models/claude-2.1");
	}

	@ParameterizedTest
	@ValueSource(strings = { ".", ".." })
	void modelThatIsAPathIsRefused(String id) {
		assertThatIllegalArgumentException().isThrownBy(() -> this.client.model(Model.of(id)))
			.withMessageContaining("'model'");
		assertThat(this.server.requests()).isEmpty();
	}

	@Test
	void modelWhenItDoesNotExistFails() {
		assertThatExceptionOfType(NotFoundException.class)
			.isThrownBy(() -> this.client.model(Model.of("no/such?model")).block(LIMIT))
			.satisfies((ex) -> assertThat(ex.errorType()).isEqualTo("not_found_error"));
	}

	@Test
	void mutateMakesAVariantAndLeavesTheClientAlone() {
		CompletionClient variant = this.client.mutate().defaultHeader("x-variant", "1").build();
		variant.complete(REQUEST).block(LIMIT);
		variant.close();
		this.client.complete(REQUEST).block(LIMIT);
		assertThat(this.server.requests()).extracting((request) -> request.header("x-variant"))
			.containsExactly("1", null);
	}

	@Test
	void cancellingAStreamClosesTheConnection() {
		this.server.enqueue(Reply.text("abcdefgh").chunkSizes(1).chunkDelay(Duration.ofSeconds(1)));
		this.client.stream(REQUEST).blockFirst(LIMIT);
		RecordedRequest request = onlyRequest();
		Mono.fromSupplier(request::clientClosed)
			.filter(Boolean::booleanValue)
			.repeatWhenEmpty((repeat) -> repeat.delayElements(Duration.ofMillis(5)))
			.block(LIMIT);
	}

	@Test
	void buildWithoutCredentialForTheVendorsServiceFails() {
		assertThatIllegalStateException().isThrownBy(() -> CompletionClient.builder().build())
			.withMessageContaining("apiKey");
	}

	@Test
	void buildWithPlainHttpToAnotherMachineFailsUnlessAllowed() {
		CompletionClient.Builder insecure = CompletionClient.builder().baseUrl("http://192.0.2.1/v1").apiKey("key");
		assertThatIllegalStateException().isThrownBy(insecure::build).withMessageContaining("allowInsecure");
		insecure.allowInsecure(true).build().close();
	}

	@Test
	void apiKeyWithLineBreakIsRefusedWithoutBeingShown() {
		assertThatIllegalArgumentException().isThrownBy(() -> CompletionClient.create("sk-secret\n"))
			.satisfies((ex) -> assertThat(ex.getMessage()).contains("apiKey").doesNotContain("secret"));
	}

	private RecordedRequest onlyRequest() {
		assertThat(this.server.requests()).hasSize(1);
		return this.server.requests().get(0);
	}

}
