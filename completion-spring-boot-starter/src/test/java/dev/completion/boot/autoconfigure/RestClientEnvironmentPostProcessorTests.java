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

import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.http.client.ClientHttpRequestFactoryBuilder;
import org.springframework.boot.http.client.JdkClientHttpRequestFactoryBuilder;
import org.springframework.boot.http.client.ReactorClientHttpRequestFactoryBuilder;
import org.springframework.boot.http.client.SimpleClientHttpRequestFactoryBuilder;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.io.DefaultResourceLoader;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link RestClientEnvironmentPostProcessor}.
 */
class RestClientEnvironmentPostProcessorTests {

	private static final String SERVER = "org.springframework.boot.reactor.netty.NettyReactiveWebServerFactory";

	private static ClientHttpRequestFactoryBuilder<?> builder(List<String> missingClasses, String... arguments) {
		SpringApplication application = new SpringApplicationBuilder(Application.class).web(WebApplicationType.NONE)
			.properties("completion.enabled=false", "spring.main.banner-mode=off", "logging.level.root=WARN")
			.application();
		application.setResourceLoader(
				new DefaultResourceLoader(new FilteredClassLoader(missingClasses.toArray(String[]::new))));
		try (ConfigurableApplicationContext context = application.run(arguments)) {
			return context.getBean(ClientHttpRequestFactoryBuilder.class);
		}
	}

	@Test
	void jdkClientIsUsedByDefault() {
		assertThat(builder(List.of(SERVER))).isInstanceOf(JdkClientHttpRequestFactoryBuilder.class);
	}

	@Test
	void reactorClientIsUsedWithReactorServer() {
		assertThat(builder(List.of())).isInstanceOf(ReactorClientHttpRequestFactoryBuilder.class);
	}

	@Test
	void selectedClientIsUsed() {
		assertThat(builder(List.of(SERVER), "--spring.http.clients.imperative.factory=reactor"))
			.isInstanceOf(ReactorClientHttpRequestFactoryBuilder.class);
	}

	@Test
	void clientSelectedByDefaultPropertiesIsUsed() {
		SpringApplication application = new SpringApplication(Application.class);
		application.setWebApplicationType(WebApplicationType.NONE);
		application.setResourceLoader(new DefaultResourceLoader(new FilteredClassLoader(SERVER)));
		application.setDefaultProperties(Map.of("completion.enabled", "false", "spring.main.banner-mode", "off",
				"logging.level.root", "WARN", "spring.http.clients.imperative.factory", "simple"));
		try (ConfigurableApplicationContext context = application.run()) {
			assertThat(context.getBean(ClientHttpRequestFactoryBuilder.class))
				.isInstanceOf(SimpleClientHttpRequestFactoryBuilder.class);
		}
	}

	@EnableAutoConfiguration
	@SpringBootConfiguration
	static class Application {

	}

}
