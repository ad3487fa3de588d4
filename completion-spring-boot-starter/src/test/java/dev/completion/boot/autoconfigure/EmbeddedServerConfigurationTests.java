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

import java.time.Duration;

import dev.completion.boot.CompletionConnectionDetails;
import dev.completion.client.CompletionClient;
import dev.completion.client.CredentialProvider;
import dev.completion.client.Prompt;
import dev.completion.server.CompletionServer;
import dev.completion.server.Reply;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Mono;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.diagnostics.FailureAnalyzedException;
import org.springframework.boot.http.client.autoconfigure.HttpClientAutoConfiguration;
import org.springframework.boot.http.client.autoconfigure.reactive.ReactiveHttpClientAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.webclient.autoconfigure.WebClientAutoConfiguration;
import org.springframework.context.ApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link EmbeddedServerConfiguration}.
 */
@ExtendWith(OutputCaptureExtension.class)
class EmbeddedServerConfigurationTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withPropertyValues("spring.reactor.netty.shutdown-quiet-period=10ms")
		.withConfiguration(
				AutoConfigurations.of(HttpClientAutoConfiguration.class, ReactiveHttpClientAutoConfiguration.class,
						WebClientAutoConfiguration.class, CompletionAutoConfiguration.class))
		.withPropertyValues("completion.defaults.model=claude-2.1");

	@Test
	void offByDefault() {
		this.runner.withPropertyValues("completion.api-key=key")
			.run((context) -> assertThat(context).hasSingleBean(CompletionClient.class)
				.doesNotHaveBean(CompletionServer.class));
	}

	@Test
	@Proves("completion.embedded-server.mode")
	void onAnswersWhateverElseIsConfigured(CapturedOutput output) {
		this.runner
			.withPropertyValues("completion.embedded-server.mode=on", "completion.api-key=key",
					"completion.base-url=https://gateway.example")
			.withBean("own", CompletionConnectionDetails.class, () -> () -> "https://other.example",
					(definition) -> definition.setPrimary(true))
			.withBean(CredentialProvider.class, () -> Mono::empty)
			.run((context) -> {
				assertThat(context.getBean(CompletionConnectionDetails.class)).isSameAs(context.getBean("own"));
				CompletionServer server = context.getBean(CompletionServer.class);
				server.enqueue(Reply.text(" scripted"));
				assertThat(complete(context)).isEqualTo(" scripted");
				assertThat(complete(context)).isNotBlank();
				assertThat(server.requests()).hasSize(2);
				assertThat(output.toString().lines().filter((line) -> line.contains("canned"))).hasSize(1)
					.allMatch((line) -> line.contains("WARN") && line.contains(server.baseUrl()));
			});
	}

	@Test
	void fallbackAnswersIfNothingIsConfigured() {
		this.runner.withPropertyValues("completion.embedded-server.mode=fallback").run((context) -> {
			assertThat(complete(context)).isNotBlank();
			assertThat(context.getBean(CompletionConnectionDetails.class).isEmbedded()).isTrue();
		});
	}

	@ParameterizedTest
	@ValueSource(strings = { "completion.api-key=key", "completion.auth-token=key", "ANTHROPIC_API_KEY=key",
			"ANTHROPIC_AUTH_TOKEN=key", "completion.base-url=https://gateway.example",
			"ANTHROPIC_BASE_URL=https://gateway.example" })
	void fallbackLeavesAConfiguredApplicationAlone(String property) {
		this.runner.withPropertyValues("completion.embedded-server.mode=fallback", property)
			.run((context) -> assertThat(context).hasSingleBean(CompletionClient.class)
				.doesNotHaveBean(CompletionServer.class));
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|',
			value = { "spring.main.cloud-platform=kubernetes | the application runs on the cloud platform KUBERNETES",
					"ANTHROPIC_API_KEY= | the environment variable 'ANTHROPIC_API_KEY' is empty",
					"ANTHROPIC_AUTH_TOKEN= | the environment variable 'ANTHROPIC_AUTH_TOKEN' is empty" })
	void fallbackDoesNotStartInProduction(String property, String sign) {
		this.runner.withPropertyValues("completion.embedded-server.mode=fallback", property)
			.run((context) -> assertThat(context).getFailure()
				.hasStackTraceContaining("The completion client has no credential")
				.hasStackTraceContaining("does not start in mode 'fallback', since " + sign));
		this.runner.withPropertyValues("completion.embedded-server.mode=on", property)
			.run((context) -> assertThat(complete(context)).isNotBlank());
		this.runner.withPropertyValues("completion.embedded-server.mode=fallback", "completion.api-key=key", property)
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(CompletionServer.class));
	}

	@Test
	void emptyPropertyIsNotSet() {
		this.runner
			.withPropertyValues("completion.embedded-server.mode=fallback", "completion.api-key=",
					"spring.main.cloud-platform=none")
			.run((context) -> assertThat(complete(context)).isNotBlank());
	}

	@Test
	void fallbackLeavesBeansOfTheApplicationAlone() {
		ApplicationContextRunner fallback = this.runner.withPropertyValues("completion.embedded-server.mode=fallback");
		fallback.withBean(CredentialProvider.class, () -> Mono::empty)
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(CompletionServer.class));
		fallback.withBean(CompletionConnectionDetails.class, () -> () -> "https://gateway.example")
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(CompletionServer.class));
	}

	@Test
	void serverOfTheApplicationIsUsed() {
		try (CompletionServer own = CompletionServer.start()) {
			this.runner.withPropertyValues("completion.embedded-server.mode=on")
				.withBean("own", CompletionServer.class, () -> own)
				.run((context) -> {
					complete(context);
					assertThat(own.requests()).hasSize(1);
				});
		}
	}

	@Test
	@Proves("completion.embedded-server.port")
	void portIsTakenAndFreedAgain() {
		int port;
		try (CompletionServer server = CompletionServer.start()) {
			port = server.port();
		}
		for (int i = 0; i < 2; i++) {
			this.runner
				.withPropertyValues("completion.embedded-server.mode=on", "completion.embedded-server.port=" + port)
				.run((context) -> assertThat(context.getBean(CompletionServer.class).port()).isEqualTo(port));
		}
	}

	@Test
	void portThatIsTakenIsNamed() {
		try (CompletionServer server = CompletionServer.start()) {
			this.runner
				.withPropertyValues("completion.embedded-server.mode=on",
						"completion.embedded-server.port=" + server.port())
				.run((context) -> assertThat(context).getFailure()
					.hasStackTraceContaining("FailureAnalyzedException: The embedded server cannot start")
					.hasStackTraceContaining(String.valueOf(server.port())));
		}
	}

	@ParameterizedTest
	@CsvSource({ "on, key", "fallback, key", "on, ''", "fallback, ''" })
	void absentModuleIsNamed(String mode, String key) {
		this.runner.withClassLoader(new FilteredClassLoader(CompletionServer.class))
			.withPropertyValues("completion.embedded-server.mode=" + mode, "completion.api-key=" + key)
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.hasMessageContaining("'completion.embedded-server.mode'")
				.satisfies((ex) -> assertThat(((FailureAnalyzedException) ex).analysis().getAction())
					.contains("dev.completion:completion-server")));
	}

	@Test
	void absentModuleIsNotMissedWhenOff() {
		this.runner.withClassLoader(new FilteredClassLoader(CompletionServer.class))
			.withPropertyValues("completion.api-key=key")
			.run((context) -> assertThat(context).hasSingleBean(CompletionClient.class));
	}

	private static String complete(ApplicationContext context) {
		return context.getBean(CompletionClient.class)
			.complete((request) -> request.prompt(Prompt.human("Hi")))
			.block(Duration.ofSeconds(10))
			.completion();
	}

}
