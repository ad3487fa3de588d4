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

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.stream.Stream;

/**
 * What the client is to reach, and whether it does.
 */
final class Targets {

	private static final String OURS = "completion";

	private static final String FLOOR = "floor";

	private static final String WEB_CLIENT = "webclient";

	private static final List<String> SDK = List.of("anthropic-java-sync", "anthropic-java-async");

	private static final List<Scenario> BULK = List.of(Scenario.ONE_BULK, Scenario.BULK_64, Scenario.BULK_1000);

	private static final List<Scenario> UNARY = List.of(Scenario.UNARY_1, Scenario.UNARY_16, Scenario.UNARY_256);

	private final Results results;

	private final List<String> lines = new ArrayList<>();

	Targets(Results results) {
		this.results = results;
	}

	@Override
	public String toString() {
		this.lines.clear();
		for (Scenario bulk : BULK) {
			atLeast("T1", bulk, 4, WEB_CLIENT);
			atLeast("T1", bulk, 4, SDK.toArray(String[]::new));
			atLeast("T1", bulk, 3, "langchain4j");
		}
		atMost("T2", Scenario.PACED_1000, Metric.CPU, 1.6, FLOOR);
		atLeast("T2", Scenario.PACED_1000, 4, SDK.toArray(String[]::new));
		atLeast("T2", Scenario.PACED_1000, 4, "spring-ai");
		atLeast("T2", Scenario.PACED_1000, 4, "langchain4j");
		atMost("T3", Scenario.FLUSHED_64, Metric.CPU, 1.5, FLOOR);
		BULK.forEach((bulk) -> below("T4", bulk, Metric.ALLOCATED, 150));
		for (Scenario unary : UNARY) {
			below("T5", unary, Metric.ALLOCATED, 30 * 1024);
			atMost("T5", unary, Metric.CPU, 3, FLOOR);
			atMost("T5", unary, Metric.CPU, 1, WEB_CLIENT);
		}
		atMost("T6", Scenario.FIRST_CHUNK, Metric.LATENCY, 2.5, FLOOR);
		below("T7", Scenario.IDLE_1000, Metric.HEAP, 16 * 1024);
		below("T7", Scenario.IDLE_5000, Metric.HEAP, 16 * 1024);
		below("T7", Scenario.IDLE_5000, Metric.THREADS, value(OURS, Scenario.IDLE_1000, Metric.THREADS));
		atMost("T8", Scenario.COLD, Metric.TIME, 1.1, WEB_CLIENT);
		growth("T9", Scenario.BULK_1000, Scenario.ONE_BULK, 2);
		growth("T9", Scenario.SHORT, Scenario.ONE_BULK, 2);
		growth("T9", Scenario.EVENT_8M, Scenario.EVENT_4M, 2.2);
		return "| target | | measured | |\n| --- | --- | --- | --- |\n" + String.join("\n", this.lines) + "\n";
	}

	private double value(String peer, Scenario scenario, Metric metric) {
		return this.results.median(peer, scenario, metric).orElse(Double.NaN);
	}

	/**
	 * Be so many times cheaper than the best of the peers.
	 */
	private void atLeast(String target, Scenario scenario, double times, String... peers) {
		OptionalDouble best = Stream.of(peers)
			.map((peer) -> this.results.median(peer, scenario, Metric.CPU))
			.flatMapToDouble(OptionalDouble::stream)
			.min();
		double ratio = best.orElse(Double.NaN) / value(OURS, scenario, Metric.CPU);
		add(target, scenario.title() + ": CPU of " + String.join(" or ", peers) + " / ours ≥ " + times, ratio,
				ratio >= times);
	}

	private void atMost(String target, Scenario scenario, Metric metric, double times, String peer) {
		double ratio = value(OURS, scenario, metric) / value(peer, scenario, metric);
		add(target, scenario.title() + ": " + metric.unit() + ", ours / " + peer + " ≤ " + times, ratio,
				ratio <= times);
	}

	private void below(String target, Scenario scenario, Metric metric, double limit) {
		double value = value(OURS, scenario, metric);
		add(target, scenario.title() + ": " + metric.unit() + " ≤ " + ResultTable.number(limit), value, value <= limit);
	}

	private void growth(String target, Scenario larger, Scenario smaller, double times) {
		double ratio = value(OURS, larger, Metric.CPU) / value(OURS, smaller, Metric.CPU);
		add(target, "CPU, " + larger.title() + " / " + smaller.title() + " ≤ " + times, ratio, ratio <= times);
	}

	private void add(String target, String rule, double measured, boolean met) {
		if (!Double.isNaN(measured)) {
			this.lines.add("| %s | %s | %s | %s |".formatted(target, rule, ResultTable.number(measured),
					met ? "met" : "**missed**"));
		}
	}

}
