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

package dev.completion.samples.benchmark;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;
import reactor.netty.http.server.HttpServerResponse;

/**
 * Server with the rate limits of a scenario: buckets that are refilled continuously. The
 * length of a text is the latency of the response in milliseconds. An ideal server queues
 * requests instead of refusing them.
 */
final class LimitedServer implements AutoCloseable {

	/**
	 * Path below which there are no limits.
	 */
	static final String WARM_UP = "/warm-up";

	private static final int CLOSED_SECONDS = 60;

	private final LimitScenario scenario;

	private final boolean ideal;

	private final double[] latencies;

	private final int[] outputTokens;

	private final Random random = new Random(1);

	private final Scheduler timer = Schedulers.newSingle("limits", true);

	private final DisposableServer server;

	private final Bucket requestBurst;

	private final Bucket requestMinute;

	private final Bucket output;

	private final Queue<Sinks.Empty<Void>> queue = new ArrayDeque<>();

	private double start = Double.NaN;

	private int received;

	private int admitted;

	LimitedServer(LimitScenario scenario, boolean ideal) {
		this.scenario = scenario;
		this.ideal = ideal;
		this.latencies = scenario.latencies();
		this.outputTokens = scenario.outputTokens();
		this.requestBurst = new Bucket(scenario.requestsPerMinute(), scenario.burst());
		this.requestMinute = new Bucket(scenario.requestsPerMinute(), scenario.requestsPerMinute());
		this.output = new Bucket(scenario.outputTokensPerMinute(), scenario.outputTokensPerMinute());
		this.server = HttpServer.create()
			.host("127.0.0.1")
			.handle((request, response) -> request.receive()
				.then(Mono.defer(() -> request.uri().startsWith(WARM_UP)
						? send(Payload.of(request.uri()), response, Duration.ZERO, 1)
						: respond(Payload.of(request.uri()), response))))
			.bindNow();
	}

	String url() {
		return "http://127.0.0.1:" + this.server.port();
	}

	/**
	 * Return the number of requests so far.
	 */
	synchronized int received() {
		return this.received;
	}

	private double now() {
		return System.nanoTime() / 1e9 - this.start;
	}

	private Mono<Void> respond(Payload payload, HttpServerResponse response) {
		Mono<Void> turn = null;
		synchronized (this) {
			this.start = Double.isNaN(this.start) ? System.nanoTime() / 1e9 : this.start;
			this.received++;
			double now = now();
			if (this.ideal) {
				Sinks.Empty<Void> sink = Sinks.empty();
				this.queue.add(sink);
				turn = sink.asMono();
				admitWaiting();
			}
			else if (this.random.nextDouble() < this.scenario.overload(now)) {
				return refuse(response, 529, "overloaded_error", Map.of());
			}
			else {
				double missing = this.scenario.isClosed(now) ? CLOSED_SECONDS : secondsUntilAdmitted(now);
				if (missing > 0) {
					Integer retryAfter = this.scenario.retryAfter();
					Map<String, String> headers = headers(now);
					headers.put("retry-after",
							Integer.toString((retryAfter != null) ? retryAfter : (int) Math.ceil(missing)));
					return refuse(response, 429, "rate_limit_error", headers);
				}
				take(now);
			}
		}
		return (turn != null) ? turn.then(Mono.defer(() -> answer(payload, response))) : answer(payload, response);
	}

	private void admitWaiting() {
		double now = now();
		while (!this.queue.isEmpty()) {
			double missing = this.scenario.isClosed(now) ? 0.05 : secondsUntilAdmitted(now);
			if (missing > 0) {
				this.timer.schedule(this::wake, (long) (missing * 1e9) + 1000, TimeUnit.NANOSECONDS);
				return;
			}
			take(now);
			this.queue.remove().tryEmitEmpty();
		}
	}

	private synchronized void wake() {
		admitWaiting();
	}

	private double secondsUntilAdmitted(double now) {
		return Math.max(this.requestBurst.secondsUntil(1, now), this.output.secondsUntil(1, now));
	}

	private void take(double now) {
		this.requestBurst.take(1, now);
		this.requestMinute.take(1, now);
	}

	private Map<String, String> headers(double now) {
		Map<String, String> headers = new TreeMap<>();
		if (this.scenario.hasHeaders()) {
			this.requestMinute.putHeaders("requests", headers, now);
			this.output.putHeaders("output-tokens", headers, now);
		}
		return headers;
	}

	private Mono<Void> refuse(HttpServerResponse response, int status, String type, Map<String, String> headers) {
		double delay = this.scenario.refusalTime() * (0.7 + 0.8 * this.random.nextDouble());
		return Mono.delay(Duration.ofNanos((long) (delay * 1e9)), this.timer).then(Mono.defer(() -> {
			headers.forEach(response::header);
			return response.status(status)
				.header("content-type", "application/json")
				.sendString(Mono
					.just("{\"type\":\"error\",\"error\":{\"type\":\"%s\",\"message\":\"Slow down\"}}".formatted(type)))
				.then();
		}));
	}

	private Mono<Void> answer(Payload payload, HttpServerResponse response) {
		int number;
		Map<String, String> headers;
		synchronized (this) {
			number = this.admitted++ % this.scenario.calls();
			headers = headers(now());
		}
		Duration latency = Duration.ofNanos((long) (this.latencies[number] * 1e9));
		return Mono.delay(latency, this.timer).then(Mono.defer(() -> {
			synchronized (this) {
				this.output.take(this.outputTokens[number], now());
				admitWaiting();
			}
			headers.forEach(response::header);
			return send(payload, response, latency, this.outputTokens[number]);
		}));
	}

	private static Mono<Void> send(Payload payload, HttpServerResponse response, Duration latency, int outputTokens) {
		String body = payload.whole("x".repeat((int) latency.toMillis()))
			.replaceFirst("\"output_tokens\":\\d+", "\"output_tokens\":" + outputTokens);
		return response.header("content-type", "application/json").sendString(Mono.just(body)).then();
	}

	@Override
	public void close() {
		this.server.disposeNow();
		this.timer.dispose();
	}

	/**
	 * Bucket that is refilled continuously, and may be overdrawn. One without a limit is
	 * always full.
	 */
	private static final class Bucket {

		private final double perMinute;

		private final double capacity;

		private double level;

		private double time;

		Bucket(double perMinute, double capacity) {
			this.perMinute = perMinute;
			this.capacity = capacity;
			this.level = capacity;
		}

		private void refill(double now) {
			this.level = Math.min(this.capacity, this.level + (now - this.time) * this.perMinute / 60);
			this.time = now;
		}

		double secondsUntil(double amount, double now) {
			if (this.perMinute == 0) {
				return 0;
			}
			refill(now);
			double missing = (amount - this.level) * 60 / this.perMinute;
			return (missing > 1e-9) ? missing : 0;
		}

		void take(double amount, double now) {
			refill(now);
			this.level -= amount;
		}

		void putHeaders(String name, Map<String, String> headers, double now) {
			if (this.perMinute > 0) {
				refill(now);
				headers.put("anthropic-ratelimit-" + name + "-limit", Long.toString((long) this.perMinute));
				headers.put("anthropic-ratelimit-" + name + "-remaining",
						Long.toString(Math.max(0, (long) this.level)));
			}
		}

	}

}
