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
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;

import io.netty.buffer.PooledByteBufAllocator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscription;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.test.StepVerifier;
import reactor.test.publisher.TestPublisher;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.NettyDataBuffer;
import org.springframework.core.io.buffer.NettyDataBufferFactory;
import org.springframework.http.HttpHeaders;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link EventStreamReader}: demand, and buffers, of which every test leaves
 * none.
 */
class EventStreamReaderTests {

	private static final Duration LIMIT = Duration.ofSeconds(30);

	private static final String DELTA = "event: completion\ndata: {\"completion\":\"a\"}\n\n";

	private static final String LAST = "event: completion\ndata: {\"completion\":\"\",\"stop_reason\":\"max_tokens\"}\n\n";

	private final NettyDataBufferFactory bufferFactory = new NettyDataBufferFactory(PooledByteBufAllocator.DEFAULT);

	private final List<NettyDataBuffer> buffers = Collections.synchronizedList(new ArrayList<>());

	private volatile int requested;

	@AfterEach
	void everyBufferIsReleased() {
		assertThat(this.buffers).isNotEmpty().allMatch((buffer) -> buffer.getNativeBuffer().refCnt() == 0);
	}

	@Test
	void wholeStream() {
		StepVerifier.create(stream(DELTA + DELTA, DELTA + LAST)).expectNextCount(4).expectComplete().verify(LIMIT);
	}

	@Test
	void streamThatIsTruncated() {
		StepVerifier.create(stream(DELTA, "event: comp")).expectNextCount(1).expectError().verify(LIMIT);
	}

	@Test
	void streamWithWhatCannotBeRead() {
		StepVerifier.create(stream(DELTA + "event: completion\ndata: x\n\n" + DELTA, DELTA))
			.expectNextCount(1)
			.expectError()
			.verify(LIMIT);
	}

	@Test
	void streamWithTooLargeAnEvent() {
		StepVerifier.create(stream("data: " + "x".repeat(600_000), "x".repeat(600_000), DELTA))
			.expectError()
			.verify(LIMIT);
	}

	@Test
	void streamThatIsCancelled() {
		StepVerifier.create(stream(DELTA + DELTA, DELTA, LAST), 1).expectNextCount(1).thenCancel().verify(LIMIT);
	}

	@Test
	void streamWithMoreAfterItsEnd() {
		StepVerifier.create(stream(LAST + DELTA, DELTA, DELTA)).expectNextCount(1).expectComplete().verify(LIMIT);
	}

	@Test
	void buffersAreAskedForOnlyAsEventsAreWanted() {
		StepVerifier.create(stream(DELTA + DELTA + DELTA, DELTA, DELTA, LAST), 0)
			.thenRequest(2)
			.expectNextCount(2)
			.then(() -> assertThat(this.requested).isOne())
			.thenRequest(2)
			.expectNextCount(2)
			.then(() -> assertThat(this.requested).isEqualTo(2))
			.thenRequest(10)
			.expectNextCount(2)
			.expectComplete()
			.verify(LIMIT);
	}

	@Test
	void cancellingWhileBuffersArriveLeavesNone() throws InterruptedException {
		ExecutorService thread = Executors.newSingleThreadExecutor();
		for (int i = 0; i < 2000; i++) {
			Disposable subscription = completions(Flux.from(endless(thread))).subscribe();
			while (this.requested % 7 != i % 7) {
				Thread.onSpinWait();
			}
			subscription.dispose();
		}
		thread.shutdown();
		assertThat(thread.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
	}

	@Test
	void bodyThatDoesNotEndCanBeLeftWhenItsThreadsHaveEnded() throws InterruptedException {
		List<Throwable> errors = new CopyOnWriteArrayList<>();
		CountDownLatch left = new CountDownLatch(1);
		Publisher<DataBuffer> body = (subscriber) -> subscriber.onSubscribe(new Subscription() {

			@Override
			public void request(long count) {
				if (count == 1) {
					subscriber.onNext(buffer(LAST));
				}
			}

			@Override
			public void cancel() {
				left.countDown();
				throw new RejectedExecutionException();
			}

		});
		Schedulers.onHandleError((thread, ex) -> errors.add(ex));
		try {
			StepVerifier.create(completions(Flux.from(body))).expectNextCount(1).thenCancel().verify(LIMIT);
			assertThat(left.await(10, TimeUnit.SECONDS)).isTrue();
			Mono.delay(Duration.ofMillis(20)).block();
			assertThat(errors).isEmpty();
		}
		finally {
			Schedulers.resetOnHandleError();
		}
	}

	@Test
	void streamWhoseBodyEndsWhileItsLastDeltaIsDeliveredCompletesAfterIt() {
		TestPublisher<DataBuffer> body = TestPublisher.create();
		List<String> signals = new ArrayList<>();
		completions(body.flux()).subscribe((completion) -> {
			body.complete();
			signals.add("next");
		}, (ex) -> signals.add("error"), () -> signals.add("complete"));
		body.next(buffer(LAST));
		assertThat(signals).containsExactly("next", "complete");
	}

	/**
	 * Return a publisher that hands out buffers on a thread of its own, and, as a
	 * connection can, one more when it has been cancelled meanwhile.
	 */
	private Publisher<DataBuffer> endless(Executor thread) {
		return (subscriber) -> subscriber.onSubscribe(new Subscription() {

			private volatile boolean cancelled;

			@Override
			public void request(long count) {
				if (!this.cancelled) {
					thread.execute(() -> subscriber.onNext(buffer(DELTA)));
				}
			}

			@Override
			public void cancel() {
				this.cancelled = true;
			}

		});
	}

	private Flux<Completion> stream(String... pieces) {
		Flux<DataBuffer> body = Flux.fromArray(pieces).<DataBuffer>map(this::buffer).hide();
		return completions(body);
	}

	private static Flux<Completion> completions(Flux<DataBuffer> body) {
		return new EventStreamReader(
				new TextCompletionReader(JsonMapper.shared(), Model.of("claude-2.1"), UnaryOperator.identity(), 1024),
				new ApiErrorReader(JsonMapper.shared(), 64 * 1024), HttpHeaders::new, Limits.defaults())
			.read(body, Timeouts.defaults(), DeadlineScheduler.shared());
	}

	private DataBuffer buffer(String text) {
		NettyDataBuffer buffer = this.bufferFactory.allocateBuffer(text.length());
		buffer.write(text, StandardCharsets.UTF_8);
		this.buffers.add(buffer);
		this.requested = this.buffers.size();
		return buffer;
	}

}
