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
import java.util.ArrayList;
import java.util.List;

import dev.completion.boot.CompletionClientCustomizer;
import dev.completion.boot.CompletionConnectionDetails;
import dev.completion.client.CompletionClient;
import dev.completion.client.Credential;
import dev.completion.client.CredentialProvider;
import dev.completion.client.Prompt;
import dev.completion.client.error.OverloadedException;
import dev.completion.server.CompletionServer;
import dev.completion.server.RecordedRequest;
import dev.completion.server.Reply;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.mockito.Mockito;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

import org.springframework.beans.factory.BeanCreationException;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.beans.factory.support.AbstractBeanDefinition;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.http.client.autoconfigure.HttpClientAutoConfiguration;
import org.springframework.boot.http.client.autoconfigure.reactive.ReactiveHttpClientAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.webclient.autoconfigure.WebClientAutoConfiguration;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link CompletionAutoConfiguration}: several clients side by side.
 */
class NamedClientsTests {

	private static final Duration LIMIT = Duration.ofSeconds(30);

	private final CompletionServer server = CompletionServer.builder().chunkDelay(Duration.ZERO).start();

	private final CompletionServer other = CompletionServer.builder()
		.apiKey("key-of-the-other")
		.chunkDelay(Duration.ZERO)
		.start();

	private final ApplicationContextRunner bare = new ApplicationContextRunner()
		.withConfiguration(
				AutoConfigurations.of(HttpClientAutoConfiguration.class, ReactiveHttpClientAutoConfiguration.class,
						WebClientAutoConfiguration.class, CompletionAutoConfiguration.class))
		.withPropertyValues("spring.reactor.netty.shutdown-quiet-period=10ms");

	private final ApplicationContextRunner runner = this.bare.withPropertyValues(
			"completion.base-url=" + this.server.baseUrl(), "completion.api-key=" + this.server.apiKey(),
			"completion.defaults.model=claude-2.1", "completion.defaults.temperature=0.5",
			"completion.retry.max-retries=0", "completion.headers.x-all=1");

	@AfterEach
	void close() {
		this.server.close();
		this.other.close();
	}

	private static void complete(ApplicationContext context, String bean) {
		complete(context.getBean(bean, CompletionClient.class));
	}

	private static void complete(CompletionClient client) {
		assertThat(client.complete((request) -> request.prompt(Prompt.human("Hi"))).block(LIMIT)).isNotNull();
	}

	private static RecordedRequest only(CompletionServer server) {
		assertThat(server.requests()).hasSize(1);
		return server.requests().get(0);
	}

	@Test
	@Proves("completion.clients")
	void clientsAreInjectedByTheirNames() {
		this.runner
			.withPropertyValues("completion.clients.fast.defaults.model=claude-instant-1.2",
					"completion.clients.deep.defaults.model=claude-2.0")
			.withUserConfiguration(Injected.class)
			.run((context) -> {
				Injected injected = context.getBean(Injected.class);
				assertThat(injected.plain).isSameAs(context.getBean("completionClient"));
				assertThat(injected.fast).isSameAs(context.getBean("fastCompletionClient"));
				assertThat(injected.deep).isSameAs(context.getBean("deepCompletionClient"));
				assertThat(context.getBeanProvider(CompletionClient.class).getIfUnique()).isSameAs(injected.plain);
				complete(injected.plain);
				complete(injected.fast);
				complete(injected.deep);
				assertThat(this.server.requests()).extracting(RecordedRequest::body)
					.extracting((body) -> body.replaceAll(".*\"model\":\"(.*?)\".*", "$1"))
					.containsExactly("claude-2.1", "claude-instant-1.2", "claude-2.0");
			});
	}

