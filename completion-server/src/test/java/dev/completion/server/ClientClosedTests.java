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

package dev.completion.server;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.AbstractList;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reactor.core.scheduler.Schedulers;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for clients that go away.
 */
class ClientClosedTests {

	private final CompletionServer server = CompletionServer.builder().chunkDelay(Duration.ofMillis(100)).start();

	@AfterEach
	void close() {
		this.server.close();
	}

	@Test
	void closeInMidStreamIsNoticed() throws IOException {
		try (RawConnection connection = new RawConnection(this.server)) {
			connection.send(RawConnection.completionRequest(this.server, TestClient.streamBody().toString()));
			connection.readUntil("event: ping");
			assertThat(request().clientClosed()).isFalse();
		}
		awaitClosed();
	}

	@Test
	void closeBetweenDistantEventsIsNoticed() throws IOException {
		this.server.enqueue(Reply.text("a b c").chunkDelay(Duration.ofMinutes(5)));
		try (RawConnection connection = new RawConnection(this.server)) {
			connection.send(RawConnection.completionRequest(this.server, TestClient.streamBody().toString()));
			connection.readUntil("\r\n\r\n");
		}
		awaitClosed();
	}

	@Test
	void closeBeforeHeadIsNoticed() throws IOException {
		this.server.enqueue(Reply.text("late").delay(Duration.ofMinutes(5)));
		try (RawConnection connection = new RawConnection(this.server)) {
			connection.send(RawConnection.completionRequest(this.server, TestClient.body().toString()));
			Await.until("received", () -> this.server.requests().size() == 1);
			assertThat(request().clientClosed()).isFalse();
		}
		awaitClosed();
	}

	@Test
	void closeOfKeptAliveConnectionBelongsToLastRequest() throws IOException {
		try (RawConnection connection = new RawConnection(this.server)) {
			connection.send(RawConnection.completionRequest(this.server, TestClient.body().toString()));
			connection.readAnswer();
			this.server.enqueue(Reply.text("late").delay(Duration.ofMinutes(5)));
			connection.send(RawConnection.completionRequest(this.server, TestClient.body().toString()));
			Await.until("received", () -> this.server.requests().size() == 2);
		}
		Await.until("noticed", () -> this.server.requests().get(1).clientClosed());
		assertThat(request().clientClosed()).isFalse();
	}

	@Test
	void closeAfterAnswerIsNotMarked() throws IOException {
		try (RawConnection connection = new RawConnection(this.server)) {
			connection.send(RawConnection.completionRequest(this.server, TestClient.body().toString()));
			connection.readAnswer();
		}
		new TestClient(this.server).get("/v1/models");
		assertThat(request().clientClosed()).isFalse();
	}

	@Test
	void closeInMidRequestLeavesServerUsable() throws IOException {
		try (RawConnection connection = new RawConnection(this.server)) {
			String request = RawConnection.completionRequest(this.server, TestClient.body().toString());
			connection.send(request.substring(0, request.length() - 1));
		}
		assertThat(new TestClient(this.server).get("/v1/models").statusCode()).isEqualTo(200);
		assertThat(this.server.requests()).extracting(RecordedRequest::path).containsExactly("/v1/models");
	}

	@Test
	void closeStopsMakingOfEvents() throws IOException {
		AtomicInteger made = new AtomicInteger();
		CountedEvents events = new CountedEvents(made);
		HttpListener listener = HttpListener.bind(0, (request, response, timer) -> new AnswerWriter(response, timer)
			.write(Answer.events(events).withPause(Duration.ofMillis(20))));
		try {
			try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), listener.port())) {
				socket.getOutputStream().write("GET / HTTP/1.1\r\nhost: a\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
				Await.until("streaming", () -> made.get() > 3);
			}
			awaitStill(made);
		}
		finally {
			listener.close();
		}
	}

	@Test
	void closeEndsTimers() throws IOException {
		ScheduledThreadPoolExecutor timers = new ScheduledThreadPoolExecutor(1);
		timers.setRemoveOnCancelPolicy(true);
		Answer answer = Answer.literal(200, "text/plain", "late").withDelay(Duration.ofMinutes(5));
		HttpListener listener = HttpListener.bind(0, (request, response,
				timer) -> new AnswerWriter(response, Schedulers.fromExecutorService(timers)).write(answer));
		try {
			try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), listener.port())) {
				socket.getOutputStream().write("GET / HTTP/1.1\r\nhost: a\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
				Await.until("waiting", () -> timers.getQueue().size() == 1);
			}
			Await.until("timer gone", () -> timers.getQueue().isEmpty());
		}
		finally {
			listener.close();
			timers.shutdownNow();
		}
	}

	@Test
	void slowReaderSlowsDownMakingOfEvents() throws IOException {
		AtomicInteger made = new AtomicInteger();
		assertSlowReaderSlowsDown(new CountedEvents(made), made);
	}

	@Test
	void slowReaderSlowsDownMakingOfEventsWithoutEnd() throws IOException {
		AtomicInteger made = new AtomicInteger();
		CountedEvents events = new CountedEvents(made);
		assertSlowReaderSlowsDown(() -> Stream.generate(() -> events.get(0)).iterator(), made);
	}

	private static void assertSlowReaderSlowsDown(Iterable<String> events, AtomicInteger made) throws IOException {
		HttpListener listener = HttpListener.bind(0,
				(request, response, timer) -> new AnswerWriter(response, timer).write(Answer.events(events)));
		try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), listener.port())) {
			socket.getOutputStream().write("GET / HTTP/1.1\r\nhost: a\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
			Await.until("streaming", () -> made.get() > 3);
			awaitStill(made);
			assertThat(made.get()).isLessThan(CountedEvents.SIZE);
		}
		finally {
			listener.close();
		}
	}

	private RecordedRequest request() {
		return this.server.requests().get(0);
	}

	private void awaitClosed() {
		Await.until("noticed", () -> request().clientClosed());
	}

	/**
	 * Wait until a number has not changed for ten times as long as the pause of events.
	 */
	private static void awaitStill(AtomicInteger number) {
		long[] since = { System.nanoTime() };
		int[] last = { number.get() };
		Await.until("still", () -> {
			if (number.get() != last[0]) {
				last[0] = number.get();
				since[0] = System.nanoTime();
			}
			return System.nanoTime() - since[0] > Duration.ofMillis(200).toNanos();
		});
	}

	/**
	 * Many large events that count how many of them were made.
	 */
	private static final class CountedEvents extends AbstractList<String> {

		private static final String EVENT = "data: " + "x".repeat(10_000) + "\n\n";

		private static final int SIZE = 100_000;

		private final AtomicInteger made;

		private CountedEvents(AtomicInteger made) {
			this.made = made;
		}

		@Override
		public String get(int index) {
			this.made.incrementAndGet();
			return EVENT;
		}

		@Override
		public int size() {
			return SIZE;
		}

	}

}
