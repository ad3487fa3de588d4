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

package dev.completion.boot.autoconfigure.actuate;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.actuate.endpoint.SanitizableData;
import org.springframework.boot.actuate.endpoint.SanitizingFunction;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link CompletionSanitizingAutoConfiguration}.
 */
class CompletionSanitizingAutoConfigurationTests {

	@ParameterizedTest
	@CsvSource({ "completion.api-key, true", "completion.apiKey, true", "completion.auth-token, true",
			"COMPLETION_API_KEY, true", "COMPLETION_APIKEY, true", "ANTHROPIC_API_KEY, true",
			"ANTHROPIC_AUTH_TOKEN, true", "completion.headers.x-gateway-key, true",
			"completion.clients.other.api-key, true", "completion.clients.other.headers.x, true",
			"completion.proxy.password, true", "COMPLETION_PROXY_PASSWORD, true",
			"completion.clients.other.proxy.password, true", "COMPLETION_CLIENTS_OTHER_APIKEY, true",
			"COMPLETION_HEADERS_XGATEWAY, true", "completion.proxy.username, false", "completion.base-url, false",
			"completion.defaults.model, false", "ANTHROPIC_BASE_URL, false", "other.api-key, false",
			"completion.timeout.connect, false" })
	void secretsAreHidden(String key, boolean hidden) {
		SanitizableData data = new SanitizableData(new MapPropertySource("test", Map.of()), key, "value");
		SanitizableData sanitized = new CompletionSanitizingFunction(new StandardEnvironment()).apply(data);
		assertThat(sanitized.getValue()).isEqualTo(hidden ? SanitizableData.SANITIZED_VALUE : "value");
	}

	@Test
	void withoutActuatorThereIsNothing() {
		new ApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(CompletionSanitizingAutoConfiguration.class))
			.withClassLoader(new FilteredClassLoader(SanitizingFunction.class))
			.run((context) -> assertThat(context).hasNotFailed()
				.doesNotHaveBean(CompletionSanitizingAutoConfiguration.class));
	}

	@Test
	void endpointsThatShowValuesShowNoSecret() throws Exception {
		try (ConfigurableApplicationContext context = new SpringApplicationBuilder(Application.class)
			.web(WebApplicationType.SERVLET)
			.properties("server.port=0", "completion.api-key=sk-secret", "completion.base-url=http://localhost:9",
					"completion.headers.x-gateway=gw-secret", "completion.proxy.host=localhost",
					"completion.proxy.port=9", "completion.proxy.username=me", "completion.proxy.password=proxy-secret",
					"GATEWAY_KEY=a-gateway-secret", "completion.clients.far.api-key=${GATEWAY_KEY}",
					"command=--completion.api-key=sk-secret", "line=app --completion.headers.x-gateway=gw-secret",
					"completion.clients.far.proxy.password=far-proxy-secret", "spring.main.banner-mode=off",
					"logging.level.root=WARN", "management.endpoints.web.exposure.include=*",
					"management.endpoint.env.show-values=always", "management.endpoint.configprops.show-values=always")
			.run()) {
			String port = context.getEnvironment().getProperty("local.server.port");
			for (String endpoint : new String[] { "env", "configprops", "beans", "health", "metrics", "conditions",
					"env/completion.api-key", "env/completion.clients.far.api-key", "env/GATEWAY_KEY", "env/command",
					"env/line" }) {
				URI uri = URI.create("http://localhost:" + port + "/actuator/" + endpoint);
				HttpResponse<String> response = HttpClient.newHttpClient()
					.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString());
				assertThat(response.statusCode()).isEqualTo(200);
				assertThat(response.body()).doesNotContain("-secret");
			}
		}
	}

	@SpringBootConfiguration
	@EnableAutoConfiguration
	static class Application {

	}

}
