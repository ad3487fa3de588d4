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

import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests that {@link Benchmark} runs. What it measures in so short a time tells nothing.
 */
@EnabledOnOs(OS.LINUX)
class BenchmarkTests {

	@Test
	@Tag("slow")
	void everyPeerDoesWhatItIsMadeToDo(@TempDir Path output) throws Exception {
		List<String> peers = List.of("floor", "completion", "completion-messages", "completion-observed", "webclient");
		Benchmark.main("--rounds=1", "--window=5", "--peers=" + String.join(",", peers),
				"--scenarios=ONE_BULK,UNARY_16,FIRST_CHUNK", "--output=" + output);
		String csv = Files.readString(output.resolve("results.csv"));
		for (String peer : peers) {
			assertThat(csv).contains(peer + ",ONE_BULK,ALLOCATED,", peer + ",UNARY_16,CPU,",
					peer + ",FIRST_CHUNK,LATENCY,");
		}
		assertThat(output.resolve("results.md")).content()
			.contains("| 1 stream, bulk | CPU ns |", "| T1 |", "| T8 |")
			.doesNotContain("failed");
		assertThat(output.resolve("results.svg")).content().startsWith("<?xml").contains("1 stream, bulk");
	}

	@Test
	@Tag("slow")
	void peerHasAJvmOfItsOwnWhereThatMatters(@TempDir Path output) throws Exception {
		Benchmark.main("--rounds=1", "--window=5", "--peers=completion",
				"--scenarios=FLUSHED_64,EVENT_4M,PACED_1000,IDLE_1000,COLD", "--output=" + output);
		assertThat(output.resolve("results.csv")).content()
			.contains("completion,FLUSHED_64,ALLOCATED,1,", "completion,EVENT_4M,CPU,1,",
					"completion,PACED_1000,CPU,1,", "completion,IDLE_1000,OPEN,1,1000.0", "completion,COLD,TIME,1,");
		assertThat(output.resolve("results.md")).content().doesNotContain("failed");
	}

	@Test
	@Tag("slow")
	void callsUnderARateLimitAreMeasured(@TempDir Path output) throws Exception {
		LimitBenchmark.main("--peers=completion", "--output=" + output, "BUCKET");
		assertThat(output.resolve("rate-limits.md")).content()
			.containsPattern("\\| BUCKET: .* \\| completion \\| 0 \\| 1\\.\\d+ \\|");
	}

	@Test
	void unknownScenarioIsRefused() {
		assertThatIllegalArgumentException().isThrownBy(() -> LimitBenchmark.main("NONE"))
			.withMessageContaining("BUCKET");
	}

	@ParameterizedTest
	@ValueSource(strings = { "--peer=floor", "--peers=nobody", "--scenarios=NONE", "--rounds=x" })
	void unknownOptionIsRefused(String option) {
		assertThatIllegalArgumentException().isThrownBy(() -> Options.parse(option));
	}

	@Test
	void peersAreMeasuredInTheOrderThatIsAskedFor() {
		assertThat(Options.parse("--peers=webclient,floor").peers()).extracting(Contestant::name)
			.containsExactly("webclient", "floor");
	}

	@Test
	void scenarioThatFailsIsToldAndTheNextIsRun() throws Exception {
		String classPath = ManagementFactory.getRuntimeMXBean().getClassPath();
		Process peer = new ProcessBuilder(ProcessHandle.current().info().command().orElseThrow(), "-cp", classPath,
				PeerMain.class.getName(), "http://127.0.0.1:1", FloorPeer.class.getName(), "10", "ONE_BULK", "COLD")
			.redirectError(ProcessBuilder.Redirect.DISCARD)
			.start();
		assertThat(peer.inputReader().lines()).hasSize(2)
			.allMatch((line) -> line.contains("failed"))
			.first()
			.asString()
			.startsWith("ONE_BULK\t");
		assertThat(peer.waitFor()).isZero();
	}

	@Test
	void partsCanBeMeasuredByThemselves() throws RunnerException {
		org.openjdk.jmh.runner.options.Options options = new OptionsBuilder().forks(0)
			.warmupIterations(0)
			.measurementIterations(1)
			.measurementTime(TimeValue.milliseconds(20))
			.verbosity(VerboseMode.SILENT)
			.shouldFailOnError(true)
			.build();
		assertThat(new Runner(options).run()).hasSize(4);
	}

	@Test
	void whatWasSentIsCounted() {
		Behaviour behaviour = Behaviour.of(Behaviour.Pace.BULK, 41);
		String text = Payload.WHOLE_TEXT.substring(0, Payload.WHOLE_TEXT.length() / 5) + " The";
		assertThat(behaviour.textLength()).isEqualTo(text.length());
		assertThat(Payload.TEXT_COMPLETIONS.delta(" \"\u00e9\n")).contains("\"completion\":\" \\\"\u00e9\\n\"");
	}

	@ParameterizedTest
	@ValueSource(ints = { 1, 2, 5 })
	void medianIsInTheMiddle(int rounds) {
		Results results = new Results();
		Stream.iterate(1.0, (value) -> value + 1)
			.limit(rounds)
			.forEach((value) -> results.add(value.intValue(), "floor", Scenario.COLD, Metric.TIME, value));
		assertThat(results.median("floor", Scenario.COLD, Metric.TIME)).hasValue((rounds + 1) / 2.0);
		assertThat(results.median("jdk", Scenario.COLD, Metric.TIME)).isEmpty();
	}

}
