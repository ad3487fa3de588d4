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

import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

import dev.completion.boot.CompletionClientCustomizer;
import dev.completion.client.CompletionClient;
import dev.completion.client.Prompt;
import dev.completion.client.error.CallTimeoutException;
import dev.completion.server.CompletionServer;
import dev.completion.server.RecordedRequest;
import dev.completion.server.Reply;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Mono;
import reactor.netty.resources.ConnectionProvider;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.http.client.autoconfigure.HttpClientAutoConfiguration;
import org.springframework.boot.http.client.autoconfigure.reactive.ClientHttpConnectorBuilderCustomizer;
import org.springframework.boot.http.client.autoconfigure.reactive.ReactiveHttpClientAutoConfiguration;
import org.springframework.boot.http.client.reactive.ClientHttpConnectorBuilder;
import org.springframework.boot.http.client.reactive.ReactorClientHttpConnectorBuilder;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.webclient.WebClientCustomizer;
import org.springframework.boot.webclient.autoconfigure.WebClientAutoConfiguration;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.reactive.function.client.WebClient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link HttpClientFactory}.
 */
class HttpClientFactoryTests {

	private static final Duration LIMIT = Duration.ofSeconds(30);

	private static final String ANSWER = """
			HTTP/1.1 200 OK\r
			Content-Type: application/json\r
			Content-Length: 47\r
			\r
			{"completion":" Hi","stop_reason":"max_tokens"}""";

	private final CompletionServer server = CompletionServer.builder().chunkDelay(Duration.ZERO).start();

	// without a quiet period, Netty's threads may end before they have closed their
	// connections
	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(
				AutoConfigurations.of(HttpClientAutoConfiguration.class, ReactiveHttpClientAutoConfiguration.class,
						WebClientAutoConfiguration.class, CompletionAutoConfiguration.class))
		.withPropertyValues("completion.base-url=" + this.server.baseUrl(),
				"completion.api-key=" + this.server.apiKey(), "completion.defaults.model=claude-2.1",
				"spring.reactor.netty.shutdown-quiet-period=10ms");

	@AfterEach
	void close() {
		this.server.close();
	}

	private static void complete(ApplicationContext context) {
		complete(client(context));
	}

	private static void complete(CompletionClient client) {
		assertThat(client.complete((request) -> request.prompt(Prompt.human("Hi"))).block(LIMIT)).isNotNull();
	}

	private static CompletionClient client(ApplicationContext context) {
		return context.getBean(CompletionClient.class);
	}

	private RecordedRequest onlyRequest() {
		assertThat(this.server.requests()).hasSize(1);
		return this.server.requests().get(0);
	}

	@Test
	void readTimeoutOfTheApplicationLeavesStreamsAlone() {
		this.server.enqueue(Reply.text("ab").chunkSizes(1).chunkDelay(Duration.ofMillis(400)));
		this.runner.withPropertyValues("spring.http.clients.read-timeout=100ms")
			.run((context) -> assertThat(
					client(context).stream((request) -> request.prompt(Prompt.human("Hi"))).collectList().block(LIMIT))
				.isNotEmpty());
	}

