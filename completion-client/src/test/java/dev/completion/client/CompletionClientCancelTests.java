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
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.Stream;

import dev.completion.client.error.CallTimeoutException;
import dev.completion.client.error.ConnectionException;
import dev.completion.client.error.Outcome;
import dev.completion.server.Reply;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Hooks;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.netty.http.client.HttpClient;
import reactor.netty.resources.ConnectionProvider;

import org.springframework.web.reactive.function.client.ClientRequest;
import org.springframework.web.reactive.function.client.ExchangeFilterFunction;
import org.springframework.web.reactive.function.client.WebClient;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link CompletionClient}: calls that are cancelled, and a client that is
 * closed.
 */
class CompletionClientCancelTests extends AbstractCompletionClientTests {

	private static final int MANY = 500;

	private final List<Throwable> dropped = new CopyOnWriteArrayList<>();

	// WebClient drops an error if a call is cancelled just as its body is subscribed to
	private boolean droppedIsChecked = true;

	private final ConnectionProvider oneConnection = ConnectionProvider.create("one", 1);

	private final Set<Integer> closed = ConcurrentHashMap.newKeySet();

	private final AtomicInteger connections = new AtomicInteger();

	@BeforeEach
	void collectDroppedErrors() {
		Hooks.onErrorDropped(this.dropped::add);
	}

	@AfterEach
	void nothingIsDropped() {
		this.oneConnection.disposeLater().block(LIMIT);
		Hooks.resetOnErrorDropped();
		if (this.droppedIsChecked) {
			assertThat(this.dropped).isEmpty();
		}
	}

	private CompletionClient pooled(String baseUrl) {
		// a filter may start from nothing
		WebClient.Builder forgetful = WebClient.builder()
			.filter((request, next) -> next.exchange(ClientRequest.from(request).attributes(Map::clear).build()));
		return this.client.mutate()
			.baseUrl(baseUrl)
			.webClientBuilder(forgetful)
			.httpClient(HttpClient.create(this.oneConnection))
			.build();
	}

	private CompletionClient eager(String baseUrl) {
		return this.client.mutate()
			.baseUrl(baseUrl)
			.retry(RetryPolicy.builder().delay(Duration.ofMillis(1)).retryAmbiguous(true).build())
			.build();
	}

	/**
	 * Start a server that writes a text and waits until the client closes the connection.
	 */
	private RawServer holding(String text) {
		return RawServer.start((request, socket) -> {
			int number = this.connections.getAndIncrement();
			RawStreams.write(socket, text);
			RawStreams.awaitClose(socket);
			this.closed.add(number);
		});
	}

	private void awaitClosed(int number) {
		CompletionClientResourcesTests.await(() -> this.closed.contains(number));
	}

	@Test
	@Tag("E19")
	void streamThatIsCancelledClosesItsConnection() {
		try (RawServer raw = holding(RawStreams.HEAD + RawStreams.chunk(delta()));
				CompletionClient other = pooled(raw.baseUrl())) {
			for (int i = 0; i < 5; i++) {
				CompletableFuture<Completion> first = new CompletableFuture<>();
				List<Throwable> errors = new CopyOnWriteArrayList<>();
				Disposable call = other.stream(REQUEST).subscribe(first::complete, errors::add);
				assertThat(first).succeedsWithin(LIMIT);
				call.dispose();
				awaitClosed(i);
				assertThat(errors).isEmpty();
				// the only connection of the pool was not used again
				assertThat(this.connections).hasValue(i + 1);
			}
			assertThat(raw.requests()).hasSize(5);
		}
	}

	@Test
	@Tag("E19")
	void manyStreamsThatAreCancelledCloseTheirConnections() {
		try (RawServer raw = holding(RawStreams.HEAD + RawStreams.chunk(delta()));
				CompletionClient other = eager(raw.baseUrl())) {
			Flux.range(0, MANY).flatMap((i) -> other.stream(REQUEST).take(1), 50).blockLast(LIMIT);
			CompletionClientResourcesTests.await(() -> this.closed.size() == MANY);
			assertThat(raw.requests()).hasSize(MANY);
		}
	}

