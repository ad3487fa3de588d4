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

import dev.completion.server.CompletionServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link QuickstartApplication}.
 */
@ExtendWith(OutputCaptureExtension.class)
class QuickstartApplicationTests {

	@Test
	void answersThePromptOfItsArguments(CapturedOutput output) {
		assertThat(run("Why", "do cats purr?")).isZero();
		assertThat(output.getOut()).contains("> Why do cats purr?\n", "canned", "\nmodel:       claude-haiku-5-5\n",
				"\nstop reason: stop_sequence\n", "\nrequest id:  req_", "\nhealth:      UNKNOWN");
		assertThat(answer(output)).isNotBlank();
	}

	@Test
	void answersADefaultPrompt(CapturedOutput output) {
		assertThat(run()).isZero();
		assertThat(output.getOut()).contains("> Why is the sky blue?\n");
	}

	@Test
	void refusedKeyIsOneLineAndExitCodeOne(CapturedOutput output) {
		try (CompletionServer server = CompletionServer.start()) {
			assertThat(run("--completion.base-url=" + server.baseUrl(), "--completion.api-key=wrong-key")).isOne();
		}
		assertThat(output.getErr().lines()).hasSize(1)
			.allMatch((line) -> line
				.startsWith("401 authentication_error from /v1/complete: invalid x-api-key (request req_"));
		assertThat(output.getAll()).doesNotContain("wrong-key");
	}

	@Test
	void blankPromptIsOneLineAndExitCodeOne(CapturedOutput output) {
		assertThat(run(" ")).isOne();
		assertThat(output.getErr().lines()).hasSize(1).allMatch((line) -> line.contains("'human' must not be"));
	}

	private static int run(String... arguments) {
		return SpringApplication.exit(SpringApplication.run(QuickstartApplication.class, arguments));
	}

	private static String answer(CapturedOutput output) {
		String out = output.getOut();
		int start = out.indexOf("purr?\n") + "purr?\n".length();
		return out.substring(start, out.indexOf("\nmodel:"));
	}

}
