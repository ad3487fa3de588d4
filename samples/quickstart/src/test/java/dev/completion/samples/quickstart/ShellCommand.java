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

package dev.completion.samples.quickstart;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A command that runs in a shell, with the Maven of this build and its repository.
 */
final class ShellCommand implements AutoCloseable {

	private static final Duration LIMIT = Duration.ofMinutes(5);

	// style is checked by the build itself, and Maven does not run long enough for the
	// optimizing compiler to pay
	private static final String FAST = "-XX:TieredStopAtLevel=1 -Dcheckstyle.skip=true -Dspring-javaformat.validate.skip=true";

	private final Process process;

	private final Queue<String> lines = new ConcurrentLinkedQueue<>();

	private final Thread reader = new Thread(this::read);

	private ShellCommand(Process process) {
		this.process = process;
		this.reader.setDaemon(true);
		this.reader.start();
	}

	static ShellCommand start(Path directory, String command, Map<String, String> environment) throws IOException {
		ProcessBuilder builder = new ProcessBuilder("bash", "-c", command).directory(directory.toFile())
			.redirectErrorStream(true);
		builder.environment().putAll(environment);
		builder.environment().merge("MAVEN_OPTS", FAST, (left, right) -> left + " " + right);
		String repository = System.getProperty("maven.repository");
		if (repository != null) {
			builder.environment()
				.merge("MAVEN_OPTS", "-Dmaven.repo.local='" + repository + "'", (left, right) -> left + " " + right);
			builder.environment()
				.compute("PATH", (name, path) -> System.getProperty("maven.home") + "/bin" + File.pathSeparator + path);
		}
		return new ShellCommand(builder.start());
	}

	private void read() {
		try (BufferedReader reader = this.process.inputReader()) {
			reader.lines().forEach(this.lines::add);
		}
		catch (UncheckedIOException | IOException ex) {
			this.lines.add(ex.toString());
		}
	}

	/**
	 * Wait for output that has the given pattern, and return its first group.
	 */
	String await(Pattern pattern) throws InterruptedException {
		Matcher matcher = pattern.matcher("");
		await(() -> matcher.reset(output()).find());
		return matcher.group(1);
	}

	/**
	 * Wait until the command succeeds, and return its output.
	 */
	String awaitSuccess() throws InterruptedException {
		await(() -> !this.reader.isAlive() && !this.process.isAlive());
		assertThat(this.process.exitValue()).as(output()).isZero();
		return output();
	}

	private void await(BooleanSupplier condition) throws InterruptedException {
		long deadline = System.nanoTime() + LIMIT.toNanos();
		while (!condition.getAsBoolean()) {
			boolean inTime = System.nanoTime() < deadline && (this.process.isAlive() || this.reader.isAlive());
			assertThat(inTime || condition.getAsBoolean()).as(output()).isTrue();
			Thread.sleep(20);
		}
	}

	private String output() {
		return String.join("\n", this.lines) + "\n";
	}

	/**
	 * End the command, and what it started.
	 */
	@Override
	public void close() {
		List<ProcessHandle> processes = Stream.concat(this.process.descendants(), Stream.of(this.process.toHandle()))
			.toList();
		processes.forEach(ProcessHandle::destroy);
		processes.forEach((ended) -> ended.onExit()
			.completeOnTimeout(ended, 10, TimeUnit.SECONDS)
			.thenAccept(ProcessHandle::destroyForcibly)
			.join());
	}

}
