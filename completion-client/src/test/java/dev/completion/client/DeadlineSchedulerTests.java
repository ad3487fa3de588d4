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
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.Test;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link DeadlineScheduler}.
 */
class DeadlineSchedulerTests {

	private static final Duration LIMIT = Duration.ofSeconds(30);

	private final DeadlineScheduler scheduler = new DeadlineScheduler();

	private final Queue<String> ran = new ConcurrentLinkedQueue<>();

	private Disposable schedule(String name, long millis) {
		return this.scheduler.schedule(() -> this.ran.add(name), millis, TimeUnit.MILLISECONDS);
	}

	@Test
	void tasksRunWhenTheirTimeHasComeWhateverTheirOrder() {
		long start = System.nanoTime();
		schedule("c", 150);
		schedule("a", 50);
		schedule("b", 100);
		CompletionClientResourcesTests.await(() -> this.ran.size() == 1);
		assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThanOrEqualTo(Duration.ofMillis(50));
		CompletionClientResourcesTests.await(() -> this.ran.size() == 3);
		assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThanOrEqualTo(Duration.ofMillis(150));
		assertThat(this.ran).containsExactly("a", "b", "c");
	}

	@Test
	void taskThatIsDisposedOfDoesNotRunAndOthersDo() {
		Disposable disposed = schedule("a", 20);
		Disposable other = schedule("b", 40);
		assertThat(disposed.isDisposed()).isFalse();
		disposed.dispose();
		assertThat(disposed.isDisposed()).isTrue();
		CompletionClientResourcesTests.await(other::isDisposed);
		CompletionClientResourcesTests.await(() -> !this.ran.isEmpty());
		assertThat(this.ran).containsExactly("b");
	}

	@Test
	void taskThatBlocksDelaysOnlyWhatItsThreadIsToRun() throws InterruptedException {
		CountDownLatch blocked = new CountDownLatch(1);
		AtomicBoolean released = new AtomicBoolean();
		AtomicInteger spun = new AtomicInteger();
		this.scheduler.schedule(() -> {
			blocked.countDown();
			while (!released.get()) {
				spun.incrementAndGet();
			}
		}, 1, TimeUnit.MILLISECONDS);
		CountDownLatch others = new CountDownLatch(2 * Schedulers.DEFAULT_POOL_SIZE - 2);
		try {
			assertThat(blocked.await(10, TimeUnit.SECONDS)).isTrue();
			for (int i = 0; i < 2 * Schedulers.DEFAULT_POOL_SIZE; i++) {
				this.scheduler.schedule(others::countDown, 20, TimeUnit.MILLISECONDS);
			}
			assertThat(others.await(10, TimeUnit.SECONDS)).isTrue();
		}
		finally {
			released.set(true);
		}
	}

	@Test
	void tasksThatBlockForLongDoNotKeepOthersFromRunning() throws InterruptedException {
		int blocking = 3 * Schedulers.DEFAULT_BOUNDED_ELASTIC_SIZE;
		CountDownLatch blocked = new CountDownLatch(blocking);
		CountDownLatch released = new CountDownLatch(1);
		CountDownLatch other = new CountDownLatch(1);
		try {
			for (int i = 0; i < blocking; i++) {
				this.scheduler.schedule(() -> {
					blocked.countDown();
					await(released);
				}, 1, TimeUnit.MILLISECONDS);
			}
			assertThat(blocked.await(20, TimeUnit.SECONDS)).isTrue();
			this.scheduler.schedule(other::countDown, 1, TimeUnit.MILLISECONDS);
			assertThat(other.await(20, TimeUnit.SECONDS)).isTrue();
		}
		finally {
			released.countDown();
		}
	}

	private static void await(CountDownLatch latch) {
		try {
			latch.await();
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	@Test
	void nothingIsLeftOfWhatIsDisposedOf() {
		for (int i = 0; i < 1000; i++) {
			schedule("a", 60_000 + i).dispose();
		}
		assertThat(this.scheduler.pending()).isZero();
	}

	@Test
	void taskHasTheThreadLocalsOfWhoeverScheduledIt() {
		ThreadLocal<String> tenant = new ThreadLocal<>();
		Schedulers.onScheduleHook("tenant", (task) -> {
			String captured = tenant.get();
			return () -> {
				tenant.set(captured);
				task.run();
				tenant.remove();
			};
		});
		try {
			for (String name : List.of("a", "b")) {
				tenant.set(name);
				this.scheduler.schedule(() -> this.ran.add(name + tenant.get()), 10, TimeUnit.MILLISECONDS);
			}
			CompletionClientResourcesTests.await(() -> this.ran.size() == 2);
		}
		finally {
			Schedulers.resetOnScheduleHook("tenant");
		}
		assertThat(this.ran).containsExactlyInAnyOrder("aa", "bb");
	}

	@Test
	void taskRunsThatIsScheduledAfterAllOthersHaveRun() {
		schedule("a", 1);
		CompletionClientResourcesTests.await(() -> this.ran.size() == 1);
		CompletionClientResourcesTests.await(() -> this.scheduler.pending() == 0);
		schedule("b", 300);
		CompletionClientResourcesTests.await(() -> this.ran.size() == 2);
	}

	@Test
	void noTaskIsForgottenWhereManyThreadsSchedule() throws InterruptedException {
		int count = 20_000;
		CountDownLatch left = new CountDownLatch(count);
		List<Disposable> disposed = new ArrayList<>();
		Flux.range(0, count)
			.parallel(8)
			.runOn(Schedulers.boundedElastic())
			.doOnNext((i) -> this.scheduler.schedule(left::countDown, ThreadLocalRandom.current().nextInt(40),
					TimeUnit.MILLISECONDS))
			.sequential()
			.doOnNext((i) -> disposed.add(schedule("disposed", 60_000)))
			.blockLast(LIMIT);
		disposed.forEach(Disposable::dispose);
		assertThat(left.await(10, TimeUnit.SECONDS)).isTrue();
		assertThat(this.ran).isEmpty();
	}

	@Test
	void reactorsTimeoutsCanUseIt() {
		Mono<String> never = Mono.<String>never().timeout(Duration.ofMillis(20), Mono.just("late"), this.scheduler);
		assertThat(never.block(LIMIT)).isEqualTo("late");
		assertThat(Mono.fromCallable(() -> Thread.currentThread().getName()).subscribeOn(this.scheduler).block(LIMIT))
			.isEqualTo("completion-deadlines");
	}

}
