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

import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;

/**
 * What to measure, and how long.
 *
 * @param peers the peers
 * @param scenarios the scenarios
 * @param rounds the number of rounds
 * @param window the CPU time to measure each scenario
 * @param home the folder of the benchmark
 * @param output the folder to write to
 */
record Options(List<Contestant> peers, List<Scenario> scenarios, int rounds, Duration window, Path home, Path output) {

	private static final List<Scenario> QUICK = List.of(Scenario.ONE_BULK, Scenario.BULK_64, Scenario.UNARY_16);

	private static final Path HOME = Path.of(Objects.requireNonNullElse(System.getProperty("benchmark.home"), ""))
		.toAbsolutePath();

	/**
	 * Parse a command line: {@code --quick}, {@code --rounds=5}, {@code --window=300} in
	 * milliseconds, {@code --peers=floor,completion}, {@code --scenarios=ONE_BULK} and
	 * {@code --output=folder}.
	 */
	static Options parse(String... arguments) {
		boolean quick = Arrays.asList(arguments).contains("--quick");
		Options options = new Options(Contestant.ALL, quick ? QUICK : List.of(Scenario.values()), quick ? 1 : 5,
				Duration.ofMillis(quick ? 25 : 300), HOME, HOME.resolve("target").resolve("benchmark"));
		for (String argument : arguments) {
			options = argument.equals("--quick") ? options : options.with(argument);
		}
		return options;
	}

	private Options with(String argument) {
		String[] parts = argument.split("=", 2);
		String value = (parts.length == 2) ? parts[1] : "";
		return switch (parts[0]) {
			case "--rounds" ->
				new Options(this.peers, this.scenarios, Integer.parseInt(value), this.window, this.home, this.output);
			case "--window" -> new Options(this.peers, this.scenarios, this.rounds,
					Duration.ofMillis(Long.parseLong(value)), this.home, this.output);
			case "--peers" -> new Options(select(Contestant.ALL, value, Contestant::name), this.scenarios, this.rounds,
					this.window, this.home, this.output);
			case "--scenarios" -> new Options(this.peers, select(List.of(Scenario.values()), value, Scenario::name),
					this.rounds, this.window, this.home, this.output);
			case "--output" -> new Options(this.peers, this.scenarios, this.rounds, this.window, this.home,
					Path.of(value).toAbsolutePath());
			default -> throw new IllegalArgumentException("Unknown option " + parts[0]);
		};
	}

	private static <T> List<T> select(List<T> all, String names, Function<T, String> name) {
		return Arrays.stream(names.split(",", -1))
			.map((wanted) -> all.stream()
				.filter((element) -> name.apply(element).equals(wanted))
				.findFirst()
				.orElseThrow(() -> new IllegalArgumentException(
						"Unknown name '" + wanted + "'; there are " + all.stream().map(name).toList())))
			.toList();
	}

}
