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
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

import dev.completion.client.error.CallTimeoutException;
import dev.completion.client.error.CallTimeoutException.Phase;
import dev.completion.client.error.ConnectionException;
import dev.completion.client.error.Outcome;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.netty.http.client.HttpClient;
import reactor.netty.resources.ConnectionProvider;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link CompletionClient}: what comes of servers that it cannot connect to.
 */
class CompletionClientConnectTests extends AbstractCompletionClientTests {

	private static final Duration SECOND = Duration.ofSeconds(1);

	private static final Duration DEFAULT = Duration.ofSeconds(5);

	private final ConnectionProvider connections = ConnectionProvider.builder("test")
		.maxLifeTime(Duration.ofMillis(300))
		.build();

	private final HttpClient httpClient = HttpClient.create(this.connections);

	@AfterEach
	void closeConnections() {
		this.connections.disposeLater().block(LIMIT);
	}

	private CompletionClient.Builder retrying() {
		return this.client.mutate().retry(RetryPolicy.builder().delay(Duration.ofMillis(20)).build());
	}

	private static String answer(String text) {
		String body = "{\"completion\":\"%s\",\"stop_reason\":\"max_tokens\"}".formatted(text);
		return "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s"
			.formatted(body.length(), body);
	}

	@Test
	@Tag("A1")
	void refusedConnectionIsTriedAgain() throws IOException {
		int port;
		try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			port = socket.getLocalPort();
		}
		try (CompletionClient other = retrying().baseUrl("http://127.0.0.1:" + port).build()) {
			ConnectionException ex = failure(ConnectionException.class, other.complete(REQUEST).flux());
			assertThat(ex.outcome()).isEqualTo(Outcome.NOT_SENT);
			assertThat(ex.attempts()).isEqualTo(3);
		}
	}

	@Test
	@Tag("A2")
	void connectionThatIsNeverAcceptedIsAConnectTimeout() throws IOException {
		List<SocketChannel> waiting = new ArrayList<>();
		try (ServerSocket full = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			for (int i = 0; i < 8; i++) {
				SocketChannel channel = SocketChannel.open();
				waiting.add(channel);
				channel.configureBlocking(false);
				channel.connect(full.getLocalSocketAddress());
			}
			String baseUrl = "http://127.0.0.1:" + full.getLocalPort();
			Timeouts timeouts = Timeouts.builder().connect(SECOND).build();
			try (CompletionClient other = this.client.mutate().baseUrl(baseUrl).timeouts(timeouts).build();
					CompletionClient retrying = retrying().baseUrl(baseUrl).timeouts(timeouts).build()) {
				Elapsed.assertBetween(SECOND, DEFAULT, () -> assertConnectTimeout(other, 1));
				assertConnectTimeout(retrying, 3);
			}
		}
		finally {
			for (SocketChannel channel : waiting) {
				channel.close();
			}
		}
	}

	private static void assertConnectTimeout(CompletionClient client, int attempts) {
		CallTimeoutException ex = failure(CallTimeoutException.class, client.stream(REQUEST));
		assertThat(ex.phase()).isEqualTo(Phase.CONNECT);
		assertThat(ex.outcome()).isEqualTo(Outcome.NOT_SENT);
		assertThat(ex.attempts()).isEqualTo(attempts);
	}

	@Test
	@Tag("A3")
	void connectionThatIsResetBeforeTheFirstByteIsTriedAgain() {
		try (RawServer raw = RawServer.accepting((request, socket) -> RawServer.reset(socket));
				CompletionClient other = retrying().baseUrl(raw.baseUrl())
					.httpClient(activeAfterReset(this.httpClient))
					.build()) {
			ConnectionException ex = failure(ConnectionException.class, other.complete(REQUEST).flux());
			assertThat(ex.outcome()).isEqualTo(Outcome.NOT_SENT);
			assertThat(ex.attempts()).isEqualTo(3);
			assertThat(raw.requests()).hasSize(3);
		}
	}

	/**
	 * Return a client whose connections report that they are active only when they have
	 * been reset, so that nothing is sent before.
	 */
	private static HttpClient activeAfterReset(HttpClient httpClient) {
		return httpClient.doOnChannelInit(
				(observer, channel, address) -> channel.pipeline().addFirst(new ChannelInboundHandlerAdapter() {

					@Override
					public void channelActive(ChannelHandlerContext context) {
						Mono.fromSupplier(() -> !context.channel().isActive())
							.filter(Boolean::booleanValue)
							.repeatWhenEmpty((repeat) -> repeat.delayElements(Duration.ofMillis(5)))
							.subscribe((reset) -> context.fireChannelActive());
					}

				}));
	}

	@Test
	@Tag("A3")
	void connectionThatIsResetAfterTheFirstByteIsNotTriedAgain() {
		try (RawServer raw = RawServer.accepting((request, socket) -> {
			assertThat(socket.getInputStream().read()).isEqualTo('P');
			RawServer.reset(socket);
		}); CompletionClient other = retrying().baseUrl(raw.baseUrl()).build()) {
			ConnectionException ex = failure(ConnectionException.class, other.complete(REQUEST).flux());
			assertThat(ex.outcome()).isEqualTo(Outcome.UNKNOWN);
			assertThat(ex.attempts()).isOne();
			assertThat(raw.requests()).hasSize(1);
		}
	}

	@Test
	@Tag("A3")
	void connectionThatIsResetAtAnyMomentIsAConnectionException() {
		try (RawServer raw = RawServer.accepting((request, socket) -> RawServer.reset(socket));
				CompletionClient other = client(raw.baseUrl())) {
			for (int i = 0; i < 50; i++) {
				ConnectionException ex = failure(ConnectionException.class, other.stream(REQUEST));
				assertThat(ex.outcome()).isIn(Outcome.NOT_SENT, Outcome.UNKNOWN);
			}
			assertThat(raw.requests()).hasSize(50);
		}
	}

	private CompletionClient resolving(DnsServer dns, Duration timeout, CompletionClient.Builder builder, int port) {
		return builder.baseUrl("http://completion.test:" + port)
			.allowInsecure(true)
			.httpClient(dns.serve(this.httpClient, timeout, SECOND))
			.build();
	}

	@Test
	@Tag("A4")
	void nameThatDoesNotExistIsTriedAgain() {
		try (DnsServer dns = DnsServer.start(); CompletionClient other = resolving(dns, LIMIT, retrying(), 80)) {
			assertNotResolved(other);
			assertThat(dns.queries()).isGreaterThanOrEqualTo(3);
		}
	}

	@Test
	@Tag("A4")
	void nameServerThatDoesNotAnswerInTimeIsTriedAgain() {
		try (DnsServer dns = DnsServer.silent();
				CompletionClient other = resolving(dns, Duration.ofMillis(100), retrying(), 80)) {
			assertNotResolved(other);
		}
	}

	private static void assertNotResolved(CompletionClient client) {
		ConnectionException ex = failure(ConnectionException.class, client.stream(REQUEST));
		assertThat(ex).hasMessageMatching("The host name could not be resolved: .+:80; see 'completion.base-url'");
		assertThat(ex.outcome()).isEqualTo(Outcome.NOT_SENT);
		assertThat(ex.attempts()).isEqualTo(3);
	}

	@Test
	@Tag("A4")
	void nameServerThatNeverAnswersIsAResponseTimeout() {
		CompletionClient.Builder hasty = this.client.mutate().timeouts(Timeouts.builder().response(SECOND).build());
		try (DnsServer dns = DnsServer.silent(); CompletionClient other = resolving(dns, LIMIT, hasty, 80)) {
			Elapsed.assertAtLeast(SECOND, () -> {
				CallTimeoutException ex = failure(CallTimeoutException.class, other.complete(REQUEST).flux());
				assertThat(ex.phase()).isEqualTo(Phase.RESPONSE);
				assertThat(ex.outcome()).isEqualTo(Outcome.NOT_SENT);
			});
		}
	}

	@Test
	@Tag("A5")
	void addressThatIsDeadIsPassedOver() {
		try (DnsServer dns = DnsServer.start("127.0.0.9", "127.0.0.1");
				RawServer raw = RawServer.answering(answer(" Hi"));
				CompletionClient other = resolving(dns, LIMIT, this.client.mutate(), raw.port())) {
			CompletionResponse response = other.exchange(REQUEST).block(LIMIT);
			assertThat(response.body().completion()).isEqualTo(" Hi");
			assertThat(response.attempts()).isOne();
			assertThat(raw.requests()).hasSize(1);
			assertThat(dns.queries()).isOne();
		}
	}

	@Test
	@Tag("A6")
	void addressThatChangesIsNoticedWhileTheOldOneStillServes() throws IOException {
		RawServer.Conversation a = (request, socket) -> serve(socket, " A");
		RawServer.Conversation b = (request, socket) -> serve(socket, " B");
		try (DnsServer dns = DnsServer.start("127.0.0.1");
				RawServer first = RawServer.start(a);
				RawServer second = RawServer.start(new InetSocketAddress("127.0.0.2", first.port()), b);
				CompletionClient other = resolving(dns, LIMIT, this.client.mutate(), first.port())) {
			assertThat(other.complete(REQUEST).block(LIMIT).completion()).isEqualTo(" A");
			dns.addresses("127.0.0.2");
			other.complete(REQUEST)
				.filter((completion) -> completion.completion().equals(" B"))
				.repeatWhenEmpty((repeat) -> repeat.delayElements(Duration.ofMillis(20)))
				.block(LIMIT);
			assertThat(second.requests()).isNotEmpty();
		}
	}

	private static void serve(Socket socket, String text) throws IOException {
		while (true) {
			RawServer.write(socket, answer(text));
			RawServer.read(socket.getInputStream());
		}
	}

	@Test
	@Tag("A6")
	void ownConnectionsKeepAnAddressForAMinute() {
		Connections own = Connections.open();
		HttpClient configured = own.httpClient();
		assertThat(Objects.requireNonNull(configured.configuration().getNameResolverProvider()).cacheMaxTimeToLive())
			.hasSeconds(60);
		own.close();
	}

}
