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
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

import dev.completion.client.error.MalformedResponseException;
import io.netty.channel.Channel;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;
import reactor.netty.http.client.HttpClient;
import reactor.netty.resources.ConnectionProvider;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link CompletionClient}: whoever uses a connection again gets the answer to
 * its own request, whatever the server sends besides.
 */
class CompletionClientReuseTests extends AbstractCompletionClientTests {

	private static final int CALLS = 24;

	private static final String HINTS = "HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n";

	private static final String PROCESSING = "HTTP/1.1 102 Processing\r\n\r\n";

	private static final String CONTINUE = "HTTP/1.1 100 Continue\r\n\r\n";

	private final Set<Channel> channels = ConcurrentHashMap.newKeySet();

	private final AtomicInteger answers = new AtomicInteger();

	private final ConnectionProvider one = ConnectionProvider.create("one", 1);

	private final HttpClient httpClient = HttpClient.create(this.one)
		.doOnChannelInit((observer, channel, address) -> this.channels.add(channel));

	@AfterEach
	void closeConnections() {
		this.one.disposeLater().block(LIMIT);
	}

	private CompletionClient pooled(RawServer raw) {
		return this.client.mutate().baseUrl(raw.baseUrl()).httpClient(this.httpClient).build();
	}

	private String answer(String text, boolean stream) {
		String answer = stream ? this.api.delta(text) + last() : this.api.answer(text, "max_tokens");
		return "HTTP/1.1 200 OK\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n%s"
			.formatted(stream ? "text/event-stream" : "application/json", answer.length(), answer);
	}

	private String nextAnswer(boolean stream) {
		return answer(" " + this.answers.getAndIncrement(), stream);
	}

	private static Flux<Completion> call(CompletionClient client, boolean stream) {
		return stream ? client.stream(REQUEST) : client.complete(REQUEST).flux();
	}

	private static void assertAnswer(CompletionClient client, boolean stream, int number) {
		assertThat(call(client, stream).as(Completion::join).block(LIMIT).completion()).isEqualTo(" " + number);
	}

	@ParameterizedTest
	@ValueSource(strings = { HINTS, PROCESSING, CONTINUE, CONTINUE + PROCESSING + HINTS + HINTS })
	@Tag("B1")
	void everyCallerGetsItsOwnAnswerAfterInterimResponses(String interim) {
		for (boolean stream : new boolean[] { false, true }) {
			this.answers.set(0);
			try (RawServer raw = RawServer.start((request, socket) -> {
				for (int i = 0; i < CALLS; i++) {
					if (i > 0) {
						RawServer.read(socket.getInputStream());
					}
					write(socket, interim, nextAnswer(stream), i);
				}
			}); CompletionClient other = pooled(raw)) {
				for (int i = 0; i < CALLS; i++) {
					assertAnswer(other, stream, i);
				}
				assertThat(raw.requests()).hasSize(1);
			}
		}
	}

	/**
	 * Write an interim response and an answer, in segments that differ from call to call.
	 */
	private static void write(Socket socket, String interim, String answer, int call) throws IOException {
		int half = interim.length() / 2;
		switch (call % 4) {
			case 0 -> RawServer.write(socket, interim + answer);
			case 1 -> RawServer.write(socket, interim, answer);
			case 2 -> RawServer.write(socket, interim.substring(0, half), interim.substring(half) + answer);
			default -> RawServer.write(socket, interim + answer.substring(0, half), answer.substring(half));
		}
	}

	@Test
	void connectionOfAJoinedStreamIsReused() {
		try (RawServer raw = RawServer.start((request, socket) -> {
			for (int i = 0; i < CALLS; i++) {
				if (i > 0) {
					RawServer.read(socket.getInputStream());
				}
				RawServer.write(socket, nextAnswer(true));
			}
		}); CompletionClient other = pooled(raw)) {
			for (int i = 0; i < CALLS; i++) {
				assertAnswer(other, false, i);
			}
			assertThat(raw.requests()).hasSize(1);
		}
	}

	@Test
	@Tag("B1")
	void responseThatSwitchesTheProtocolIsMalformedAndItsConnectionIsNotUsedAgain() {
		String switching = "HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n";
		try (RawServer raw = RawServer.start((request, socket) -> {
			RawServer.write(socket, (this.answers.get() == 0) ? switching + nextAnswer(false) : nextAnswer(false));
			socket.getInputStream().readAllBytes();
		}); CompletionClient other = pooled(raw)) {
			failure(MalformedResponseException.class, other.complete(REQUEST).flux());
			assertAnswer(other, false, 1);
			assertThat(raw.requests()).hasSize(2);
		}
	}

