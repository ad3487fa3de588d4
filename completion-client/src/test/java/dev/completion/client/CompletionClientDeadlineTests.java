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
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

import dev.completion.client.error.CallTimeoutException;
import dev.completion.client.error.CallTimeoutException.Phase;
import dev.completion.client.error.ConnectionException;
import dev.completion.client.error.Outcome;
import dev.completion.client.error.OverloadedException;
import dev.completion.server.Reply;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.observation.ObservationRegistry;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import reactor.core.Disposable;
import reactor.core.Scannable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Hooks;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;
import reactor.netty.http.client.HttpClient;
import reactor.netty.resources.ConnectionProvider;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link CompletionClient}: calls whose time is up, or whose caller has gone,
 * between two attempts and after them.
 */
class CompletionClientDeadlineTests extends AbstractCompletionClientTests {

	private static final Duration SECOND = Duration.ofSeconds(1);

	private static final Duration TWO_SECONDS = Duration.ofSeconds(2);

	private final Semaphore retries = new Semaphore(0);

	private final List<Throwable> dropped = new CopyOnWriteArrayList<>();

	private CompletionClient patient;

	@BeforeEach
	void openPatient() {
		ObservationRegistry registry = ObservationRegistry.create();
		registry.observationConfig().observationHandler(new RetryHandler(this.retries));
		this.patient = this.client.mutate()
			.observationRegistry(registry)
			.retry(RetryPolicy.builder().delay(Duration.ofMinutes(5)).maxDelay(Duration.ofMinutes(5)).build())
			.timeouts(Timeouts.builder().total(Duration.ofMinutes(10)).response(null).build())
			.build();
	}

	@BeforeEach
	void watchWhatIsDropped() {
		Hooks.onErrorDropped(this.dropped::add);
	}

	@AfterEach
	void nothingIsDropped() {
		Hooks.resetOnErrorDropped();
		assertThat(this.dropped).isEmpty();
	}

	private static Reply overloaded() {
		return Reply.error(529, "overloaded_error", "Overloaded");
	}

	/**
	 * Return the number of tasks that wait for their time, or run: the one that asks
	 * aside.
	 */
	@SuppressWarnings("unchecked")
	private static int timers() {
		Scheduler parallel = ((Supplier<Scheduler>) Schedulers.parallel()).get();
		int tasks = Scannable.from(parallel)
			.inners()
			.mapToInt((worker) -> worker.scanOrDefault(Scannable.Attr.BUFFERED, 0))
			.sum() + DeadlineScheduler.shared().pending();
		return Schedulers.isInNonBlockingThread() ? tasks - 1 : tasks;
	}

	@Tag("D13")
	@Test
	void callThatIsCancelledInABackOffLeavesNoTimerAndSendsNothing() throws InterruptedException {
		try (RawServer raw = RawServer
			.start((request, socket) -> RawResponse.error(529, "overloaded_error").writeTo(socket));
				CompletionClient other = this.patient.mutate().baseUrl(raw.baseUrl()).build();
				CompletionClient once = this.client.mutate().baseUrl(raw.baseUrl()).build()) {
			// opens the connections, which have a timer of their own
			failure(OverloadedException.class, once.stream(REQUEST));
			int before = timers();
			for (Flux<?> call : List.of(other.stream(REQUEST), other.complete(REQUEST).flux())) {
				int requests = raw.requests().size();
				Disposable running = whenBackingOff(call);
				CompletionClientResourcesTests.await(() -> timers() > before);
				running.dispose();
				CompletionClientResourcesTests.await(() -> timers() <= before);
				assertThat(raw.requests()).hasSize(requests + 1);
			}
		}
	}

