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
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;

import dev.completion.client.error.ApiError;
import org.junit.jupiter.api.Test;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.test.scheduler.VirtualTimeScheduler;

import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link Pacer}, in virtual time.
 */
class PacerTests {

	private final VirtualTimeScheduler time = VirtualTimeScheduler.create();

	private final Pacer pacer = new Pacer(this.time);

	static AttemptFailure refusal() {
		return AttemptFailure.api(new ApiError(HttpStatus.TOO_MANY_REQUESTS, "rate_limit_error", "Slow down", null,
				HttpHeaders.EMPTY, "", false), null);
	}

	@Test
	void requestsAreNotDelayedWithoutALimit() {
		for (int i = 0; i < 1000; i++) {
			PacedRequest request = new PacedRequest(100);
			assertThat(this.pacer.admit(request)).isNull();
			this.pacer.responded(request, (name) -> null);
		}
	}

	@Test
	void requestIsInFlightUntilItsExchangeEnds() {
		PacedRequest first = new PacedRequest(100);
		this.pacer.admit(first);
		Map<String, String> headers = Map.of("anthropic-ratelimit-output-tokens-limit", "1000000",
				"anthropic-ratelimit-output-tokens-remaining", "1000000");
		this.pacer.responded(first, headers::get);
		Disposable open = this.pacer.track(Flux.never()).subscribe();
		this.pacer.track(Flux.never());
		assertThat(othersInFlight()).isOne();
		this.pacer.track(Flux.just("a", "b")).subscribe();
		this.pacer.track(Flux.error(new IllegalStateException())).onErrorComplete().subscribe();
		this.pacer.track(Flux.just("a", "b")).take(1).subscribe();
		assertThat(othersInFlight()).isOne();
		open.dispose();
		open.dispose();
		assertThat(othersInFlight()).isZero();
	}

	private int othersInFlight() {
		PacedRequest request = new PacedRequest(100);
		assertThat(this.pacer.admit(request)).isNull();
		return request.othersInFlight();
	}

	@Test
	void refusedRequestIsSentBeforeLaterOnes() {
		PacedRequest first = new PacedRequest(100);
		this.pacer.admit(first);
		this.pacer.refused(first, refusal(), Duration.ofSeconds(1), (name) -> null);
		List<String> sent = new ArrayList<>();
		Mono<Void> later = this.pacer.admit(new PacedRequest(100));
		later.subscribe(null, null, () -> sent.add("later"));
		this.pacer.admit(first).subscribe(null, null, () -> sent.add("first"));
		this.time.advanceTimeBy(Duration.ofMillis(999));
		assertThat(sent).isEmpty();
		this.time.advanceTimeBy(Duration.ofSeconds(10));
		assertThat(sent).containsExactly("first", "later");
	}

	private PacedRequest largeRequestThatWaits(Pacer pacer) {
		PacedRequest first = new PacedRequest(400);
		pacer.admit(first);
		pacer.responded(first, tokens(1000)::get);
		return new PacedRequest(160_000);
	}

	private static Map<String, String> tokens(int remaining) {
		return Map.of("anthropic-ratelimit-input-tokens-limit", "60000", "anthropic-ratelimit-input-tokens-remaining",
				Integer.toString(remaining));
	}

	@Test
	void requestIsSentWhenThatBeforeItIsCancelled() {
		Disposable large = this.pacer.admit(largeRequestThatWaits(this.pacer)).subscribe();
		List<String> sent = new ArrayList<>();
		this.pacer.admit(new PacedRequest(400)).subscribe(null, null, () -> sent.add("small"));
		this.time.advanceTimeBy(Duration.ofSeconds(1));
		assertThat(sent).isEmpty();
		large.dispose();
		this.time.advanceTimeBy(Duration.ZERO);
		assertThat(sent).containsExactly("small");
	}

	@Test
	void requestIsSentWhenAResponseShowsThatItMay() {
		PacedRequest inFlight = new PacedRequest(400);
		PacedRequest large = largeRequestThatWaits(this.pacer);
		this.pacer.admit(inFlight);
		List<String> sent = new ArrayList<>();
		this.pacer.admit(large).subscribe(null, null, () -> sent.add("large"));
		this.time.advanceTimeBy(Duration.ofSeconds(1));
		assertThat(sent).isEmpty();
		this.pacer.responded(inFlight, tokens(60_000)::get);
		this.time.advanceTimeBy(Duration.ZERO);
		assertThat(sent).containsExactly("large");
	}