	@Test
	@Tag("B5")
	@Tag("B6")
	@Tag("B8")
	void connectionWhoseAnswerIsNotValidIsNotUsedAgain() {
		String ok = "HTTP/1.1 200 OK\r\n";
		for (String bad : List.of("Hello\r\n", ok + ": x\r\n\r\n", ok + "X-Long: " + "x".repeat(70_000),
				ok + "Transfer-Encoding: chunked\r\nContent-Length: 1\r\n\r\n",
				ok + "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\nZZZ\r\n")) {
			this.answers.set(0);
			try (RawServer raw = RawServer.start((request, socket) -> {
				RawServer.pause(socket, 50);
				RawServer.write(socket, (this.answers.getAndIncrement() == 0) ? bad : answer(" 1", false));
				socket.getInputStream().readAllBytes();
			}); CompletionClient other = pooled(raw)) {
				CompletableFuture<Completion> first = ask(other, false);
				CompletableFuture<Completion> waiting = ask(other, false);
				assertThat(first).failsWithin(LIMIT)
					.withThrowableThat()
					.withCauseInstanceOf(MalformedResponseException.class);
				assertThat(waiting).succeedsWithin(LIMIT)
					.satisfies((answer) -> assertThat(answer.completion()).isEqualTo(" 1"));
				assertThat(raw.requests()).hasSize(2);
			}
		}
	}

	@ParameterizedTest
	@CsvSource({ "0, false", "5, false", "60, false", "200, false", "0, true", "5, true", "60, true", "200, true" })
	@Tag("B2")
	void surplusAnswerIsNobodysAnswer(int gap, boolean stream) {
		assertNobodyGets(answer("surplus", stream), gap, stream);
	}

	@ParameterizedTest
	@ValueSource(ints = { 0, 5, 60 })
	@Tag("B2")
	void surplusBytesAreNobodysAnswer(int gap) {
		String surplus = answer("surplus", false);
		for (String part : List.of(surplus.substring(0, 30), "HTTP/1.1 200 OK\r\nX: ", "HTTP/1.1 200 OK\r\n",
				"HTTP/1.1 200 OK\r\nX: y\r\n", "H", "}")) {
			assertNobodyGets(part, gap, false);
		}
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	@Tag("B2")
	void surplusInterimResponseIsRefused(boolean stream) {
		try (RawServer raw = RawServer.start((request, socket) -> {
			String answer = nextAnswer(stream);
			RawServer.write(socket, answer.substring(0, 30), answer.substring(30) + HINTS);
			socket.getInputStream().readAllBytes();
		}); CompletionClient other = pooled(raw)) {
			for (int i = 0; i < 3; i++) {
				assertAnswer(other, stream, i);
			}
			assertThat(raw.requests()).hasSize(3);
		}
	}

	@ParameterizedTest
	@ValueSource(ints = { 0, 60 })
	@Tag("B2")
	void timeoutOfAnIdleConnectionIsNobodysAnswer(int gap) {
		assertNobodyGets("HTTP/1.1 408 Request Timeout\r\nConnection: close\r\nContent-Length: 0\r\n\r\n", gap, false);
	}

	/**
	 * Make calls to a server that sends more than their answers: in the segment of the
	 * answer, or some time after it.
	 */
	private void assertNobodyGets(String surplus, int gap, boolean stream) {
		this.answers.set(0);
		try (RawServer raw = RawServer.start((request, socket) -> {
			String answer = nextAnswer(stream);
			RawServer.write(socket, (gap == 0) ? answer + surplus : answer);
			if (gap > 0) {
				RawServer.pause(socket, gap);
				RawServer.write(socket, surplus);
			}
			socket.getInputStream().readAllBytes();
		}); CompletionClient other = pooled(raw)) {
			for (int i = 0; i < 3; i++) {
				assertAnswer(other, stream, i);
				CompletionClientResourcesTests.await(() -> this.channels.stream().noneMatch(Channel::isActive));
			}
			assertThat(raw.requests()).hasSize(3);
		}
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	@Tag("B2")
	void surplusAnswerIsNotTheOneOfACallerWhoWaits(boolean stream) {
		try (RawServer raw = RawServer.start((request, socket) -> {
			RawServer.pause(socket, 50);
			RawServer.write(socket, nextAnswer(stream) + answer("surplus", stream));
			socket.getInputStream().readAllBytes();
		}); CompletionClient other = pooled(raw)) {
			List<CompletableFuture<Completion>> calls = List.of(ask(other, stream), ask(other, stream),
					ask(other, stream));
			assertThat(calls).allSatisfy((call) -> assertThat(call).succeedsWithin(LIMIT)
				.satisfies((answer) -> assertThat(answer.completion()).isIn(" 0", " 1", " 2")));
			assertThat(calls).extracting((call) -> call.join().completion()).doesNotHaveDuplicates();
		}
	}

	private static CompletableFuture<Completion> ask(CompletionClient client, boolean stream) {
		return call(client, stream).as(Completion::join).toFuture();
	}

}
