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

import java.io.IOException;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;

import dev.completion.client.error.CallTimeoutException;
import dev.completion.client.error.CallTimeoutException.Phase;
import dev.completion.client.error.Outcome;
import dev.completion.server.Reply;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.ChannelOption;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;
import reactor.netty.http.client.HttpClient;
import reactor.netty.resources.ConnectionProvider;
import reactor.test.StepVerifier;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link CompletionClient}: streams that are slow, or whose subscribers are.
 */
class CompletionClientIdleTests extends AbstractCompletionClientTests {

	private static final Duration QUIET = Duration.ofSeconds(1);

	private final CompletableFuture<Long> closed = new CompletableFuture<>();

	private CompletionClient impatient(String baseUrl, Duration idle) {
		return impatient(baseUrl, Timeouts.builder().idle(idle).build());
	}

	private CompletionClient impatient(String baseUrl, Timeouts timeouts) {
		return this.client.mutate().baseUrl(baseUrl).timeouts(timeouts).build();
	}

	@ParameterizedTest
	@Tag("E5")
	@ValueSource(booleans = { false, true })
	void streamThatStallsInMidStreamIsATimeout(boolean inAnEvent) {
		AtomicLong since = new AtomicLong();
		try (RawServer raw = RawServer.start((request, socket) -> {
			RawStreams.write(socket, RawStreams.HEAD + RawStreams.chunk(delta() + (inAnEvent ? half() : "")));
			this.closed.complete(RawStreams.awaitClose(socket));
		}); CompletionClient other = impatient(raw.baseUrl(), QUIET)) {
			CallTimeoutException ex = failure(CallTimeoutException.class,
					other.stream(REQUEST).doOnNext((delta) -> since.set(System.nanoTime())));
			assertThat(elapsed(since.get())).isGreaterThanOrEqualTo(QUIET);
			assertThat(ex.phase()).isEqualTo(Phase.IDLE);
			assertThat(ex).hasMessageContaining(
					"The stream has sent nothing, not even a ping, for 1000 ms; see 'completion.timeout.idle'");
			assertThat(ex.partialText()).isEqualTo(" Hello");
			assertThat(ex.outcome()).isEqualTo(Outcome.PARTIAL);
			assertThat(this.closed).succeedsWithin(LIMIT);
			assertThat(raw.requests()).hasSize(1);
		}
	}

	@Test
	@Tag("E5")
	void streamThatStallsAfterItsHeadersIsATimeoutAndNotSentAgain() {
		try (RawServer raw = RawServer.start((request, socket) -> {
			RawStreams.write(socket, RawStreams.HEAD);
			this.closed.complete(RawStreams.awaitClose(socket));
		});
				CompletionClient other = impatient(raw.baseUrl(), QUIET).mutate()
					.retry(RetryPolicy.builder().delay(Duration.ofMillis(1)).build())
					.build()) {
			long since = System.nanoTime();
			CallTimeoutException ex = failure(CallTimeoutException.class, other.stream(REQUEST));
			assertThat(elapsed(since)).isGreaterThanOrEqualTo(QUIET);
			assertThat(ex.phase()).isEqualTo(Phase.IDLE);
			assertThat(ex.outcome()).isEqualTo(Outcome.UNKNOWN);
			assertThat(this.closed).succeedsWithin(LIMIT);
			assertThat(raw.requests()).hasSize(1);
		}
	}

	@ParameterizedTest
	@Tag("E6")
	@ValueSource(strings = { "event: ping\ndata: {\"type\": \"ping\"}\n\n", ": comment\n\n" })
	void streamOfPingsOrCommentsOnlyIsATimeout(String noProgress) {
		AtomicLong since = new AtomicLong();
		try (RawServer raw = RawServer.start((request, socket) -> {
			RawStreams.write(socket, RawStreams.HEAD + RawStreams.chunk(delta()));
			while (!RawStreams.isClosedWithin(socket, Duration.ofMillis(200))) {
				RawStreams.write(socket, RawStreams.chunk(noProgress));
			}
			this.closed.complete(System.nanoTime());
		}); CompletionClient other = impatient(raw.baseUrl(), Timeouts.builder().progress(QUIET).build())) {
			CallTimeoutException ex = failure(CallTimeoutException.class,
					other.stream(REQUEST).doOnNext((delta) -> since.set(System.nanoTime())));
			assertThat(elapsed(since.get())).isGreaterThanOrEqualTo(QUIET);
			assertThat(ex.phase()).isEqualTo(Phase.PROGRESS);
			assertThat(ex).hasMessageContaining(
					"The stream has sent no event other than pings for 1000 ms; see 'completion.timeout.progress'");
			assertThat(ex.partialText()).isEqualTo(" Hello");
			assertThat(this.closed).succeedsWithin(LIMIT);
		}
	}

