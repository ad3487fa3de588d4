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

package dev.completion.boot;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import dev.completion.client.CompletionClient;
import dev.completion.client.Prompt;
import dev.completion.client.error.CompletionClientException;
import dev.completion.server.CompletionServer;
import dev.completion.server.Reply;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.env.PropertySource;
import org.springframework.core.io.ByteArrayResource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests that an application whose readiness depends on completions becomes ready again,
 * although it receives no requests while it is not ready.
 */
class ReadinessTests {

	private static final Pattern SNIPPET = Pattern.compile("```yaml\n(management:\n(?:(?!```).)*readinessState.*?)```",
			Pattern.DOTALL);

	private static final Duration LIMIT = Duration.ofSeconds(30);

	private static final int UNAVAILABLE = 503;

	private final CompletionServer server = CompletionServer.start();

	@AfterEach
	void close() {
		this.server.close();
	}

	// in mode models, a list of models shows that the key is accepted again
	@ParameterizedTest
	@CsvSource({ "passive, 402, billing_error", "passive, 403, permission_error", "models, 402, billing_error" })
	void applicationBecomesReadyAgain(String mode, int status, String error) throws Exception {
		try (ConfigurableApplicationContext context = start(mode)) {
			assertThat(readiness(context)).isEqualTo(200);
			fail(context, status, error);
			assertThat(readiness(context)).isEqualTo(200);
			fail(context, status, error);
			fail(context, status, error);
			assertThat(readiness(context)).isEqualTo(UNAVAILABLE);
			long end = System.nanoTime() + LIMIT.toNanos();
			while (readiness(context) == UNAVAILABLE && System.nanoTime() < end) {
				TimeUnit.MILLISECONDS.sleep(50);
			}
			assertThat(readiness(context)).isEqualTo(200);
		}
	}

	private void fail(ConfigurableApplicationContext context, int status, String error) {
		this.server.enqueue(Reply.error(status, error, "Refused"));
		assertThatExceptionOfType(CompletionClientException.class).isThrownBy(() -> complete(context));
	}

	private static void complete(ConfigurableApplicationContext context) {
		context.getBean(CompletionClient.class).complete((request) -> request.prompt(Prompt.human("Hi"))).block(LIMIT);
	}

	private static int readiness(ConfigurableApplicationContext context) throws IOException, InterruptedException {
		URI uri = URI.create("http://localhost:" + context.getEnvironment().getProperty("local.server.port")
				+ "/actuator/health/readiness");
		return HttpClient.newHttpClient()
			.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.discarding())
			.statusCode();
	}

	private ConfigurableApplicationContext start(String mode) {
		return new SpringApplicationBuilder(Application.class).web(WebApplicationType.SERVLET)
			.initializers((context) -> context.getEnvironment().getPropertySources().addFirst(documented()))
			.properties("server.port=0", "completion.base-url=" + this.server.baseUrl(),
					"completion.api-key=" + this.server.apiKey(), "completion.defaults.model=claude-2.1",
					"completion.health.mode=" + mode, "completion.health.time-to-live=4s",
					"management.endpoint.health.probes.enabled=true", "spring.main.banner-mode=off",
					"logging.level.root=WARN")
			.run();
	}

	/**
	 * Return the configuration that the README documents.
	 */
	private static PropertySource<?> documented() {
		try {
			Matcher snippet = SNIPPET.matcher(Files.readString(Path.of("README.md")));
			assertThat(snippet.find()).isTrue();
			return new YamlPropertySourceLoader()
				.load("documented", new ByteArrayResource(snippet.group(1).getBytes(StandardCharsets.UTF_8)))
				.get(0);
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
	}

	@EnableAutoConfiguration
	@SpringBootConfiguration
	static class Application {

	}

}
