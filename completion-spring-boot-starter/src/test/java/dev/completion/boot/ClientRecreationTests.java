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

import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

import dev.completion.client.CompletionClient;
import dev.completion.client.Prompt;
import dev.completion.client.error.CompletionClientException;
import dev.completion.server.CompletionServer;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Metrics;
import io.micrometer.core.instrument.search.Search;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.scheduler.Schedulers;
import reactor.netty.http.HttpResources;
import reactor.netty.resources.ConnectionProvider;

import org.springframework.beans.factory.support.DefaultListableBeanFactory;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.http.client.autoconfigure.reactive.ClientHttpConnectorBuilderCustomizer;
import org.springframework.boot.http.client.reactive.ReactorClientHttpConnectorBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.core.env.MapPropertySource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for clients that are recreated: by a refresh, by a restart of the application in
 * the same JVM, and after the application was stopped and started.
 */
class ClientRecreationTests {

	private static final Duration LIMIT = Duration.ofSeconds(30);

	// what must not be reachable once it is closed
	private static final Queue<WeakReference<Object>> references = new ConcurrentLinkedQueue<>();

	@BeforeEach
	void forgetReferences() {
		references.clear();
	}

	@ParameterizedTest
	@EnumSource(WebApplicationType.class)
	void clientWorksAfterContextIsRestarted(WebApplicationType type) {
		try (ConfigurableApplicationContext context = start(type)) {
			complete(context);
			for (int i = 0; i < 3; i++) {
				context.stop();
				context.start();
				complete(context);
			}
			assertThat(context.getBean(CompletionServer.class).requests()).hasSize(4);
		}
	}

	@ParameterizedTest
	@EnumSource(WebApplicationType.class)
	void closedApplicationIsGarbageCollected(WebApplicationType type) throws Exception {
		for (int i = 0; i < 5; i++) {
			try (ConfigurableApplicationContext context = start(type)) {
				if (type != WebApplicationType.SERVLET) {
					// Tomcat keeps contexts, also without a client
					references.add(new WeakReference<>(context));
				}
				references.add(new WeakReference<>(context.getBean(CompletionClient.class)));
				complete(context);
			}
		}
		awaitReachable(0);
	}

	@Test
	void closedClientIsGarbageCollected() throws Exception {
		try (ConfigurableApplicationContext context = start(WebApplicationType.NONE)) {
			DefaultListableBeanFactory beans = (DefaultListableBeanFactory) context.getBeanFactory();
			complete(context);
			for (int i = 0; i < 20; i++) {
				// as a refresh scope does
				references.add(new WeakReference<>(context.getBean(CompletionClient.class)));
				beans.destroySingleton("completionClient");
				complete(context);
			}
			// the pool of the current client
			awaitReachable(1);
		}
		awaitReachable(0);
	}

	@Test
	void clientThatIsClosedDuringCallsIsGarbageCollected() throws Exception {
		try (ConfigurableApplicationContext context = start(WebApplicationType.NONE)) {
			DefaultListableBeanFactory beans = (DefaultListableBeanFactory) context.getBeanFactory();
			AtomicReference<CompletionClient> current = new AtomicReference<>(context.getBean(CompletionClient.class));
			Disposable calls = Flux.defer(() -> current.get().stream((request) -> request.prompt(Prompt.human("Hi"))))
				.onErrorComplete(CompletionClientException.class)
				.subscribeOn(Schedulers.boundedElastic())
				.repeat()
				.subscribe();
			for (int i = 0; i < 20; i++) {
				TimeUnit.MILLISECONDS.sleep(100);
				references.add(new WeakReference<>(current.get()));
				beans.destroySingleton("completionClient");
				current.set(context.getBean(CompletionClient.class));
			}
			calls.dispose();
			current.set(null);
			// the pool of the current client
			awaitReachable(1);
		}
		awaitReachable(0);
	}

	@Test
	void metersOfAClosedPoolAreRemoved() throws Exception {
		try (ConfigurableApplicationContext context = start(WebApplicationType.NONE, "completion.pool.metrics=true")) {
			complete(context);
			assertThat(poolMeters()).isNotEmpty();
		}
		long end = System.nanoTime() + LIMIT.toNanos();
		while (!poolMeters().isEmpty() && System.nanoTime() < end) {
			TimeUnit.MILLISECONDS.sleep(50);
		}
		assertThat(poolMeters()).isEmpty();
	}

	private static Collection<Meter> poolMeters() {
		return Search.in(Metrics.globalRegistry)
			.name((name) -> name.startsWith("reactor.netty.connection.provider"))
			.tag("name", "completion")
			.meters();
	}

	@Test
	void recreatedClientUsesChangedProperties() {
		try (CompletionServer server = CompletionServer.start();
				CompletionServer other = CompletionServer.builder().apiKey("other-key").start();
				ConfigurableApplicationContext context = start(WebApplicationType.NONE,
						"completion.embedded-server.mode=off", "completion.base-url=" + server.baseUrl(),
						"completion.api-key=" + server.apiKey())) {
			complete(context);
			context.getEnvironment()
				.getPropertySources()
				.addFirst(new MapPropertySource("changed", Map.of("completion.base-url", other.baseUrl(),
						"completion.api-key", other.apiKey(), "completion.defaults.model", "claude-2.0")));
			complete(context);
			assertThat(other.requests()).isEmpty();
			((DefaultListableBeanFactory) context.getBeanFactory()).destroySingleton("completionClient");
			complete(context);
			assertThat(other.requests()).hasSize(1);
			assertThat(other.requests().get(0).header("x-api-key")).isEqualTo("other-key");
			assertThat(other.requests().get(0).body()).contains("claude-2.0");
		}
	}

	private static void complete(ConfigurableApplicationContext context) {
		assertThat(context.getBean(CompletionClient.class)
			.complete((request) -> request.prompt(Prompt.human("Hi")))
			.block(LIMIT)).isNotNull();
	}

	private static void awaitReachable(int count) throws InterruptedException {
		long end = System.nanoTime() + LIMIT.toNanos();
		while (reachable().size() > count && System.nanoTime() < end) {
			System.gc();
			TimeUnit.MILLISECONDS.sleep(50);
		}
		assertThat(reachable()).hasSize(count);
	}

	private static List<Object> reachable() {
		List<Object> reachable = new ArrayList<>();
		references.forEach((reference) -> {
			Object object = reference.get();
			if (object != null) {
				reachable.add(object.getClass());
			}
		});
		return reachable;
	}

	private static ConfigurableApplicationContext start(WebApplicationType type, String... properties) {
		return new SpringApplicationBuilder(Application.class).web(type)
			.properties("server.port=0", "completion.embedded-server.mode=on", "completion.defaults.model=claude-2.1",
					"spring.main.banner-mode=off", "spring.reactor.netty.shutdown-quiet-period=10ms",
					"logging.level.root=WARN")
			.properties(properties)
			.run();
	}

	@EnableAutoConfiguration
	@SpringBootConfiguration
	static class Application {

		@Bean
		ClientHttpConnectorBuilderCustomizer<ReactorClientHttpConnectorBuilder> poolRecorder() {
			return (builder) -> builder.withHttpClientCustomizer((httpClient) -> {
				ConnectionProvider pool = httpClient.configuration().connectionProvider();
				if (pool != HttpResources.get()) {
					references.add(new WeakReference<>(pool));
				}
				return httpClient;
			});
		}

	}

}
