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
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;

import dev.completion.client.Completion;
import dev.completion.client.CompletionClient;
import dev.completion.client.Prompt;
import dev.completion.client.error.CompletionClientException;
import dev.completion.client.error.ConnectionException;
import dev.completion.client.error.Outcome;
import dev.completion.server.CompletionServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.http.client.InetAddressFilter;
import org.springframework.boot.http.client.autoconfigure.HttpClientAutoConfiguration;
import org.springframework.boot.http.client.autoconfigure.reactive.ReactiveHttpClientAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.webclient.autoconfigure.WebClientAutoConfiguration;
import org.springframework.context.ApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link CompletionAutoConfiguration}: proxies, and filters of addresses.
 */
class CompletionProxyTests {

	private static final Duration LIMIT = Duration.ofSeconds(30);

	private static final String NO_NAME_OF_ANY_MACHINE = "http://completion.invalid";

	private final CompletionServer server = CompletionServer.builder().chunkDelay(Duration.ZERO).start();

	private final ConnectProxy proxy;

	private final ApplicationContextRunner runner;

	CompletionProxyTests() throws IOException {
		this.proxy = new ConnectProxy(this.server.port());
		this.runner = new ApplicationContextRunner()
			.withConfiguration(
					AutoConfigurations.of(HttpClientAutoConfiguration.class, ReactiveHttpClientAutoConfiguration.class,
							WebClientAutoConfiguration.class, CompletionAutoConfiguration.class))
			.withPropertyValues("completion.base-url=" + NO_NAME_OF_ANY_MACHINE, "completion.allow-insecure=true",
					"completion.api-key=" + this.server.apiKey(), "completion.defaults.model=claude-2.1",
					"completion.retry.max-retries=0", "spring.reactor.netty.shutdown-quiet-period=10ms");
	}

	@AfterEach
	void close() {
		this.proxy.close();
		this.server.close();
	}

	private ApplicationContextRunner proxied() {
		return this.runner.withPropertyValues("completion.proxy.host=127.0.0.1",
				"completion.proxy.port=" + this.proxy.port());
	}

	private static Mono<Completion> complete(ApplicationContext context, String bean) {
		return context.getBean(bean, CompletionClient.class).complete((request) -> request.prompt(Prompt.human("Hi")));
	}

	private static Mono<Completion> complete(ApplicationContext context) {
		return complete(context, "completionClient");
	}

	@Test
	@Proves({ "completion.proxy.host", "completion.proxy.port", "completion.allow-insecure" })
	void proxyIsConnectedThroughAndResolvesTheNameOfTheServer() {
		proxied().withPropertyValues("completion.pool.max-connections=1").run((context) -> {
			Flux.range(0, 10).concatMap((i) -> complete(context)).blockLast(LIMIT);
			assertThat(this.proxy.requests()).hasSize(1)
				.allMatch((request) -> request.startsWith("CONNECT completion.invalid:80 ")
						&& !request.contains(this.server.apiKey()) && !request.contains("proxy-authorization"));
			assertThat(this.server.requests()).hasSize(10);
		});
	}

	@Test
	void proxyThatCannotBeResolvedIsReported() {
		proxied().withPropertyValues("completion.proxy.host=" + NO_NAME_OF_ANY_MACHINE.substring("http://".length()))
			.run((context) -> assertThatExceptionOfType(ConnectionException.class)
				.isThrownBy(() -> complete(context).block(LIMIT))
				.withMessageContaining("'completion.proxy.host'")
				.satisfies((ex) -> assertThat(ex.outcome()).isEqualTo(Outcome.NOT_SENT)));
	}

	@Test
	@Proves({ "completion.proxy.username", "completion.proxy.password" })
	void proxyIsToldTheUser() {
		proxied().withPropertyValues("completion.proxy.username=me", "completion.proxy.password=p:w\u00e9")
			.run((context) -> {
				complete(context).block(LIMIT);
				String header = this.proxy.requests()
					.get(0)
					.lines()
					.filter((line) -> line.startsWith("proxy-authorization: Basic "))
					.findFirst()
					.orElseThrow();
				assertThat(Base64.getDecoder().decode(header.substring(header.lastIndexOf(' ') + 1)))
					.asString(StandardCharsets.UTF_8)
					.isEqualTo("me:p:w\u00e9");
				assertThat(this.server.requests().get(0).header("proxy-authorization")).isNull();
			});
	}

	@ParameterizedTest
	@ValueSource(strings = { "127.0.0.1", "other.example,127.*", "*.0.0.1" })
	@Proves("completion.proxy.non-proxy-hosts")
	void hostThatIsAnExceptionIsConnectedToDirectly(String hosts) {
		proxied()
			.withPropertyValues("completion.base-url=" + this.server.baseUrl(),
					"completion.proxy.non-proxy-hosts=" + hosts)
			.run((context) -> {
				complete(context).block(LIMIT);
				assertThat(this.proxy.requests()).isEmpty();
				assertThat(this.server.requests()).hasSize(1);
			});
	}