	@Test
	void whatAClientHasNotSetItHasFromTheDefault() {
		this.runner
			.withPropertyValues("completion.clients.fast.defaults.model=claude-2.0",
					"completion.clients.fast.headers.x-fast=1", "completion.clients.fast.retry.max-retries=1",
					"completion.clients.fast.retry.delay=1ms", "completion.clients.fast.defaults.top-k=3")
			.run((context) -> {
				Reply overloaded = Reply.error(529, "overloaded_error", "Overloaded");
				this.server.enqueue(overloaded);
				complete(context, "fastCompletionClient");
				assertThat(this.server.requests()).hasSize(2);
				RecordedRequest request = this.server.requests().get(1);
				assertThat(request.body()).contains("\"model\":\"claude-2.0\"", "\"temperature\":0.5", "\"top_k\":3");
				assertThat(request.header("x-all")).isEqualTo("1");
				assertThat(request.header("x-fast")).isEqualTo("1");
				this.server.reset();
				this.server.enqueue(overloaded);
				assertThatExceptionOfType(OverloadedException.class)
					.isThrownBy(() -> complete(context, "completionClient"));
				assertThat(only(this.server).header("x-fast")).isNull();
				assertThat(only(this.server).body()).doesNotContain("top_k");
			});
	}

	@ParameterizedTest
	@ValueSource(strings = { "api-key", "auth-token" })
	void clientHasAServerAndACredentialOfItsOwn(String credential) {
		this.runner
			.withPropertyValues("completion.clients.far.base-url=" + this.other.baseUrl(),
					"completion.clients.far." + credential + "=" + this.other.apiKey())
			.run((context) -> {
				complete(context, "farCompletionClient");
				complete(context, "completionClient");
				boolean bearer = credential.equals("auth-token");
				assertThat(only(this.other).header(bearer ? "authorization" : "x-api-key"))
					.isEqualTo((bearer ? "Bearer " : "") + this.other.apiKey());
				assertThat(only(this.other).header(bearer ? "x-api-key" : "authorization")).isNull();
				assertThat(only(this.server).header("x-api-key")).isEqualTo(this.server.apiKey());
			});
	}

	@Test
	void credentialOfAClientBeatsTheProviderOfTheApplication() {
		this.runner.withPropertyValues("completion.clients.far.api-key=" + this.server.apiKey())
			.withBean(CredentialProvider.class, () -> () -> Mono.just(Credential.bearer("rotating")))
			.run((context) -> {
				this.server.enqueue(Reply.text(" Hi"), Reply.text(" Hi"));
				complete(context, "farCompletionClient");
				complete(context, "completionClient");
				assertThat(this.server.requests()).extracting((request) -> request.header("authorization"))
					.containsExactly(null, "Bearer rotating");
			});
	}

	@Test
	void connectionDetailsWithTheNameOfAClientAreItsOwn() {
		this.runner.withPropertyValues("completion.clients.far.defaults.model=claude-2.0")
			.withUserConfiguration(OwnDetails.class)
			.withBean("server", CompletionServer.class, () -> this.other)
			.run((context) -> {
				complete(context, "farCompletionClient");
				complete(context, "completionClient");
				assertThat(only(this.other).header("x-api-key")).isEqualTo(this.other.apiKey());
				assertThat(only(this.server).header("x-api-key")).isEqualTo(this.server.apiKey());
			});
	}

	@Test
	void clientWithACredentialOfItsOwnCallsTheServerOfTheApplicationsDetails() {
		this.runner
			.withPropertyValues("completion.clients.far.api-key=own-key", "completion.base-url=http://127.0.0.1:1")
			.withBean(CompletionConnectionDetails.class, () -> detailsOf(this.other))
			.run((context) -> {
				this.other.enqueue(Reply.text(" Hi"));
				complete(context, "farCompletionClient");
				complete(context, "completionClient");
				assertThat(this.other.requests()).extracting((request) -> request.header("x-api-key"))
					.containsExactly("own-key", this.other.apiKey());
			});
	}

	private static CompletionConnectionDetails detailsOf(CompletionServer server) {
		return new CompletionConnectionDetails() {

			@Override
			public String getBaseUrl() {
				return server.baseUrl();
			}

			@Override
			public Credential getCredential() {
				return Credential.apiKey(server.apiKey());
			}

		};
	}

