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

import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;
import java.util.stream.Stream;

import dev.completion.client.Completion;
import dev.completion.client.CompletionClient;
import dev.completion.client.CompletionObservationContext;
import dev.completion.client.CompletionObservationConvention;
import dev.completion.client.Credential;
import dev.completion.client.CredentialProvider;
import dev.completion.client.DefaultCompletionObservationConvention;
import dev.completion.client.Prompt;
import dev.completion.server.CompletionServer;
import dev.completion.server.RecordedRequest;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.netty.resources.LoopResources;

import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.ssl.SslBundleRegistrar;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.http.client.InetAddressFilter;
import org.springframework.boot.http.client.autoconfigure.reactive.ClientHttpConnectorBuilderCustomizer;
import org.springframework.boot.http.client.reactive.ReactorClientHttpConnectorBuilder;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslStoreBundle;
import org.springframework.boot.webclient.WebClientCustomizer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.http.client.ReactorResourceFactory;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that beans of the application apply to the client regardless of the order in
 * which they are created.
 */
class ApplicationBeansTests {

	private static final Duration LIMIT = Duration.ofSeconds(30);

	static Stream<Arguments> applications() {
		return Stream.of(WebApplicationType.values())
			.flatMap((type) -> Stream.of(Early.class, Late.class)
				.map((application) -> Arguments.of(application.getSimpleName(), type, application)));
	}

	@ParameterizedTest(name = "{0} {1}")
	@MethodSource("applications")
	void beansOfTheHttpClientsApply(String name, WebApplicationType type, Class<?> application) {
		run(type, List.of(application, HttpBeans.class), (context) -> {
			String thread = completeAndReturnThread(context);
			RecordedRequest request = onlyRequest(context);
			assertThat(request.header("x-connector")).isEqualTo("1");
			assertThat(request.header("x-web-client")).isEqualTo("1");
			assertThat(request.header("x-customizer")).isEqualTo("default");
			assertThat(thread).startsWith("own-threads");
			assertThat(context.getBean(RecordingAddressFilter.class).addresses).isNotEmpty();
		}, "spring.http.clients.ssl.bundle=of-the-application");
	}

	@ParameterizedTest(name = "{0} {1}")
	@MethodSource("applications")
	void beansOfTheStarterApply(String name, WebApplicationType type, Class<?> application) {
		run(type, List.of(application, StarterBeans.class), (context) -> {
			completeAndReturnThread(context);
			assertThat(onlyRequest(context).header("x-api-key"))
				.isEqualTo(context.getBean(CompletionServer.class).apiKey());
		}, "completion.embedded-server.mode=off");
	}

	@ParameterizedTest(name = "{0} {1}")
	@MethodSource("applications")
	void beansOfObservationsApply(String name, WebApplicationType type, Class<?> application) {
		run(type, List.of(application, ObservationBeans.class), (context) -> {
			completeAndReturnThread(context);
			assertThat(context.getBean(RecordingHandler.class).names).containsExactly("of.the.application");
			MeterRegistry meters = context.getBean(MeterRegistry.class);
			assertThat(meters.get("of.the.application").timer().count()).isOne();
			assertThat(meters.get("completion.client.pacing.waiting").tag("completion.client", "default").gauge())
				.isNotNull();
			assertThat(meters.get("http.client.requests").timer().count()).isOne();
		});
	}

	@ParameterizedTest(name = "{0} {1}")
	@MethodSource("applications")
	void serverBeanReplacesEmbeddedServer(String name, WebApplicationType type, Class<?> application) {
		run(type, List.of(application), (context) -> {
			completeAndReturnThread(context);
			assertThat(context.getBean(CompletionServer.class).apiKey()).isEqualTo("of-the-application");
			assertThat(onlyRequest(context).header("x-api-key")).isEqualTo("of-the-application");
		});
	}

	@ParameterizedTest
	@EnumSource(WebApplicationType.class)
	void postProcessorWithClientDoesNotAffectMeters(WebApplicationType type) {
		run(type, List.of(Late.class, PostProcessorWithClient.class), (context) -> {
			completeAndReturnThread(context);
			MeterRegistry meters = context.getBean(MeterRegistry.class);
			assertThat(meters.get("jvm.memory.used").tag("region", "here").gauges()).isNotEmpty();
			assertThat(meters.get("completion.client.pacing.waiting")
				.tag("completion.client", "default")
				.tag("region", "here")
				.gauge()).isNotNull();
		}, "management.metrics.tags.region=here");
	}

	@ParameterizedTest
	@EnumSource(WebApplicationType.class)
	void applicationMayUseSameBeanNames(WebApplicationType type) {
		run(type, List.of(Late.class, CompletionClientFactory.class), (context) -> {
			assertThat(context.getBean("completionClientFactory")).isInstanceOf(CompletionClientFactory.class);
			completeAndReturnThread(context);
		}, "completion.clients.other.headers.x-a=1");
	}

