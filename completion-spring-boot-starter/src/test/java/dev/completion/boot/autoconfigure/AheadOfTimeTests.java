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

import java.time.Duration;
import java.util.function.Consumer;

import dev.completion.boot.CompletionConnectionDetails;
import dev.completion.boot.autoconfigure.health.CompletionHealthContributorAutoConfiguration;
import dev.completion.client.Completion;
import dev.completion.client.CompletionClient;
import dev.completion.client.Prompt;
import dev.completion.server.CompletionServer;
import dev.completion.server.RecordedRequest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import org.springframework.aot.hint.predicate.RuntimeHintsPredicates;
import org.springframework.aot.test.generate.TestGenerationContext;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.health.contributor.CompositeReactiveHealthContributor;
import org.springframework.boot.health.contributor.ReactiveHealthIndicator;
import org.springframework.boot.http.client.autoconfigure.HttpClientAutoConfiguration;
import org.springframework.boot.http.client.autoconfigure.reactive.ReactiveHttpClientAutoConfiguration;
import org.springframework.boot.test.util.TestPropertyValues;
import org.springframework.boot.webclient.autoconfigure.WebClientAutoConfiguration;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.aot.ApplicationContextAotGenerator;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.core.test.tools.CompileWithForkedClassLoader;
import org.springframework.core.test.tools.TestCompiler;
import org.springframework.util.StringUtils;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;

/**
 * Tests for {@link CompletionAutoConfiguration} in applications that are processed ahead
 * of time.
 */
@Tag("slow")
@CompileWithForkedClassLoader
class AheadOfTimeTests {

	private static final Duration LIMIT = Duration.ofSeconds(30);

	private static final String[] NAMED = { "completion.clients.fast.headers.x-client=fast" };

	private static final String[] FALLBACK = and(NAMED, "completion.embedded-server.mode=fallback");

	private final CompletionServer server = CompletionServer.builder().chunkDelay(Duration.ZERO).start();

	private final String[] configured = { "completion.base-url=" + this.server.baseUrl(),
			"completion.api-key=" + this.server.apiKey() };

	@AfterEach
	void close() {
		this.server.close();
	}

	/**
	 * Process an application, and run what comes of it.
	 */
	private static void process(String[] atBuild, TestGenerationContext generated, String[] atRun,
			Consumer<GenericApplicationContext> test) {
		AnnotationConfigApplicationContext source = new AnnotationConfigApplicationContext();
		source.register(Application.class);
		TestPropertyValues.of(atBuild).applyTo(source);
		new ApplicationContextAotGenerator().processAheadOfTime(source, generated);
		generated.writeGeneratedContent();
		TestCompiler.forSystem().with(generated).compile((compiled) -> {
			try (GenericApplicationContext context = new GenericApplicationContext()) {
				TestPropertyValues.of(atRun).applyTo(context);
				initializer(compiled.getInstance(ApplicationContextInitializer.class)).initialize(context);
				context.refresh();
				test.accept(context);
			}
		});
	}

	@SuppressWarnings("unchecked")
	private static ApplicationContextInitializer<GenericApplicationContext> initializer(
			ApplicationContextInitializer<?> compiled) {
		return (ApplicationContextInitializer<GenericApplicationContext>) compiled;
	}

	private static void process(String[] atBuild, String[] atRun, Consumer<GenericApplicationContext> test) {
		process(atBuild, new TestGenerationContext(), atRun, test);
	}

	private static String[] and(String[] properties, String... others) {
		return StringUtils.concatenateStringArrays(properties, others);
	}

	private static Completion complete(CompletionClient client) {
		return client.complete((request) -> request.model("claude-2.1").prompt(Prompt.human("Hi"))).block(LIMIT);
	}

	@Test
	void clientsAreMadeOfThePropertiesOfTheRun() {
		process(new String[] { "completion.api-key=of-the-build", "completion.clients.fast.headers.x-client=build" },
				and(this.configured, NAMED), (context) -> {
					Application application = context.getBean(Application.class);
					complete(application.client);
					complete(application.fast);
					assertThat(this.server.requests()).extracting((request) -> request.header("x-client"))
						.containsExactly(null, "fast");
					assertThat(this.server.requests()).extracting((request) -> request.header("x-api-key"))
						.containsOnly(this.server.apiKey());
				});
	}

	@Test
	void embeddedServerIsRunWhereTheRunWantsIt() {
		process(FALLBACK, FALLBACK, (context) -> {
			complete(context.getBean(Application.class).client);
			assertThat(context.getBean(CompletionServer.class).requests()).hasSize(1);
		});
	}

	@Test
	void embeddedServerIsNotRunWhereTheRunHasAServer() {
		process(FALLBACK, and(this.configured, FALLBACK), (context) -> {
			complete(context.getBean(Application.class).client);
			assertThat(context.getBean(CompletionConnectionDetails.class).isEmbedded()).isFalse();
			assertThat(context.getBeanFactory().containsSingleton("completionServer")).isFalse();
			assertThat(this.server.requests()).hasSize(1);
		});
	}

	@Test
	void embeddedServerThatTheBuildLeftOutIsMissed() {
		assertThatException().isThrownBy(() -> process(and(this.configured, NAMED), and(this.configured,
				"completion.embedded-server.mode=on", "completion.clients.fast.headers.x-client=fast"), (context) -> {
				}))
			.withStackTraceContaining("was not when the application was processed ahead of time");
	}

	@Test
	void healthOfEachClientIsTold() {
		process(and(this.configured, NAMED), and(this.configured, "completion.health.mode=models", NAMED[0]),
				(context) -> {
					CompositeReactiveHealthContributor health = context
						.getBean(CompositeReactiveHealthContributor.class);
					assertThat(health.stream()).extracting((entry) -> entry.name()).containsExactly("default", "fast");
					ReactiveHealthIndicator fast = (ReactiveHealthIndicator) health.getContributor("fast");
					assertThat(fast.health(true).block(LIMIT).getDetails()).containsEntry("mode", "models");
					assertThat(this.server.requests()).extracting(RecordedRequest::path).containsExactly("/v1/models");
				});
	}

	@Test
	void hintsAreContributed() {
		TestGenerationContext generated = new TestGenerationContext();
		process(and(this.configured, NAMED), generated, and(this.configured, NAMED), (context) -> {
		});
		assertThat(RuntimeHintsPredicates.reflection().onType(Completion.class)).accepts(generated.getRuntimeHints());
		assertThat(RuntimeHintsPredicates.reflection().onType(CompletionProperties.Proxy.class))
			.accepts(generated.getRuntimeHints());
	}

	@Configuration(proxyBeanMethods = false)
	@ImportAutoConfiguration({ HttpClientAutoConfiguration.class, ReactiveHttpClientAutoConfiguration.class,
			WebClientAutoConfiguration.class, CompletionAutoConfiguration.class,
			CompletionHealthContributorAutoConfiguration.class })
	static class Application {

		@Autowired
		CompletionClient client;

		@Autowired
		@Qualifier("fast")
		CompletionClient fast;

	}

}
