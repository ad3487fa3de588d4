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
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Measures this client and its peers: each peer in a fresh JVM in each round, the peers
 * in turn, with the server in a JVM of its own.
 */
public final class Benchmark {

	private static final List<String> JVM_OPTIONS = List.of("-Xms1g", "-Xmx1g",
			"-XX:-UseDynamicNumberOfCompilerThreads", "-XX:+IgnoreUnrecognizedVMOptions",
			"--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow");

	private final Options options;

	private final Results results = new Results();

	// a peer that fails is no reason not to measure the others
	private final List<String> failures = new ArrayList<>();

	private Benchmark(Options options) {
		this.options = options;
	}

	/**
	 * Run the benchmark.
	 * @param arguments see {@link Options}
	 * @throws Exception if it cannot run
	 */
	public static void main(String... arguments) throws Exception {
		new Benchmark(Options.parse(arguments)).run();
	}

	private void run() throws Exception {
		List<Contestant> peers = this.options.peers();
		Process server = start(ManagementFactory.getRuntimeMXBean().getClassPath(), BenchmarkServer.class.getName());
		try (BufferedReader reader = server.inputReader()) {
			String url = "http://127.0.0.1:" + reader.readLine();
			for (int round = 1; round <= this.options.rounds(); round++) {
				for (Contestant peer : peers) {
					System.err.println("round " + round + ": " + peer.name());
					measure(peer, url);
				}
			}
		}
		finally {
			server.destroy();
			server.waitFor();
		}
		write(peers.stream().map(Contestant::name).toList());
	}

	private void measure(Contestant peer, String url) throws IOException, InterruptedException {
		List<Scenario> scenarios = this.options.scenarios();
		// to warm up, so that the first is not at a disadvantage
		List<Scenario> together = Stream
			.concat(Stream.of(Scenario.BULK_64, Scenario.BULK_64),
					scenarios.stream().filter((scenario) -> !scenario.isAlone()))
			.toList();
		if (together.size() > 2) {
			measure(peer, url, together, 4);
		}
		for (Scenario scenario : scenarios) {
			if (scenario.isAlone()) {
				measure(peer, url, List.of(scenario), 0);
			}
		}
	}

	/**
	 * Measure scenarios in a JVM.
	 * @param ignored the number of results to leave out at first
	 */
	private void measure(Contestant peer, String url, List<Scenario> scenarios, int ignored)
			throws IOException, InterruptedException {
		List<String> arguments = new ArrayList<>(
				List.of(PeerMain.class.getName(), url, peer.type(), String.valueOf(this.options.window().toMillis())));
		scenarios.forEach((scenario) -> arguments.add(scenario.name()));
		Process process = start(peer.classPath(this.options.home()), arguments.toArray(String[]::new));
		try (BufferedReader reader = process.inputReader()) {
			reader.lines()
				.map((line) -> line.split("\t", -1))
				.filter((fields) -> fields.length == 3)
				.skip(ignored)
				.forEach((fields) -> this.results.add(peer.name(), Scenario.valueOf(fields[0]),
						Metric.valueOf(fields[1]), Double.parseDouble(fields[2])));
		}
		if (process.waitFor() != 0) {
			this.failures.add(peer.name() + " failed, and did not get to the end of " + scenarios);
		}
	}

	private static Process start(String classPath, String... arguments) throws IOException {
		List<String> command = new ArrayList<>();
		command.add(ProcessHandle.current().info().command().orElse("java"));
		command.addAll(JVM_OPTIONS);
		command.addAll(List.of("-cp", classPath));
		command.addAll(List.of(arguments));
		return new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
	}

	private void write(List<String> peers) throws IOException {
		Path output = Files.createDirectories(this.options.output());
		String tables = new ResultTable(this.results, peers) + "\n" + new Targets(this.results) + "\n"
				+ String.join("\n", this.failures) + "\n";
		Files.writeString(output.resolve("results.csv"), this.results.toCsv());
		Files.writeString(output.resolve("results.md"), tables);
		Files.writeString(output.resolve("results.svg"), ResultChart.toSvg(this.results, peers));
		System.out.println(tables);
		System.out.println("Written to " + output);
	}

}
