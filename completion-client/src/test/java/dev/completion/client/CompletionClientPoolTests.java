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
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import dev.completion.client.error.CallTimeoutException;
import dev.completion.client.error.CallTimeoutException.Phase;
import dev.completion.client.error.ConnectionException;
import dev.completion.client.error.Outcome;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.netty.http.client.HttpClient;
import reactor.netty.resources.ConnectionPoolMetrics;
import reactor.netty.resources.ConnectionProvider;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link CompletionClient}: what comes of a pool that is full, and of
 * connections that die.
 */
class CompletionClientPoolTests extends AbstractCompletionClientTests {

	private static final Duration SECOND = Duration.ofSeconds(1);

	private static final String NOT_AVAILABLE = "No connection became available in time; see 'completion.pool.max-connections' and 'completion.pool.acquire-timeout'";

	private static final String STREAM = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n";

	private static final String ANSWER = """
			HTTP/1.1 200 OK\r
			Content-Type: application/json\r
			Content-Length: 47\r
			\r
			{"completion":" Hi","stop_reason":"max_tokens"}""";

	private final AtomicReference<ConnectionPoolMetrics> pool = new AtomicReference<>();

	private final ConnectionProvider connections = small(SECOND);

	private final Set<Channel> channels = ConcurrentHashMap.newKeySet();

	private final HttpClient httpClient = HttpClient.create(this.connections)
		.doOnChannelInit((observer, channel, address) -> this.channels.add(channel));

	private ConnectionProvider small(Duration pendingAcquireTimeout) {
		return ConnectionProvider.builder("small")
			.maxConnections(2)
			.pendingAcquireMaxCount(1)
			.pendingAcquireTimeout(pendingAcquireTimeout)
			.metrics(true, () -> (name, id, address, metrics) -> this.pool.set(metrics))
			.build();
	}

	@AfterEach
	void closeConnections() {
		this.connections.disposeLater().block(LIMIT);
	}

	private CompletionClient pooled(RawServer raw) {
		return this.client.mutate()
			.baseUrl(raw.baseUrl())
			.httpClient(this.httpClient)
			.retry(RetryPolicy.builder().maxRetries(1).delay(Duration.ofMillis(20)).build())
			.build();
	}

	@Test
	@Tag("A10")
	void callsThatFindThePoolFullWaitAndThenFail() {
		try (RawServer raw = startStreaming();
				CompletionClient other = pooled(raw);
				CompletionClient once = other.mutate().retry(RetryPolicy.builder().maxRetries(0).build()).build()) {
			Disposable streams = takeWholePool(other);
			Elapsed.assertAtLeast(SECOND, () -> assertNotSent(once, NOT_AVAILABLE, 1));
			assertNotSent(other, NOT_AVAILABLE, 2);
			streams.dispose();
			CompletionClientResourcesTests.await(() -> this.pool.get().acquiredSize() == 0);
			assertThat(raw.requests()).hasSize(2);
		}
	}

	@Test
	@Tag("A10")
	void callThatFindsTooManyWaitingFailsWithoutWaiting() {
		ConnectionProvider patient = small(LIMIT.multipliedBy(2));
		try (RawServer raw = startStreaming();
				CompletionClient other = pooled(raw).mutate().httpClient(HttpClient.create(patient)).build()) {
			Disposable streams = takeWholePool(other);
			Disposable waiting = other.complete(REQUEST).onErrorComplete().subscribe();
			CompletionClientResourcesTests.await(() -> this.pool.get().pendingAcquireSize() == 1);
			assertNotSent(other,
					"Too many calls are waiting for a connection; see 'completion.pool.max-pending-acquires'", 1);
			assertThat(waiting.isDisposed()).isFalse();
			waiting.dispose();
			streams.dispose();
			CompletionClientResourcesTests.await(() -> this.pool.get().acquiredSize() == 0);
			assertThat(raw.requests()).hasSize(2);
		}
		patient.disposeLater().block(LIMIT);
	}

	@Test
	void callsThatWaitWhenThePoolIsClosedAreNotSent() {
		try (RawServer raw = startStreaming();
				CompletionClient other = pooled(raw);
				CompletionClient once = other.mutate().retry(RetryPolicy.builder().maxRetries(0).build()).build()) {
			Disposable streams = takeWholePool(other);
			CompletableFuture<Completion> waiting = once.complete(REQUEST).toFuture();
			CompletionClientResourcesTests.await(() -> this.pool.get().pendingAcquireSize() == 1);
			this.connections.dispose();
			assertThat(waiting).failsWithin(LIMIT)
				.withThrowableThat()
				.havingCause()
				.isInstanceOfSatisfying(ConnectionException.class,
						(ex) -> assertThat(ex.outcome()).isEqualTo(Outcome.NOT_SENT))
				.withMessage("The connection pool was closed");
			streams.dispose();
			assertThat(raw.requests()).hasSize(2);
		}
	}

	/**
	 * Start a server whose streams do not end.
	 */
	private RawServer startStreaming() {
		return RawServer.start((request, socket) -> {
			RawServer.write(socket, STREAM + delta());
			socket.getInputStream().readAllBytes();
		});
	}

	/**
	 * Begin as many streams as there are connections.
	 */
	private static Disposable takeWholePool(CompletionClient client) {
		Disposable.Composite streams = Disposables.composite();
		for (int i = 0; i < 2; i++) {
			CompletableFuture<Completion> delta = new CompletableFuture<>();
			streams.add(client.stream(REQUEST).onErrorComplete().subscribe(delta::complete));
			assertThat(delta).succeedsWithin(LIMIT);
		}
		return streams;
	}