	static Stream<Named<Function<Flux<Completion>, Disposable>>> cancellations() {
		return Stream.of(Named.of("of a subscription", Flux::subscribe), Named.of("of a future", (stream) -> {
			CompletableFuture<Completion> future = stream.as(Completion::join).toFuture();
			return () -> assertThat(future.cancel(true)).isTrue();
		}), Named.of("from another thread", (stream) -> {
			Disposable call = stream.subscribe();
			return () -> Mono.fromRunnable(call::dispose).subscribeOn(Schedulers.single()).block(LIMIT);
		}));
	}

	@ParameterizedTest
	@Tag("E20")
	@MethodSource("cancellations")
	void callThatIsCancelledBeforeItsHeadersClosesItsConnectionAndIsNotSentAgain(
			Function<Flux<Completion>, Disposable> caller) {
		try (RawServer raw = holding(""); CompletionClient other = eager(raw.baseUrl())) {
			int number = 0;
			for (Flux<Completion> stream : List.of(other.stream(REQUEST), other.complete(REQUEST).flux(),
					other.stream(REQUEST))) {
				Disposable call = caller.apply(stream);
				int expected = number + 1;
				CompletionClientResourcesTests.await(() -> this.connections.get() == expected);
				call.dispose();
				awaitClosed(number);
				number++;
			}
			// the delays of retries are shorter
			Mono.delay(Duration.ofMillis(100)).block();
			assertThat(raw.requests()).hasSize(3);
		}
	}

	@Test
	@Tag("E20")
	void callThatIsCancelledWhileAFilterHoldsItsResponseClosesItsConnection() {
		CompletableFuture<Void> held = new CompletableFuture<>();
		ExchangeFilterFunction holding = (request,
				next) -> next.exchange(request).doOnNext((response) -> held.complete(null)).delayElement(LIMIT);
		try (RawServer raw = holding(RawStreams.HEAD + RawStreams.chunk(delta()));
				CompletionClient other = eager(raw.baseUrl()).mutate()
					.webClientBuilder(WebClient.builder().filter(holding))
					.build()) {
			CompletableFuture<Void> call = other.stream(REQUEST).then().toFuture();
			assertThat(held).succeedsWithin(LIMIT);
			assertThat(call.cancel(true)).isTrue();
			awaitClosed(0);
			assertThat(raw.requests()).hasSize(1);
		}
	}

	@Test
	@Tag("E20")
	void callsThatAreCancelledJustAsTheirHeadersArriveCloseTheirConnections() {
		this.droppedIsChecked = false;
		try (RawServer raw = holding(RawStreams.HEAD + RawStreams.chunk(delta()));
				CompletionClient other = eager(raw.baseUrl())) {
			for (int i = 0; i < MANY; i++) {
				Disposable call = other.stream(REQUEST).subscribe();
				int expected = i + 1;
				// the headers take some tens of microseconds from here
				while (this.connections.get() < expected) {
					Thread.onSpinWait();
				}
				long cancelAt = System.nanoTime() + 1000L * i;
				while (System.nanoTime() < cancelAt) {
					Thread.onSpinWait();
				}
				call.dispose();
			}
			CompletionClientResourcesTests.await(() -> this.closed.size() == MANY);
			assertThat(raw.requests()).hasSize(MANY);
		}
	}

	@Test
	@Tag("E20")
	void callThatIsCancelledInABackOffIsNotSentAgain() {
		this.server.enqueue(Reply.error(529, "overloaded_error", "Overloaded"));
		Duration delay = Duration.ofSeconds(3);
		CompletableFuture<Void> answered = new CompletableFuture<>();
		HttpClient observed = HttpClient.create()
			.doAfterResponseSuccess((response, connection) -> answered.complete(null));
		try (CompletionClient other = this.client.mutate()
			.httpClient(observed)
			.retry(RetryPolicy.builder().delay(delay).build())
			.build()) {
			Disposable call = other.stream(REQUEST).subscribe();
			assertThat(answered).succeedsWithin(LIMIT);
			call.dispose();
			Mono.delay(delay.plusMillis(500)).block();
			assertThat(this.server.requests()).hasSize(1);
		}
	}

