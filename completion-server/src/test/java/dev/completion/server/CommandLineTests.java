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

package dev.completion.server;

import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for the server as a process of its own.
 */
@Timeout(60)
class CommandLineTests {

	private static final String USAGE = "usage: [--port PORT] [--api-key KEY] [--requests-per-minute NUMBER] "
			+ "[--burst NUMBER] [--input-tokens-per-minute NUMBER] [--output-tokens-per-minute NUMBER]";

	@Test
	void serverRunsUntilKilled() throws Exception {
		Process process = launch("--port", "0", "--api-key", "it's-me");
		try (BufferedReader out = reader(process)) {
			String baseUrl = out.readLine().replaceFirst("^Base URL: ", "");
			assertThat(baseUrl).matches("http://127\\.0\\.0\\.1:\\d+");
			assertThat(out.readLine()).isEqualTo("API key:  it's-me");
			assertThat(out.readLine()).startsWith("Try it:   curl -N " + baseUrl + "/v1/complete ")
				.contains("-H 'x-api-key: it'\\''s-me'");
			HttpRequest request = HttpRequest.newBuilder(URI.create(baseUrl + "/v1/models"))
				.headers("x-api-key", "it's-me", "anthropic-version", "2023-06-01")
				.build();
			HttpResponse<String> response = HttpClient.newHttpClient()
				.send(request, HttpResponse.BodyHandlers.ofString());
			assertThat(response.statusCode()).isEqualTo(200);
			assertThat(process.isAlive()).isTrue();
		}
		finally {
			process.destroy();
		}
		assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
	}

	@Test
	void optionsLimitTheRate() throws Exception {
		Process process = launch("--port", "0", "--api-key", "key", "--requests-per-minute", "60", "--burst", "1",
				"--input-tokens-per-minute", "10000", "--output-tokens-per-minute", "2000");
		try (BufferedReader out = reader(process)) {
			HttpRequest request = HttpRequest
				.newBuilder(URI.create(out.readLine().replaceFirst("^Base URL: ", "") + "/v1/complete"))
				.headers("x-api-key", "key", "anthropic-version", "2023-06-01", "content-type", "application/json")
				.POST(HttpRequest.BodyPublishers.ofString(TestClient.body().toString()))
				.build();
			HttpResponse<String> admitted = HttpClient.newHttpClient()
				.send(request, HttpResponse.BodyHandlers.ofString());
			assertThat(admitted.statusCode()).isEqualTo(200);
			assertThat(admitted.headers().map()).containsEntry("anthropic-ratelimit-requests-limit", List.of("60"))
				.containsEntry("anthropic-ratelimit-input-tokens-limit", List.of("10000"))
				.containsEntry("anthropic-ratelimit-output-tokens-limit", List.of("2000"));
		}
		finally {
			process.destroy();
		}
	}

	@Test
	void badArgumentEndsProcessWithStatus2() throws Exception {
		Process process = launch("--port", "many");
		try (BufferedReader err = new BufferedReader(
				new InputStreamReader(process.getErrorStream(), StandardCharsets.UTF_8))) {
			assertThat(err.readLine()).isEqualTo("Option --port needs a number, not many; " + USAGE);
			assertThat(err.readLine()).isNull();
		}
		assertThat(process.waitFor()).isEqualTo(2);
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
			--prot 1 | Unknown option --prot
			8089 | Unknown option 8089
			--port | Option --port needs a value
			--api-key a --port | Option --port needs a value
			--port 70000 | 'port' must be from 0 to 65535, not 70000
			--requests-per-minute 0 | 'requestsPerMinute' must be from 1 to 1000000000000, not 0
			--burst many | Option --burst needs a number, not many
			--burst 10 | 'burst' requires 'requestsPerMinute'
			--burst 10 --requests-per-minute 9 | 'burst' (10) must not exceed 'requestsPerMinute' (9)
			--api-key ä | 'apiKey' must consist of visible ASCII characters
			""")
	void badArgumentsAreExplainedInOneLine(String args, String message) {
		ByteArrayOutputStream err = new ByteArrayOutputStream();
		assertThat(run(err, args.split(" "))).isEqualTo(2);
		assertThat(err.toString(StandardCharsets.UTF_8)).isEqualTo(message + "; " + USAGE + System.lineSeparator());
	}

	@Test
	void portInUseIsExplainedInOneLine() {
		ByteArrayOutputStream err = new ByteArrayOutputStream();
		try (CompletionServer server = CompletionServer.start()) {
			assertThat(run(err, "--port", Integer.toString(server.port()))).isEqualTo(1);
			assertThat(err.toString(StandardCharsets.UTF_8))
				.isEqualTo("Port " + server.port() + " of 127.0.0.1 cannot be bound" + System.lineSeparator());
		}
	}

	private static int run(ByteArrayOutputStream err, String... args) {
		PrintStream out = new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8);
		return CommandLine.run(out, new PrintStream(err, true, StandardCharsets.UTF_8), args);
	}

	private static Process launch(String... args) throws IOException {
		List<String> command = new ArrayList<>(
				List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-cp",
						System.getProperty("java.class.path"), CompletionServer.class.getName()));
		command.addAll(List.of(args));
		return new ProcessBuilder(command).start();
	}

	private static BufferedReader reader(Process process) {
		return new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
	}

}