	@Test
	@Tag("E8")
	void streamThatIsSlowButAliveIsNoTimeout() {
		Duration idle = Duration.ofSeconds(2);
		this.server.enqueue(Reply.events(delta().repeat(4) + last()).chunkDelay(idle.dividedBy(3)));
		try (CompletionClient other = impatient(this.server.baseUrl(), idle)) {
			Elapsed.assertAtLeast(idle, () -> assertThat(other.stream(REQUEST).collectList().block(LIMIT)).hasSize(5));
		}
	}

	@Test
	@Tag("E8")
	void eventOfTheFutureIsProgress() {
		Duration progress = Duration.ofSeconds(2);
		String future = RawStreams.chunk("event: of_the_future\ndata: {}\n\n");
		try (RawServer raw = RawServer.start((request, socket) -> {
			RawStreams.write(socket, RawStreams.HEAD + RawStreams.chunk(delta()));
			for (int i = 0; i < 4 && !RawStreams.isClosedWithin(socket, progress.dividedBy(3)); i++) {
				RawStreams.write(socket, future);
			}
			RawStreams.write(socket, RawStreams.chunk(last()) + RawStreams.LAST_CHUNK);
		}); CompletionClient other = impatient(raw.baseUrl(), Timeouts.builder().progress(progress).build())) {
			assertThat(other.stream(REQUEST).collectList().block(LIMIT)).hasSize(2);
		}
	}

	@Test
	@Tag("E18")
	void timeIsNotCountedWhileTheSubscriberAsksForNothing() {
		Duration idle = Duration.ofSeconds(1);
		Duration pause = Duration.ofMillis(1500);
		try (RawServer raw = RawServer.start((request, socket) -> {
			RawStreams.write(socket, RawStreams.HEAD + RawStreams.chunk(delta() + delta()));
			this.closed.complete(RawStreams.awaitClose(socket));
		}); CompletionClient other = impatient(raw.baseUrl(), idle)) {
			StepVerifier.create(other.stream(REQUEST), 0)
				.expectSubscription()
				.expectNoEvent(pause)
				.thenRequest(1)
				.expectNextCount(1)
				.expectNoEvent(pause)
				.thenRequest(1)
				.expectNextCount(1)
				.expectNoEvent(pause)
				.then(() -> assertThat(this.closed).isNotDone())
				.thenRequest(1)
				.expectErrorSatisfies((ex) -> assertThat(ex).isInstanceOf(CallTimeoutException.class))
				.verify(LIMIT);
		}
	}

	@Test
	@Tag("E18")
	void slowSubscriberSlowsTheServerDown() {
		AtomicLong written = new AtomicLong();
		String some = RawStreams.chunk(delta().repeat(50));
		UnpooledByteBufAllocator allocator = new UnpooledByteBufAllocator(true);
		ConnectionProvider connections = ConnectionProvider.create("test");
		try (RawServer raw = RawServer.start((request, socket) -> {
			RawStreams.write(socket, RawStreams.HEAD);
			writeTenMegabytes(socket, some, written);
		});
				CompletionClient other = this.client.mutate()
					.baseUrl(raw.baseUrl())
					.httpClient(HttpClient.create(connections)
						.option(ChannelOption.ALLOCATOR, allocator)
						.option(ChannelOption.SO_RCVBUF, 64 * 1024))
					.build()) {
			Flux<Long> held = other.stream(REQUEST)
				.limitRate(1)
				.concatMap((delta) -> Flux.just(delta).delayElements(Duration.ofMillis(200)), 0)
				.map((delta) -> allocator.metric().usedDirectMemory() + allocator.metric().usedHeapMemory())
				.take(6);
			assertThat(held.collectList().block(LIMIT)).hasSize(6).allMatch((bytes) -> bytes <= 256 * 1024);
			// what the two sockets hold, and a little more
			assertThat(written.get()).isPositive().isLessThan(1024 * 1024);
		}
		connections.disposeLater().block(LIMIT);
	}

	private static void writeTenMegabytes(Socket socket, String some, AtomicLong written) throws IOException {
		socket.setSendBufferSize(64 * 1024);
		while (written.get() < 10 * 1024 * 1024) {
			RawStreams.write(socket, some);
			written.addAndGet(some.length());
		}
	}

	private static Duration elapsed(long since) {
		return Duration.ofNanos(System.nanoTime() - since);
	}

}
