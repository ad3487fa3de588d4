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

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

import dev.completion.client.CompletionClient;
import dev.completion.client.Prompt;
import dev.completion.server.CompletionServer;
import dev.completion.server.RecordedRequest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.env.ConfigTreePropertySource;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ApplicationContext;
import org.springframework.core.env.Environment;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for values that count as not set, and for values that are probably a mistake.
 */
@ExtendWith(OutputCaptureExtension.class)
class UnsetValuesTests {

	private static final Duration LIMIT = Duration.ofSeconds(30);

	private final CompletionServer server = CompletionServer.builder().chunkDelay(Duration.ZERO).start();

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(CompletionAutoConfiguration.class))
		.withPropertyValues("completion.base-url=" + this.server.baseUrl(),
				"completion.api-key=" + this.server.apiKey(), "completion.defaults.model=claude-2.1");

	@AfterEach
	void close() {
		this.server.close();
	}

	static Stream<String> properties() throws IOException {
		return ConfigurationMetadataTests.properties()
			.map((property) -> property.get("name").stringValue())
			.filter((name) -> name.startsWith("completion.")
					&& !Set.of("completion.clients", "completion.headers").contains(name));
	}

	@SafeVarargs
	private static StandardEnvironment environment(Map<String, String>... sources) {
		StandardEnvironment environment = new StandardEnvironment();
		environment.getPropertySources().remove(StandardEnvironment.SYSTEM_PROPERTIES_PROPERTY_SOURCE_NAME);
		environment.getPropertySources().remove(StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME);
		for (Map<String, ?> source : sources) {
			environment.getPropertySources()
				.addLast(new MapPropertySource("source" + environment.getPropertySources().size(),
						new HashMap<>(source)));
		}
		return environment;
	}

	private static CompletionProperties defaultClient(Environment environment) {
		return CompletionProperties.of("default", environment);
	}

	private static CompletionProperties namedClient(Environment environment) {
		return CompletionProperties.of("other", environment);
	}

	@ParameterizedTest
	@MethodSource("properties")
	void emptyValueIsNotSet(String property) {
		Environment empty = environment(Map.of(property, "${NOTHING:}"));
		assertThat(defaultClient(empty)).isEqualTo(defaultClient(environment()));
		assertThat(namedClient(empty)).isEqualTo(defaultClient(environment()));
	}

	@ParameterizedTest
	@MethodSource("properties")
	void emptyValueOfANamedClientIsInherited(String property) {
		Map<String, String> inherited = Map.of("completion.defaults.user-id", "me", "completion.pool.max-connections",
				"7", "completion.enabled", "false", "completion.betas", "one");
		Environment environment = environment(Map.of(property.replace("completion.", "completion.clients.other."), ""),
				inherited);
		assertThat(namedClient(environment)).isEqualTo(defaultClient(environment(inherited)));
	}

	@Test
	void applicationStartsWithEmptyValues() throws IOException {
		String[] empty = properties()
			.filter((name) -> !Set.of("completion.base-url", "completion.api-key").contains(name))
			.map((name) -> name + "=")
			.toArray(String[]::new);
		this.runner.withPropertyValues(empty).run((context) -> {
			assertThat(context).hasSingleBean(CompletionClient.class);
			assertThat(context.getBean(CompletionProperties.class).pool())
				.isEqualTo(defaultClient(environment()).pool());
		});
	}

	@ParameterizedTest
	@CsvSource({ "completion, completion.defaults.user-id", "completion.timeout, completion.timeout.idle",
			"completion.defaults, completion.defaults.user-id", "completion.headers, completion.headers.x",
			"completion.clients, completion.clients.other.defaults.user-id",
			"completion.clients.other, completion.clients.other.defaults.user-id",
			"completion.timeout, completion.clients.other.timeout.idle",
			"completion.clients.other.timeout, completion.timeout.idle" })
	void emptyParentDoesNotHideProperties(String parent, String property) {
		Map<String, String> source = Map.of(property, "7s");
		Environment expected = environment(source);
		for (Environment environment : List.of(environment(Map.of(parent, ""), source),
				environment(source, Map.of(parent, "")))) {
			assertThat(defaultClient(environment)).isEqualTo(defaultClient(expected));
			assertThat(namedClient(environment)).isEqualTo(namedClient(expected));
		}
	}

	@Test
	void emptyValueHidesThoseOfSourcesWithALowerPrecedence() {
		Environment environment = environment(
				Map.of("completion.defaults.user-id", "", "completion.clients.other.defaults.model", ""),
				Map.of("completion.defaults.user-id", "base", "completion.clients.other.defaults.model", "base",
						"completion.defaults.model", "inherited"));
		assertThat(defaultClient(environment).defaults().userId()).isNull();
		assertThat(namedClient(environment).defaults().userId()).isNull();
		assertThat(namedClient(environment).defaults().model()).isEqualTo("inherited");
	}

	@Test
	void emptyFileOfAConfigurationTreeIsNotSet(@TempDir Path directory) throws IOException {
		for (String name : List.of("completion.enabled", "completion.retry.max-retries",
				"completion.clients.other.api-key")) {
			Files.createFile(directory.resolve(name));
		}
		StandardEnvironment environment = environment(Map.of("completion.api-key", "key"));
		environment.getPropertySources().addFirst(new ConfigTreePropertySource("tree", directory));
		assertThat(ClientProperties.isEnabled(environment)).isTrue();
		assertThat(defaultClient(environment).retry()).isEqualTo(defaultClient(environment()).retry());
		assertThat(namedClient(environment).apiKey()).isEqualTo("key");
	}

	@ParameterizedTest
	@ValueSource(strings = { "completion.", "completion.clients.other." })
	void emptyElementOfAListIsIgnored(String prefix) {
		StandardEnvironment environment = environment(Map.of(prefix + "betas[0]", "", prefix + "betas[1]", "one"));
		assertThat(namedClient(environment).betas()).containsExactly("", "one");
	}

	@Test
	void emptyElementsAndHeadersAreNotSet() {
		this.runner
			.withPropertyValues("completion.betas[0]=", "completion.betas[1]=prompt-caching-2024-07-31",
					"completion.defaults.stop-sequences[0]=", "completion.defaults.stop-sequences[1]=stop",
					"completion.headers.x-empty=")
			.run((context) -> {
				RecordedRequest request = complete(context);
				assertThat(request.header("anthropic-beta")).isEqualTo("prompt-caching-2024-07-31");
				assertThat(request.body()).contains("\"stop_sequences\":[\"stop\"]");
				assertThat(request.header("x-empty")).isNull();
			});
	}

	private RecordedRequest complete(ApplicationContext context) {
		context.getBean("completionClient", CompletionClient.class)
			.complete((request) -> request.prompt(Prompt.human("Hi")))
			.block(LIMIT);
		return this.server.requests().get(0);
	}

	private ApplicationContextRunner withVariables(Map<String, Object> variables) {
		return this.runner.withInitializer((context) -> context.getEnvironment()
			.getPropertySources()
			.replace(StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME, variables(variables)));
	}

	private static SystemEnvironmentPropertySource variables(Map<String, Object> variables) {
		return new SystemEnvironmentPropertySource(StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME,
				variables);
	}

	@Test
	void variablesOfServicesDoNotHideProperties() {
		withVariables(Map.of("COMPLETION_PROXY_PORT", "tcp://10.0.0.1:80"))
			.withInitializer((context) -> context.getEnvironment()
				.getPropertySources()
				.addLast(new MapPropertySource("file", Map.of("completion.proxy.port", "3128"))))
			.run((context) -> {
				assertThat(context.getBean(CompletionProperties.class).proxy().port()).isEqualTo(3128);
				assertThat(defaultClient(context.getEnvironment()).proxy().port()).isEqualTo(3128);
				assertThat(namedClient(context.getEnvironment()).proxy().port()).isEqualTo(3128);
			});
	}

	@ParameterizedTest
	@ValueSource(strings = { "COMPLETION_HEADERS", "COMPLETION", "COMPLETION_CLIENTS", "COMPLETION_CLIENTS_GATEWAY",
			"COMPLETION_PROXY", "COMPLETION_EMBEDDED_SERVER", "COMPLETION_CLIENTS_GATEWAY_PROXY",
			"COMPLETION_CLIENTS_GATEWAY_HEADERS" })
	void variablesOfAnyServiceAreIgnored(String service) {
		Map<String, Object> variables = new HashMap<>();
		Map.of("_SERVICE_HOST", "10.0.0.1", "_SERVICE_PORT", "80", "_SERVICE_PORT_HTTP", "80", "_PORT",
				"tcp://10.0.0.1:80", "_PORT_80_TCP", "tcp://10.0.0.1:80", "_PORT_80_TCP_PROTO", "tcp",
				"_PORT_80_TCP_PORT", "80", "_PORT_80_TCP_ADDR", "10.0.0.1")
			.forEach((suffix, value) -> variables.put(service + suffix, value));
		StandardEnvironment environment = environment();
		environment.getPropertySources().addFirst(variables(variables));
		assertThat(ClientNames.of(environment)).isEmpty();
		assertThat(defaultClient(environment)).isEqualTo(defaultClient(environment()));
		withVariables(variables).run((context) -> assertThat(context).hasNotFailed());
	}

	@Test
	void portNumberAppliesIfServiceExists() {
		withVariables(Map.of("COMPLETION_PROXY_SERVICE_HOST", "10.0.0.1", "COMPLETION_PROXY_PORT", "3128"))
			.run((context) -> assertThat(CompletionProperties.of("default", context.getEnvironment()).proxy().port())
				.isEqualTo(3128));
	}

	@Test
	void emptyVariableDoesNotDefineClient() {
		withVariables(
				Map.of("COMPLETION_CLIENTS_GATEWAY_APIKEY", "", "COMPLETION_CLIENTS_GATEWAY_RETRY_MAXRETRIES", ""))
			.withPropertyValues("completion.clients.other=")
			.run((context) -> assertThat(context.getBeanNamesForType(CompletionClient.class))
				.containsExactly("completionClient"));
	}

	@ParameterizedTest
	@CsvSource({ "COMPLETION_CLIENTS_EUWEST_APIKEY, eu-west", "COMPLETION_CLIENTS_EU_WEST_API_KEY, eu-west",
			"COMPLETION_CLIENTS_EU_WEST_APIKEY, eu-west", "COMPLETION_CLIENTS_EU_WEST_HEADERS_X, eu-west",
			"COMPLETION_CLIENTS_EU_HEADERS_API_KEY, eu-headers", "COMPLETION_CLIENTS_EUHEADERS_HEADERS_X, eu-headers",
			"COMPLETION_CLIENTS_EUWEST_RETRY_MAXRETRIES, eu-west" })
	void variableOfClientDoesNotDefineAnother(String variable, String name) {
		withVariables(Map.of(variable, "1"))
			.withPropertyValues("completion.clients." + name + ".base-url=" + this.server.baseUrl())
			.run((context) -> assertThat(context.getBeanNamesForType(CompletionClient.class))
				.containsExactlyInAnyOrder("completionClient", name + "CompletionClient"));
	}

	@ParameterizedTest
	@CsvSource({ "COMPLETION_CLIENTS_GATEWAY_APIKEY", "COMPLETION_CLIENTS_GATEWAY_API_KEY",
			"COMPLETION_CLIENTS_GATEWAY_DEFAULTS_MAX_TOKENS_TO_SAMPLE", "COMPLETION_CLIENTS_GATEWAY_HEADERS_X",
			"COMPLETION_CLIENTS_GATEWAY_DEFAULTS_STOPSEQUENCES_0" })
	void variableDefinesClient(String variable) {
		withVariables(Map.of(variable, "1")).run((context) -> assertThat(context).hasBean("gatewayCompletionClient"));
	}

	@Test
	void invalidVariableIsReported() {
		withVariables(Map.of("COMPLETION_CLIENTS_GATEWAY_RETRY_MAXRETRIES", "many"))
			.run((context) -> assertThat(context).getFailure()
				.hasStackTraceContaining("'completion.clients.gateway.retry.max-retries' is not valid"));
	}

	@ParameterizedTest
	@CsvSource({ "completion.timeout.idle, 60, '60ms, not 60s'",
			"completion.retry.max-retry-after, 60, '60ms, not 60s'",
			"completion.clients.other.pool.acquire-timeout, 5, '5ms, not 5s'",
			"completion.health.time-to-live, ${TIME:999}, '999ms, not 999s'",
			"completion.limits.event, 512, '512B, not 512MB'" })
	void smallValueWithoutUnitIsLogged(String property, String value, String meaning, CapturedOutput output) {
		this.runner.withPropertyValues(property + "=" + value, "completion.clients.other.headers.x-a=1")
			.run((context) -> {
				assertThat(context).hasNotFailed();
				assertThat(output).contains("WARN")
					.contains("The value of '" + property + "' has no unit and is interpreted as " + meaning + ".");
			});
	}

	@ParameterizedTest
	@CsvSource({ "completion.timeout.idle, 60ms", "completion.timeout.idle, 60s", "completion.timeout.idle, 1000",
			"completion.retry.delay, 0", "completion.limits.event, 512B", "completion.retry.max-retries, 3" })
	void otherValuesAreNotLogged(String property, String value, CapturedOutput output) {
		this.runner.withPropertyValues(property + "=" + value).run((context) -> {
			assertThat(context).hasNotFailed();
			assertThat(output).doesNotContain("has no unit");
		});
	}

}
