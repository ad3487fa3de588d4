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

import dev.completion.client.CompletionClient;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;

/**
 * Tests for {@link CompletionClientFailureAnalyzer}.
 */
@ExtendWith(OutputCaptureExtension.class)
class CompletionClientFailureAnalyzerTests {

	@Test
	void unknownNameIsReported(CapturedOutput output) {
		start(WantsAnother.class, "completion.clients.gateway.api-key=key", "completion.clients.fast.api-key=key");
		assertThat(output).contains("APPLICATION FAILED TO START",
				"requires the completion client 'gatway', which does not exist. The following clients are defined: fast, gateway.",
				"start with 'completion.clients.gatway.'");
	}

	@Test
	void absenceOfNamedClientsIsReported(CapturedOutput output) {
		start(WantsAnother.class, "completion.api-key=key");
		assertThat(output).contains("'gatway', which does not exist. No named clients are defined.");
	}

	@Test
	void disabledClientIsReported(CapturedOutput output) {
		start(WantsAnother.class, "completion.api-key=key", "completion.clients.gatway.enabled=false");
		assertThat(output).contains("requires the completion client 'gatway', which is disabled",
				"Set 'completion.clients.gatway.enabled'");
	}

	@Test
	void missingClientWithoutQualifierIsNotAnalyzed(CapturedOutput output) {
		start(WantsAny.class, "completion.enabled=false");
		assertThat(output).contains("APPLICATION FAILED TO START", "required a bean of type")
			.doesNotContain("requires the completion client");
	}

	@ParameterizedTest
	@ValueSource(classes = { ClientFromClient.class, ClientFromClientWithProvider.class })
	void clientThatDependsOnItselfIsReported(Class<?> application, CapturedOutput output) {
		start(application, "completion.api-key=key");
		assertThat(output).contains("APPLICATION FAILED TO START",
				"The bean 'myClient' is a CompletionClient that depends on another CompletionClient.",
				"Declare 'myClient' with '@Bean(defaultCandidate = false)'", "'@Qualifier(\"myClient\")'",
				"CompletionClientCustomizer");
	}

	@Test
	void cycleThroughAnotherBeanIsExplainedBySpringBoot(CapturedOutput output) {
		start(ClientOfAService.class, "completion.api-key=key");
		assertThat(output).contains("APPLICATION FAILED TO START", "form a cycle").doesNotContain("Consider one of");
	}

	@Test
	void cycleOfSeveralClientsIsExplainedBySpringBoot(CapturedOutput output) {
		start(ClientsOfEachOther.class, "completion.api-key=key");
		assertThat(output).contains("APPLICATION FAILED TO START", "form a cycle").doesNotContain("Consider one of");
	}

	@Test
	void clientOfAnExcludedAutoConfigurationIsNotAnalyzed(CapturedOutput output) {
		start(Excluded.class, "completion.api-key=key", "completion.clients.gatway.api-key=key");
		assertThat(output).contains("APPLICATION FAILED TO START", "required a bean of type")
			.doesNotContain("is disabled");
	}

	@Test
	void clientThatReplacesTheOthersIsReported(CapturedOutput output) {
		start(ReplacesTheOthers.class, "completion.api-key=key", "completion.clients.gatway.api-key=key");
		assertThat(output).contains("APPLICATION FAILED TO START",
				"requires the completion client 'gatway', which was not created.",
				"CompletionClient beans: [myClient].", "'@Bean(defaultCandidate = false)'");
	}

	@Test
	void additionalClientCanBeCreatedFromAnother() {
		try (ConfigurableApplicationContext context = application(AdditionalClient.class, "completion.api-key=key")
			.run()) {
			assertThat(context.getBeanNamesForType(CompletionClient.class)).containsExactlyInAnyOrder("myClient",
					"completionClient");
		}
	}

	private static void start(Class<?> application, String... properties) {
		assertThatException().isThrownBy(() -> application(application, properties).run());
	}

	private static SpringApplicationBuilder application(Class<?> application, String... properties) {
		return new SpringApplicationBuilder(application).web(WebApplicationType.NONE)
			.properties("spring.main.banner-mode=off", "logging.level.root=WARN")
			.properties(properties);
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class WantsAnother {

		WantsAnother(@Qualifier("gatway") CompletionClient client) {
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class WantsAny {

		@Autowired
		CompletionClient client;

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class ClientFromClient {

		@Bean
		CompletionClient myClient(CompletionClient client) {
			return client.mutate().build();
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class ClientFromClientWithProvider {

		@Bean
		CompletionClient myClient(ObjectProvider<CompletionClient> client) {
			return client.getObject().mutate().build();
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class AdditionalClient {

		@Bean(defaultCandidate = false)
		CompletionClient myClient(CompletionClient client) {
			return client.mutate().build();
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class ReplacesTheOthers extends WantsAnother {

		ReplacesTheOthers(@Qualifier("gatway") CompletionClient client) {
			super(client);
		}

		@Bean
		static CompletionClient myClient() {
			return CompletionClient.create("key");
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class ClientOfAService {

		@Bean
		CompletionClient myClient(Service service) {
			return CompletionClient.create(service.toString());
		}

		@Bean
		Service service(CompletionClient client) {
			return new Service(client);
		}

	}

	record Service(CompletionClient client) {
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class ClientsOfEachOther {

		@Bean
		CompletionClient one(@Qualifier("other") CompletionClient client) {
			return client.mutate().build();
		}

		@Bean
		CompletionClient other(@Qualifier("one") CompletionClient client) {
			return client.mutate().build();
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration(exclude = CompletionAutoConfiguration.class)
	static class Excluded extends WantsAnother {

		Excluded(@Qualifier("gatway") CompletionClient client) {
			super(client);
		}

	}

}