	@Test
	void hostThatIsNoExceptionIsNot() {
		proxied().withPropertyValues("completion.proxy.non-proxy-hosts=*.example, completion").run((context) -> {
			complete(context).block(LIMIT);
			assertThat(this.proxy.requests()).hasSize(1);
		});
	}

	@Test
	void clientMayDoWithoutTheProxyOfTheOthers() {
		proxied()
			.withPropertyValues("completion.clients.near.proxy.non-proxy-hosts=*",
					"completion.clients.near.base-url=" + this.server.baseUrl(),
					"completion.clients.far.defaults.model=claude-2.0")
			.run((context) -> {
				complete(context, "nearCompletionClient").block(LIMIT);
				assertThat(this.proxy.requests()).isEmpty();
				complete(context, "farCompletionClient").block(LIMIT);
				assertThat(this.proxy.requests()).hasSize(1);
			});
	}

	@Test
	void embeddedServerIsConnectedToDirectly() {
		proxied().withPropertyValues("completion.embedded-server.mode=on").run((context) -> {
			assertThat(complete(context).block(LIMIT)).isNotNull();
			assertThat(this.proxy.requests()).isEmpty();
		});
	}

	@ParameterizedTest
	@ValueSource(strings = { "localhost", "127.0.0.1" })
	void serverOfThisMachineIsConnectedToDirectly(String host) {
		String server = "completion.base-url=http://" + host + ":" + this.server.port();
		proxied().withPropertyValues(server, "completion.allow-insecure=false").run((context) -> {
			complete(context).block(LIMIT);
			assertThat(this.proxy.requests()).isEmpty();
		});
		this.runner
			.withSystemProperties("http.proxyHost=127.0.0.1", "http.proxyPort=" + this.proxy.port(),
					"http.nonProxyHosts=")
			.withPropertyValues(server, "completion.allow-insecure=false")
			.run((context) -> {
				complete(context).block(LIMIT);
				assertThat(this.proxy.requests()).isEmpty();
			});
		proxied().withPropertyValues(server, "completion.allow-insecure=true").run((context) -> {
			complete(context).block(LIMIT);
			assertThat(this.proxy.requests()).hasSize(1);
		});
	}

	@Test
	void filterOfTheApplicationApplies() {
		this.runner.withPropertyValues("completion.base-url=" + this.server.baseUrl())
			.withBean(InetAddressFilter.class, InetAddressFilter::externalAddresses)
			.run((context) -> {
				Throwable error = complete(context).materialize().block(LIMIT).getThrowable();
				assertThat(error).isInstanceOf(CompletionClientException.class)
					.hasStackTraceContaining("FilteredHostException");
				assertThat(this.server.requests()).isEmpty();
			});
	}

	@Test
	void filterOfTheApplicationLeavesNamesToTheProxy() {
		proxied().withBean(InetAddressFilter.class, InetAddressFilter::externalAddresses)
			.run((context) -> assertThat(complete(context).block(LIMIT)).isNotNull());
		proxied().withPropertyValues("completion.base-url=http://169.254.169.254")
			.withBean(InetAddressFilter.class, InetAddressFilter::externalAddresses)
			.run((context) -> assertThat(complete(context).materialize().block(LIMIT).isOnError()).isTrue());
	}

	@Test
	void filterOfTheApplicationLeavesNamesToTheProxyOfTheSystem() {
		this.runner
			.withSystemProperties("http.proxyHost=127.0.0.1", "http.proxyPort=" + this.proxy.port(),
					"http.nonProxyHosts=")
			.withBean(InetAddressFilter.class, InetAddressFilter::externalAddresses)
			.run((context) -> {
				assertThat(complete(context).block(LIMIT)).isNotNull();
				assertThat(this.proxy.requests()).hasSize(1);
			});
	}

	@ParameterizedTest
	@ValueSource(strings = { "host", "password" })
	void placeholderThatStandsForNothingIsNamed(String name) {
		proxied()
			.withPropertyValues("completion.proxy.username=me", "completion.proxy.password=secret",
					"completion.proxy." + name + "=${NOT_THERE}")
			.run((context) -> assertThat(context).getFailure()
				.hasStackTraceContaining("The value of 'completion.proxy." + name + "' has a placeholder"));
	}

	@ParameterizedTest
	@CsvSource({ "host=http://127.0.0.1, host", "port=, port", "port=0, port", "port=65536, port",
			"username=me, password", "password=secret, username", "username=m:secret, password" })
	void badValueIsNamedAndNoSecretShown(String property, String named) {
		proxied().withPropertyValues("completion.proxy." + property)
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.isInstanceOf(IllegalArgumentException.class)
				.satisfies((ex) -> assertThat(ex.getMessage()).doesNotContain("secret")));
		proxied().withPropertyValues("completion.proxy." + property)
			.run((context) -> assertThat(context).getFailure()
				.hasStackTraceContaining("The value of 'completion.proxy." + named + "' is not valid"));
	}

	@Test
	void colonInTheNameOfTheUserIsRefused() {
		proxied().withPropertyValues("completion.proxy.username=m:e", "completion.proxy.password=secret")
			.run((context) -> assertThat(context).getFailure()
				.hasStackTraceContaining("The value of 'completion.proxy.username' is not valid"));
	}

}