	/**
	 * Subscribe to the given call, and return when it waits for its second attempt.
	 */
	private Disposable whenBackingOff(Flux<?> call) throws InterruptedException {
		Disposable running = call.subscribe((next) -> {
		}, this.dropped::add);
		assertThat(this.retries.tryAcquire(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
		return running;
	}

	@Tag("D13")
	@Test
	void callWhoseNextAttemptWouldBeTooLateFailsAtOnceWithTheLastError() {
		this.server.enqueue(overloaded());
		// less than the wait of the first retry, more than the test waits
		CompletionRequest hasty = REQUEST.toBuilder().timeout(LIMIT.multipliedBy(2)).build();
		CallTimeoutException ex = failure(CallTimeoutException.class, this.patient.complete(hasty).flux());
		assertThat(ex.phase()).isEqualTo(Phase.TOTAL);
		assertThat(ex).hasCauseInstanceOf(OverloadedException.class);
		assertThat(ex.getSuppressed()).isEmpty();
		assertThat(ex.attempts()).isOne();
		assertThat(this.server.requests()).hasSize(1);
	}

	@Tag("D13")
	@Test
	void callThatIsClosedInABackOffEnds() throws InterruptedException {
		this.server.enqueue(overloaded());
		CompletableFuture<Throwable> end = new CompletableFuture<>();
		Disposable running = whenBackingOff(this.patient.stream(REQUEST).doOnError(end::complete).onErrorComplete());
		this.patient.close();
		assertThat(end).succeedsWithin(LIMIT).isInstanceOfSatisfying(ConnectionException.class, (ex) -> {
			assertThat(ex).hasMessage("The client was closed");
			assertThat(ex.outcome()).isEqualTo(Outcome.REJECTED);
			assertThat(ex.attempts()).isOne();
			assertThat(ex.getSuppressed()).hasSize(1).hasOnlyElementsOfType(OverloadedException.class);
		});
		assertThat(running.isDisposed()).isTrue();
		assertThat(this.server.requests()).hasSize(1);
	}

	@Test
	void timeoutOfACallSpansItsAttempts() {
		// a timeout that began with each attempt would not be reached
		this.server.enqueue(overloaded(), overloaded().delay(Duration.ofMillis(1500)),
				Reply.text(" Hi").delay(Duration.ofMillis(2500)));
		CompletionRequest hasty = REQUEST.toBuilder().timeout(Duration.ofSeconds(3)).build();
		try (CompletionClient other = this.client.mutate()
			.retry(RetryPolicy.builder().delay(Duration.ofMillis(10)).build())
			.build()) {
			CallTimeoutException ex = failure(CallTimeoutException.class, other.stream(hasty));
			assertThat(ex.phase()).isEqualTo(Phase.TOTAL);
			assertThat(ex.attempts()).isEqualTo(3);
			assertThat(ex.outcome()).isEqualTo(Outcome.UNKNOWN);
			assertThat(ex).hasCauseInstanceOf(OverloadedException.class);
			assertThat(ex.getSuppressed()).hasSize(1).hasOnlyElementsOfType(OverloadedException.class);
		}
	}

	@Test
	void responseTimeoutIsThatOfEachAttempt() {
		Reply slow = overloaded().delay(SECOND);
		this.server.enqueue(slow, slow, Reply.text(" Hi"));
		try (CompletionClient other = this.client.mutate()
			.retry(RetryPolicy.builder().delay(Duration.ofMillis(1)).build())
			.timeouts(Timeouts.builder().response(TWO_SECONDS).build())
			.build()) {
			Elapsed.assertAtLeast(TWO_SECONDS,
					() -> assertThat(other.exchange(REQUEST).block(LIMIT).attempts()).isEqualTo(3));
		}
	}

	@Tag("D11")
	@Test
	void lateAnswerIsDroppedWithItsConnection() {
		CompletableFuture<Integer> end = new CompletableFuture<>();
		List<String> completions = new CopyOnWriteArrayList<>();
		ConnectionProvider one = ConnectionProvider.create("one", 1);
		RawServer.Conversation late = (request, socket) -> {
			if (completions.isEmpty()) {
				completions.add("late");
				end.complete(socket.getInputStream().read());
			}
			writeQuietly(socket);
		};
		try (RawServer raw = RawServer.start(late);
				CompletionClient other = this.client.mutate()
					.baseUrl(raw.baseUrl())
					.httpClient(HttpClient.create(one))
					.retry(RetryPolicy.defaults())
					.timeouts(Timeouts.builder().response(SECOND).build())
					.build()) {
			long start = System.nanoTime();
			CallTimeoutException ex = failure(CallTimeoutException.class, other.complete(REQUEST).flux());
			assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThanOrEqualTo(SECOND);
			assertThat(ex.phase()).isEqualTo(Phase.RESPONSE);
			assertThat(ex.outcome()).isEqualTo(Outcome.UNKNOWN);
			assertThat(ex.attempts()).isOne();
			assertThat(end).succeedsWithin(LIMIT).isEqualTo(-1);
			assertThat(other.complete(REQUEST).block(LIMIT).completion()).isEqualTo(" Hi");
			assertThat(raw.requests()).hasSize(2);
		}
		one.disposeLater().block(LIMIT);
	}

	// the client may have gone
	private void writeQuietly(Socket socket) {
		try {
			completion().writeTo(socket);
		}
		catch (IOException ex) {
			// it has
		}
	}

	@Test
	void timeoutReachesTheCallerThoughWhatIsCancelledThrows() {
		CredentialProvider provider = () -> Mono.create((sink) -> sink.onCancel(() -> {
			throw new IllegalStateException("mine");
		}));
		CompletionRequest hasty = REQUEST.toBuilder().timeout(SECOND).build();
		try (CompletionClient other = this.patient.mutate().credential(provider).build()) {
			for (Flux<?> call : List.of(other.stream(hasty), other.complete(hasty).flux())) {
				assertThat(failure(CallTimeoutException.class, call).phase()).isEqualTo(Phase.TOTAL);
			}
		}
	}

	private record RetryHandler(Semaphore retries) implements ObservationHandler<CompletionObservationContext> {

		@Override
		public boolean supportsContext(Observation.Context context) {
			return context instanceof CompletionObservationContext;
		}

		@Override
		public void onEvent(Observation.Event event, CompletionObservationContext context) {
			this.retries.release();
		}

	}

}
