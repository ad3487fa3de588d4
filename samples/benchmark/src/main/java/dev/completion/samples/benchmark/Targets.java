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
import java.util.function.DoublePredicate;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What the client is to reach, and whether it does.
 */
final class Targets {

	private static final List<String> OURS = List.of("completion", "completion-observed");

	private static final String FLOOR = "floor";

	private static final String WEB_CLIENT = "webclient";

	private static final String[] SDK = { "anthropic-java-sync", "anthropic-java-async" };

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
		streams();
		calls();
		growth();
		return "| target | | %s |\n| --- | --- |%s\n%s\n".formatted(String.join(" | ", OURS),
				" ---: |".repeat(OURS.size()), String.join("\n", this.lines));
	}

	private void streams() {
		for (Scenario bulk : BULK) {
			cheaper("T1", bulk, 4, WEB_CLIENT);
			cheaper("T1", bulk, 4, SDK);
			cheaper("T1", bulk, 3, "langchain4j");
		}
		ratio("T2", Scenario.PACED_1000, Metric.CPU, 1.6, FLOOR);
		cheaper("T2", Scenario.PACED_1000, 4, SDK);
		cheaper("T2", Scenario.PACED_1000, 4, "spring-ai");
		cheaper("T2", Scenario.PACED_1000, 4, "langchain4j");
		ratio("T3", Scenario.FLUSHED_64, Metric.CPU, 1.5, FLOOR);
		BULK.forEach((bulk) -> value("T4", bulk, Metric.ALLOCATED, 150));
	}

	private void calls() {
		for (Scenario unary : UNARY) {
			value("T5", unary, Metric.ALLOCATED, 30 * 1024);
			ratio("T5", unary, Metric.CPU, 3, FLOOR);
			ratio("T5", unary, Metric.CPU, 1, WEB_CLIENT);
		}
		ratio("T6", Scenario.FIRST_CHUNK, Metric.LATENCY, 2.5, FLOOR);
		value("T7", Scenario.IDLE_1000, Metric.HEAP, 16 * 1024);
		value("T7", Scenario.IDLE_5000, Metric.HEAP, 16 * 1024);
		growth("T7", "threads, 5000 idle streams / 1000", 1, (ours) -> median(ours, Scenario.IDLE_5000, Metric.THREADS)
				/ median(ours, Scenario.IDLE_1000, Metric.THREADS));
		ratio("T8", Scenario.COLD, Metric.TIME, 1.1, WEB_CLIENT);
	}

	private void growth() {
		growth("T9", "CPU of an event, 1000 streams of 200 events / 1 of 100,000", 2,
				(ours) -> cpu(ours, Scenario.BULK_1000) / cpu(ours, Scenario.ONE_BULK));
		growth("T9", "CPU of an event, 100 to a stream / 100,000", 2,
				(ours) -> cpu(ours, Scenario.SHORT) / cpu(ours, Scenario.ONE_BULK));
		growth("T9", "CPU of an event after the first, 100,000 to a stream / 100", 1.5,
				(ours) -> cpu(ours, Scenario.ONE_BULK) / furtherEvent(ours));
		growth("T9", "CPU, " + Scenario.EVENT_8M.title() + " / 4 MB", 2.2,
				(ours) -> cpu(ours, Scenario.EVENT_8M) / cpu(ours, Scenario.EVENT_4M));
	}

	private double median(String peer, Scenario scenario, Metric metric) {
		return this.results.median(peer, scenario, metric).orElse(Double.NaN);
	}

	private double cpu(String peer, Scenario scenario) {
		return median(peer, scenario, Metric.CPU);
	}

	// an event of a short stream without its share of the call, if that can be told
	private double furtherEvent(String peer) {
		int events = Scenario.SHORT.behaviour().events();
		double further = (events * cpu(peer, Scenario.SHORT) - cpu(peer, Scenario.FIRST_CHUNK)) / (events - 1);
		return (further > 0) ? further : Double.NaN;
	}

	/**
	 * Be so many times cheaper than the cheapest of the peers.
	 */
	private void cheaper(String target, Scenario scenario, double times, String... peers) {
		add(target, scenario.title() + ": CPU of " + String.join(" or ", peers) + " / ours ≥ " + times,
				(ours) -> Stream.of(peers).mapToDouble((peer) -> cpu(peer, scenario)).min().orElse(Double.NaN)
						/ cpu(ours, scenario),
				(ratio) -> ratio >= times);
	}

	private void ratio(String target, Scenario scenario, Metric metric, double times, String peer) {
		add(target, scenario.title() + ": " + metric.unit() + ", ours / " + peer + " ≤ " + times,
				(ours) -> median(ours, scenario, metric) / median(peer, scenario, metric), (ratio) -> ratio <= times);
	}

	private void value(String target, Scenario scenario, Metric metric, double limit) {
		add(target, scenario.title() + ": " + metric.unit() + " ≤ " + ResultTable.number(limit),
				(ours) -> median(ours, scenario, metric), (value) -> value <= limit);
	}

	private void growth(String target, String rule, double times, ToDoubleFunction<String> ratio) {
		add(target, rule + " ≤ " + times, ratio, (value) -> value <= times);
	}

	private void add(String target, String rule, ToDoubleFunction<String> measured, DoublePredicate met) {
		String cells = OURS.stream()
			.mapToDouble(measured)
			.mapToObj((value) -> Double.isNaN(value) ? "not measured"
					: ResultTable.number(value) + (met.test(value) ? " met" : " **missed**"))
			.collect(Collectors.joining(" | "));
		this.lines.add("| %s | %s | %s |".formatted(target, rule, cells));
	}

}
