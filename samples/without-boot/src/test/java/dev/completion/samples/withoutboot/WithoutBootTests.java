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

package dev.completion.samples.withoutboot;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link WithoutBoot}.
 */
class WithoutBootTests {

	@Test
	void answersTheQuestionOfItsArguments() {
		assertThat(run("Why", "do cats purr?")).contains("purr").isNotEqualTo(run());
	}

	@Test
	void answersADefaultQuestion() {
		assertThat(run()).contains("sky");
	}

	private static String run(String... arguments) {
		PrintStream original = System.out;
		ByteArrayOutputStream output = new ByteArrayOutputStream();
		System.setOut(new PrintStream(output, true, StandardCharsets.UTF_8));
		try {
			WithoutBoot.main(arguments);
		}
		finally {
			System.setOut(original);
		}
		return output.toString(StandardCharsets.UTF_8);
	}

}
