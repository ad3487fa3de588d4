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
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

import dev.completion.client.error.CompletionClientException;
import dev.completion.server.Reply;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.util.ResourceLeakDetector;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Hooks;
import reactor.core.publisher.Mono;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link CompletionClient}: after many calls with every kind of fault, nothing
 * is left behind.
 */
@Tag("slow")
class SoakTests extends AbstractCompletionClientTests {

	private static final int CALLS = 10_000;

	private static final int IN_FLIGHT = 32;

	private static final Duration SHORT = Duration.ofMillis(150);

	private final Random random = new Random(42);

	private final AtomicInteger succeeded = new AtomicInteger();

	private final AtomicInteger failed = new AtomicInteger();

	private final AtomicInteger droppedByWebClient = new AtomicInteger();

	private final List<Object> unexpected = new CopyOnWriteArrayList<>();

	@BeforeAll
	static void watchEveryBuffer() {
		ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.PARANOID);
	}

	@AfterAll
	static void watchNoLonger() {
		ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.SIMPLE);
	}

	@AfterEach
	void resetHooks() {
		Hooks.resetOnErrorDropped();
	}

	@Test
	void nothingIsLeftAfterManyFaults() {
		Hooks.onErrorDropped(this::dropped);
		Set<Thread> before = Thread.getAllStackTraces().keySet();
		CompletionClient soaked = CompletionClient.builder()
			.api(CompletionApi.TEXT_COMPLETIONS)
			.baseUrl(this.server.baseUrl())
			.apiKey(KEY)
			.timeouts(Timeouts.builder().response(SHORT).idle(SHORT).progress(SHORT).build())
			.retry(RetryPolicy.builder().delay(Duration.ofMillis(5)).build())
			.build();
		CompletionClient ofMessages = soaked.mutate().api(CompletionApi.MESSAGES).build();
		List<Reply> faults = Stream.of(ApiFixture.values()).flatMap(SoakTests::faults).toList();
		Flux.range(0, CALLS)
			.flatMap((number) -> this.random.nextBoolean() ? call(soaked, ApiFixture.TEXT_COMPLETIONS, faults)
					: call(ofMessages, ApiFixture.MESSAGES, faults), IN_FLIGHT)
			.blockLast(Duration.ofMinutes(20));
		System.out.printf("%d calls: %d answered or cancelled, %d failed%n", CALLS, this.succeeded.get(),
				this.failed.get());
		assertThat(this.succeeded).hasPositiveValue();
		assertThat(this.failed).hasPositiveValue();
		assertThat(this.unexpected).isEmpty();
		assertThat(this.droppedByWebClient).hasValueLessThan(CALLS / 100);
		assertThat(connections()).isPositive();
		assertThat(ownThreads(before)).isNotEmpty();
		soaked.close();
		CompletionClientResourcesTests.await(() -> connections() == 0);
		CompletionClientResourcesTests.await(() -> ownThreads(before).isEmpty());
		assertNoLeak();
	}

	// WebClient drops an error if a call is cancelled just as its body is subscribed to
	private void dropped(Throwable error) {
		if ("The client response body has been released already due to cancellation.".equals(error.getMessage())) {
			this.droppedByWebClient.incrementAndGet();
		}
		else {
			this.unexpected.add(error);
		}
	}

	private Mono<Void> call(CompletionClient soaked, ApiFixture spoken, List<Reply> faults) {
		CompletionRequest request = REQUEST.toBuilder().model(spoken.model).build();
		if (this.random.nextInt(3) > 0) {
			this.server.enqueue(faults.get(this.random.nextInt(faults.size())));
		}
		Flux<Completion> call = this.random.nextBoolean() ? soaked.stream(request) : soaked.complete(request).flux();
		if (this.random.nextInt(4) == 0) {
			call = call.takeUntilOther(Mono.delay(Duration.ofMillis(this.random.nextInt(20))));
		}
		return call.doOnComplete(this.succeeded::incrementAndGet).then().onErrorResume((ex) -> {
			this.failed.incrementAndGet();
			if (!(ex instanceof CompletionClientException)) {
				this.unexpected.add(ex);
			}
			return Mono.empty();
		});
	}

	private static Stream<Reply> faults(ApiFixture api) {
		String delta = api.delta(" Hello");
		String last = api.last("stop_sequence");
		Reply events = Reply.events(delta.repeat(20) + last);
		return Stream.of(Reply.reset(), Reply.cut(), Reply.stall(), Reply.pings(Duration.ofMillis(10)),
				Reply.redirect(307, "http://127.0.0.1:1/"), Reply.raw("HTTP/1.1 2"), Reply.raw("oops\r\n\r\n"),
				events.resetAfter(5), events.cutAfter(5), events.stallAfter(5), events.endAfter(5), events.interim(103),
				events.header("content-type", "text/html"), Reply.text(" Hi").drip(Duration.ofMillis(1)),
				Reply.error(529, "overloaded_error", "Overloaded"), Reply.error(500, "api_error", "x".repeat(100_000)),
				Reply.error(401, "authentication_error", "No"), Reply.events("data: " + "x".repeat(2_000_000)),
				Reply.events(delta + "event: error\ndata: {\"error\":{\"type\":\"overloaded_error\"}}\n\n"),
				Reply.events(last + delta.repeat(1000)),
				Reply.body(200, "application/json", api.answer(" Hi", "max_tokens").replaceFirst("Hi.*", "Hi")),
				Reply.text(" Hi there").chunkDelay(Duration.ofMillis(5)));
	}

	/**
	 * Return the number of connections to the server that are open on the client's side.
	 */
	private long connections() {
		String port = ":%04X".formatted(this.server.port());
		return Stream.of("/proc/self/net/tcp", "/proc/self/net/tcp6")
			.map(Path::of)
			.flatMap(SoakTests::lines)
			.map((line) -> line.trim().split("\\s+"))
			.filter((fields) -> fields[2].endsWith(port) && fields[3].equals("01"))
			.count();
	}

	private static Stream<String> lines(Path path) {
		try {
			return Files.exists(path) ? Files.readAllLines(path).stream() : Stream.empty();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static List<Thread> ownThreads(Set<Thread> before) {
		return Thread.getAllStackTraces()
			.keySet()
			.stream()
			.filter((thread) -> !before.contains(thread))
			.filter((thread) -> thread.getName().matches("completion-(epoll|nio|kqueue)-\\d+"))
			.toList();
	}

	// a leak is found when another buffer is made after its garbage was collected
	private static void assertNoLeak() {
		for (int i = 0; i < 5; i++) {
			System.gc();
			ByteBuf buffer = UnpooledByteBufAllocator.DEFAULT.directBuffer(16);
			buffer.release();
		}
		assertThat(LogScanner.takeFound()).isEmpty();
	}

}
