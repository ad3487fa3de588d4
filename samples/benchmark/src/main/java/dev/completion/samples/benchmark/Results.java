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

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.TreeMap;

/**
 * What was measured: a value for each round of each peer.
 */
final class Results {

	private final Map<Key, Map<Integer, Double>> values = new LinkedHashMap<>();

	void add(int round, String peer, Scenario scenario, Metric metric, double value) {
		this.values.computeIfAbsent(new Key(peer, scenario, metric), (key) -> new TreeMap<>()).put(round, value);
	}

	/**
	 * Return the values, sorted.
	 */
	List<Double> of(String peer, Scenario scenario, Metric metric) {
		return this.values.getOrDefault(new Key(peer, scenario, metric), Map.of()).values().stream().sorted().toList();
	}

	OptionalDouble median(String peer, Scenario scenario, Metric metric) {
		List<Double> sorted = of(peer, scenario, metric);
		if (sorted.isEmpty()) {
			return OptionalDouble.empty();
		}
		int middle = sorted.size() / 2;
		return OptionalDouble
			.of((sorted.size() % 2 == 1) ? sorted.get(middle) : (sorted.get(middle - 1) + sorted.get(middle)) / 2);
	}

	/**
	 * Return half of the distance between the least and the greatest of the values.
	 */
	double spread(String peer, Scenario scenario, Metric metric) {
		List<Double> sorted = of(peer, scenario, metric);
		return sorted.isEmpty() ? 0 : (sorted.get(sorted.size() - 1) - sorted.get(0)) / 2;
	}

	/**
	 * Return every value, a line to each, with a heading.
	 */
	String toCsv() {
		StringBuilder csv = new StringBuilder("peer,scenario,metric,round,value\n");
		this.values.forEach((key, rounds) -> rounds
			.forEach((round, value) -> csv.append(key.toCsv() + "," + round + "," + value + "\n")));
		return csv.toString();
	}

	private record Key(String peer, Scenario scenario, Metric metric) {

		private String toCsv() {
			return this.peer + "," + this.scenario + "," + this.metric;
		}

	}

}
