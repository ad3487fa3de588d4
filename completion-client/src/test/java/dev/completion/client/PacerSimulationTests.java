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
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.DoubleFunction;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.test.scheduler.VirtualTimeScheduler;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link Pacer}: simulations of many calls, in virtual time.
 */
class PacerSimulationTests {

	private static final int MAX_REFUSALS = 8;

	private static final double MAX_SECONDS = 10_000;

	private final VirtualTimeScheduler time = VirtualTimeScheduler.create();

	private List<Pacer> pacers = List.of(new Pacer(this.time));

	@Test
	void allCallsSucceedWithRetryAfter() {
		Simulation simulation = new Simulation(300, 20, 50, 20, 0.1, 0.05, (missing) -> Duration.ofSeconds(1));
		simulation.run();
		assertThat(simulation.lost).isZero();
		assertThat(simulation.requestsPerCall()).isLessThanOrEqualTo(1.3);
		assertThat(simulation.seconds / 5.7).isLessThanOrEqualTo(1.5);
	}

	@Test
	void allCallsSucceedWithManyConcurrentCalls() {
		Simulation simulation = new Simulation(400, 64, 100, 10, 0.1, 0.002, (missing) -> Duration.ofSeconds(1));
		simulation.run();
		assertThat(simulation.lost).isZero();
		assertThat(simulation.requestsPerCall()).isLessThanOrEqualTo(1.2);
		assertThat(simulation.seconds / 4).isLessThanOrEqualTo(1.8);
	}

	@Test
	void rateFollowsALowLimitWithALongLatency() {
		Simulation simulation = new Simulation(10_000, 200, 1000 / 60.0, 17, 5, 0.05,
				(missing) -> Duration.ofSeconds((long) Math.ceil(missing)));
		simulation.run();
		assertThat(simulation.lost).isZero();
		assertThat(simulation.requestsPerCall()).isLessThanOrEqualTo(1.05);
		assertThat(simulation.seconds / 614.2).isLessThanOrEqualTo(1.05);
	}

	@Test
	void allCallsSucceedWithoutRetryAfter() {
		Simulation simulation = new Simulation(10_000, 200, 1000 / 60.0, 17, 5, 0.05, (missing) -> null);
		simulation.run();
		assertThat(simulation.lost).isZero();
		assertThat(simulation.requestsPerCall()).isLessThanOrEqualTo(1.1);
		assertThat(simulation.seconds / 614.2).isLessThanOrEqualTo(1.1);
	}

	@Test
	void timerThatIsLateDoesNotLowerTheRate() {
		this.pacers = List.of(new Pacer(new LateScheduler(this.time, Duration.ofMillis(5))));
		Simulation simulation = new Simulation(10_000, 200, 1000 / 6.0, 17, 0.5, 0.003,
				(missing) -> Duration.ofSeconds(1));
		simulation.run();
		assertThat(simulation.lost).isZero();
		assertThat(simulation.seconds / 61.5).isLessThanOrEqualTo(1.25);
	}

	@Test
	void burstAfterAQuietTimeIsSentAtTheLimit() {
		Simulation simulation = new Simulation(600, 0, 50, 20, 0.1, 0.002, (missing) -> Duration.ofSeconds(1));
		for (int second = 0; second < 300; second++) {
			simulation.startAt(second, 1);
		}
		simulation.startAt(300, 300);
		simulation.run();
		assertThat(simulation.lost).isZero();
		assertThat(simulation.seconds - 300).isLessThanOrEqualTo(2 * 5.7);
	}

	@Test
	void quietTimeDoesNotLowerTheRate() {
		Simulation simulation = new Simulation(2150, 0, 50, 20, 0.1, 0.002, (missing) -> Duration.ofSeconds(1));
		simulation.startAt(0, 600);
		for (int second = 20; second < 70; second++) {
			simulation.startAt(second, 1);
		}
		simulation.startAt(70, 1500);
		simulation.run();
		assertThat(simulation.lost).isZero();
		assertThat(simulation.seconds - 70).isLessThanOrEqualTo(1.2 * 30);
	}

	@Test
	void allCallsSucceedIfRefusalsAreSlow() {
		Simulation simulation = new Simulation(1000, 200, 1000 / 60.0, 17, 5, 1, (missing) -> null);
		simulation.run();
		assertThat(simulation.lost).isZero();
		assertThat(simulation.requestsPerCall()).isLessThanOrEqualTo(1.4);
	}

	@Test
	void callsThatAreMadeOneAtATimeLearnTheRate() {
		Simulation simulation = new Simulation(40, 1, 2 / 60.0, 1, 1, 0.05, (missing) -> Duration.ofSeconds(1));
		simulation.run();
		assertThat(simulation.lost).isZero();
		assertThat(simulation.requestsPerCall()).isLessThanOrEqualTo(5);
	}

