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
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The results as a table in Markdown: medians, and how far they spread.
 */
final class ResultTable {

	private final Results results;

	private final List<String> peers;

	ResultTable(Results results, List<String> peers) {
		this.results = results;
		this.peers = peers;
	}

	@Override
	public String toString() {
		List<String> rows = new ArrayList<>();
		rows.add(row(Stream.concat(Stream.of("scenario", ""), this.peers.stream())));
		rows.add(row(Stream.concat(Stream.of("---", "---"), this.peers.stream().map((peer) -> "---:"))));
		for (Scenario scenario : Scenario.values()) {
			for (Metric metric : Metric.values()) {
				if (this.peers.stream().anyMatch((peer) -> !this.results.of(peer, scenario, metric).isEmpty())) {
					rows.add(row(Stream.concat(Stream.of(scenario.title(), metric.unit()),
							this.peers.stream().map((peer) -> cell(peer, scenario, metric)))));
				}
			}
		}
		return String.join("\n", rows) + "\n";
	}

	private static String row(Stream<String> cells) {
		return cells.collect(Collectors.joining(" | ", "| ", " |"));
	}

	private String cell(String peer, Scenario scenario, Metric metric) {
		List<Double> values = this.results.of(peer, scenario, metric);
		if (values.isEmpty()) {
			return "–";
		}
		double median = this.results.median(peer, scenario, metric).orElseThrow();
		double spread = this.results.spread(peer, scenario, metric);
		String percent = (values.size() > 1 && median > 0) ? " ±" + Math.round(100 * spread / median) + "%" : "";
		return number(median) + percent;
	}

	static String number(double value) {
		return String.format(Locale.ROOT, (value < 10) ? "%.2f" : (value < 100) ? "%.1f" : "%,.0f", value);
	}

}
