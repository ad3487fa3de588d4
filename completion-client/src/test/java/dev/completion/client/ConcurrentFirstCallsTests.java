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
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.IntStream;

import dev.completion.client.TwoPathServer.Response;
import dev.completion.client.error.CompletionClientException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Signal;
import reactor.core.scheduler.Schedulers;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link ApiDiscovery}: concurrent first calls for a model.
 */
class ConcurrentFirstCallsTests {

	private static final Duration LIMIT = AbstractCompletionClientTests.LIMIT;

	private static final String COMPLETE = "/v1/complete";

	private static final String MESSAGES = "/v1/messages";

	private static final CompletionRequest REQUEST = CompletionRequest.builder()
		.model(Model.of("claude-sonnet-4-5"))
		.prompt(Prompt.human("Hi"))
		.maxTokensToSample(100)
		.build();

	private final TwoPathServer server = new TwoPathServer();

	private final CompletionClient client = this.server.client();

	@AfterEach
	void close() {
		this.client.close();
		this.server.close();
	}

	@ParameterizedTest
	@MethodSource("firstResponses")
	void concurrentFirstCallsAskOnce(Response first) {
		int calls = 100;
		this.server.textCompletions(TwoPathServer.each(first)).messages(TwoPathServer.each(Response.SUCCESS));
		Flux.range(0, calls)
			.flatMap((number) -> (number % 2 == 0) ? this.client.complete(REQUEST) : this.client.stream(REQUEST), calls)
			.blockLast(LIMIT);
		assertThat(this.server.paths()).hasSize(calls + 1).filteredOn(COMPLETE::equals).hasSize(1);
	}

	static List<Response> firstResponses() {
		return List.of(TwoPathServer.REFUSED, TwoPathServer.NOT_FOUND, new Response(405, "text/plain", ""),
				new Response(200, "application/json", "{\"error\":\"Unexpected endpoint or method.\"}"));
	}

	@Test
	void concurrentFirstCallsOfAModelOfTextCompletionsAskOnlyThere() {
		this.server.textCompletions(TwoPathServer.each(Response.SUCCESS));
		Flux.range(0, 100).flatMap((number) -> this.client.complete(REQUEST), 100).blockLast(LIMIT);
		assertThat(this.server.paths()).hasSize(100).containsOnly(COMPLETE);
	}

	@Test
	void callThatHangsDoesNotHoldUpOthers() {
		CountDownLatch end = new CountDownLatch(1);
		this.server.textCompletions(hangingOnce(new CountDownLatch(1), end))
			.messages(TwoPathServer.each(Response.SUCCESS));
		Disposable first = this.client.complete(REQUEST).subscribe();
		Flux.range(0, 99).flatMap((number) -> this.client.complete(REQUEST), 99).blockLast(LIMIT);
		assertThat(this.server.paths()).filteredOn(MESSAGES::equals).hasSize(99);
		first.dispose();
		end.countDown();
	}

	private static Supplier<Response> hangingOnce(CountDownLatch received, CountDownLatch end) {
		AtomicInteger requests = new AtomicInteger();
		return () -> {
			received.countDown();
			if (requests.getAndIncrement() == 0) {
				TwoPathServer.await(end);
			}
			return TwoPathServer.REFUSED;
		};
	}

	@ParameterizedTest
	@ValueSource(ints = { 401, 500 })
	void nextCallAsksIfTheFirstOneLearnsNothing(int status) {
		List<Response> responses = new ArrayList<>(
				IntStream.range(0, 3).mapToObj((number) -> Response.error(status, "api_error", "because")).toList());
		responses.add(TwoPathServer.REFUSED);
		this.server.textCompletions(TwoPathServer.each(responses.toArray(Response[]::new)))
			.messages(TwoPathServer.each(Response.SUCCESS));
		long failed = Flux.range(0, 20)
			.flatMap((number) -> this.client.complete(REQUEST).materialize(), 20)
			.filter((signal) -> signal.getThrowable() != null)
			.count()
			.block(LIMIT);
		assertThat(failed).isEqualTo(3);
		assertThat(this.server.paths()).filteredOn(COMPLETE::equals).hasSize(4);
		assertThat(this.server.paths()).filteredOn(MESSAGES::equals).hasSize(17);
	}

	@Test
	void nextCallAsksIfTheFirstOneIsCancelled() {
		CountDownLatch received = new CountDownLatch(1);
		CountDownLatch end = new CountDownLatch(1);
		this.server.textCompletions(hangingOnce(received, end)).messages(TwoPathServer.each(Response.SUCCESS));
		Disposable first = this.client.complete(REQUEST).subscribe();
		TwoPathServer.await(received);
		Mono<Long> others = Flux.range(0, 20).flatMap((number) -> this.client.complete(REQUEST), 20).count();
		CompletableFuture<Long> succeeded = others.toFuture();
		first.dispose();
		assertThat(succeeded).succeedsWithin(LIMIT).isEqualTo(20L);
		end.countDown();
		assertThat(this.server.paths()).filteredOn(COMPLETE::equals).hasSize(2);
		assertThat(this.server.paths()).filteredOn(MESSAGES::equals).hasSize(20);
	}