	@ParameterizedTest
	@CsvSource({ "completion.timeout.connect=300ms", "spring.http.clients.connect-timeout=300ms" })
	@Proves("completion.timeout.connect")
	void connectTimeoutApplies(String property) throws Exception {
		try (FullBacklog blackHole = new FullBacklog()) {
			this.runner
				.withPropertyValues(property, "completion.base-url=" + blackHole.baseUrl(),
						"completion.retry.max-retries=0")
				.run((context) -> {
					long start = System.nanoTime();
					assertThatExceptionOfType(CallTimeoutException.class).isThrownBy(() -> complete(context))
						.satisfies((ex) -> assertThat(ex.phase()).isEqualTo(CallTimeoutException.Phase.CONNECT));
					// a default that applied instead would take as long
					assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(5));
				});
		}
	}

	@ParameterizedTest
	@ValueSource(ints = { 1, 2 })
	void webClientBuildersOfTheApplicationAreNotUsed(int builders) {
		ApplicationContextRunner runner = this.runner.withUserConfiguration(HttpCustomizers.class);
		for (int i = 0; i < builders; i++) {
			runner = runner.withBean("builder" + i, WebClient.Builder.class, HttpClientFactoryTests::ofAnotherServer);
		}
		runner.run((context) -> {
			complete(context);
			assertThat(onlyRequest().header("x-web-client")).isEqualTo("1");
			assertThat(onlyRequest().header("x-another-server")).isNull();
		});
	}

	@Test
	void webClientBuilderCanBeSetByACustomizer() {
		CompletionClientCustomizer customizer = (name, builder) -> builder.webClientBuilder(ofAnotherServer());
		this.runner.withBean(CompletionClientCustomizer.class, () -> customizer).run((context) -> {
			complete(context);
			assertThat(onlyRequest().header("x-another-server")).isEqualTo("1");
		});
	}

	private static WebClient.Builder ofAnotherServer() {
		return WebClient.builder().defaultHeader("x-another-server", "1");
	}

	@Test
	void connectTimeoutOfZeroIsNone() {
		this.runner.withPropertyValues("spring.http.clients.connect-timeout=0").run(HttpClientFactoryTests::complete);
	}

	@Test
	void connectionsAreClosedWithTheApplication() throws Exception {
		try (ServerSocket serverSocket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			serverSocket.setSoTimeout((int) LIMIT.toMillis());
			AtomicReference<Socket> connection = new AtomicReference<>();
			this.runner.withPropertyValues("completion.base-url=http://127.0.0.1:" + serverSocket.getLocalPort())
				.run((context) -> {
					Mono<?> call = client(context).complete((request) -> request.prompt(Prompt.human("Hi"))).cache();
					call.subscribe();
					connection.set(serverSocket.accept());
					connection.get().getOutputStream().write(ANSWER.getBytes(StandardCharsets.UTF_8));
					call.block(LIMIT);
				});
			connection.get().setSoTimeout((int) LIMIT.toMillis());
			connection.get().getInputStream().readAllBytes();
		}
	}

	@Test
	void poolOfAClientThatIsNotReachableIsClosed() {
		List<ConnectionProvider> pools = new ArrayList<>();
		ClientHttpConnectorBuilderCustomizer<ReactorClientHttpConnectorBuilder> recorder = (builder) -> builder
			.withHttpClientCustomizer((httpClient) -> {
				pools.add(httpClient.configuration().connectionProvider());
				return httpClient;
			});
		this.runner.withBean(ClientHttpConnectorBuilderCustomizer.class, () -> recorder).run((context) -> {
			complete(context.getBean(CompletionClientFactory.class).create("default"));
			ConnectionProvider pool = pools.get(pools.size() - 1);
			assertThat(pool.isDisposed()).isFalse();
			long end = System.nanoTime() + LIMIT.toNanos();
			while (!pool.isDisposed() && System.nanoTime() < end) {
				System.gc();
				TimeUnit.MILLISECONDS.sleep(50);
			}
			assertThat(pool.isDisposed()).isTrue();
			complete(context);
		});
	}

	@Test
	void customizersOfTheApplicationsHttpClientsApply() {
		this.runner.withUserConfiguration(HttpCustomizers.class).run((context) -> {
			complete(context);
			assertThat(onlyRequest().header("x-web-client")).isEqualTo("1");
			assertThat(onlyRequest().header("x-connector")).isEqualTo("2");
		});
	}

	@Test
	void otherHttpClientsOfTheApplicationAreLeftAlone() {
		this.server.enqueue(Reply.redirect(302, "/elsewhere"), Reply.text(" Hi"));
		this.runner.withPropertyValues("completion.headers.x-team=blue").run((context) -> {
			assertThat(context).doesNotHaveBean(ConnectionProvider.class)
				.hasSingleBean(ClientHttpConnectorBuilder.class)
				.doesNotHaveBean(WebClient.class);
			context.getBean(WebClient.Builder.class)
				.build()
				.get()
				.uri(this.server.baseUrl() + "/anything")
				.retrieve()
				.toBodilessEntity()
				.block(LIMIT);
			assertThat(this.server.requests()).extracting(RecordedRequest::path)
				.containsExactly("/anything", "/elsewhere");
			assertThat(this.server.requests())
				.allMatch((request) -> request.header("x-api-key") == null && request.header("x-team") == null);
		});
	}

	@Configuration(proxyBeanMethods = false)
	static class HttpCustomizers {

		@Bean
		WebClientCustomizer webClientCustomizer() {
			return (builder) -> builder.defaultHeader("x-web-client", "1");
		}

		@Bean
		ClientHttpConnectorBuilderCustomizer<ReactorClientHttpConnectorBuilder> connectorCustomizer() {
			return (builder) -> builder.withHttpClientCustomizer(
					(httpClient) -> httpClient.headers((headers) -> headers.set("x-connector", "2")));
		}

	}

}
