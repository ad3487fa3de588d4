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
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import dev.completion.client.error.CallTimeoutException;
import dev.completion.client.error.CallTimeoutException.Phase;
import dev.completion.client.error.Outcome;
import dev.completion.server.Reply;
import io.netty.channel.ChannelOption;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.netty.http.client.HttpClient;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link CompletionClient}: its timeouts, where the HTTP client of the
 * application has some as well.
 */
class CompletionClientOwnHttpClientTimeoutTests extends AbstractCompletionClientTests {

	private static final Duration SECOND = Duration.ofSeconds(1);

	private static CallTimeoutException timeoutAfterASecond(Flux<?> call) {
		long start = System.nanoTime();
		CallTimeoutException ex = failure(CallTimeoutException.class, call);
		// less than any default
		assertThat(Duration.ofNanos(System.nanoTime() - start)).isBetween(SECOND, Duration.ofSeconds(5));
		assertThat(ex).hasMessageContaining(" 1000 ms");
		return ex;
	}

	@Test
	void responseTimeoutOfTheHttpClientBeatsTheDefault() {
		Reply slow = Reply.text(" Hi").delay(LIMIT);
		this.server.enqueue(slow, slow);
		try (CompletionClient other = this.client.mutate()
			.httpClient(HttpClient.create().responseTimeout(SECOND))
			.build()) {
			for (Flux<?> call : List.of(other.complete(REQUEST).flux(), other.stream(REQUEST))) {
				assertThat(timeoutAfterASecond(call).phase()).isEqualTo(Phase.RESPONSE);
			}
		}
	}

	@Test
	void responseTimeoutThatIsSetBeatsThatOfTheHttpClient() {
		Reply slow = Reply.text(" Hi").delay(Duration.ofMillis(500));
		this.server.enqueue(slow, slow);
		try (CompletionClient other = this.client.mutate()
			.httpClient(HttpClient.create().responseTimeout(Duration.ofMillis(100)))
			.timeouts(Timeouts.builder().response(LIMIT).build())
			.build()) {
			assertThat(other.complete(REQUEST).block(LIMIT).completion()).isEqualTo(" Hi");
			assertThat(other.stream(REQUEST).blockLast(LIMIT)).isNotNull();
		}
	}

	@Test
	void responseTimeoutOfTheHttpClientDoesNotEndAStreamThatIsUnderWay() {
		this.server.enqueue(Reply.text("abc").chunkSizes(1).chunkDelay(Duration.ofMillis(800)));
		try (CompletionClient other = this.client.mutate()
			.httpClient(HttpClient.create().responseTimeout(SECOND.multipliedBy(2)))
			.build()) {
			assertThat(other.stream(REQUEST).as(Completion::join).block(LIMIT).completion()).isEqualTo("abc");
		}
	}

	@Test
	void connectTimeoutOfTheHttpClientBeatsTheDefault() throws IOException {
		HttpClient httpClient = HttpClient.create().option(ChannelOption.CONNECT_TIMEOUT_MILLIS, 1000);
		try (BlackHole hole = new BlackHole();
				CompletionClient other = this.client.mutate().baseUrl(hole.baseUrl()).httpClient(httpClient).build()) {
			CallTimeoutException ex = timeoutAfterASecond(other.stream(REQUEST));
			assertThat(ex.phase()).isEqualTo(Phase.CONNECT);
			assertThat(ex.outcome()).isEqualTo(Outcome.NOT_SENT);
			assertThat(ex.attempts()).isOne();
		}
	}

	@Test
	void connectTimeoutThatIsSetBeatsThatOfTheHttpClient() throws IOException {
		for (int millis : new int[] { 100, 30_000 }) {
			HttpClient httpClient = HttpClient.create().option(ChannelOption.CONNECT_TIMEOUT_MILLIS, millis);
			try (BlackHole hole = new BlackHole();
					CompletionClient other = this.client.mutate()
						.baseUrl(hole.baseUrl())
						.httpClient(httpClient)
						.timeouts(Timeouts.builder().connect(SECOND).build())
						.build()) {
				assertThat(timeoutAfterASecond(other.stream(REQUEST)).phase()).isEqualTo(Phase.CONNECT);
			}
		}
	}

	/**
	 * A port on which no connection comes about, since its backlog is full.
	 */
	private static final class BlackHole implements AutoCloseable {

		private final ServerSocket serverSocket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());

		private final List<Socket> waiting = new ArrayList<>();

		BlackHole() throws IOException {
			try {
				while (this.waiting.size() < 10) {
					Socket socket = new Socket();
					this.waiting.add(socket);
					socket.connect(this.serverSocket.getLocalSocketAddress(), 200);
				}
			}
			catch (IOException ex) {
				// full
			}
		}

		String baseUrl() {
			return "http://127.0.0.1:" + ((InetSocketAddress) this.serverSocket.getLocalSocketAddress()).getPort();
		}

		@Override
		public void close() throws IOException {
			for (Socket socket : this.waiting) {
				socket.close();
			}
			this.serverSocket.close();
		}

	}

}
