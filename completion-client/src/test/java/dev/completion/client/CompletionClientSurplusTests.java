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

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import reactor.core.publisher.Mono;
import reactor.netty.DisposableServer;
import reactor.netty.http.Http11SslContextSpec;
import reactor.netty.http.client.HttpClient;
import reactor.netty.resources.ConnectionProvider;
import reactor.netty.tcp.SslProvider;
import reactor.netty.tcp.TcpServer;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link CompletionClient}: a server that sends more than it was asked for, all
 * at once, while other calls wait for the only connection.
 */
class CompletionClientSurplusTests extends AbstractCompletionClientTests {

	private static final int CALLS = 10;

	@TempDir
	private static Path directory;

	private static TestKeys keys;

	private final ConnectionProvider one = ConnectionProvider.builder("one")
		.maxConnections(1)
		.pendingAcquireMaxCount(CALLS)
		.build();

	private final AtomicInteger responses = new AtomicInteger();

	private final AtomicInteger connections = new AtomicInteger();

	@BeforeAll
	static void generateKeys() {
		keys = new TestKeys(directory);
		keys.generate("good", "ip:127.0.0.1", List.of());
	}

	@AfterEach
	void closeConnections() {
		this.one.disposeLater().block(LIMIT);
	}

	/**
	 * Start a server that responds to each request with the parts that are created for
	 * its number. Each part is written on its own, and a TLS record of its own, and all
	 * are flushed together.
	 */
	@SuppressWarnings("FutureReturnValueIgnored") // the client reports what fails
	private DisposableServer server(boolean secure, Parts parts) {
		TcpServer server = TcpServer.create().host("127.0.0.1").port(0).doOnConnection((connection) -> {
			this.connections.incrementAndGet();
			connection.inbound()
				.receive()
				.asString()
				.filter((text) -> text.contains("\r\n\r\n"))
				.subscribe((request) -> {
					Channel channel = connection.channel();
					parts.of(this.responses.getAndIncrement())
						.forEach((part) -> channel.write(Unpooled.copiedBuffer(part, StandardCharsets.UTF_8)));
					channel.flush();
				});
		}).handle((in, out) -> Mono.never());
		SslProvider.GenericSslContextSpec<?> spec = Http11SslContextSpec.forServer(keys.keyManagers("good"));
		return (secure ? server.secure((ssl) -> ssl.sslContext(spec)) : server).bindNow();
	}

	private CompletionClient pooled(DisposableServer server, boolean secure) {
		HttpClient httpClient = HttpClient.create(this.one);
		return this.client.mutate()
			.baseUrl((secure ? "https" : "http") + "://127.0.0.1:" + server.port())
			.httpClient(secure ? keys.trusting(httpClient) : httpClient)
			.build();
	}

	private String response(String text) {
		String body = this.api.answer(text, "max_tokens");
		return head(body.length()) + body;
	}

	private static String head(int length) {
		return "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: " + length + "\r\n\r\n";
	}

	static Stream<Arguments> surplus() {
		String body = ApiFixture.TEXT_COMPLETIONS.answer("surplus", "max_tokens");
		String large = ApiFixture.TEXT_COMPLETIONS.answer("surplus".repeat(50_000), "max_tokens");
		return Stream.of(false, true)
			.flatMap((secure) -> Stream
				.of(head(body.length()) + body, head(large.length()) + large,
						"HTTP/1.1 103 Early Hints\r\n\r\n" + head(body.length()) + body,
						"HTTP/1.1 200 OK\r\nContent-Ty", "H")
				.map((text) -> Arguments.of(secure, text)));
	}

	@ParameterizedTest
	@MethodSource("surplus")
	void surplusIsNotTheResponseToACallThatWaits(boolean secure, String surplus) {
		assertEachGetsItsOwn(secure, (number) -> List.of(response(" " + number), surplus));
	}

	@ParameterizedTest
	@MethodSource("surplus")
	void surplusAfterAResponseInPiecesIsNotTheResponseToACallThatWaits(boolean secure, String surplus) {
		assertEachGetsItsOwn(secure, (number) -> {
			String response = response(" " + number);
			return List.of(response.substring(0, 30), response.substring(30) + surplus);
		});
	}

	private void assertEachGetsItsOwn(boolean secure, Parts parts) {
		DisposableServer server = server(secure, parts);
		try (CompletionClient other = pooled(server, secure)) {
			List<CompletableFuture<Completion>> calls = IntStream.range(0, CALLS)
				.mapToObj((i) -> other.complete(REQUEST).toFuture())
				.toList();
			assertThat(calls).allSatisfy((call) -> assertThat(call).succeedsWithin(LIMIT));
			assertThat(calls).extracting((call) -> call.join().completion())
				.containsExactlyInAnyOrderElementsOf(IntStream.range(0, CALLS).mapToObj((i) -> " " + i).toList());
			assertThat(this.connections).hasValue(CALLS);
		}
		finally {
			server.disposeNow();
		}
	}

	@ParameterizedTest
	@MethodSource("pieces")
	void connectionIsReusedAfterAResponseInPieces(boolean secure, int size) {
		DisposableServer server = server(secure, (number) -> {
			String response = response(" " + number);
			return IntStream.iterate(0, (i) -> i < response.length(), (i) -> i + size)
				.mapToObj((i) -> response.substring(i, Math.min(i + size, response.length())))
				.toList();
		});
		try (CompletionClient other = pooled(server, secure)) {
			for (int i = 0; i < CALLS; i++) {
				assertThat(other.complete(REQUEST).block(LIMIT).completion()).isEqualTo(" " + i);
			}
			assertThat(this.connections).hasValue(1);
		}
		finally {
			server.disposeNow();
		}
	}

	static Stream<Arguments> pieces() {
		return Stream.of(false, true)
			.flatMap((secure) -> Stream.of(1, 7, 40, 1000).map((size) -> Arguments.of(secure, size)));
	}

	private interface Parts {

		List<String> of(int number);

	}

}
