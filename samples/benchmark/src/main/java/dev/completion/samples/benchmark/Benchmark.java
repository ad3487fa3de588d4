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
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * Measures this client and its peers: each peer in a fresh JVM in each round, the peers
 * in turn, with the server in a JVM of its own.
 */
public final class Benchmark {

	private static final List<String> JVM_OPTIONS = List.of("-Xms1g", "-Xmx1g",
			"-XX:-UseDynamicNumberOfCompilerThreads", "-XX:+IgnoreUnrecognizedVMOptions",
			"--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow");

	private static final int MAX_MINUTES = 10;

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
		Process server = start(classPath(), List.of(), BenchmarkServer.class.getName());
		try (BufferedReader reader = server.inputReader()) {
			String url = "http://127.0.0.1:" + Objects.requireNonNull(reader.readLine(), "The server did not start");
			for (int round = 1; round <= this.options.rounds(); round++) {
				runRound(round, url);
				write();
			}
		}
		finally {
			server.destroy();
			server.waitFor();
		}
		System.out.println(Files.readString(this.options.output().resolve("results.md")));
		System.out.println("Written to " + this.options.output());
	}

	/**
	 * Run each peer, another one first each time, since the machine may be slower at
	 * times.
	 */
	private void runRound(int round, String url) throws IOException, InterruptedException {
		List<Contestant> peers = new ArrayList<>(this.options.peers());
		Collections.rotate(peers, 1 - round);
		for (Contestant peer : peers) {
			System.err.println("round " + round + ": " + peer.name());
			List<Scenario> together = this.options.scenarios()
				.stream()
				.filter((scenario) -> !scenario.isAlone())
				.toList();
			if (!together.isEmpty()) {
				measure(round, peer, url, together);
			}
			for (Scenario scenario : this.options.scenarios()) {
				if (scenario.isAlone()) {
					measure(round, peer, url, List.of(scenario));
				}
			}
		}
	}

	/**
	 * Measure scenarios in a JVM.
	 */
	private void measure(int round, Contestant peer, String url, List<Scenario> scenarios)
			throws IOException, InterruptedException {
		List<String> arguments = new ArrayList<>(
				List.of(PeerMain.class.getName(), url, peer.type(), String.valueOf(this.options.window().toMillis())));
		scenarios.forEach((scenario) -> arguments.add(scenario.name()));
		Process process = start(peer.classPath(this.options.home()), peer.options(scenarios.get(0)),
				arguments.toArray(String[]::new));
		CompletableFuture.delayedExecutor(MAX_MINUTES, TimeUnit.MINUTES).execute(process::destroyForcibly);
		try (BufferedReader reader = process.inputReader()) {
			reader.lines().map((line) -> line.split("\t", -1)).forEach((fields) -> add(round, peer, fields));
		}
		if (process.waitFor() != 0) {
			this.failures.add("round " + round + ": " + peer.name() + " did not get to the end of " + scenarios);
		}
	}

	private void add(int round, Contestant peer, String... fields) {
		if (fields.length == 3) {
			this.results.add(round, peer.name(), Scenario.valueOf(fields[0]), Metric.valueOf(fields[1]),
					Double.parseDouble(fields[2]));
		}
		else {
			this.failures.add("round " + round + ": " + peer.name() + " failed in " + String.join(": ", fields));
		}
	}

	private static String classPath() {
		return ManagementFactory.getRuntimeMXBean().getClassPath();
	}

	static Process start(String classPath, List<String> options, String... arguments) throws IOException {
		List<String> command = new ArrayList<>();
		command.add(ProcessHandle.current().info().command().orElse("java"));
		command.addAll(JVM_OPTIONS);
		command.addAll(options);
		command.addAll(List.of("-cp", classPath));
		command.addAll(List.of(arguments));
		return new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
	}

	private void write() throws IOException {
		List<String> peers = this.options.peers().stream().map(Contestant::name).toList();
		Path output = Files.createDirectories(this.options.output());
		Files.writeString(output.resolve("results.csv"), this.results.toCsv());
		Files.writeString(output.resolve("results.md"),
				String.join("\n", header(), new ResultTable(this.results, peers).toString(),
						new Targets(this.results).toString(), String.join("\n\n", this.failures)));
		Files.writeString(output.resolve("results.svg"), ResultChart.toSvg(this.results, peers));
	}

	private String header() {
		return "%s, %d rounds, windows of %d ms of CPU time.%n".formatted(environment(), this.options.rounds(),
				this.options.window().toMillis());
	}

	/**
	 * Return what is measured and where.
	 */
	static String environment() {
		return "Commit %s, Java %s, %s %s, %d processors".formatted(System.getProperty("benchmark.commit", "unknown"),
				Runtime.version(), System.getProperty("os.name"), System.getProperty("os.arch"),
				Runtime.getRuntime().availableProcessors());
	}

}
