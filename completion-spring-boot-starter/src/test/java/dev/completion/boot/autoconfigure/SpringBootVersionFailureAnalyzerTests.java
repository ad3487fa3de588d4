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

package dev.completion.boot.autoconfigure;

import org.junit.jupiter.api.Test;

import org.springframework.boot.diagnostics.FailureAnalysis;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link SpringBootVersionFailureAnalyzer}.
 */
class SpringBootVersionFailureAnalyzerTests {

	private final RuntimeException missingClass = new IllegalStateException(
			"Failed to process import candidates for configuration class [dev.completion.boot.autoconfigure.CompletionAutoConfiguration]",
			new NoClassDefFoundError("org/springframework/boot/diagnostics/FailureAnalyzedException"));

	@Test
	void earlierVersionIsReported() {
		FailureAnalysis analysis = new SpringBootVersionFailureAnalyzer("4.0.7").analyze(this.missingClass);
		assertThat(analysis).isNotNull();
		assertThat(analysis.getDescription()).contains("requires Spring Boot 4.1 or later", "uses Spring Boot 4.0.7",
				"FailureAnalyzedException");
		assertThat(analysis.getAction()).isEqualTo("Upgrade the application to Spring Boot 4.1 or later.");
	}

	@Test
	void supportedVersionsAreNotReported() {
		assertThat(new SpringBootVersionFailureAnalyzer("4.1.0").analyze(this.missingClass)).isNull();
		assertThat(new SpringBootVersionFailureAnalyzer("5.0.0-M1").analyze(this.missingClass)).isNull();
	}

	@Test
	void failuresOfOthersAreNotReported() {
		SpringBootVersionFailureAnalyzer analyzer = new SpringBootVersionFailureAnalyzer("3.5.7");
		assertThat(analyzer.analyze(new IllegalStateException("dev.completion.boot"))).isNull();
		assertThat(analyzer.analyze(this.missingClass.getCause())).isNull();
		assertThat(analyzer
			.analyze(new IllegalStateException("dev.completion.", new NoClassDefFoundError("com/example/Other"))))
			.isNull();
	}

}
