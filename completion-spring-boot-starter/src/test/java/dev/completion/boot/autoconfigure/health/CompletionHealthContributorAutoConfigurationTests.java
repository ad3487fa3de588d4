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

package dev.completion.boot.autoconfigure.health;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

import dev.completion.boot.CompletionConnectionDetails;
import dev.completion.boot.autoconfigure.CompletionAutoConfiguration;
import dev.completion.boot.autoconfigure.Proves;
import dev.completion.boot.health.CallHistory;
import dev.completion.boot.health.CompletionHealthIndicator;
import dev.completion.client.Completion;
import dev.completion.client.CompletionClient;
import dev.completion.client.Prompt;
import dev.completion.client.error.AuthenticationException;
import dev.completion.client.error.BillingException;
import dev.completion.client.error.ConnectionException;
import dev.completion.server.CompletionServer;
import dev.completion.server.Reply;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;

import org.springframework.beans.factory.support.AbstractBeanDefinition;
import org.springframework.boot.LazyInitializationBeanFactoryPostProcessor;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.health.contributor.CompositeReactiveHealthContributor;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.ReactiveHealthContributor;
import org.springframework.boot.health.contributor.ReactiveHealthIndicator;
import org.springframework.boot.health.contributor.Status;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link CompletionHealthContributorAutoConfiguration}.
 */
class CompletionHealthContributorAutoConfigurationTests {

