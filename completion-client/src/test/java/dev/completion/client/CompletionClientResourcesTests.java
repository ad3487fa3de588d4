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
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.function.BooleanSupplier;

import dev.completion.client.error.CompletionClientException;
import dev.completion.client.error.MalformedResponseException;
import dev.completion.client.error.ServerException;
import dev.completion.client.error.StreamTruncatedException;
import dev.completion.server.Reply;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.ChannelOption;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.netty.http.client.HttpClient;
import reactor.netty.resources.ConnectionProvider;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link CompletionClient}: whatever becomes of a call, no byte of a buffer is
 * left when its connections are closed.
 */
class CompletionClientResourcesTests extends AbstractCompletionClientTests {

	private final UnpooledByteBufAllocator allocator = new UnpooledByteBufAllocator(true);

	private final ConnectionProvider connections = ConnectionProvider.create("test");

	private final HttpClient httpClient = HttpClient.create(this.connections)
		.option(ChannelOption.ALLOCATOR, this.allocator);

	private CompletionClient counted;

	private volatile boolean delivered;

	@BeforeEach
	void openCounted() {
		this.counted = this.client.mutate().httpClient(this.httpClient).build();
	}

	@AfterEach
	void nothingIsLeft() {
		this.connections.disposeLater().block(LIMIT);
		await(() -> used() == 0);
	}

	private long used() {
		return this.allocator.metric().usedDirectMemory() + this.allocator.metric().usedHeapMemory();
	}

	static void await(BooleanSupplier condition) {
		Mono.fromSupplier(condition::getAsBoolean)
			.filter(Boolean::booleanValue)
			.repeatWhenEmpty((repeat) -> repeat.delayElements(Duration.ofMillis(5)))
			.block(LIMIT);
	}

	@Test
	void answers() {
		assertThat(this.counted.complete(REQUEST).block(LIMIT)).isNotNull();
		assertThat(this.counted.stream(REQUEST).doOnNext((delta) -> assertThat(used()).isPositive()).blockFirst(LIMIT))
			.isNotNull();
		assertThat(this.counted.stream(REQUEST).blockLast(LIMIT)).isNotNull();
		assertThat(this.counted.models().blockLast(LIMIT)).isNotNull();
	}

	@Test
	void errors() {
		this.server.enqueue(Reply.error(529, "overloaded_error", "Overloaded"),
				Reply.body(500, "text/html", "x".repeat(1_000_000)),
				Reply.body(200, "text/html", "x".repeat(1_000_000)), Reply.body(307, "text/plain", "x"),
				Reply.body(200, "application/json", "x".repeat(17 * 1024 * 1024)));
		for (int i = 0; i < 5; i++) {
			failure(CompletionClientException.class, this.counted.complete(REQUEST).flux());
		}
	}

	@Test
	void streamsThatGoWrong() {
		this.server.enqueue(Reply.events(delta()),
				Reply.events(delta() + ApiFixture.event(this.api.textEvent, "x") + delta()),
				Reply.events(last() + delta().repeat(10_000)), Reply.events("data: " + "x".repeat(2_000_000)));
		failure(StreamTruncatedException.class, this.counted.stream(REQUEST));
		failure(MalformedResponseException.class, this.counted.stream(REQUEST));
		assertThat(this.counted.stream(REQUEST).blockLast(LIMIT)).isNotNull();
		failure(CompletionClientException.class, this.counted.stream(REQUEST));
	}

	@Test
	void streamsThatAreCancelled() {
		for (int i = 0; i < 50; i++) {
			this.server.enqueue(Reply.events(delta().repeat(10_000) + last()));
			this.counted.stream(REQUEST).take(1 + i).blockLast(LIMIT);
		}
	}

	@Test
	void callThatIsCancelledBeforeItsAnswerClosesItsConnection() {
		this.server.enqueue(Reply.text(" Hi").delay(LIMIT.multipliedBy(2)));
		Disposable call = this.counted.stream(REQUEST).subscribe();
		await(() -> this.server.requests().size() == 1);
		call.dispose();
		await(() -> this.server.requests().get(0).clientClosed());
		assertThat(this.server.requests()).hasSize(1);
	}

	@Tag("C9")
	@Test
	void errorBodyThatNeverEndsIsLeftAfterAWhile() {
		byte[] head = "HTTP/1.1 500 X\r\nContent-Type: text/plain\r\n\r\n".getBytes(StandardCharsets.UTF_8);
		try (RawServer raw = RawServer.start((request, socket) -> {
			OutputStream out = socket.getOutputStream();
			out.write(head);
			writeForEver(out);
		}); CompletionClient other = this.counted.mutate().baseUrl(raw.baseUrl()).build()) {
			assertThat(failure(ServerException.class, other.stream(REQUEST)).responseBody()).hasSize(64 * 1024);
			assertThat(failure(ServerException.class, other.complete(REQUEST).flux()).responseBody())
				.hasSize(64 * 1024);
		}
	}

	// until the client closes the connection
	private static void writeForEver(OutputStream out) throws IOException {
		byte[] some = "x".repeat(8192).getBytes(StandardCharsets.UTF_8);
		while (true) {
			out.write(some);
		}
	}

	@Test
	@Tag("B9")
	void connectionThatIsResetInMidStream() {
		byte[] head = ("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n" + delta())
			.getBytes(StandardCharsets.UTF_8);
		try (RawServer raw = RawServer.start((request, socket) -> {
			socket.getOutputStream().write(head);
			await(() -> this.delivered);
			socket.setSoLinger(true, 0);
			socket.close();
		}); CompletionClient other = this.counted.mutate().baseUrl(raw.baseUrl()).build()) {
			StreamTruncatedException ex = failure(StreamTruncatedException.class,
					other.stream(REQUEST).doOnNext((delta) -> this.delivered = true));
			assertThat(ex.partialText()).isEqualTo(" Hello");
		}
	}

}