	@Test
	void clientCanBeCreatedOnAnEventLoop() {
		run(WebApplicationType.NONE, List.of(Lazy.class), (context) -> {
			Completion completion = Mono.fromCallable(() -> context.getBean(CompletionClient.class))
				.subscribeOn(Schedulers.parallel())
				.flatMap((client) -> client.complete((request) -> request.prompt(Prompt.human("Hi"))))
				.block(LIMIT);
			assertThat(completion).isNotNull();
		}, "spring.main.lazy-initialization=true");
	}

	private static String completeAndReturnThread(ConfigurableApplicationContext context) {
		return context.getBean(CompletionClient.class)
			.complete((request) -> request.prompt(Prompt.human("Hi")))
			.map((completion) -> Thread.currentThread().getName())
			.block(LIMIT);
	}

	private static RecordedRequest onlyRequest(ConfigurableApplicationContext context) {
		List<RecordedRequest> requests = context.getBean(CompletionServer.class).requests();
		assertThat(requests).hasSize(1);
		return requests.get(0);
	}

	private static void run(WebApplicationType type, List<Class<?>> sources,
			Consumer<ConfigurableApplicationContext> test, String... properties) {
		try (ConfigurableApplicationContext context = new SpringApplicationBuilder(sources.toArray(Class<?>[]::new))
			.web(type)
			.properties("server.port=0", "completion.embedded-server.mode=on", "completion.defaults.model=claude-2.1",
					"spring.main.banner-mode=off", "spring.reactor.netty.shutdown-quiet-period=10ms",
					"logging.level.root=WARN")
			.properties(properties)
			.run()) {
			test.accept(context);
		}
	}

	/**
	 * A component of this application is created before most other beans.
	 */
	@Import(Component.class)
	@EnableAutoConfiguration
	@SpringBootConfiguration
	static class Early {

		@Bean(destroyMethod = "close")
		CompletionServer completionServer() {
			return CompletionServer.builder().apiKey("of-the-application").start();
		}

	}

	@EnableAutoConfiguration
	@SpringBootConfiguration
	static class Lazy {

	}

	@org.springframework.stereotype.Component("completionClientFactory")
	static class CompletionClientFactory {

	}

	@Configuration(proxyBeanMethods = false)
	static class PostProcessorWithClient {

		@Bean
		static BeanPostProcessor postProcessor(CompletionClient client) {
			return new BeanPostProcessor() {
			};
		}

	}

	static class Component {

		Component(CompletionClient client) {
			assertThat(client).isNotNull();
		}

	}

	@EnableAutoConfiguration
	@SpringBootConfiguration
	static class Late {

		@Bean(destroyMethod = "close")
		CompletionServer completionServer() {
			return CompletionServer.builder().apiKey("of-the-application").start();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class HttpBeans {

		@Bean
		ClientHttpConnectorBuilderCustomizer<ReactorClientHttpConnectorBuilder> connectorCustomizer() {
			return (builder) -> builder.withHttpClientCustomizer(
					(httpClient) -> httpClient.headers((headers) -> headers.set("x-connector", "1")));
		}

		@Bean
		WebClientCustomizer webClientCustomizer() {
			return (builder) -> builder.defaultHeader("x-web-client", "1");
		}

		@Bean
		CompletionClientCustomizer completionClientCustomizer() {
			return (name, builder) -> builder.defaultHeader("x-customizer", name);
		}

		@Bean
		ReactorResourceFactory reactorResourceFactory() {
			ReactorResourceFactory factory = new ReactorResourceFactory();
			factory.setUseGlobalResources(false);
			factory.setLoopResourcesSupplier(() -> LoopResources.create("own-threads", 1, true));
			factory.setShutdownQuietPeriod(Duration.ofMillis(10));
			return factory;
		}

		@Bean
		SslBundleRegistrar sslBundles() {
			return (registry) -> registry.registerBundle("of-the-application", SslBundle.of(SslStoreBundle.NONE));
		}

		@Bean
		RecordingAddressFilter addressFilter() {
			return new RecordingAddressFilter();
		}

	}

	static class RecordingAddressFilter implements InetAddressFilter {

		private final Queue<InetAddress> addresses = new ConcurrentLinkedQueue<>();

		@Override
		public boolean matches(@Nullable InetAddress address) {
			return address != null && this.addresses.add(address);
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class StarterBeans {

		@Bean
		CompletionConnectionDetails completionConnectionDetails(CompletionServer server) {
			return server::baseUrl;
		}

		@Bean
		CredentialProvider credentialProvider(CompletionServer server) {
			return () -> Mono.just(Credential.apiKey(server.apiKey()));
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class ObservationBeans {

		@Bean
		CompletionObservationConvention completionObservationConvention() {
			return new DefaultCompletionObservationConvention() {

				@Override
				public String getName() {
					return "of.the.application";
				}

			};
		}

		@Bean
		RecordingHandler recordingHandler() {
			return new RecordingHandler();
		}

	}

	static class RecordingHandler implements ObservationHandler<CompletionObservationContext> {

		private final Queue<String> names = new ConcurrentLinkedQueue<>();

		@Override
		public void onStop(CompletionObservationContext context) {
			this.names.add(String.valueOf(context.getName()));
		}

		@Override
		public boolean supportsContext(Observation.Context context) {
			return context instanceof CompletionObservationContext;
		}

	}

}