	private static final Duration LIMIT = Duration.ofSeconds(30);

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(CompletionAutoConfiguration.class,
				CompletionHealthContributorAutoConfiguration.class))
		.withPropertyValues("completion.embedded-server.mode=on", "completion.defaults.model=claude-2.1");

	private final CompletionServer server = CompletionServer.builder().chunkDelay(Duration.ZERO).start();

	@AfterEach
	void closeServer() {
		this.server.close();
	}

	private ApplicationContextRunner remote() {
		return this.runner.withPropertyValues("completion.embedded-server.mode=off",
				"completion.base-url=" + this.server.baseUrl(), "completion.api-key=" + this.server.apiKey());
	}

	@Test
	void healthFollowsTheCallsAndMakesNone() {
		remote().run((context) -> {
			assertThat(health(context).getStatus()).isEqualTo(Status.UNKNOWN);
			assertThat(health(context).getDetails()).containsEntry("mode", "passive");
			complete(context);
			assertThat(health(context).getStatus()).isEqualTo(Status.UP);
			for (int i = 0; i < 3; i++) {
				assertThat(health(context).getStatus()).isEqualTo(Status.UP);
				this.server.enqueue(Reply.error(401, "authentication_error", "revoked"));
				assertThatExceptionOfType(AuthenticationException.class).isThrownBy(() -> complete(context));
			}
			assertThat(health(context).getStatus()).isEqualTo(Status.DOWN);
			assertThat(health(context).toString()).doesNotContain(this.server.apiKey());
			assertThat(this.server.requests()).hasSize(4);
		});
	}

	@Test
	void downIsUnknownAfterTheTimeToLive() {
		remote().withPropertyValues("completion.health.time-to-live=100ms").run((context) -> {
			for (int i = 0; i < 3; i++) {
				this.server.enqueue(Reply.error(402, "billing_error", "No credit"));
				assertThatExceptionOfType(BillingException.class).isThrownBy(() -> complete(context));
			}
			Mono.delay(Duration.ofMillis(150)).block(LIMIT);
			assertThat(health(context).getStatus()).isEqualTo(Status.UNKNOWN);
		});
	}

	@Test
	void embeddedServerIsNeverUp() {
		this.runner.run((context) -> {
			complete(context);
			assertThat(health(context).getStatus()).isEqualTo(Status.UNKNOWN);
			assertThat(health(context).getDetails()).containsEntry("embedded", true).containsKey("lastSuccess");
		});
	}

	@Test
	void severalClientsHaveAHealthEach() {
		remote().withPropertyValues("completion.clients.fast.defaults.model=claude-2.0").run((context) -> {
			assertThat(context).doesNotHaveBean(CompletionHealthIndicator.class);
			CompositeReactiveHealthContributor composite = context.getBean("completionHealthContributor",
					CompositeReactiveHealthContributor.class);
			assertThat(composite.stream()).extracting((entry) -> entry.name()).containsExactly("default", "fast");
			context.getBean("fastCompletionClient", CompletionClient.class)
				.complete((request) -> request.prompt(Prompt.human("Hi")))
				.block(LIMIT);
			assertThat(status(composite, "fast")).isEqualTo(Status.UP);
			assertThat(status(composite, "default")).isEqualTo(Status.UNKNOWN);
		});
	}

	private static Status status(CompositeReactiveHealthContributor composite, String name) {
		return ((ReactiveHealthIndicator) composite.getContributor(name)).health(true).block(LIMIT).getStatus();
	}

	@Test
	void embeddedIsSaidOfTheClientsThatCallTheEmbeddedServer() {
		this.runner
			.withPropertyValues("completion.embedded-server.mode=fallback",
					"completion.clients.far.base-url=http://localhost:9", "completion.clients.near.headers.x=1")
			.run(CompletionHealthContributorAutoConfigurationTests::assertAllButFarAreEmbedded);
	}

	@Test
	void embeddedIsNotSaidOfAClientWithConnectionDetailsOfItsOwn() {
		this.runner
			.withPropertyValues("completion.embedded-server.mode=fallback", "completion.clients.far.headers.x=1",
					"completion.clients.near.headers.x=1")
			.withBean("farCompletionConnectionDetails", CompletionConnectionDetails.class,
					() -> () -> "http://localhost:9",
					(definition) -> ((AbstractBeanDefinition) definition).setDefaultCandidate(false))
			.run(CompletionHealthContributorAutoConfigurationTests::assertAllButFarAreEmbedded);
	}

	private static void assertAllButFarAreEmbedded(ApplicationContext context) {
		CompositeReactiveHealthContributor composite = context.getBean(CompositeReactiveHealthContributor.class);
		assertThat(details(composite, "far")).doesNotContainKey("embedded");
		assertThat(details(composite, "near")).containsEntry("embedded", true);
		assertThat(details(composite, "default")).containsEntry("embedded", true);
	}

	@Test
	void connectionDetailsThatFailDoNotAffectTheHealthOfOtherClients() {
		this.runner
			.withPropertyValues("completion.embedded-server.mode=fallback", "completion.clients.far.headers.x=1",
					"completion.clients.near.headers.x=1")
			.withBean("farCompletionConnectionDetails", CompletionConnectionDetails.class, () -> {
				throw new IllegalStateException("The vault is sealed");
			}, (definition) -> ((AbstractBeanDefinition) definition).setDefaultCandidate(false))
			.withInitializer(
					(context) -> context.addBeanFactoryPostProcessor(new LazyInitializationBeanFactoryPostProcessor()))
			.run((context) -> {
				CompositeReactiveHealthContributor composite = context
					.getBean(CompositeReactiveHealthContributor.class);
				assertThat(composite.stream()).hasSizeGreaterThanOrEqualTo(2);
				assertThat(status(composite, "far")).isEqualTo(Status.UNKNOWN);
				assertThat(details(composite, "near")).doesNotContainKey("embedded");
				context.getBean("nearCompletionClient");
				assertThat(details(composite, "near")).containsEntry("embedded", true);
			});
	}

	@Test
	void clientsThatAreMadeLaterHaveAHealthAtOnce() {
		this.runner.withPropertyValues("completion.clients.fast.defaults.model=claude-2.0")
			.withInitializer(
					(context) -> context.addBeanFactoryPostProcessor(new LazyInitializationBeanFactoryPostProcessor()))
			.run((context) -> assertThat(context.getBean(CompositeReactiveHealthContributor.class).stream())
				.extracting((entry) -> entry.name())
				.contains("fast"));
	}

	private static Map<String, Object> details(CompositeReactiveHealthContributor composite, String name) {
		return ((ReactiveHealthIndicator) composite.getContributor(name)).health(true).block(LIMIT).getDetails();
	}

	@Test
	void embeddedIsNotSaidOfAnotherServer() {
		this.runner.withPropertyValues("completion.embedded-server.mode=off", "completion.base-url=http://localhost:9")
			.run((context) -> assertThat(health(context).getDetails()).doesNotContainKey("embedded"));
	}

	@Test
	@Proves("management.health.completion.enabled")
	void disabledMakesNothing() {
		this.runner.withPropertyValues("management.health.completion.enabled=false")
			.run((context) -> assertThat(context).hasSingleBean(CompletionClient.class)
				.doesNotHaveBean(CallHistory.class)
				.doesNotHaveBean(ReactiveHealthContributor.class));
	}

	@Test
	void indicatorOfTheApplicationReplacesOurs() {
		this.runner
			.withBean("completionHealthIndicator", ReactiveHealthIndicator.class,
					() -> () -> Mono.just(Health.up().build()))
			.run((context) -> assertThat(context).doesNotHaveBean(CompletionHealthIndicator.class));
	}

	@Test
	void contributorOfTheApplicationReplacesThoseOfSeveralClients() {
		ReactiveHealthIndicator own = () -> Mono.just(Health.up().build());
		this.runner.withPropertyValues("completion.clients.fast.defaults.model=claude-2.0")
			.withBean("completionHealthContributor", ReactiveHealthIndicator.class, () -> own)
			.run((context) -> assertThat(context).getBean(ReactiveHealthContributor.class).isSameAs(own));
	}

	@Test
	void historyOfTheApplicationReplacesOurs() {
		CallHistory own = new CallHistory();
		this.runner.withBean(CallHistory.class, () -> own).run((context) -> {
			complete(context);
			assertThat(context).getBean(CallHistory.class).isSameAs(own);
			assertThat(new CompletionHealthIndicator(own, null, () -> false).health().block(LIMIT).getStatus())
				.isEqualTo(Status.UP);
		});
	}

	@Test
	void poolThatIsFullIsToldApart() {
		this.runner
			.withPropertyValues("completion.pool.max-connections=1", "completion.pool.acquire-timeout=50ms",
					"completion.retry.max-retries=0")
			.run((context) -> {
				context.getBean(CompletionServer.class).enqueue(Reply.text("ab").chunkSizes(1).stallAfter(1));
				CompletableFuture<Completion> delta = new CompletableFuture<>();
				Disposable stream = context.getBean(CompletionClient.class)
					.stream((request) -> request.prompt(Prompt.human("Hi")))
					.subscribe(delta::complete);
				assertThat(delta).succeedsWithin(LIMIT);
				assertThatExceptionOfType(ConnectionException.class).isThrownBy(() -> complete(context));
				assertThat(health(context).getDetails()).containsEntry("reason", "pool");
				stream.dispose();
			});
	}

	@Test
	void withoutHealthModuleThereIsStillAClient() {
		this.runner.withClassLoader(new FilteredClassLoader(ReactiveHealthContributor.class))
			.run((context) -> assertThat(context).hasNotFailed()
				.hasSingleBean(CompletionClient.class)
				.doesNotHaveBean(CallHistory.class));
	}

	@Test
	void withoutClientThereIsNoHealth() {
		this.runner.withPropertyValues("completion.enabled=false")
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(ReactiveHealthContributor.class));
	}

	private static void complete(ApplicationContext context) {
		context.getBean(CompletionClient.class).complete((request) -> request.prompt(Prompt.human("Hi"))).block(LIMIT);
	}

	private static Health health(ApplicationContext context) {
		return context.getBean(CompletionHealthIndicator.class).health(true).block(LIMIT);
	}

}
