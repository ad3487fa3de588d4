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
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;
import reactor.netty.http.client.HttpClient;
import reactor.netty.resources.ConnectionProvider;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link CompletionClient}: the end of a stream, and what becomes of its
 * connection.
 */
@BothApis
class CompletionClientStreamEndTests extends AbstractCompletionClientTests {

	private static final Duration DRAIN_TIME = Duration.ofMillis(100);

	private final ConnectionProvider oneConnection = ConnectionProvider.create("one", 1);

	private final CompletableFuture<Void> ended = new CompletableFuture<>();

	private final CompletableFuture<Long> closed = new CompletableFuture<>();

	private final AtomicInteger connections = new AtomicInteger();

	@AfterEach
	void closeConnection() {
		this.oneConnection.disposeLater().block(LIMIT);
	}

	private String stream() {
		return RawStreams.HEAD + RawStreams.chunk(delta() + last());
	}

	private CompletionClient pooled(String baseUrl) {
		return this.client.mutate().baseUrl(baseUrl).httpClient(HttpClient.create(this.oneConnection)).build();
	}

	/**
	 * Start a server that sends a stop reason, then the given rest when the stream has
	 * ended for its subscriber, and that answers more than one request on a connection.
	 */
	private RawServer sendingAfterTheEnd(String rest) {
		return RawServer.start((request, socket) -> {
			boolean first = this.connections.incrementAndGet() == 1;
			RawStreams.write(socket, first ? stream() : stream() + RawStreams.LAST_CHUNK);
			if (first) {
				this.ended.join();
				RawStreams.write(socket, rest);
				RawServer.read(socket.getInputStream());
				RawStreams.write(socket, stream() + RawStreams.LAST_CHUNK);
			}
			this.closed.complete(RawStreams.awaitClose(socket));
		});
	}

	@Test
	@Tag("E9")
	void streamCompletesAtOnceAndItsConnectionIsClosedIfTheServerHoldsIt() {
		CompletableFuture<Long> sent = new CompletableFuture<>();
		try (RawServer raw = RawServer.start((request, socket) -> {
			sent.complete(System.nanoTime());
			RawStreams.write(socket, stream());
			this.closed.complete(RawStreams.awaitClose(socket));
		}); CompletionClient other = pooled(raw.baseUrl())) {
			List<Completion> deltas = other.stream(REQUEST)
				.doOnComplete(() -> assertThat(this.closed).isNotDone())
				.collectList()
				.block(LIMIT);
			assertThat(deltas).hasSize(2);
			assertThat(this.closed).succeedsWithin(LIMIT);
			Duration held = Duration.ofNanos(this.closed.join() - sent.join());
			assertThat(held).isGreaterThanOrEqualTo(DRAIN_TIME);
		}
	}

	@Test
	@Tag("E9")
	void bodyThatGoesOnAfterTheEndIsLeft() {
		try (RawServer raw = RawServer.start((request, socket) -> {
			RawStreams.write(socket, stream());
			while (!RawStreams.isClosedWithin(socket, Duration.ofMillis(20))) {
				RawStreams.write(socket, RawStreams.chunk(delta()));
			}
			this.closed.complete(System.nanoTime());
		}); CompletionClient other = pooled(raw.baseUrl())) {
			assertThat(other.stream(REQUEST).collectList().block(LIMIT)).hasSize(2);
			assertThat(this.closed).succeedsWithin(LIMIT);
		}
	}

	@ParameterizedTest
	@Tag("E9")
	@MethodSource("subscribers")
	void connectionIsUsedAgainIfTheBodyEndsSoon(UnaryOperator<Flux<Completion>> subscriber) {
		try (RawServer raw = sendingAfterTheEnd(RawStreams.chunk(" ".repeat(8 * 1024)) + RawStreams.LAST_CHUNK);
				CompletionClient other = pooled(raw.baseUrl())) {
			assertThat(subscriber.apply(other.stream(REQUEST)).collectList().block(LIMIT)).hasSize(2);
			this.ended.complete(null);
			assertThat(other.stream(REQUEST).collectList().block(LIMIT)).hasSize(2);
			assertThat(this.connections).hasValue(1);
		}
	}

	@ParameterizedTest
	@Tag("E9")
	@MethodSource("subscribers")
	void connectionIsClosedIfTooMuchFollowsTheEnd(UnaryOperator<Flux<Completion>> subscriber) {
		try (RawServer raw = sendingAfterTheEnd(RawStreams.chunk(" ".repeat(8 * 1024 + 1)) + RawStreams.LAST_CHUNK);
				CompletionClient other = pooled(raw.baseUrl())) {
			assertThat(subscriber.apply(other.stream(REQUEST)).collectList().block(LIMIT)).hasSize(2);
			this.ended.complete(null);
			assertThat(other.stream(REQUEST).collectList().block(LIMIT)).hasSize(2);
			assertThat(this.connections).hasValue(2);
		}
	}

	static Stream<Named<UnaryOperator<Flux<Completion>>>> subscribers() {
		return Stream.of(Named.of("waits for the end", (stream) -> stream),
				Named.of("asks for what there is", (stream) -> stream.take(2, true)),
				Named.of("cancels on the last element", (stream) -> stream.take(2, false)),
				Named.of("cancels on a stop reason",
						(stream) -> stream.takeUntil((delta) -> delta.stopReason() != null)));
	}

	@ParameterizedTest
	@Tag("E10")
	@ValueSource(booleans = { true, false })
	void whatFollowsTheFirstStopReasonIsIgnored(boolean inOnePiece) {
		String stop = this.api.delta(" end") + this.api.last("max_tokens");
		List<String> after = List.of(delta(), last(), "event: error\ndata: {\"type\":\"error\",\"error\":{}}\n\n",
				ApiFixture.event(this.api.textEvent, "oops"));
		for (String extra : after) {
			String events = inOnePiece ? RawStreams.chunk(delta() + stop + extra)
					: RawStreams.chunk(delta()) + RawStreams.chunk(stop) + RawStreams.chunk(extra);
			try (RawServer raw = RawServer.answering(RawStreams.HEAD + events + RawStreams.LAST_CHUNK);
					CompletionClient other = client(raw.baseUrl())) {
				List<Completion> deltas = other.stream(REQUEST).collectList().block(LIMIT);
				assertThat(deltas).extracting(Completion::completion).containsExactly(" Hello", " end", "");
				assertThat(deltas.get(2).stopReason()).isEqualTo(StopReason.MAX_TOKENS);
			}
		}
	}

}
