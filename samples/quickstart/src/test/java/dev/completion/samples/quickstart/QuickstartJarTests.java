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

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import dev.completion.server.CompletionServer;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for the jar, as it is run: processed ahead of time.
 */
class QuickstartJarTests {

	@Test
	void answersWithoutAKeyIfTheEmbeddedServerIsOn() throws Exception {
		String output = run(0, Map.of(), "--completion.embedded-server.mode=on", "Why", "do cats purr?");
		assertThat(output).contains("Starting AOT-processed QuickstartApplication", "> Why do cats purr?\n", "canned",
				"\nstop reason: stop_sequence\n", "\nhealth:      UNKNOWN");
	}

	@Test
	void hasNoEmbeddedServerToFallBackTo() throws Exception {
		assertThat(run(1, Map.of())).contains("The completion client has no credential",
				"does not start in mode 'fallback', since the application is packaged");
	}

	@Test
	void callsTheServerOfItsEnvironment() throws Exception {
		try (CompletionServer server = CompletionServer.start()) {
			String output = run(0,
					Map.of("ANTHROPIC_BASE_URL", server.baseUrl(), "ANTHROPIC_API_KEY", server.apiKey()));
			assertThat(output).contains("> Why is the sky blue?\n", "\nhealth:      UP").doesNotContain("canned");
			assertThat(server.requests()).isNotEmpty();
		}
	}

	private static String run(int exitValue, Map<String, String> environment, String... arguments)
			throws IOException, InterruptedException {
		List<String> command = new ArrayList<>(
				List.of(System.getProperty("java.home") + File.separator + "bin" + File.separator + "java",
						"-Dspring.aot.enabled=true", "-jar", System.getProperty("jar"),
						"--logging.level.dev.completion.samples=info"));
		command.addAll(List.of(arguments));
		ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
		builder.environment().keySet().removeIf((name) -> name.startsWith("ANTHROPIC_"));
		builder.environment().putAll(environment);
		Process process = builder.start();
		String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
		assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
		assertThat(process.exitValue()).as(output).isEqualTo(exitValue);
		return output;
	}

}
