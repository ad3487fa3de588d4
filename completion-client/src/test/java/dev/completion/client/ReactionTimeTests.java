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
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import dev.completion.client.error.CallTimeoutException;
import dev.completion.client.error.LimitExceededException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import reactor.core.Disposable;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Measures how soon a {@link CompletionClient} reacts, and prints that beside its limits.
 * These hold on a quiet machine; what is asserted holds on a busy one, too.
 */
@Tag("slow")
class ReactionTimeTests extends AbstractCompletionClientTests {

	private static final int MANY = 200;

	private static final int SOME = 5;

	private static final Duration SECOND = Duration.ofSeconds(1);

	private static final String GIANT = "data: " + "x".repeat(2 * 1024 * 1024);

	private final BlockingQueue<Long> opened = new LinkedBlockingQueue<>();

	private final BlockingQueue<Long> closed = new LinkedBlockingQueue<>();

	/**
	 * Start a server that writes a text and waits until the client closes the connection.
	 */
	private RawServer holding(String text) {
		return RawServer.start((request, socket) -> {
			RawStreams.write(socket, text);
			this.opened.add(System.nanoTime());
			this.closed.add(RawStreams.awaitClose(socket));
		});
	}

	private static long take(BlockingQueue<Long> times) {
		try {
			Long time = times.poll(LIMIT.toSeconds(), TimeUnit.SECONDS);
			assertThat(time).isNotNull();
			return time;
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static void report(String figure, long limit, List<Long> nanos) {
		List<Long> sorted = nanos.stream().sorted().toList();
		double median = sorted.get(sorted.size() / 2) / 1e6;
		System.out.printf("%-48s median %7.1f ms, slowest %7.1f ms, limit %d ms%n", figure, median,
				sorted.get(sorted.size() - 1) / 1e6, limit);
		assertThat(median).as(figure).isLessThan(limit + 2000.0);
	}

	@Test
	void cancelClosesTheConnection() {
		List<Long> midStream = new ArrayList<>();
		List<Long> beforeHeaders = new ArrayList<>();
		try (RawServer raw = holding(RawStreams.HEAD + RawStreams.chunk(delta()));
				CompletionClient other = client(raw.baseUrl())) {
			for (int i = 0; i < MANY; i++) {
				CompletableFuture<Completion> first = new CompletableFuture<>();
				Disposable call = other.stream(REQUEST).subscribe(first::complete);
				assertThat(first).succeedsWithin(LIMIT);
				midStream.add(cancel(call));
			}
		}
		this.opened.clear();
		try (RawServer raw = holding(""); CompletionClient other = client(raw.baseUrl())) {
			for (int i = 0; i < MANY; i++) {
				Disposable call = other.stream(REQUEST).subscribe();
				take(this.opened);
				beforeHeaders.add(cancel(call));
			}
		}
		report("cancel in mid-stream to closed connection", 50, midStream);
		report("cancel before the headers to closed connection", 50, beforeHeaders);
	}

	private long cancel(Disposable call) {
		long start = System.nanoTime();
		call.dispose();
		return take(this.closed) - start;
	}

	@Test
	void closeClosesTheConnections() {
		List<Long> times = new ArrayList<>();
		try (RawServer raw = holding(RawStreams.HEAD + RawStreams.chunk(delta()))) {
			for (int i = 0; i < SOME; i++) {
				CompletionClient other = client(raw.baseUrl());
				List<Disposable> calls = Stream.generate(() -> other.stream(REQUEST).onErrorComplete().subscribe())
					.limit(50)
					.toList();
				calls.forEach((call) -> take(this.opened));
				long start = System.nanoTime();
				other.close();
				calls.forEach((call) -> times.add(take(this.closed) - start));
			}
		}
		report("close of 50 streams to closed connection", 2000, times);
	}

	@Test
	void connectionIsClosedAfterTheEndOfItsStream() {
		List<Long> times = new ArrayList<>();
		try (RawServer raw = holding(RawStreams.HEAD + RawStreams.chunk(delta() + last()));
				CompletionClient other = client(raw.baseUrl())) {
			for (int i = 0; i < MANY / 4; i++) {
				other.stream(REQUEST).blockLast(LIMIT);
				times.add(take(this.closed) - take(this.opened));
			}
		}
		report("stop reason to closed connection", 200, times);
	}

	@Test
	void timeoutEndsTheCall() {
		Timeouts none = Timeouts.builder().response(LIMIT).idle(LIMIT).build();
		try (RawServer silent = holding("");
				RawServer stalling = holding(RawStreams.HEAD + RawStreams.chunk(delta()))) {
			report("response timeout of 1000 ms", 1250,
					timedOut(silent, none.toBuilder().response(SECOND).build(), REQUEST));
			report("idle timeout of 1000 ms", 1250, timedOut(stalling, none.toBuilder().idle(SECOND).build(), REQUEST));
			report("total timeout of 1000 ms", 1250,
					timedOut(stalling, none, REQUEST.toBuilder().timeout(SECOND).build()));
		}
	}

	private List<Long> timedOut(RawServer raw, Timeouts timeouts, CompletionRequest request) {
		List<Long> times = new ArrayList<>();
		try (CompletionClient other = this.client.mutate().baseUrl(raw.baseUrl()).timeouts(timeouts).build()) {
			for (int i = 0; i < SOME; i++) {
				long start = System.nanoTime();
				failure(CallTimeoutException.class, other.stream(request));
				times.add(System.nanoTime() - start);
			}
		}
		return times;
	}

	@Test
	void giantEventIsRefused() {
		List<Long> times = new ArrayList<>();
		try (RawServer raw = RawServer.answering(RawStreams.HEAD + RawStreams.chunk(GIANT));
				CompletionClient other = client(raw.baseUrl())) {
			for (int i = 0; i < SOME; i++) {
				long start = System.nanoTime();
				failure(LimitExceededException.class, other.stream(REQUEST));
				times.add(System.nanoTime() - start);
			}
		}
		report("call with an event of 2 MB", 1000, times);
	}

}
