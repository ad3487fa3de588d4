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

import dev.completion.client.CompletionClient;
import dev.completion.client.Prompt;
import dev.completion.server.CompletionServer;
import dev.completion.server.RecordedRequest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link ClientNames}.
 */
class ClientNamesTests {

	private static final Duration LIMIT = Duration.ofSeconds(30);

	private final CompletionServer server = CompletionServer.builder().chunkDelay(Duration.ZERO).start();

	private final CompletionServer other = CompletionServer.builder()
		.apiKey("key-of-the-other")
		.chunkDelay(Duration.ZERO)
		.start();

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(CompletionAutoConfiguration.class))
		.withPropertyValues("completion.base-url=" + this.server.baseUrl(),
				"completion.api-key=" + this.server.apiKey(), "completion.defaults.model=claude-2.1",
				"completion.retry.max-retries=0");

	@AfterEach
	void close() {
		this.server.close();
		this.other.close();
	}

	private static void complete(ApplicationContext context, String bean) {
		assertThat(context.getBean(bean, CompletionClient.class)
			.complete((request) -> request.prompt(Prompt.human("Hi")))
			.block(LIMIT)).isNotNull();
	}

	private static RecordedRequest only(CompletionServer server) {
		assertThat(server.requests()).hasSize(1);
		return server.requests().get(0);
	}

	@Test
	void nameMayBeWrittenInAnyWay() {
		this.runner
			.withPropertyValues("completion.clients.veryFast.defaults.model=claude-2.0",
					"completion.clients.[slow].defaults.model=claude-2.0")
			.run((context) -> {
				complete(context, "veryFastCompletionClient");
				assertThat(only(this.server).body()).contains("\"model\":\"claude-2.0\"");
			});
	}

	@Test
	void defaultIsNoNameOfAClient() {
		this.runner.withPropertyValues("completion.clients.default.defaults.model=claude-2.0")
			.run((context) -> assertThat(context).hasFailed()
				.getFailure()
				.hasStackTraceContaining("'completion.clients.default' is not a valid name of a client."));
	}

	@ParameterizedTest
	@ValueSource(strings = { "[gate.way]", "[My_Client]", "[my client]", "[a/b]" })
	void nameThatNoPropertyCanHaveIsRefused(String name) {
		this.runner.withPropertyValues("completion.clients." + name + ".base-url=" + this.other.baseUrl())
			.run((context) -> assertThat(context).getFailure()
				.hasStackTraceContaining("is not a valid name of a client."));
	}

	@Test
	void nameThatIsWrittenInSeveralWaysIsOfOneClient() {
		this.runner.withSystemProperties("completion.clients.mygateway.api-key=" + this.other.apiKey())
			.withPropertyValues("completion.clients.my-gateway.base-url=" + this.other.baseUrl(),
					"completion.clients.myGateway.headers.x-client=1")
			.run((context) -> {
				assertThat(context.getBeanNamesForType(CompletionClient.class))
					.containsExactlyInAnyOrder("completionClient", "my-gatewayCompletionClient");
				complete(context, "my-gatewayCompletionClient");
				assertThat(only(this.other).header("x-api-key")).isEqualTo(this.other.apiKey());
				assertThat(only(this.other).header("x-client")).isEqualTo("1");
			});
	}

}
