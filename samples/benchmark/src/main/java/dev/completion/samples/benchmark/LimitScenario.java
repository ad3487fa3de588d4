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

import java.util.List;
import java.util.Random;

import org.jspecify.annotations.Nullable;

/**
 * Calls that meet the rate limits of a server. Times are in seconds.
 */
final class LimitScenario {

	private static final int SEED = 1;

	private static final double DEFAULT_SIGMA = 0.5;

	private static final double MAX_LATENCY = 30;

	/**
	 * Times of the third to fifth scenario are a tenth of those of a real service.
	 */
	static final List<LimitScenario> ALL = List.of(
			new LimitScenario("BUCKET", "300 calls, 20 at a time; 50/s, burst 20", 300, 20).limit(3000, 20)
				.latency(0.1, 0)
				.refusal(0.002, 1),
			new LimitScenario("SMALL_BUCKET", "400 calls, 64 at a time; 100/s, burst 10", 400, 64).limit(6000, 10)
				.latency(0.1, 0)
				.refusal(0.002, 1),
			new LimitScenario("LOW_LIMIT", "10,000 calls, 200 at a time; 167/s, burst 17", 10_000, 200)
				.limit(10_000, 17)
				.latency(0.5, DEFAULT_SIGMA)
				.refusal(0.003, null),
			new LimitScenario("LOW_LIMIT_HEADERS", "10,000 calls, 200 at a time; 167/s, burst 17, with headers", 10_000,
					200)
				.limit(10_000, 17)
				.latency(0.5, DEFAULT_SIGMA)
				.refusal(0.003, null)
				.headers(),
			new LimitScenario("OUTPUT_TOKENS", "400 calls, 32 at a time; 2,667 output tokens/s, with headers", 400, 32)
				.limit(10_000, 17)
				.outputTokens(160_000)
				.latency(0.5, DEFAULT_SIGMA)
				.refusal(0.003, null)
				.headers(),
			new LimitScenario("CLOSED", "1,000 calls, 64 at a time; 100/s; nothing from 2 s to 62 s, with headers",
					1000, 64)
				.limit(6000, 100)
				.latency(1, DEFAULT_SIGMA)
				.refusal(0.03, null)
				.closed(2, 62)
				.headers(),
			new LimitScenario("OVERLOAD_30", "1,000 calls, 64 at a time; 30 % of status 529 from 2 s to 22 s", 1000, 64)
				.latency(1, DEFAULT_SIGMA)
				.refusal(0.03, null)
				.overloaded(0.3, 2, 22),
			new LimitScenario("OVERLOAD_100", "1,000 calls, 64 at a time; status 529 from 2 s to 10 s", 1000, 64)
				.latency(1, DEFAULT_SIGMA)
				.refusal(0.03, null)
				.overloaded(1, 2, 10),
			new LimitScenario("ABOVE_LIMIT", "5 calls/s; 4/s, burst 10", 300, 0).arrivals(5)
				.limit(240, 10)
				.latency(1, DEFAULT_SIGMA)
				.refusal(0.03, null),
			new LimitScenario("ABOVE_LIMIT_HEADERS", "5 calls/s; 4/s, burst 10, with headers", 300, 0).arrivals(5)
				.limit(240, 10)
				.latency(1, DEFAULT_SIGMA)
				.refusal(0.03, null)
				.headers(),
			new LimitScenario("NO_LIMIT", "5,000 calls, 200 at a time; no limit", 5000, 200).latency(1, DEFAULT_SIGMA),
			new LimitScenario("HIGH_LIMIT", "5,000 calls, 200 at a time; 1,000/s, with headers", 5000, 200)
				.limit(60_000, 1000)
				.latency(1, DEFAULT_SIGMA)
				.refusal(0.03, null)
				.headers());

	private final String name;

	private final String title;

	private final int calls;

	private final int inFlight;

	private double arrivals;

	private double requestsPerMinute;

	private double burst;

	private double outputTokensPerMinute;

	private double latency;

	private double sigma;

	private double refusalTime;

