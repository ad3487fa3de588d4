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
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
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

	private void calls(int number, double interval) {
		for (int i = 0; i < number; i++) {
			call();
			pass(interval);
		}
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
		this.refused = (call) -> this.calls.indexOf(call) == 3000 && call.refusals == 0;
		calls(6000, 0.1);
		assertThat(this.calls.subList(4500, 5000)).allMatch((call) -> call.waited() < 1);
	}

	@Test
	void requestThatIsAlwaysRefusedDoesNotDelayOthersAgain() {
		this.retryAfter = Duration.ofSeconds(60);
		Call bad = new Call();
		this.refused = (call) -> call == bad;
		bad.send();
		calls(1000, 0.1);
		pass(600);
		assertThat(lastAccepted()).isLessThan(105);
		assertThat(bad.refusals).isEqualTo(MAX_REFUSALS);
	}

	@Test
	void requestsThatAreAlwaysRefusedDoNotFailOthers() {
		List<Call> bad = List.of(new Call(), new Call(), new Call());
		this.refused = bad::contains;
		bad.forEach(Call::send);
		calls(600, 0.1);
		pass(600);
		assertThat(lastAccepted()).isLessThan(70);
		assertThat(bad).allMatch((call) -> call.refusals == MAX_REFUSALS);
	}

	@Test
	void manyRequestsThatAreAlwaysRefusedDoNotFailOthers() {
		List<Call> bad = Stream.generate(Call::new).limit(8).toList();
		this.refused = bad::contains;
		bad.forEach(Call::send);
		calls(300, 2);
		pass(3600);
		assertThat(lastAccepted()).isPositive();
		assertThat(this.calls).noneMatch((call) -> call.failed);
	}

	@Test
	void requestThatIsAlwaysRefusedDoesNotLimitTheRate() {
		List<Call> bad = new ArrayList<>();
		this.refused = bad::contains;
		for (int i = 0; i < 2000; i++) {
			if (i % 400 == 200) {
				bad.add(new Call());
				bad.get(bad.size() - 1).send();
			}
			call();
			pass(0.1);
		}
		pass(10);
		assertThat(lastAccepted()).isLessThan(210);
		assertThat(this.pacer.rate()).isNaN();
	}

	@Test
	void singleRefusalInTheFirstMinuteDelaysSteadyTrafficNoLongerThanItRequests() {
		this.retryAfter = Duration.ofSeconds(60);
		this.refused = (call) -> this.calls.indexOf(call) == 200 && call.refusals == 0;
		calls(3000, 0.1);
		assertThat(this.calls.subList(1500, 3000)).allMatch((call) -> call.waited() < 1);
	}

	@Test
	void requestIsNotResentImmediatelyIfTheServerNamesNoTime() {
		this.retryAfter = Duration.ZERO;
		this.refused = (call) -> call.refusals == 0;
		Call call = call();
		pass(0.4);
		assertThat(call.refusals).isEqualTo(1);
		assertThat(call.acceptedAt).isNegative();
		pass(0.3);
		assertThat(call.acceptedAt).isPositive();
	}

	@Test
	void requestThatWaitsAloneIsCounted() {
		Call bad = new Call();
		this.refused = (call) -> call == bad;
		bad.send();
		calls(25, 0.1);
		assertThat(bad.request.waitsAlone()).isTrue();
		assertThat(this.pacer.waiting()).isEqualTo(1);
		pass(600);
		assertThat(this.pacer.waiting()).isZero();
	}

	@Test
	void waitingCallsDoNotFailIfRequestsAreRefusedForLessThanAMinute() {
		this.retryAfter = Duration.ZERO;
		call();
		pass(3600);
		this.refused = (call) -> now() < 3645;
		for (int i = 0; i < 20; i++) {
			call().refusals = -1000;
		}
		pass(120);
		assertThat(lastAccepted()).isBetween(3645.0, 3670.0);
	}

	@Test
	void waitingCallsFailIfNoRequestIsAcceptedForLong() {
		this.refused = (call) -> true;
		for (int i = 0; i < 20; i++) {
			call().refusals = -1000;
		}
		pass(120);
		assertThat(this.calls).anyMatch((call) -> call.failed);
		assertThat(this.calls).allMatch((call) -> call.failed || call.refusals < -980);
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
		for (int i = 0; i < 10; i++) {
			for (int j = 0; j < 50; j++) {
				PacedRequest lost = new PacedRequest(100);
				this.pacer.admit(lost);
				this.pacer.notAnswered(lost, true);
			}
			call();
			pass(0.1);
		}
		this.refused = (call) -> call.refusals == 0;
		call();
		pass(2);
		assertThat(this.pacer.rate()).isBetween(5.0, 30.0);
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
				PacerRefusalTests.this.pacer.refused(this.request, PacerTests.refusal(), requested, (name) -> null);
				this.refusals++;
				if (this.refusals == MAX_REFUSALS) {
					this.failed = true;
				}
				else if (this.request.waitsAlone()) {
					PacerRefusalTests.this.pacer.delay(requested).subscribe((waited) -> send());
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
