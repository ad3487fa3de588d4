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

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * Measures calls under rate limits, for this client and others. Each combination of
 * client and scenario runs in a new JVM. The ideal time is that of a server that queues
 * requests instead of refusing them.
 */
public final class LimitBenchmark {

	private static final String TABLE = """
			| scenario | peer | lost | requests per call | seconds | ideal | ratio | wait p50 | p99 | max |
			| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |
			""";

	private static final List<String> PEERS = List.of("completion", "completion-messages", "anthropic-java-async",
			"spring-ai");

	private LimitBenchmark() {
	}

	/**
	 * Run the benchmark.
	 * @param arguments the names of scenarios, all if there are none;
	 * {@code --peers=completion} and {@code --output=folder}
	 * @throws Exception if it cannot run
	 */
	public static void main(String... arguments) throws Exception {
		List<String> scenarios = Arrays.stream(arguments).filter((argument) -> !argument.startsWith("--")).toList();
		Options options = Options
			.parse(Arrays.stream(arguments).filter((argument) -> argument.startsWith("--")).toArray(String[]::new));
		List<Contestant> peers = options.peers().equals(Contestant.ALL)
				? Contestant.ALL.stream().filter((peer) -> PEERS.contains(peer.name())).toList() : options.peers();
		StringBuilder table = new StringBuilder(Benchmark.environment()).append(".\n\n").append(TABLE);
		for (LimitScenario scenario : scenarios.isEmpty() ? LimitScenario.ALL
				: scenarios.stream().map(LimitScenario::of).toList()) {
			double ideal = run(scenario, Contestant.ALL.get(1), options.home(), true).seconds();
			for (Contestant peer : peers) {
				String row = run(scenario, peer, options.home(), false).row(scenario, peer, ideal);
				System.err.print(row);
				table.append(row);
			}
		}
		Path output = Files.createDirectories(options.output());
		Files.writeString(output.resolve("rate-limits.md"), table);
		System.out.println(table);
		System.out.println("Written to " + output);
	}

	private static Result run(LimitScenario scenario, Contestant peer, Path home, boolean ideal)
			throws IOException, InterruptedException {
		List<String> options = peer.options(Scenario.PACED_1000);
		try (LimitedServer server = new LimitedServer(scenario, ideal)) {
			Process process = Benchmark.start(peer.classPath(home), options, LimitMain.class.getName(), server.url(),
					peer.type(), scenario.name());
			List<String> lines = new ArrayList<>();
			try (BufferedReader reader = process.inputReader()) {
				reader.lines().forEach(lines::add);
			}
			if (process.waitFor() != 0 || lines.isEmpty()) {
				throw new IllegalStateException(peer.name() + " failed in " + scenario.name());
			}
			double[] values = Arrays.stream(lines.get(lines.size() - 1).split("\t", -1))
				.mapToDouble(Double::parseDouble)
				.toArray();
			return new Result((int) values[0], (double) server.received() / scenario.calls(), values[1], values[2],
					values[3], values[4]);
		}
	}

	private record Result(int lost, double requests, double seconds, double median, double high, double max) {

		String row(LimitScenario scenario, Contestant peer, double ideal) {
			return String.format(Locale.ROOT,
					"| %s: %s | %s | %d | %.2f | %.1f | %.1f | %.2f | %.1f s | %.1f s | %.1f s |%n", scenario.name(),
					scenario.title(), peer.name(), this.lost, this.requests, this.seconds, ideal, this.seconds / ideal,
					this.median, this.high, this.max);
		}

	}

}
