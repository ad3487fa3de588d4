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
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.test.scheduler.VirtualTimeScheduler;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link Pacer}: what refusals do to the requests after them, in virtual time.
 */
class PacerRefusalTests {

	private static final Duration REFUSAL_TIME = Duration.ofMillis(50);

	private static final Duration LATENCY = Duration.ofMillis(500);

	private static final int MAX_REFUSALS = 8;

	private final VirtualTimeScheduler time = VirtualTimeScheduler.create();

	private final Pacer pacer = new Pacer(this.time);

	private final List<Call> calls = new ArrayList<>();

	private Predicate<Call> refused = (call) -> false;

	private Duration retryAfter = Duration.ofSeconds(1);

	private double now() {
		return this.time.now(TimeUnit.MILLISECONDS) / 1000.0;
	}

	private void pass(double seconds) {
		this.time.advanceTimeBy(Duration.ofMillis((long) (seconds * 1000)));
	}

	private Call call() {
		Call call = new Call();
		this.calls.add(call);
		call.send();
		return call;
	}

	private double lastAccepted() {
		assertThat(this.calls).allMatch((call) -> call.acceptedAt >= 0);
		return this.calls.stream().mapToDouble((call) -> call.acceptedAt).max().orElseThrow();
	}

	@Test
	void refusedBurstAfterAQuietTimeIsSentSoon() {
		call();
		pass(300);
		this.refused = (call) -> call.refusals == 0;
		for (int i = 0; i < 20; i++) {
			call();
		}
		pass(600);
		assertThat(lastAccepted() - 300).isLessThan(6);
	}

	@Test
	void singleRefusalDelaysSteadyTrafficNoLongerThanItRequests() {
		this.retryAfter = Duration.ofSeconds(60);
		for (int second = 0; second < 600; second++) {
			if (second == 300) {
				boolean[] first = { true };
				this.refused = (call) -> {
					boolean refuse = first[0];
					first[0] = false;
					return refuse;
				};
			}
			for (int i = 0; i < 10; i++) {
				call();
				pass(0.1);
			}
		}
		assertThat(this.calls.subList(4500, 5000)).allMatch((call) -> call.waited() < 1);
	}

	@Test
	void requestThatIsAlwaysRefusedDoesNotDelayOthersAgain() {
		this.retryAfter = Duration.ofSeconds(60);
		Call bad = new Call();
		this.refused = (call) -> call == bad;
		bad.send();
		for (int second = 0; second < 100; second++) {
			for (int i = 0; i < 10; i++) {
				call();
				pass(0.1);
			}
		}
		pass(600);
		assertThat(lastAccepted()).isLessThan(105);
		assertThat(bad.refusals).isEqualTo(MAX_REFUSALS);
	}

	@Test
	void waitingCallsFailIfNoRequestIsAcceptedForLong() {
		this.refused = (call) -> true;
		Call first = call();
		pass(0.1);
		Call second = new Call();
		Call third = new Call();
		second.refusals = -1000;
		third.refusals = -1000;
		second.send();
		third.send();
		pass(120);
		assertThat(first.failed).isTrue();
		assertThat(List.of(second, third)).anyMatch((call) -> call.failed);
	}

	@Test
	void successEndsTheCountOfPeriodsWithoutSuccess() {
		this.refused = (call) -> true;
		call();
		call();
		pass(200);
		this.refused = (call) -> false;
		pass(300);
		this.calls.clear();
		call();
		pass(1);
		this.refused = (call) -> call.refusals == 0;
		double start = now();
		for (int i = 0; i < 20; i++) {
			call();
		}
		pass(300);
		assertThat(lastAccepted() - start).isLessThan(6);
	}

	@Test
	void requestsWithoutAResponseDoNotRaiseTheRate() {
		this.refused = (call) -> now() > 1 && now() < 1.2;
		for (int i = 0; i < 100; i++) {
			call();
			for (int j = 0; j < 50; j++) {
				PacedRequest lost = new PacedRequest(100);
				if (this.pacer.admit(lost) == null) {
					this.pacer.notAnswered(lost);
				}
			}
			pass(0.1);
		}
		pass(5);
		assertThat(this.pacer.rate()).isLessThan(100);
	}

	@Test
	void timerIsCancelledWhenNoCallWaits() {
		List<Disposable> timers = new ArrayList<>();
		Pacer recorded = new Pacer(new PacerSimulationTests.LateScheduler(this.time, Duration.ZERO) {

			@Override
			public Disposable schedule(Runnable task, long delay, TimeUnit unit) {
				Disposable timer = super.schedule(task, delay, unit);
				timers.add(timer);
				return timer;
			}

		});
		PacedRequest request = new PacedRequest(100);
		recorded.admit(request);
		recorded.refused(request, PacerTests.refusal(), Duration.ofSeconds(60), (name) -> null);
		Mono<Void> permission = recorded.admit(request);
		Disposable waiting = permission.subscribe();
		assertThat(timers).hasSize(1).noneMatch(Disposable::isDisposed);
		waiting.dispose();
		assertThat(timers).allMatch(Disposable::isDisposed);
	}

	private final class Call {

		private final PacedRequest request = new PacedRequest(400);

		private final double start = now();

		private double acceptedAt = -1;

		private int refusals;

		private boolean failed;

		double waited() {
			return this.acceptedAt - this.start;
		}

		void send() {
			Mono<Void> permission = PacerRefusalTests.this.pacer.admit(this.request);
			if (permission == null) {
				arrive();
			}
			else {
				permission.subscribe(null, (error) -> this.failed = true, this::arrive);
			}
		}

		private void arrive() {
			if (!PacerRefusalTests.this.refused.test(this)) {
				this.acceptedAt = now();
				later(LATENCY, () -> PacerRefusalTests.this.pacer.responded(this.request, (name) -> null));
				return;
			}
			later(REFUSAL_TIME, () -> {
				@Nullable Duration requested = PacerRefusalTests.this.retryAfter;
				boolean alone = PacerRefusalTests.this.pacer.refused(this.request, PacerTests.refusal(), requested,
						(name) -> null);
				this.refusals++;
				if (this.refusals == MAX_REFUSALS) {
					this.failed = true;
				}
				else if (alone) {
					later(requested, this::send);
				}
				else {
					send();
				}
			});
		}

		private void later(Duration delay, Runnable task) {
			PacerRefusalTests.this.time.schedule(task, delay.toNanos(), TimeUnit.NANOSECONDS);
		}

	}

}