	@Test
	void callsThatBeginBeforeTheMessagesApiRespondsDoNotAsk() {
		CountDownLatch end = new CountDownLatch(1);
		CountDownLatch received = new CountDownLatch(1);
		this.server.messages(() -> {
			received.countDown();
			TwoPathServer.await(end);
			return Response.SUCCESS;
		});
		CompletableFuture<Completion> first = this.client.complete(REQUEST).toFuture();
		TwoPathServer.await(received);
		CompletableFuture<Long> others = Flux.range(0, 20)
			.flatMap((number) -> this.client.complete(REQUEST), 20)
			.count()
			.toFuture();
		end.countDown();
		assertThat(first).succeedsWithin(LIMIT);
		assertThat(others).succeedsWithin(LIMIT).isEqualTo(20L);
		assertThat(this.server.paths()).filteredOn(COMPLETE::equals).hasSize(1);
	}

	@Test
	void errorOfOneCallDoesNotFailOthers() {
		this.server.textCompletions(TwoPathServer.each(TwoPathServer.NOT_FOUND, Response.SUCCESS));
		List<CompletionClientException> failures = failures(20);
		assertThat(failures).hasSize(1);
		assertThat(this.client.exchange(REQUEST).block(LIMIT).api()).isEqualTo(CompletionApi.TEXT_COMPLETIONS);
	}

	@Test
	void everyExceptionNamesBothPathsIfBothAreMissing() {
		assertThat(failures(20)).hasSize(20)
			.allSatisfy((ex) -> assertThat(ex)
				.hasMessageContaining("the server provides neither /v1/complete nor /v1/messages"));
	}

	private List<CompletionClientException> failures(int calls) {
		return Flux.range(0, calls)
			.flatMap((number) -> this.client.complete(REQUEST).materialize(), calls)
			.mapNotNull(Signal::getThrowable)
			.cast(CompletionClientException.class)
			.collectList()
			.block(LIMIT);
	}

	@Test
	void allCallsEndIfTheirCredentialFails() {
		CompletableFuture<Credential> credential = new CompletableFuture<>();
		Mono<Credential> cached = Mono.fromFuture(credential).cache();
		try (CompletionClient other = this.client.mutate().credential(() -> cached).build()) {
			CompletableFuture<Long> ended = Flux.range(0, 5000)
				.flatMap((number) -> other.complete(REQUEST).materialize(), 5000)
				.count()
				.toFuture();
			credential.completeExceptionally(new IllegalStateException("No token"));
			assertThat(ended).succeedsWithin(LIMIT).isEqualTo(5000L);
		}
	}

	@Test
	void callsDoNotContinueOnAnEventLoop() {
		List<String> eventLoops = new CopyOnWriteArrayList<>();
		CredentialProvider provider = () -> Mono.fromSupplier(() -> {
			if (Schedulers.isInNonBlockingThread()) {
				eventLoops.add(Thread.currentThread().getName());
			}
			return Credential.apiKey(AbstractCompletionClientTests.KEY);
		});
		this.server.textCompletions(TwoPathServer.each(TwoPathServer.REFUSED))
			.messages(TwoPathServer.each(Response.SUCCESS));
		try (CompletionClient other = this.client.mutate().credential(provider).build()) {
			List<CompletableFuture<Completion>> calls = IntStream.range(0, 20)
				.mapToObj((number) -> other.complete(REQUEST).toFuture())
				.toList();
			assertThat(calls).allSatisfy((call) -> assertThat(call).succeedsWithin(LIMIT));
		}
		// the first call continues on that of its response
		assertThat(eventLoops).hasSizeLessThanOrEqualTo(1);
	}

	@Test
	void requestThatNeitherApiSupportsDoesNotWait() {
		CountDownLatch end = new CountDownLatch(1);
		this.server.textCompletions(hangingOnce(new CountDownLatch(1), end));
		Disposable first = this.client.complete(REQUEST).subscribe();
		CompletionRequest neither = REQUEST.toBuilder()
			.prompt(Prompt.raw("Once upon a time"))
			.additionalProperty("thinking", "adaptive")
			.build();
		assertThat(this.client.complete(neither).toFuture()).isCompletedExceptionally();
		first.dispose();
		end.countDown();
	}

	@Test
	void nothingIsSentAfterTheClientIsClosed() {
		CountDownLatch received = new CountDownLatch(1);
		CountDownLatch end = new CountDownLatch(1);
		this.server.textCompletions(hangingOnce(received, end));
		CompletableFuture<Long> failed = Flux.range(0, 100)
			.flatMap((number) -> this.client.complete(REQUEST).materialize(), 100)
			.count()
			.toFuture();
		TwoPathServer.await(received);
		this.client.close();
		assertThat(failed).succeedsWithin(LIMIT).isEqualTo(100L);
		assertThat(this.server.paths()).hasSize(1);
		end.countDown();
	}

}