	@Test
	@Tag("E20")
	void callThatIsCancelledWhileItWaitsForAConnectionIsNotSent() {
		try (RawServer raw = holding(RawStreams.HEAD + RawStreams.chunk(delta()));
				CompletionClient other = pooled(raw.baseUrl())) {
			Disposable first = other.stream(REQUEST).subscribe();
			CompletionClientResourcesTests.await(() -> this.connections.get() == 1);
			Disposable second = other
				.stream((request) -> request.model("second").prompt(Prompt.human("x")).maxTokensToSample(1))
				.subscribe();
			second.dispose();
			first.dispose();
			other.stream(REQUEST).blockFirst(LIMIT);
			assertThat(raw.requests()).hasSize(2).noneMatch((request) -> request.contains("second"));
		}
	}

	@ParameterizedTest
	@Tag("E22")
	@ValueSource(strings = { "", RawStreams.HEAD })
	void closeClosesTheConnectionsOfCallsThatUseAnotherHttpClient(String head) {
		try (RawServer raw = holding(head)) {
			CompletionClient other = pooled(raw.baseUrl());
			CompletableFuture<Void> call = other.stream(REQUEST).then().toFuture();
			CompletionClientResourcesTests.await(() -> this.connections.get() == 1);
			other.close();
			assertThat(call).failsWithin(LIMIT).withThrowableThat().withCauseInstanceOf(ConnectionException.class);
			awaitClosed(0);
		}
	}

	@Test
	@Tag("E22")
	void callOfAClientThatIsClosedInABackOffIsNotSentAgain() {
		Duration delay = Duration.ofSeconds(3);
		this.server.enqueue(Reply.error(529, "overloaded_error", "Overloaded"));
		CompletableFuture<Void> answered = new CompletableFuture<>();
		HttpClient observed = HttpClient.create()
			.doAfterResponseSuccess((response, connection) -> answered.complete(null));
		CompletionClient other = this.client.mutate()
			.httpClient(observed)
			.retry(RetryPolicy.builder().delay(delay).build())
			.build();
		CompletableFuture<Void> call = other.stream(REQUEST).then().toFuture();
		assertThat(answered).succeedsWithin(LIMIT);
		other.close();
		assertThat(call).failsWithin(LIMIT);
		Mono.delay(delay.plusMillis(500)).block();
		assertThat(this.server.requests()).hasSize(1);
	}

	@ParameterizedTest
	@ValueSource(strings = { "", RawStreams.HEAD })
	void callThatTakesLongerThanItsTimeoutClosesItsConnection(String head) {
		CompletionRequest hasty = REQUEST.toBuilder().timeout(Duration.ofSeconds(1)).build();
		try (RawServer raw = holding(head); CompletionClient other = pooled(raw.baseUrl())) {
			failure(CallTimeoutException.class, other.stream(hasty));
			awaitClosed(0);
		}
	}

	@Test
	@Tag("E22")
	void closeEndsLiveStreamsAndFreesSocketsAndThreads() {
		Set<Thread> before = CompletionClientConnectionTests.eventLoops();
		AtomicInteger started = new AtomicInteger();
		int live = 50;
		try (RawServer raw = holding(RawStreams.HEAD + RawStreams.chunk(delta()))) {
			CompletionClient other = client(raw.baseUrl());
			List<CompletableFuture<Void>> calls = Stream
				.generate(() -> other.stream(REQUEST).doOnNext((delta) -> started.incrementAndGet()).then().toFuture())
				.limit(live)
				.toList();
			CompletionClientResourcesTests.await(() -> started.get() == live);
			other.close();
			List<Throwable> errors = new ArrayList<>();
			calls.forEach((call) -> call.handle((nothing, error) -> errors.add(error)).join());
			assertThat(errors).hasSize(live).allSatisfy((error) -> {
				assertThat(error).isInstanceOf(ConnectionException.class).hasMessage("The client was closed");
				assertThat(((ConnectionException) error).outcome()).isEqualTo(Outcome.PARTIAL);
				assertThat(((ConnectionException) error).partialText()).isNotEmpty();
			});
			CompletionClientResourcesTests.await(() -> this.closed.size() == live);
			CompletionClientResourcesTests
				.await(() -> before.containsAll(CompletionClientConnectionTests.eventLoops()));
		}
	}

}
