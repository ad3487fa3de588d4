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

package dev.completion.boot.autoconfigure.observation;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import dev.completion.boot.autoconfigure.CompletionAutoConfiguration;
import dev.completion.boot.autoconfigure.Proves;
import dev.completion.client.CompletionClient;
import dev.completion.client.CompletionMeterObservationHandler;
import dev.completion.client.CompletionObservationContext;
import dev.completion.client.CompletionObservationConvention;
import dev.completion.client.DefaultCompletionObservationConvention;
import dev.completion.client.Prompt;
import dev.completion.server.CompletionServer;
import dev.completion.server.Reply;
import io.micrometer.common.KeyValue;
import io.micrometer.common.KeyValues;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.distribution.CountAtBucket;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.observation.ObservationRegistry;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.LazyInitializationBeanFactoryPostProcessor;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.http.client.autoconfigure.HttpClientAutoConfiguration;
import org.springframework.boot.http.client.autoconfigure.reactive.ReactiveHttpClientAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.MetricsAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.export.simple.SimpleMetricsExportAutoConfiguration;
import org.springframework.boot.micrometer.observation.autoconfigure.ObservationAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.webclient.autoconfigure.WebClientAutoConfiguration;
import org.springframework.boot.webclient.autoconfigure.WebClientObservationAutoConfiguration;
import org.springframework.context.ApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link CompletionObservationAutoConfiguration}.
 */
class CompletionObservationAutoConfigurationTests {

	private static final Duration LIMIT = Duration.ofSeconds(30);

	private static final String DURATION = "gen_ai.client.operation.duration";

	private static final String FIRST_CHUNK = "gen_ai.client.operation.time_to_first_chunk";

	private static final String PER_CHUNK = "gen_ai.client.operation.time_per_output_chunk";

	private final CompletionServer server = CompletionServer.builder().chunkDelay(Duration.ZERO).start();