	@Test
	void eachClientHasConnectionsOfItsOwn() {
		this.server.enqueue(Reply.text("ab").chunkSizes(1).stallAfter(1));
		this.runner
			.withPropertyValues("completion.pool.max-connections=1", "completion.pool.acquire-timeout=200ms",
					"completion.clients.fast.defaults.model=claude-2.0")
			.run((context) -> {
				CompletionClient plain = context.getBean("completionClient", CompletionClient.class);
				plain.stream((request) -> request.prompt(Prompt.human("Hi")))
					.publishOn(Schedulers.boundedElastic())
					.doOnNext((delta) -> complete(context, "fastCompletionClient"))
					.blockFirst(LIMIT);
				assertThat(this.server.requests()).hasSize(2);
			});
	}

	@Test
	void applicationThatOnlyUsesOthersNeedsNoCredentialForTheDefaultOne() {
		ApplicationContextRunner others = this.bare.withPropertyValues(
				"completion.clients.far.base-url=" + this.other.baseUrl(),
				"completion.clients.far.api-key=" + this.other.apiKey(),
				"completion.clients.far.defaults.model=claude-2.1");
		others.run((context) -> {
			complete(context, "farCompletionClient");
			assertThat(this.other.requests()).hasSize(1);
			assertThatExceptionOfType(BeanCreationException.class)
				.isThrownBy(() -> context.getBean(CompletionClient.class))
				.withStackTraceContaining("The completion client has no credential");
		});
		others.withUserConfiguration(WantsDefault.class)
			.run((context) -> assertThat(context).getFailure()
				.hasStackTraceContaining("The completion client has no credential"));
	}

	@Test
	void customizersAreToldTheNames() {
		List<String> names = new ArrayList<>();
		this.runner.withPropertyValues("completion.clients.fast.defaults.model=claude-2.0")
			.withBean(CompletionClientCustomizer.class, () -> (name, builder) -> names.add(name))
			.run((context) -> assertThat(names).containsExactlyInAnyOrder("default", "fast"));
	}

	@Test
	void clientThatIsTurnedOffIsNotMade() {
		this.runner
			.withPropertyValues("completion.clients.fast.enabled=false", "completion.clients.fast.base-url=nonsense")
			.run((context) -> assertThat(context).hasNotFailed().hasSingleBean(CompletionClient.class));
	}

	@Test
	void badValueIsNamedAsItWasSet() {
		this.runner.withPropertyValues("completion.clients.fast.base-url=nonsense")
			.run((context) -> assertThat(context).hasFailed()
				.getFailure()
				.hasStackTraceContaining("'completion.clients.fast.base-url' is not valid"));
		this.runner.withPropertyValues("completion.clients.fast.retry.max-retries=-1")
			.run((context) -> assertThat(context).getFailure()
				.hasStackTraceContaining("'completion.clients.fast.retry.max-retries' is not valid"));
		this.runner.withPropertyValues("completion.timeout.idle=-1s", "completion.clients.fast.enabled=true")
			.run((context) -> assertThat(context).getFailure()
				.hasStackTraceContaining("'completion.timeout.idle' is not valid"));
	}

	@ParameterizedTest
	@ValueSource(strings = { "X-Team", "x_team", "x-team" })
	void headerOfAClientBeatsThatOfAllInAnyCase(String own) {
		this.runner
			.withPropertyValues("completion.headers.X-Team=all", "completion.headers.X-Other=all",
					"completion.clients.fast.headers." + own + "=own")
			.run((context) -> {
				complete(context, "fastCompletionClient");
				assertThat(only(this.server).header(own)).isEqualTo("own");
				assertThat(only(this.server).header("x-other")).isEqualTo("all");
				assertThat(only(this.server).headers().values().stream().flatMap(List::stream))
					.filteredOn((value) -> value.equals("all"))
					.hasSize(1);
			});
	}

	@Test
	void emptyValueOfAClientIsNotSet() {
		this.runner
			.withPropertyValues("completion.clients.far.api-key=${NOT_THERE:}", "completion.clients.far.base-url=",
					"completion.clients.far.defaults.model=", "ANTHROPIC_API_KEY=of-the-vendor")
			.run((context) -> {
				complete(context, "farCompletionClient");
				assertThat(only(this.server).header("x-api-key")).isEqualTo(this.server.apiKey());
				assertThat(only(this.server).body()).contains("claude-2.1");
			});
	}

