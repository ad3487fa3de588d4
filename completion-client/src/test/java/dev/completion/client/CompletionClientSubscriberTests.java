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

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;

import dev.completion.client.error.ConnectionException;
import dev.completion.client.error.UnsupportedRequestException;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.ChannelOption;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Hooks;
import reactor.netty.http.client.HttpClient;
import reactor.netty.resources.ConnectionProvider;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link CompletionClient}: subscribers that throw.
 */
class CompletionClientSubscriberTests extends AbstractCompletionClientTests {

	private final UnpooledByteBufAllocator allocator = new UnpooledByteBufAllocator(true);

	private final ConnectionProvider connections = ConnectionProvider.create("test", 1);

	private final CompletableFuture<Long> closed = new CompletableFuture<>();

	private final List<Throwable> errors = new CopyOnWriteArrayList<>();

	@AfterEach
	void nothingIsLeft() {
		this.connections.disposeLater().block(LIMIT);
		CompletionClientResourcesTests
			.await(() -> this.allocator.metric().usedDirectMemory() + this.allocator.metric().usedHeapMemory() == 0);
	}

	static Stream<Throwable> thrown() {
		return Stream.of(new IllegalStateException("mine"), new AssertionError("mine"));
	}

	/**
	 * Return a subscriber that throws when it gets something.
	 * @param errors gets the errors of the subscriber
	 */
	static <T> CoreSubscriber<T> throwing(Throwable thrown, Consumer<Throwable> errors) {
		return new CoreSubscriber<>() {

			@Override
			public void onSubscribe(Subscription subscription) {
				subscription.request(Long.MAX_VALUE);
			}

			@Override
			public void onNext(T element) {
				sneakyThrow(thrown);
			}

			@Override
			public void onError(Throwable error) {
				errors.accept(error);
			}

			@Override
			public void onComplete() {
			}

		};
	}

	@ParameterizedTest
	@Tag("E21")
	@MethodSource("thrown")
	void subscriberThatThrowsGetsItsErrorAndTheConnectionIsClosed(Throwable thrown) {
		run(throwing(thrown, this.errors::add));
		CompletionClientResourcesTests.await(() -> !this.errors.isEmpty());
		assertThat(this.errors).containsExactly(thrown);
	}

	@Test
	@Tag("E21")
	void connectionOfASubscriberOfAnotherLibraryThatThrowsIsClosed() {
		run(new Subscriber<>() {

			@Override
			public void onSubscribe(Subscription subscription) {
				subscription.request(Long.MAX_VALUE);
			}

			@Override
			public void onNext(Completion completion) {
				throw new IllegalStateException("mine");
			}

			@Override
			public void onError(Throwable error) {
			}

			@Override
			public void onComplete() {
			}

		});
	}

	@Test
	@Tag("E21")
	void errorOfAConsumerIsItsOwn() {
		IllegalStateException thrown = new IllegalStateException("mine");
		run((stream) -> stream.subscribe((completion) -> sneakyThrow(thrown), this.errors::add));
		CompletionClientResourcesTests.await(() -> !this.errors.isEmpty());
		assertThat(this.errors).containsExactly(thrown);
	}

	@Test
	void nothingIsDeliveredToWhoeverAsksForLessThanOne() throws InterruptedException {
		CountDownLatch delivered = new CountDownLatch(1);
		this.client.stream(REQUEST).subscribe(new CoreSubscriber<>() {

			@Override
			public void onSubscribe(Subscription subscription) {
				subscription.request(-1);
				subscription.request(0);
			}

			@Override
			public void onNext(Completion completion) {
				delivered.countDown();
			}

			@Override
			public void onError(Throwable error) {
				CompletionClientSubscriberTests.this.errors.add(error);
			}

			@Override
			public void onComplete() {
				delivered.countDown();
			}

		});
		assertThat(delivered.await(200, TimeUnit.MILLISECONDS)).isFalse();
	}

	@Test
	void streamFailsWhoseSubscriberClosesTheClient() {
		List<Completion> deltas = new CopyOnWriteArrayList<>();
		try (RawServer raw = RawServer.start((request, socket) -> {
			RawStreams.write(socket, RawStreams.HEAD + RawStreams.chunk(delta() + delta()));
			this.closed.complete(RawStreams.awaitClose(socket));
		})) {
			CompletionClient other = this.client.mutate().baseUrl(raw.baseUrl()).build();
			ConnectionException ex = failure(ConnectionException.class,
					other.stream(REQUEST).doOnNext(deltas::add).doOnNext((delta) -> other.close()));
			assertThat(ex).hasMessage("The client was closed");
			assertThat(this.closed).succeedsWithin(LIMIT);
		}
		assertThat(deltas).hasSize(1);
	}

	@SuppressWarnings("unchecked")
	static <T extends Throwable> void sneakyThrow(Throwable thrown) throws T {
		throw (T) thrown;
	}

	private void run(Subscriber<Completion> subscriber) {
		run((stream) -> stream.subscribe(subscriber));
	}

	private void run(Consumer<Flux<Completion>> caller) {
		try (RawServer raw = RawServer.start((request, socket) -> {
			RawStreams.write(socket, RawStreams.HEAD + RawStreams.chunk(delta() + delta()));
			this.closed.complete(RawStreams.awaitClose(socket));
		});
				CompletionClient other = this.client.mutate()
					.baseUrl(raw.baseUrl())
					.httpClient(HttpClient.create(this.connections).option(ChannelOption.ALLOCATOR, this.allocator))
					.build()) {
			caller.accept(other.stream(REQUEST));
			assertThat(this.closed).succeedsWithin(LIMIT);
			assertThat(raw.requests()).hasSize(1);
		}
	}

	@Test
	void hookForErrorsOfOperatorsDoesNotReplaceAnUnsupportedRequest() {
		Hooks.onOperatorError("test", (error, value) -> new IllegalStateException(error));
		try (CompletionClient messages = this.client.mutate().api(CompletionApi.MESSAGES).build()) {
			failure(UnsupportedRequestException.class,
					messages.stream(REQUEST.toBuilder().prompt(Prompt.raw("Say hello")).build()));
		}
		finally {
			Hooks.resetOnOperatorError("test");
		}
	}

}