	@Test
	void clientsShareALimit() {
		this.pacers = List.of(new Pacer(this.time), new Pacer(this.time), new Pacer(this.time));
		Simulation simulation = new Simulation(3000, 300, 1000 / 60.0, 17, 5, 0.05,
				(missing) -> Duration.ofSeconds((long) Math.ceil(missing)));
		simulation.run();
		assertThat(simulation.lost).isZero();
		assertThat(simulation.requestsPerCall()).isLessThanOrEqualTo(1.25);
		assertThat(simulation.seconds / 192.6).isLessThanOrEqualTo(1.3);
	}

	/**
	 * Scheduler whose delays are longer than requested.
	 */
	static class LateScheduler implements Scheduler {

		private final Scheduler scheduler;

		private final Duration lateness;

		LateScheduler(Scheduler scheduler, Duration lateness) {
			this.scheduler = scheduler;
			this.lateness = lateness;
		}

		@Override
		public Disposable schedule(Runnable task) {
			return this.scheduler.schedule(task);
		}

		@Override
		public Disposable schedule(Runnable task, long delay, TimeUnit unit) {
			return this.scheduler.schedule(task, unit.toNanos(delay) + this.lateness.toNanos(), TimeUnit.NANOSECONDS);
		}

		@Override
		public long now(TimeUnit unit) {
			return this.scheduler.now(unit);
		}

		@Override
		public Worker createWorker() {
			return this.scheduler.createWorker();
		}

	}

	private final class Simulation {

		private final int calls;

		private final int inFlight;

		private final double rate;

		private final double burst;

		private final double latency;

		private final double refusalTime;

		private final DoubleFunction<@Nullable Duration> retryAfter;

		private double level;

		private double levelAt;

		private int started;

		private int ended;

		private int requests;

		private int lost;

		private double seconds;

		Simulation(int calls, int inFlight, double rate, double burst, double latency, double refusalTime,
				DoubleFunction<@Nullable Duration> retryAfter) {
			this.calls = calls;
			this.inFlight = inFlight;
			this.rate = rate;
			this.burst = burst;
			this.latency = latency;
			this.refusalTime = refusalTime;
			this.retryAfter = retryAfter;
			this.level = burst;
		}

		void startAt(double second, int calls) {
			later(second, () -> {
				for (int i = 0; i < calls; i++) {
					start();
				}
			});
		}

		void run() {
			for (int i = 0; i < this.inFlight; i++) {
				start();
			}
			while (this.ended < this.calls && now() < MAX_SECONDS) {
				PacerSimulationTests.this.time.advanceTimeBy(Duration.ofMillis(100));
			}
			assertThat(this.ended).isEqualTo(this.calls);
		}

		double requestsPerCall() {
			return (double) this.requests / this.calls;
		}

		private void start() {
			if (this.started < this.calls) {
				List<Pacer> pacers = PacerSimulationTests.this.pacers;
				Pacer pacer = pacers.get(this.started % pacers.size());
				this.started++;
				send(pacer, new PacedRequest(400));
			}
		}

		private void send(Pacer pacer, PacedRequest request) {
			Mono<Void> permission = pacer.admit(request);
			if (permission == null) {
				arrive(pacer, request);
			}
			else {
				permission.subscribe(null, (error) -> end(true), () -> arrive(pacer, request));
			}
		}

		private void arrive(Pacer pacer, PacedRequest request) {
			this.requests++;
			double now = now();
			this.level = Math.min(this.burst, this.level + (now - this.levelAt) * this.rate);
			this.levelAt = now;
			if (this.level >= 1) {
				this.level--;
				later(this.latency, () -> {
					pacer.responded(request, (name) -> null);
					end(false);
				});
				return;
			}
			Duration wait = this.retryAfter.apply((1 - this.level) / this.rate);
			later(this.refusalTime, () -> {
				pacer.refused(request, PacerTests.refusal(), wait, (name) -> null);
				if (request.refusals() == MAX_REFUSALS) {
					end(true);
				}
				else if (request.waitsAlone()) {
					later(Math.min(8, Math.pow(2, request.refusals() - 2)), () -> send(pacer, request));
				}
				else {
					send(pacer, request);
				}
			});
		}

		private void end(boolean isLost) {
			this.ended++;
			this.lost += isLost ? 1 : 0;
			this.seconds = now();
			if (this.inFlight > 0) {
				start();
			}
		}

		private double now() {
			return PacerSimulationTests.this.time.now(TimeUnit.NANOSECONDS) / 1e9;
		}

		private void later(double seconds, Runnable task) {
			PacerSimulationTests.this.time.schedule(task, (long) (seconds * 1e9), TimeUnit.NANOSECONDS);
		}

	}

}