	private static void assertNotSent(CompletionClient client, String message, int attempts) {
		ConnectionException ex = failure(ConnectionException.class, client.complete(REQUEST).flux());
		assertThat(ex).hasMessage(message);
		assertThat(ex.outcome()).isEqualTo(Outcome.NOT_SENT);
		assertThat(ex.attempts()).isEqualTo(attempts);
	}

	@Test
	@Tag("A11")
	void connectionThatDiesWhileIdleIsReplaced() {
		try (RawServer raw = RawServer.start((request, socket) -> {
			RawServer.write(socket, ANSWER);
			RawServer.pause(socket, 200);
		}); CompletionClient other = pooled(raw)) {
			for (int i = 0; i < 3; i++) {
				assertThat(other.exchange(REQUEST).block(LIMIT).attempts()).isOne();
				CompletionClientResourcesTests.await(() -> this.channels.stream().noneMatch(Channel::isActive));
			}
			assertThat(raw.requests()).hasSize(3);
			assertThat(this.channels).hasSize(3);
		}
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	@Tag("A11")
	void connectionThatDiesAtTheFirstByteOfTheNextRequestIsNotTriedAgain(boolean reset) {
		try (RawServer raw = RawServer.start((request, socket) -> {
			RawServer.write(socket, ANSWER);
			assertThat(socket.getInputStream().read()).isEqualTo('P');
			if (reset) {
				RawServer.reset(socket);
			}
		}); CompletionClient other = pooled(raw)) {
			other.complete(REQUEST).block(LIMIT);
			CompletionClientResourcesTests.await(() -> this.pool.get().idleSize() == 1);
			ConnectionException ex = failure(ConnectionException.class, other.complete(REQUEST).flux());
			assertThat(ex.outcome()).isEqualTo(Outcome.UNKNOWN);
			assertThat(ex.attempts()).isOne();
			assertThat(raw.requests()).hasSize(1);
		}
	}

	@Test
	@Tag("A13")
	void serverThatFallsSilentIsATimeout() {
		assertResponseTimeout((client) -> Elapsed.assertAtLeast(SECOND, () -> assertResponseTimeout(client, REQUEST)));
	}

	@Test
	@Tag("A13")
	void serverThatFallsSilentBeforeItHasTheWholeRequestIsATimeout() {
		CompletionRequest large = REQUEST.toBuilder().prompt("x".repeat(10_000_000)).build();
		assertResponseTimeout((client) -> assertResponseTimeout(client, large));
	}

	/**
	 * The kernel's table of sockets has the running timer of each: 02 is the keep-alive
	 * timer, and what follows is its rest in hundredths of a second.
	 */
	@Test
	@Tag("A13")
	@EnabledOnOs(OS.LINUX)
	void connectionThatWaitsIsProbedAfterAMinute() throws IOException {
		try (RawServer raw = RawServer.start((request, socket) -> socket.getInputStream().readAllBytes());
				CompletionClient other = this.client.mutate().baseUrl(raw.baseUrl()).build()) {
			Disposable call = other.complete(REQUEST).subscribe();
			CompletionClientResourcesTests.await(() -> !raw.requests().isEmpty());
			String sockets = Files.readString(Path.of("/proc/net/tcp")) + Files.readString(Path.of("/proc/net/tcp6"));
			Matcher timer = Pattern.compile(":%04X 01 \\S+ 02:(\\S+)".formatted(raw.port())).matcher(sockets);
			assertThat(timer.find()).as(sockets).isTrue();
			assertThat(Long.parseLong(timer.group(1), 16)).isBetween(4000L, 6000L);
			call.dispose();
		}
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	@Tag("A13")
	void ownerOfTheHttpClientDecidesOnProbes(boolean set) {
		HttpClient own = set ? this.httpClient.option(ChannelOption.SO_KEEPALIVE, false) : this.httpClient;
		try (CompletionClient other = this.client.mutate().httpClient(own).build()) {
			other.complete(REQUEST).block(LIMIT);
			assertThat(this.channels).singleElement()
				.satisfies((channel) -> assertThat(channel.config().getOption(ChannelOption.SO_KEEPALIVE))
					.isEqualTo(!set));
		}
	}

	private static void assertResponseTimeout(CompletionClient client, CompletionRequest request) {
		CallTimeoutException ex = failure(CallTimeoutException.class, client.stream(request));
		assertThat(ex.phase()).isEqualTo(Phase.RESPONSE);
		assertThat(ex.outcome()).isEqualTo(Outcome.UNKNOWN);
		assertThat(ex.attempts()).isOne();
	}

	private void assertResponseTimeout(Consumer<CompletionClient> call) {
		CompletableFuture<Void> end = new CompletableFuture<>();
		try (RawServer raw = RawServer.accepting((ignored, socket) -> holdUntil(end, socket));
				CompletionClient other = pooled(raw).mutate()
					.timeouts(Timeouts.builder().response(SECOND).build())
					.build()) {
			call.accept(other);
			CompletionClientResourcesTests.await(() -> this.channels.stream().noneMatch(Channel::isActive));
			assertThat(raw.requests()).hasSize(1);
		}
		finally {
			end.complete(null);
		}
	}

	private static void holdUntil(CompletableFuture<Void> end, Socket socket) throws IOException {
		end.join();
		socket.close();
	}

}
