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

import java.io.PrintStream;
import java.util.Objects;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;

/**
 * Runs a server from the command line.
 */
final class CommandLine {

	private static final String USAGE = "usage: [--port PORT] [--api-key KEY] [--requests-per-minute NUMBER] "
			+ "[--burst NUMBER] [--input-tokens-per-minute NUMBER] [--output-tokens-per-minute NUMBER]";

	private static final int DEFAULT_PORT = 8089;

	private CommandLine() {
	}

	/**
	 * Run a server until it is closed.
	 * @param out where to print how to use the server
	 * @param err where to print what is wrong
	 * @param args the options, each followed by its value
	 * @return the exit status of the process
	 */
	static int run(PrintStream out, PrintStream err, String... args) {
		try (CompletionServer server = parse(args).start()) {
			out.println(greeting(server));
			out.flush();
			server.awaitClose();
			return 0;
		}
		catch (IllegalArgumentException ex) {
			err.println(ex.getMessage() + "; " + USAGE);
			return 2;
		}
		catch (IllegalStateException ex) {
			err.println(ex.getMessage());
			return 1;
		}
	}

	private static CompletionServer.Builder parse(String... args) {
		CompletionServer.Builder builder = CompletionServer.builder().port(DEFAULT_PORT);
		for (int i = 0; i < args.length; i += 2) {
			apply(builder, args[i], (i + 1 < args.length) ? args[i + 1] : null);
		}
		return builder;
	}

	private static void apply(CompletionServer.Builder builder, String option, @Nullable String value) {
		switch (option) {
			case "--api-key" -> builder.apiKey(required(option, value));
			case "--port" -> builder.port(number(option, value, Integer::valueOf));
			case "--requests-per-minute" -> builder.requestsPerMinute(number(option, value, Long::valueOf));
			case "--burst" -> builder.burst(number(option, value, Long::valueOf));
			case "--input-tokens-per-minute" -> builder.inputTokensPerMinute(number(option, value, Long::valueOf));
			case "--output-tokens-per-minute" -> builder.outputTokensPerMinute(number(option, value, Long::valueOf));
			default -> throw new IllegalArgumentException("Unknown option " + option);
		}
	}

	private static String required(String option, @Nullable String value) {
		Arguments.check(value != null, () -> "Option " + option + " needs a value");
		return Objects.requireNonNull(value);
	}

	private static <T> T number(String option, @Nullable String value, Function<String, T> parser) {
		String text = required(option, value);
		try {
			return parser.apply(text);
		}
		catch (NumberFormatException ex) {
			throw new IllegalArgumentException("Option " + option + " needs a number, not " + text, ex);
		}
	}

	private static String greeting(CompletionServer server) {
		return "Base URL: " + server.baseUrl() + "\nAPI key:  " + server.apiKey() + "\nTry it:   " + curl(server);
	}

	private static String curl(CompletionServer server) {
		return "curl -N " + server.baseUrl() + "/v1/complete -H " + quote("x-api-key: " + server.apiKey())
				+ " -H 'anthropic-version: 2023-06-01' -H 'content-type: application/json' -d "
				+ quote("{\"model\":\"claude-2.1\",\"max_tokens_to_sample\":256,\"stream\":true,"
						+ "\"prompt\":\"\\n\\nHuman: Why is the sky blue?\\n\\nAssistant:\"}");
	}

	private static String quote(String text) {
		return "'" + text.replace("'", "'\\''") + "'";
	}

}
