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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.diagnostics.FailureAnalyzedException;
import org.springframework.boot.http.client.autoconfigure.HttpClientAutoConfiguration;
import org.springframework.boot.http.client.autoconfigure.reactive.ReactiveHttpClientAutoConfiguration;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.webclient.autoconfigure.WebClientAutoConfiguration;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for what an application that is configured wrongly tells when it does not start.
 */
class CompletionStartupFailureTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withPropertyValues("spring.reactor.netty.shutdown-quiet-period=10ms")
		.withConfiguration(
				AutoConfigurations.of(HttpClientAutoConfiguration.class, ReactiveHttpClientAutoConfiguration.class,
						WebClientAutoConfiguration.class, CompletionAutoConfiguration.class));

	@ParameterizedTest
	@CsvSource({ "completion.defaults.model=", "completion.base-url=https://api.anthropic.com/v1",
			"completion.base-url=https://API.Anthropic.com:443" })
	void missingCredentialNamesAllTheWaysOut(String property) {
		this.runner.withPropertyValues(property).run((context) -> {
			FailureAnalysis analysis = analysis(context);
			assertThat(analysis.getDescription()).contains("no credential");
			assertThat(analysis.getAction()).contains("'completion.api-key'", "'ANTHROPIC_API_KEY'",
					"'completion.embedded-server.mode'", "'dev.completion:completion-server'", "'completion.enabled'");
		});
	}

	@ParameterizedTest
	@CsvSource({ "https://gateway.example", "http://localhost:9", "https://api.anthropic.com.example" })
	void noCredentialIsNeededElsewhere(String baseUrl) {
		this.runner.withPropertyValues("completion.base-url=" + baseUrl)
			.run((context) -> assertThat(context).hasNotFailed());
	}

	@ParameterizedTest
	@CsvSource({ "ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN", "completion.api-key", "completion.auth-token" })
	void anyCredentialIsEnough(String name) {
		this.runner.withPropertyValues(name + "=secret").run((context) -> assertThat(context).hasNotFailed());
	}

	@ParameterizedTest
	@CsvSource({ "completion.api-key, completion.auth-token", "ANTHROPIC_API_KEY, ANTHROPIC_AUTH_TOKEN" })
	void twoCredentialsAreOneTooMany(String one, String other) {
		this.runner.withPropertyValues(one + "=secret", other + "=secret").run((context) -> {
			assertThat(analysis(context).getDescription()).contains("'" + one + "'", "'" + other + "'");
			assertThat(analysis(context).getAction()).contains("Remove one");
		});
	}

	@Test
	void propertyBeatsEnvironment() {
		this.runner
			.withPropertyValues("completion.auth-token=secret", "ANTHROPIC_API_KEY=secret",
					"ANTHROPIC_AUTH_TOKEN=secret", "completion.base-url=https://gateway.example",
					"ANTHROPIC_BASE_URL=https://other.example")
			.run((context) -> {
				PropertiesCompletionConnectionDetails details = context
					.getBean(PropertiesCompletionConnectionDetails.class);
				assertThat(details.getCredential()).hasToString("bearer[******]");
				assertThat(details.getBaseUrl()).isEqualTo("https://gateway.example");
			});
	}

	@Test
	void variableThatIsNotNeededIsNotJudged() {
		this.runner
			.withPropertyValues("completion.api-key=key", "completion.base-url=https://gateway.example",
					"ANTHROPIC_BASE_URL=ftp://x", "ANTHROPIC_API_KEY=a b")
			.run((context) -> assertThat(context).hasNotFailed());
	}

	@Test
	void baseUrlIsTakenFromTheEnvironment() {
		this.runner.withPropertyValues("ANTHROPIC_BASE_URL=https://other.example")
			.run((context) -> assertThat(context.getBean(PropertiesCompletionConnectionDetails.class).getBaseUrl())
				.isEqualTo("https://other.example"));
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '`',
			textBlock = """
					completion.api-key                       | se\tcret                        | 'apiKey' must hold visible ASCII
					completion.auth-token                    | se cret                          | 'token' must hold visible ASCII
					ANTHROPIC_API_KEY                        | secr\u00e9t                     | 'apiKey' must hold visible ASCII
					completion.base-url                      | https://user:secret@host.example | 'baseUrl' must not hold user info
					completion.base-url                      | file:/etc/secret                 | 'baseUrl' must begin with https
					completion.base-url                      | https://host.example?secret      | 'baseUrl' must have neither a query
					ANTHROPIC_BASE_URL                       | ftp://secret                     | 'baseUrl' must begin with https
					completion.headers.x-api-key             | secret                           | set an API key instead
					completion.headers.content-length        | secret                           | belongs to the HTTP connection
					completion.headers.x-team                | secr\u00e9t                     | non-ASCII
					completion.version                       | secr\u00e9t                     | 'version'
					completion.defaults.temperature          | 1.5                              | 'temperature' must be from 0 to 1
					completion.defaults.top-p                | -0.1                             | 'topP' must be from 0 to 1
					completion.defaults.top-k                | -1                               | 'topK' must not be negative
					completion.defaults.max-tokens-to-sample | 0                                | 'maxTokensToSample' must be at least 1
					completion.timeout.connect               | 0s                               | 'connect' must be at least one
					completion.timeout.response              | -1s                              | 'response' must be at least one
					""")
	void badValueIsNamedAndNotShown(String name, String value, String rule) {
		boolean ownCredential = !name.equals("completion.api-key") && !name.equals("completion.auth-token")
				&& !name.equals("ANTHROPIC_API_KEY");
		this.runner.withPropertyValues(name + "=" + value)
			.withPropertyValues(ownCredential ? "completion.api-key=key" : "completion.version=2023-06-01")
			.run((context) -> {
				FailureAnalysis analysis = analysis(context);
				assertThat(analysis.getDescription()).contains("'" + name + "'").contains(rule);
				assertThat(analysis.getAction()).contains("'" + name + "'");
				assertThat(analysis.getDescription() + analysis.getAction()).doesNotContain("secr");
			});
	}

	@ParameterizedTest
	@CsvSource({ "off, completion.api-key", "off, completion.auth-token", "off, completion.base-url",
			"fallback, completion.api-key", "on, completion.defaults.model", "on, completion.headers.x-team" })
	void placeholderThatStandsForNothingIsNamed(String mode, String name) {
		this.runner.withPropertyValues("completion.embedded-server.mode=" + mode, name + "=${NOT_THERE}")
			.run((context) -> {
				assertThat(analysis(context).getDescription()).contains("'" + name + "'", "${NOT_THERE}");
				assertThat(analysis(context).getAction()).contains("'NOT_THERE'", "'${NOT_THERE:}'");
			});
	}

	@ParameterizedTest
	@ValueSource(strings = { "api-key", "auth-token" })
	void emptyCredentialOfANamedClientIsNotSuggested(String name) {
		this.runner
			.withPropertyValues("completion.api-key=secret", "completion.clients.far.base-url=https://far.example",
					"completion.clients.far." + name + "=${NOT_THERE}")
			.run((context) -> assertThat(analysis(context).getAction()).isEqualTo("Set 'NOT_THERE'."));
	}

	@Test
	void placeholderWithAnEmptyDefaultIsNoCredential() {
		this.runner.withPropertyValues("completion.api-key=${NOT_THERE:}")
			.run((context) -> assertThat(analysis(context).getDescription()).contains("no credential"));
	}

	@Test
	void plainHttpToAnotherMachineIsRefusedUnlessAllowed() {
		ApplicationContextRunner insecure = this.runner.withPropertyValues("completion.base-url=http://192.0.2.1",
				"completion.api-key=key");
		insecure.run((context) -> assertThat(analysis(context).getAction()).contains("'completion.allow-insecure'"));
		insecure.withPropertyValues("completion.allow-insecure=true")
			.run((context) -> assertThat(context).hasNotFailed());
	}

	private static FailureAnalysis analysis(AssertableApplicationContext context) {
		assertThat(context).hasFailed();
		Throwable failure = context.getStartupFailure();
		while (failure != null && !(failure instanceof FailureAnalyzedException)) {
			failure = failure.getCause();
		}
		assertThat(failure).isNotNull();
		return ((FailureAnalyzedException) failure).analysis();
	}

}