	@Test
	void limitIsForgottenThoughNoCallWaitedWhenTheGateOpened() {
		PacedRequest request = new PacedRequest(100);
		this.pacer.admit(request);
		this.pacer.refused(request, refusal(), Duration.ofSeconds(1), (name) -> null);
		this.time.advanceTimeBy(Duration.ofMinutes(5));
		for (int i = 0; i < 100; i++) {
			assertThat(this.pacer.admit(new PacedRequest(100))).isNull();
		}
	}

	private Pacer recorded(List<Disposable> timers) {
		return new Pacer(new PacerSimulationTests.LateScheduler(this.time, Duration.ZERO) {

			@Override
			public Disposable schedule(Runnable task, long delay, TimeUnit unit) {
				Disposable timer = super.schedule(task, delay, unit);
				timers.add(timer);
				return timer;
			}

		});
	}

	@Test
	void rateThatHeadersLimitIsNotPolled() {
		Map<String, String> headers = Map.of("anthropic-ratelimit-requests-limit", "60",
				"anthropic-ratelimit-requests-remaining", "50");
		List<Disposable> timers = new ArrayList<>();
		Pacer recorded = recorded(timers);
		PacedRequest refused = new PacedRequest(100);
		for (PacedRequest request : List.of(new PacedRequest(100), new PacedRequest(100), refused)) {
			recorded.admit(request);
			recorded.responded(request, headers::get);
			this.time.advanceTimeBy(Duration.ofMillis(10));
		}
		recorded.refused(refused, refusal(), Duration.ofSeconds(1), headers::get);
		int calls = 30;
		for (int i = 0; i < calls; i++) {
			Objects.requireNonNull(recorded.admit(new PacedRequest(100))).subscribe();
		}
		this.time.advanceTimeBy(Duration.ofMinutes(1));
		assertThat(recorded.waiting()).isZero();
		assertThat(timers).hasSizeLessThan(2 * calls);
	}

	@Test
	void timerIsCancelledWhenNoCallWaits() {
		List<Disposable> timers = new ArrayList<>();
		Pacer recorded = recorded(timers);
		PacedRequest request = new PacedRequest(100);
		recorded.admit(request);
		recorded.refused(request, refusal(), Duration.ofSeconds(60), (name) -> null);
		Mono<Void> permission = recorded.admit(request);
		Disposable waiting = permission.subscribe();
		assertThat(timers).hasSize(1).noneMatch(Disposable::isDisposed);
		waiting.dispose();
		assertThat(timers).allMatch(Disposable::isDisposed);
	}

	@Test
	void clientsThatAreRefusedTogetherResendAtDifferentTimes() {
		Set<Long> times = new HashSet<>();
		for (int i = 0; i < 20; i++) {
			PacedRequest request = new PacedRequest(100);
			Pacer client = new Pacer(this.time);
			client.admit(request);
			client.refused(request, refusal(), Duration.ofSeconds(10), (name) -> null);
			Objects.requireNonNull(client.admit(request))
				.subscribe(null, null, () -> times.add(this.time.now(TimeUnit.MILLISECONDS)));
		}
		for (int i = 0; i < 1200; i++) {
			this.time.advanceTimeBy(Duration.ofMillis(10));
		}
		assertThat(times).hasSizeGreaterThan(5).allMatch((time) -> time >= 10_000 && time <= 11_010);
	}

	@Test
	void waitingCallKeepsItsThreadLocals() {
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
			List<String> seen = new ArrayList<>();
			PacedRequest first = new PacedRequest(100);
			this.pacer.admit(first);
			this.pacer.refused(first, refusal(), Duration.ofSeconds(1), (name) -> null);
			for (String name : List.of("a", "b", "c")) {
				tenant.set(name);
				this.pacer.admit(new PacedRequest(100)).subscribe(null, null, () -> seen.add(name + tenant.get()));
			}
			tenant.set("other");
			this.time.advanceTimeBy(Duration.ofSeconds(10));
			assertThat(seen).containsExactly("aa", "bb", "cc");
		}
		finally {
			Schedulers.resetOnScheduleHook("tenant");
		}
	}

}
