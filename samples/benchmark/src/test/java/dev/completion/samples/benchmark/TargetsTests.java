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

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link Targets}.
 */
class TargetsTests {

	private final Results results = new Results();

	private void measured(String peer, Scenario scenario, Metric metric, double... rounds) {
		for (int i = 0; i < rounds.length; i++) {
			this.results.add(i + 1, peer, scenario, metric, rounds[i]);
		}
	}

	private List<String> line(String part) {
		return new Targets(this.results).toString().lines().filter((line) -> line.contains(part)).toList();
	}

	@Test
	void whatIsNotMeasuredIsToldAsSuch() {
		assertThat(new Targets(this.results).toString().lines().skip(2)).isNotEmpty()
			.allMatch((line) -> line.endsWith("| not measured | not measured |"));
	}

	@Test
	void oneOfTwoPeersIsNotEnough() {
		measured("completion", Scenario.ONE_BULK, Metric.CPU, 100);
		measured("anthropic-java-sync", Scenario.ONE_BULK, Metric.CPU, 1000);
		assertThat(line("1 stream, bulk: CPU of anthropic-java-sync")).singleElement()
			.asString()
			.endsWith("| not measured | not measured |");
	}

	@ParameterizedTest
	@CsvSource({ "400, 4.00 met", "399, 3.99 **missed**" })
	void cheaper(double webClient, String verdict) {
		measured("completion", Scenario.ONE_BULK, Metric.CPU, 90, 100, 200);
		measured("webclient", Scenario.ONE_BULK, Metric.CPU, webClient);
		assertThat(line("1 stream, bulk: CPU of webclient / ours ≥ 4.0")).singleElement()
			.asString()
			.endsWith("| " + verdict + " | not measured |");
	}

	@ParameterizedTest
	@CsvSource({ "16384, met", "16385, missed" })
	void value(double bytes, String verdict) {
		measured("completion-observed", Scenario.IDLE_1000, Metric.HEAP, bytes);
		assertThat(line("1000 idle streams: bytes of heap")).singleElement().asString().contains(verdict);
	}

	@ParameterizedTest
	@CsvSource({ "300, met", "900, missed" })
	void pathThatIsQuadraticInTheEventsIsFound(double longStream, String verdict) {
		measured("completion", Scenario.FIRST_CHUNK, Metric.CPU, 50_000);
		measured("completion", Scenario.SHORT, Metric.CPU, 800);
		measured("completion", Scenario.ONE_BULK, Metric.CPU, longStream);
		assertThat(line("an event after the first")).singleElement().asString().contains(verdict);
	}

}