	private final ApplicationContextRunner bare = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(HttpClientAutoConfiguration.class,
				ReactiveHttpClientAutoConfiguration.class, WebClientAutoConfiguration.class,
				CompletionAutoConfiguration.class, CompletionObservationAutoConfiguration.class))
		.withPropertyValues("completion.base-url=" + this.server.baseUrl(),
				"completion.api-key=" + this.server.apiKey(), "completion.defaults.model=claude-2.1",
				"completion.retry.max-retries=0", "spring.reactor.netty.shutdown-quiet-period=10ms");

	private final ApplicationContextRunner runner = this.bare
		.withConfiguration(AutoConfigurations.of(MetricsAutoConfiguration.class,
				CompositeMeterRegistryAutoConfiguration.class, SimpleMetricsExportAutoConfiguration.class,
				ObservationAutoConfiguration.class, WebClientObservationAutoConfiguration.class));

	@AfterEach
	void close() {
		this.server.close();
	}

	private static void stream(ApplicationContext context) {
		context.getBean("completionClient", CompletionClient.class)
			.stream((request) -> request.prompt(Prompt.human("a private question")))
			.onErrorComplete()
			.blockLast(LIMIT);
	}

	private static Timer timer(ApplicationContext context, String name) {
		return context.getBean(MeterRegistry.class).get(name).timer();
	}

	@Test
	void callsAreMeteredByTheNamesOfTheConvention() {
		this.server.enqueue(Reply.text("abc").chunkSizes(1));
		this.runner.run((context) -> {
			stream(context);
			assertThat(timer(context, DURATION).count()).isOne();
			assertThat(timer(context, FIRST_CHUNK).count()).isOne();
			assertThat(timer(context, PER_CHUNK).count()).isEqualTo(2);
			assertThat(timer(context, "http.client.requests").getId().getTag("uri")).isEqualTo("/v1/complete");
			assertThat(timer(context, DURATION).getId().getTags()).containsExactlyInAnyOrder(
					Tag.of("gen_ai.operation.name", "text_completion"), Tag.of("gen_ai.provider.name", "anthropic"),
					Tag.of("gen_ai.request.model", "claude-2.1"), Tag.of("gen_ai.response.model", "claude-2.1"),
					Tag.of("server.address", "127.0.0.1"), Tag.of("server.port", String.valueOf(this.server.port())),
					Tag.of("error.type", "none"), Tag.of("error", "none"), Tag.of("completion.status", "completed"),
					Tag.of("completion.client", "default"));
		});
	}

	@Test
	void rateLimitsOfEachClientAreMetered() {
		this.runner.withPropertyValues("completion.clients.far.api-key=far-key").run((context) -> {
			MeterRegistry registry = context.getBean(MeterRegistry.class);
			assertThat(registry.get("completion.client.pacing.waiting").gauges())
				.extracting((gauge) -> gauge.getId().getTag("completion.client"))
				.containsExactlyInAnyOrder("default", "far");
			this.server.enqueue(Reply.error(429, "rate_limit_error", "Slow down").header("retry-after", "600"));
			stream(context);
			assertThat(
					registry.get("completion.client.pacing.closed").tag("completion.client", "default").gauge().value())
				.isOne();
			assertThat(registry.get("completion.client.pacing.closed").tag("completion.client", "far").gauge().value())
				.isZero();
		});
	}

	@Test
	void clientOfARefreshScopeHasTheNameOfItsProxy() {
		this.runner
			.withBean("scopedTarget.farCompletionClient", CompletionClient.class, () -> CompletionClient.create("key"),
					(definition) -> definition.setAutowireCandidate(false))
			.run((context) -> assertThat(context.getBean(MeterRegistry.class)
				.get("completion.client.pacing.waiting")
				.tag("completion.client", "far")
				.gauge()).isNotNull());
	}

	@Test
	void streamsOfAClientOfTheApplicationAreMetered() {
		this.runner.withBean("completionClient", CompletionClient.class,
				() -> CompletionClient.builder().baseUrl(this.server.baseUrl()).apiKey(this.server.apiKey()).build())
			.run((context) -> {
				context.getBean(CompletionClient.class)
					.mutate()
					.observationRegistry(context.getBean(ObservationRegistry.class))
					.defaults((request) -> request.model("claude-2.1").maxTokensToSample(100))
					.build()
					.stream((request) -> request.prompt(Prompt.human("Hi")))
					.blockLast(LIMIT);
				assertThat(timer(context, FIRST_CHUNK).count()).isOne();
				assertThat(context.getBean(MeterRegistry.class).get("completion.client.pacing.waiting").gauge().value())
					.isZero();
			});
	}

	@Test
	void rateLimitsOfAClientThatIsCreatedLaterAreMetered() {
		this.bare.withPropertyValues("spring.main.lazy-initialization=true")
			.withInitializer(
					(context) -> context.addBeanFactoryPostProcessor(new LazyInitializationBeanFactoryPostProcessor()))
			.withBean(SimpleMeterRegistry.class)
			.withBean(ObservationRegistry.class, ObservationRegistry::create)
			.run((context) -> {
				assertThat(context.getBean(MeterRegistry.class).getMeters()).isEmpty();
				context.getBean(CompletionClient.class);
				assertThat(context.getBean(MeterRegistry.class).find("completion.client.pacing.waiting").gauge())
					.isNotNull();
			});
	}

	@Test
	void requestsAreMeteredByTheirPaths() {
		this.runner.withPropertyValues("completion.defaults.model=claude-haiku-5-5").run((context) -> {
			stream(context);
			context.getBean(CompletionClient.class).models().blockLast(LIMIT);
			assertThat(context.getBean(MeterRegistry.class).find("http.client.requests").timers())
				.extracting((timer) -> timer.getId().getTag("uri"))
				.containsExactlyInAnyOrder("/v1/complete", "/v1/messages", "/v1/models?limit={limit}");
		});
	}

	@Test
	void requestsAreMeteredWithoutThePathOfTheBaseUrl() {
		this.runner.withPropertyValues("completion.base-url=" + this.server.baseUrl() + "/tenants/4711")
			.run((context) -> {
				stream(context);
				context.getBean(CompletionClient.class).models().onErrorComplete().blockLast(LIMIT);
				assertThat(context.getBean(MeterRegistry.class).find("http.client.requests").timers())
					.extracting((timer) -> timer.getId().getTag("uri"))
					.contains("/v1/complete", "/v1/models?limit={limit}")
					.allMatch((uri) -> uri.startsWith("/v1/"));
			});
	}

	@ParameterizedTest
	@ValueSource(strings = { DURATION, FIRST_CHUNK, PER_CHUNK })
	void metersHaveTheBucketsOfTheConvention(String name) {
		this.runner.run((context) -> {
			stream(context);
			assertThat(Stream.of(timer(context, name).takeSnapshot().histogramCounts())
				.map((bucket) -> bucket.bucket(TimeUnit.MILLISECONDS)))
				.containsExactlyElementsOf(IntStream.range(0, 14).mapToObj((i) -> (double) (10L << i)).toList());
		});
	}

	@Test
	void bucketsOfTheApplicationBeatThem() {
		this.runner.withPropertyValues("management.metrics.distribution.slo." + DURATION + "=1s,2s").run((context) -> {
			stream(context);
			assertThat(DoubleStream.of(Stream.of(timer(context, DURATION).takeSnapshot().histogramCounts())
				.mapToDouble((CountAtBucket bucket) -> bucket.bucket(TimeUnit.SECONDS))
				.toArray())).containsExactly(1.0, 2.0);
		});
	}

	@Test
	void namesThatCallersMakeUpDoNotMakeMeters() {
		this.runner.run((context) -> {
			CompletionClient client = context.getBean(CompletionClient.class);
			for (int i = 0; i < 50; i++) {
				String model = "made-up-" + i;
				client.complete((request) -> request.model(model).prompt(Prompt.human("Hi")))
					.onErrorComplete()
					.block(LIMIT);
			}
			assertThat(context.getBean(MeterRegistry.class).find(DURATION).timers()).hasSize(1)
				.allMatch(
						(timer) -> timer.count() == 50 && "other".equals(timer.getId().getTag("gen_ai.request.model")));
		});
	}

	@Test
	void clientsAreToldApartByTheirServers() {
		try (CompletionServer other = CompletionServer.builder().chunkDelay(Duration.ZERO).start()) {
			this.runner
				.withPropertyValues("completion.clients.far.base-url=" + other.baseUrl(),
						"completion.clients.far.api-key=" + other.apiKey())
				.run((context) -> {
					stream(context);
					context.getBean("farCompletionClient", CompletionClient.class)
						.complete((request) -> request.prompt(Prompt.human("Hi")))
						.block(LIMIT);
					assertThat(context.getBean(MeterRegistry.class).find(DURATION).timers())
						.extracting((timer) -> timer.getId().getTag("server.port"))
						.containsExactlyInAnyOrder(String.valueOf(this.server.port()), String.valueOf(other.port()));
				});
		}
	}

	@ParameterizedTest
	@CsvSource({ "off, false", "on, true", "false, false", "true, true" })
	@Proves("completion.observations.content")
	void contentIsObservedWhereThatIsAsked(String content, boolean observed) {
		RecordedContexts contexts = new RecordedContexts();
		this.server.enqueue(Reply.text("a private answer"));
		this.runner.withBean(RecordedContexts.class, () -> contexts)
			.withPropertyValues("completion.observations.content=" + content)
			.run((context) -> {
				stream(context);
				String all = contexts.only().getAllKeyValues().stream().map(KeyValue::getValue).toList().toString();
				assertThat(all.contains("a private question")).isEqualTo(observed);
				assertThat(all.contains("a private answer")).isEqualTo(observed);
				assertThat(context.getBean(MeterRegistry.class).getMeters()).extracting(Meter::getId)
					.noneMatch((id) -> id.toString().contains("private"));
			});
	}

	@Test
	void contentIsCutOff() {
		RecordedContexts contexts = new RecordedContexts();
		this.server.enqueue(Reply.text("x".repeat(5000)));
		this.runner.withBean(RecordedContexts.class, () -> contexts)
			.withPropertyValues("completion.observations.content=on")
			.run((context) -> {
				stream(context);
				assertThat(contexts.only().getHighCardinalityKeyValue("gen_ai.output.messages").getValue())
					.contains("x".repeat(4096))
					.doesNotContain("x".repeat(4097));
			});
	}

	@Test
	void contentIsObservedOfTheClientThatIsAskedTo() {
		RecordedContexts contexts = new RecordedContexts();
		this.runner.withBean(RecordedContexts.class, () -> contexts)
			.withPropertyValues("completion.clients.far.observations.content=on")
			.run((context) -> {
				stream(context);
				assertThat(contexts.only().getHighCardinalityKeyValue("gen_ai.input.messages")).isNull();
			});
	}

	@Test
	void conventionOfTheApplicationReplacesOurs() {
		CompletionObservationConvention own = new DefaultCompletionObservationConvention() {

			@Override
			public KeyValues getLowCardinalityKeyValues(CompletionObservationContext context) {
				return super.getLowCardinalityKeyValues(context).and("team", "blue");
			}

		};
		this.runner.withBean(CompletionObservationConvention.class, () -> own).run((context) -> {
			stream(context);
			assertThat(timer(context, DURATION).getId().getTag("team")).isEqualTo("blue");
			assertThat(timer(context, PER_CHUNK).getId().getTag("team")).isEqualTo("blue");
		});
	}

	@Test
	void handlerOfTheApplicationReplacesOurs() {
		SimpleMeterRegistry elsewhere = new SimpleMeterRegistry();
		this.runner
			.withBean(CompletionMeterObservationHandler.class, () -> new CompletionMeterObservationHandler(elsewhere))
			.run((context) -> {
				stream(context);
				assertThat(context.getBean(MeterRegistry.class).find(FIRST_CHUNK).timer()).isNull();
				assertThat(elsewhere.get(FIRST_CHUNK).timer().count()).isOne();
			});
	}

	@Test
	void withoutAnObservationRegistryThereIsNothing() {
		this.bare.run((context) -> {
			assertThat(context).hasNotFailed()
				.doesNotHaveBean(CompletionMeterObservationHandler.class)
				.doesNotHaveBean(ObservationCompletionClientCustomizer.class);
			stream(context);
		});
	}

	@Test
	void withoutMetersCallsAreStillObserved() {
		RecordedContexts contexts = new RecordedContexts();
		this.bare.withClassLoader(new FilteredClassLoader(MeterRegistry.class))
			.withBean(ObservationRegistry.class, () -> {
				ObservationRegistry registry = ObservationRegistry.create();
				registry.observationConfig().observationHandler(contexts);
				return registry;
			})
			.run((context) -> {
				assertThat(context).hasNotFailed().doesNotHaveBean(CompletionMeterObservationHandler.class);
				stream(context);
				assertThat(contexts.only().getName()).isEqualTo(DURATION);
			});
	}

	@Test
	void severalRegistriesAreTheApplicationsBusiness() {
		this.bare.withBean("one", ObservationRegistry.class, ObservationRegistry::create)
			.withBean("other", ObservationRegistry.class, ObservationRegistry::create)
			.run((context) -> {
				assertThat(context).hasNotFailed().doesNotHaveBean(ObservationCompletionClientCustomizer.class);
				stream(context);
			});
	}

	@Test
	void withoutAClientThereIsNothing() {
		this.runner.withPropertyValues("completion.enabled=false")
			.run((context) -> assertThat(context).hasNotFailed()
				.doesNotHaveBean(CompletionMeterObservationHandler.class)
				.doesNotHaveBean(ObservationCompletionClientCustomizer.class));
	}

	@Test
	void observationsThatAreSwitchedOffAreNotMade() {
		this.runner.withPropertyValues("management.observations.enable.gen_ai=false").run((context) -> {
			stream(context);
			assertThat(context.getBean(MeterRegistry.class).find(DURATION).timer()).isNull();
			assertThat(timer(context, "http.client.requests").count()).isOne();
		});
	}

	private static final class RecordedContexts implements ObservationHandler<CompletionObservationContext> {

		private final List<CompletionObservationContext> stopped = new CopyOnWriteArrayList<>();

		@Override
		public boolean supportsContext(Observation.Context context) {
			return context instanceof CompletionObservationContext;
		}

		@Override
		public void onStop(CompletionObservationContext context) {
			this.stopped.add(context);
		}

		CompletionObservationContext only() {
			assertThat(this.stopped).hasSize(1);
			return this.stopped.get(0);
		}

	}

}
