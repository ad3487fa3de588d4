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
import java.nio.file.Path;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A command that runs in a shell, with the Maven of this build and its repository.
 */
final class ShellCommand implements AutoCloseable {

	private final Process process;

	private final BufferedReader reader;

	private final StringBuilder output = new StringBuilder();

	private ShellCommand(Process process) {
		this.process = process;
		this.reader = process.inputReader();
	}

	static ShellCommand start(Path directory, String command, Map<String, String> environment) throws IOException {
		ProcessBuilder builder = new ProcessBuilder("bash", "-c", command).directory(directory.toFile())
			.redirectErrorStream(true);
		builder.environment().putAll(environment);
		String repository = System.getProperty("maven.repository");
		if (repository != null) {
			builder.environment()
				.merge("MAVEN_OPTS", "-Dmaven.repo.local=" + repository, (left, right) -> left + " " + right);
			builder.environment()
				.compute("PATH", (name, path) -> System.getProperty("maven.home") + "/bin" + File.pathSeparator + path);
		}
		return new ShellCommand(builder.start());
	}

	/**
	 * Wait for output that has the given pattern, and return its first group.
	 */
	String await(Pattern pattern) throws IOException {
		while (readLine()) {
			Matcher matcher = pattern.matcher(this.output);
			if (matcher.find()) {
				return matcher.group(1);
			}
		}
		throw new AssertionError("No '" + pattern + "' in " + this.output);
	}

	/**
	 * Wait until the command succeeds, and return its output.
	 */
	String awaitSuccess() throws IOException, InterruptedException {
		while (readLine()) {
			// until it ends
		}
		assertThat(this.process.waitFor()).as(this.output.toString()).isZero();
		return this.output.toString();
	}

	private boolean readLine() throws IOException {
		String line = this.reader.readLine();
		if (line != null) {
			this.output.append(line).append('\n');
		}
		return line != null;
	}

	/**
	 * End the command, and what it started.
	 */
	@Override
	public void close() throws IOException {
		this.process.descendants().forEach(ProcessHandle::destroy);
		this.process.destroy();
		this.reader.close();
	}

}