	@Test
	void detailsThatAnyInjectionPointWouldGetAreRefused() {
		this.runner.withPropertyValues("completion.clients.far.defaults.model=claude-2.0")
			.withBean("farCompletionConnectionDetails", CompletionConnectionDetails.class, () -> detailsOf(this.other))
			.run((context) -> assertThat(context).getFailure()
				.hasStackTraceContaining("is for the completion client 'far', and would be injected without a name"));
	}

	@Test
	void detailsOfANamedClientAreNotThoseOfTheDefaultOneThoughEmbedded() {
		CompletionConnectionDetails embedded = new EmbeddedServerConfiguration.EmbeddedCompletionConnectionDetails(
				this.other.baseUrl(), Credential.apiKey(this.other.apiKey()));
		this.runner.withPropertyValues("completion.clients.far.defaults.model=claude-2.0")
			.withBean("farCompletionConnectionDetails", CompletionConnectionDetails.class, () -> embedded,
					(definition) -> ((AbstractBeanDefinition) definition).setDefaultCandidate(false))
			.run((context) -> {
				complete(context, "completionClient");
				complete(context, "farCompletionClient");
				assertThat(only(this.server).header("x-api-key")).isEqualTo(this.server.apiKey());
				assertThat(only(this.other).header("x-api-key")).isEqualTo(this.other.apiKey());
			});
	}

	@Test
	void clientOfTheApplicationReplacesOursOfItsName() {
		CompletionClient own = Mockito.mock(CompletionClient.class);
		this.runner.withPropertyValues("completion.clients.far.defaults.model=claude-2.0")
			.withBean("farCompletionClient", CompletionClient.class, () -> own,
					(definition) -> ((AbstractBeanDefinition) definition).setDefaultCandidate(false))
			.run((context) -> {
				assertThat(context.getBean("farCompletionClient")).isSameAs(own);
				complete(context, "completionClient");
			});
	}

	@Test
	void fallBackToTheEmbeddedServerIsForClientsThatHaveNoOther() {
		this.bare
			.withPropertyValues("completion.embedded-server.mode=fallback", "completion.defaults.model=claude-2.1",
					"completion.clients.far.base-url=" + this.other.baseUrl(),
					"completion.clients.far.api-key=" + this.other.apiKey(),
					"completion.clients.near.headers.x-client=near")
			.run((context) -> {
				complete(context, "farCompletionClient");
				complete(context, "nearCompletionClient");
				complete(context, "completionClient");
				assertThat(only(this.other).header("x-api-key")).isEqualTo(this.other.apiKey());
				assertThat(context.getBean(CompletionServer.class).requests()).hasSize(2);
			});
	}

	@Test
	void variablesThatNoClientNeedsAreNotJudged() {
		this.runner
			.withPropertyValues("ANTHROPIC_API_KEY=one", "ANTHROPIC_AUTH_TOKEN=two", "ANTHROPIC_BASE_URL=ftp://x",
					"completion.api-key=")
			.withBean(CredentialProvider.class, () -> () -> Mono.just(Credential.apiKey(this.server.apiKey())))
			.run((context) -> {
				complete(context, "completionClient");
				assertThat(only(this.server).header("x-api-key")).isEqualTo(this.server.apiKey());
			});
	}

	@Test
	void valueThatCannotBeBoundIsNamed() {
		this.runner.withPropertyValues("completion.clients.fast.timeout.idle=abc")
			.run((context) -> assertThat(context).getFailure()
				.hasStackTraceContaining("The value of 'completion.clients.fast.timeout.idle' is not valid"));
	}

	@Configuration(proxyBeanMethods = false)
	static class Injected {

		@Autowired
		CompletionClient plain;

		@Autowired
		@Qualifier("fast")
		CompletionClient fast;

		@Autowired
		@Qualifier("deep")
		CompletionClient deep;

	}

	@Configuration(proxyBeanMethods = false)
	static class WantsDefault {

		@Autowired
		CompletionClient client;

	}

	@Configuration(proxyBeanMethods = false)
	static class OwnDetails {

		@Bean(defaultCandidate = false)
		CompletionConnectionDetails farCompletionConnectionDetails(CompletionServer server) {
			return detailsOf(server);
		}

	}

}