	private @Nullable Integer retryAfter;

	private boolean headers;

	private double closedFrom;

	private double closedUntil;

	private double overload;

	private double overloadedFrom;

	private double overloadedUntil;

	private LimitScenario(String name, String title, int calls, int inFlight) {
		this.name = name;
		this.title = title;
		this.calls = calls;
		this.inFlight = inFlight;
	}

	static LimitScenario of(String name) {
		return ALL.stream()
			.filter((scenario) -> scenario.name.equals(name))
			.findFirst()
			.orElseThrow(() -> new IllegalArgumentException(
					"Unknown scenario '" + name + "'; there are " + ALL.stream().map(LimitScenario::name).toList()));
	}

	private LimitScenario arrivals(double perSecond) {
		this.arrivals = perSecond;
		return this;
	}

	private LimitScenario limit(double requestsPerMinute, double burst) {
		this.requestsPerMinute = requestsPerMinute;
		this.burst = burst;
		return this;
	}

	private LimitScenario outputTokens(double perMinute) {
		this.outputTokensPerMinute = perMinute;
		return this;
	}

	private LimitScenario latency(double median, double sigma) {
		this.latency = median;
		this.sigma = sigma;
		return this;
	}

	private LimitScenario refusal(double time, @Nullable Integer retryAfter) {
		this.refusalTime = time;
		this.retryAfter = retryAfter;
		return this;
	}

	private LimitScenario headers() {
		this.headers = true;
		return this;
	}

	private LimitScenario closed(double from, double until) {
		this.closedFrom = from;
		this.closedUntil = until;
		return this;
	}

	private LimitScenario overloaded(double share, double from, double until) {
		this.overload = share;
		this.overloadedFrom = from;
		this.overloadedUntil = until;
		return this;
	}

	String name() {
		return this.name;
	}

	String title() {
		return this.title;
	}

	int calls() {
		return this.calls;
	}

	/**
	 * Return the number of calls at a time, or 0 if they are made at random times.
	 */
	int inFlight() {
		return this.inFlight;
	}

	/**
	 * Return the times at which calls are made, if they are made at random times.
	 */
	double[] arrivals() {
		Random random = new Random(SEED);
		double[] times = new double[this.calls];
		double time = 0;
		for (int i = 0; i < times.length; i++) {
			time += -Math.log(1 - random.nextDouble()) / this.arrivals;
			times[i] = time;
		}
		return times;
	}

	/**
	 * Return the times that the server takes to respond to requests.
	 */
	double[] latencies() {
		Random random = new Random(SEED);
		double[] latencies = new double[this.calls];
		for (int i = 0; i < latencies.length; i++) {
			latencies[i] = Math.min(MAX_LATENCY, this.latency * Math.exp(random.nextGaussian() * this.sigma));
		}
		return latencies;
	}

	/**
	 * Return the numbers of output tokens of requests.
	 */
	int[] outputTokens() {
		Random random = new Random(SEED);
		int[] tokens = new int[this.calls];
		for (int i = 0; i < tokens.length; i++) {
			tokens[i] = (int) Math.min(2000, Math.max(20, 400 * Math.exp(random.nextGaussian() * 0.7)));
		}
		return tokens;
	}

	double requestsPerMinute() {
		return this.requestsPerMinute;
	}

	double burst() {
		return this.burst;
	}

	double outputTokensPerMinute() {
		return this.outputTokensPerMinute;
	}

	double refusalTime() {
		return this.refusalTime;
	}

	/**
	 * Return the time that a refusal names, or {@code null} for the seconds until a
	 * request is accepted.
	 */
	@Nullable Integer retryAfter() {
		return this.retryAfter;
	}

	boolean hasHeaders() {
		return this.headers;
	}

	boolean isClosed(double time) {
		return time >= this.closedFrom && time < this.closedUntil;
	}

	/**
	 * Return the share of requests that fail with status 529.
	 */
	double overload(double time) {
		return (time >= this.overloadedFrom && time < this.overloadedUntil) ? this.overload : 0;
	}

}
