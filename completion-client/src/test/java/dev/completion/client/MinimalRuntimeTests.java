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

package dev.completion.client;

import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.spi.ToolProvider;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import dev.completion.server.CompletionServer;
import dev.completion.server.Reply;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that the client runs on a minimal runtime that is created with {@code jlink}.
 */
@Tag("slow")
class MinimalRuntimeTests {

	// Jackson requires java.xml, and logging without a framework requires java.logging
	private static final String MODULES = "java.base,java.logging,java.xml";

	@TempDir
	Path directory;

	@Test
	void clientRunsWithFewModules() throws Exception {
		Path runtime = link();
		try (CompletionServer server = CompletionServer.start()) {
			server.enqueue(Reply.text("Forty-two."), Reply.text("Forty-three."));
			Path output = this.directory.resolve("output");
			Process process = new ProcessBuilder(runtime.resolve("bin/java").toString(), "-cp", classPath(),
					Application.class.getName(), server.baseUrl(), server.apiKey())
				.redirectErrorStream(true)
				.redirectOutput(output.toFile())
				.start();
			try {
				assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
			}
			finally {
				process.destroyForcibly();
			}
			assertThat(output).content(StandardCharsets.UTF_8).contains("Forty-two. Forty-three.");
			assertThat(process.exitValue()).isZero();
		}
	}

	private Path link() {
		Path runtime = this.directory.resolve("runtime");
		ByteArrayOutputStream messages = new ByteArrayOutputStream();
		PrintStream out = new PrintStream(messages, true, StandardCharsets.UTF_8);
		int exit = ToolProvider.findFirst("jlink")
			.orElseThrow()
			.run(out, out, "--add-modules", MODULES, "--output", runtime.toString());
		assertThat(exit).as(() -> messages.toString(StandardCharsets.UTF_8)).isZero();
		return runtime;
	}

	// Logback requires further modules
	private static String classPath() {
		return Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
			.filter((entry) -> !entry.contains("logback"))
			.collect(Collectors.joining(File.pathSeparator));
	}

	public static final class Application {

		private Application() {
		}

		public static void main(String[] args) {
			try (CompletionClient client = CompletionClient.builder()
				.baseUrl(args[0])
				.apiKey(args[1])
				.defaults((request) -> request.model("claude-2.1").maxTokensToSample(10))
				.build()) {
				String whole = client.complete((request) -> request.prompt(Prompt.human("Hi")))
					.map(Completion::completion)
					.block();
				String streamed = client.stream((request) -> request.prompt(Prompt.human("Hi")))
					.as(Completion::join)
					.map(Completion::completion)
					.block();
				System.out.println(whole + " " + streamed);
			}
		}

	}

}
