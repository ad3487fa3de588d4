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

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;

/**
 * Tests for {@link UnknownClientFailureAnalyzer}.
 */
@ExtendWith(OutputCaptureExtension.class)
class UnknownClientFailureAnalyzerTests {

	@Test
	void nameThatNoClientHasIsTold(CapturedOutput output) {
		start(WantsAnother.class, "completion.clients.gateway.api-key=key", "completion.clients.fast.api-key=key");
		assertThat(output).contains("APPLICATION FAILED TO START",
				"wants the completion client 'gatway', and there is none of that name: the names are [fast, gateway].",
				"below 'completion.clients.gatway'");
	}

	@Test
	void absenceOfAnyNameIsTold(CapturedOutput output) {
		start(WantsAnother.class, "completion.api-key=key");
		assertThat(output).contains("'gatway', and there is none of that name: no client has one.");
	}

	@Test
	void clientThatIsTurnedOffIsTold(CapturedOutput output) {
		start(WantsAnother.class, "completion.api-key=key", "completion.clients.gatway.enabled=false");
		assertThat(output).contains("wants the completion client 'gatway', and it was not made",
				"Set 'completion.clients.gatway.enabled'");
	}

	@Test
	void clientThatIsMissingWithoutANameIsNotItsBusiness(CapturedOutput output) {
		start(WantsAny.class, "completion.enabled=false");
		assertThat(output).contains("APPLICATION FAILED TO START", "required a bean of type")
			.doesNotContain("wants the completion client");
	}

	private static void start(Class<?> application, String... properties) {
		assertThatException().isThrownBy(() -> new SpringApplicationBuilder(application).web(WebApplicationType.NONE)
			.properties("spring.main.banner-mode=off", "logging.level.root=WARN")
			.properties(properties)
			.run());
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

}
