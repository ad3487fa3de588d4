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
import dev.completion.client.error.CallTimeoutException;
import dev.completion.server.CompletionServer;
import dev.completion.server.RecordedRequest;
import dev.completion.server.Reply;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.mockito.Mockito;
import reactor.core.publisher.Mono;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.http.client.autoconfigure.HttpClientAutoConfiguration;
import org.springframework.boot.http.client.autoconfigure.reactive.ReactiveHttpClientAutoConfiguration;
import org.springframework.boot.http.codec.autoconfigure.CodecsAutoConfiguration;
import org.springframework.boot.jackson.autoconfigure.JacksonAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.webclient.autoconfigure.WebClientAutoConfiguration;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link CompletionAutoConfiguration}.
 */
class CompletionAutoConfigurationTests {

	private static final Duration LIMIT = Duration.ofSeconds(30);

	private final CompletionServer server = CompletionServer.builder().chunkDelay(Duration.ZERO).start();

	private final ApplicationContextRunner bare = new ApplicationContextRunner()
		.withPropertyValues("spring.reactor.netty.shutdown-quiet-period=10ms")
		.withConfiguration(AutoConfigurations.of(SslAutoConfiguration.class, HttpClientAutoConfiguration.class,
				ReactiveHttpClientAutoConfiguration.class, JacksonAutoConfiguration.class,
				CodecsAutoConfiguration.class, WebClientAutoConfiguration.class, CompletionAutoConfiguration.class));

	private final ApplicationContextRunner runner = this.bare.withPropertyValues(
			"completion.base-url=" + this.server.baseUrl(), "completion.api-key=" + this.server.apiKey(),
			"completion.defaults.model=claude-2.1");

	@AfterEach
	void close() {
		this.server.close();
	}

	@Test
	@Proves({ "completion.api-key", "completion.base-url", "completion.defaults.model" })
	void clientIsConfiguredByProperties() {
		this.runner.run((context) -> {
			complete(context);
			assertThat(JsonMapper.shared().readTree(onlyRequest().body())).isEqualTo(JsonMapper.shared().readTree("""
					{"model":"claude-2.1","prompt":"\\n\\nHuman: Hi\\n\\nAssistant:","max_tokens_to_sample":1024}"""));
			assertThat(onlyRequest().header("x-api-key")).isEqualTo(this.server.apiKey());
			assertThat(onlyRequest().header("anthropic-version")).isEqualTo("2023-06-01");
		});
	}

	@Test
	@Proves({ "completion.defaults.max-tokens-to-sample", "completion.defaults.temperature",
			"completion.defaults.top-p", "completion.defaults.top-k", "completion.defaults.stop-sequences",
			"completion.defaults.user-id" })
	void defaultsArePutIntoRequests() {
		this.runner
			.withPropertyValues("completion.defaults.max-tokens-to-sample=5", "completion.defaults.temperature=0.5",
					"completion.defaults.top-p=0.25", "completion.defaults.top-k=7",
					"completion.defaults.stop-sequences=END,STOP", "completion.defaults.user-id=user-1")
			.run((context) -> {
				complete(context);
				assertThat(JsonMapper.shared().readTree(onlyRequest().body()))
					.isEqualTo(JsonMapper.shared().readTree("""
							{"model":"claude-2.1","prompt":"\\n\\nHuman: Hi\\n\\nAssistant:","max_tokens_to_sample":5,
							 "temperature":0.5,"top_p":0.25,"top_k":7,"stop_sequences":["END","STOP"],
							 "metadata":{"user_id":"user-1"}}"""));
			});
	}

	@ParameterizedTest
	@CsvSource({ "auto, claude-haiku-5-5, /v1/complete /v1/messages", "AUTO, claude-2.1, /v1/complete",
			"messages, claude-haiku-5-5, /v1/messages", "text-completions, claude-2.1, /v1/complete" })
	@Proves("completion.api")
	void apiIsAsked(String api, String model, String paths) {
		this.runner.withPropertyValues("completion.api=" + api, "completion.defaults.model=" + model).run((context) -> {
			complete(context);
			assertThat(this.server.requests()).extracting(RecordedRequest::path).containsExactly(paths.split(" "));
		});
	}

	@Test
	@Proves({ "completion.version", "completion.betas", "completion.headers" })
	void headersArePutIntoRequests() {
		this.server.enqueue(Reply.text(" Hi"));
		this.runner
			.withPropertyValues("completion.version=2023-01-01", "completion.betas=one-2024-01-01,two-2024-01-01",
					"completion.headers.x-team=blue", "completion.headers.X-App=shop")
			.run((context) -> {
				complete(context);
				assertThat(onlyRequest().header("anthropic-version")).isEqualTo("2023-01-01");
				assertThat(onlyRequest().header("anthropic-beta")).isEqualTo("one-2024-01-01,two-2024-01-01");
				assertThat(onlyRequest().header("x-team")).isEqualTo("blue");
				assertThat(onlyRequest().header("x-app")).isEqualTo("shop");
			});
	}

	@Test
	@Proves("completion.auth-token")
	void authTokenIsSentAsBearer() {
		this.runner.withPropertyValues("completion.api-key=", "completion.auth-token=" + this.server.apiKey())
			.run((context) -> {
				complete(context);
				assertThat(onlyRequest().header("authorization")).isEqualTo("Bearer " + this.server.apiKey());
				assertThat(onlyRequest().header("x-api-key")).isNull();
			});
	}

	@Test
	void responseTimeoutApplies() {
		this.server.enqueue(Reply.text(" Hi").delay(Duration.ofSeconds(20)));
		this.runner.withPropertyValues("completion.timeout.response=200ms")
			.run((context) -> assertThatExceptionOfType(CallTimeoutException.class).isThrownBy(() -> complete(context))
				.satisfies((ex) -> assertThat(ex.phase()).isEqualTo(CallTimeoutException.Phase.RESPONSE)));
	}

	@Test
	@Proves("completion.enabled")
	void disabledMakesNothing() {
		this.bare.withPropertyValues("completion.enabled=false")
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(CompletionClient.class));
	}

	@Test
	void clientOfTheApplicationReplacesOursAndNeedsNoCredential() {
		CompletionClient own = Mockito.mock(CompletionClient.class);
		this.bare.withBean("own", CompletionClient.class, () -> own)
			.withPropertyValues("completion.embedded-server.mode=fallback")
			.run((context) -> assertThat(context).hasNotFailed()
				.doesNotHaveBean(CompletionServer.class)
				.doesNotHaveBean(CompletionConnectionDetails.class)
				.getBean(CompletionClient.class)
				.isSameAs(own));
	}

	@Test
	void severalClientsOfTheApplicationReplaceOurs() {
		this.bare.withBean("one", CompletionClient.class, () -> Mockito.mock(CompletionClient.class))
			.withBean("other", CompletionClient.class, () -> Mockito.mock(CompletionClient.class))
			.run((context) -> assertThat(context).hasNotFailed().getBeans(CompletionClient.class).hasSize(2));
	}

	@Test
	void customizerCanSupplyTheCredential() {
		this.bare
			.withBean(CompletionClientCustomizer.class,
					() -> (name, builder) -> builder.baseUrl(this.server.baseUrl()).apiKey(this.server.apiKey()))
			.withPropertyValues("completion.defaults.model=claude-2.1")
			.run((context) -> {
				complete(context);
				assertThat(onlyRequest().header("x-api-key")).isEqualTo(this.server.apiKey());
			});
	}

	@Test
	void placeholderOfABetaThatStandsForNothingIsNamed() {
		this.runner.withPropertyValues("completion.betas=one,${NOT_THERE}")
			.run((context) -> assertThat(context).getFailure()
				.hasStackTraceContaining("The value of 'completion.betas' has a placeholder that stands for nothing"));
	}

	@Test
	void connectionDetailsOfTheApplicationReplaceProperties() {
		this.bare
			.withPropertyValues("completion.api-key=of-the-property", "completion.base-url=http://127.0.0.1:1",
					"completion.defaults.model=claude-2.1")
			.withBean(CompletionConnectionDetails.class, () -> new CompletionConnectionDetails() {

				@Override
				public String getBaseUrl() {
					return CompletionAutoConfigurationTests.this.server.baseUrl();
				}

				@Override
				public Credential getCredential() {
					return Credential.apiKey(CompletionAutoConfigurationTests.this.server.apiKey());
				}

			})
			.withBean("unused", CredentialProvider.class, () -> Mono::empty)
			.run((context) -> {
				complete(context);
				assertThat(onlyRequest().header("x-api-key")).isEqualTo(this.server.apiKey());
			});
	}

	@Test
	void credentialProviderOfTheApplicationBeatsProperties() {
		this.server.enqueue(Reply.text(" Hi"));
		this.runner.withBean(CredentialProvider.class, () -> () -> Mono.just(Credential.bearer("rotating")))
			.run((context) -> {
				complete(context);
				assertThat(onlyRequest().header("authorization")).isEqualTo("Bearer rotating");
			});
	}

	@Test
	void customizersRunAroundTheProperties() {
		this.runner.withUserConfiguration(Customizers.class)
			.withPropertyValues("completion.headers.x-when=properties")
			.run((context) -> {
				complete(context);
				assertThat(context.getBean(Customizers.class).names).containsExactly("default", "default");
				assertThat(onlyRequest().header("x-when")).isEqualTo("last");
			});
	}

	@Test
	void jsonMapperOfTheApplicationDoesNotChangeTheWire() {
		this.runner
			.withPropertyValues("spring.jackson.property-naming-strategy=UPPER_CAMEL_CASE",
					"spring.jackson.deserialization.fail-on-unknown-properties=true",
					"spring.jackson.serialization.indent-output=true")
			.run((context) -> {
				complete(context);
				assertThat(onlyRequest().body()).startsWith("{\"model\":\"claude-2.1\"");
			});
	}

	private void complete(ApplicationContext context) {
		assertThat(client(context).complete((request) -> request.prompt(Prompt.human("Hi"))).block(LIMIT)).isNotNull();
	}

	private static CompletionClient client(ApplicationContext context) {
		return context.getBean(CompletionClient.class);
	}

	private RecordedRequest onlyRequest() {
		assertThat(this.server.requests()).hasSize(1);
		return this.server.requests().get(0);
	}

	@Configuration(proxyBeanMethods = false)
	static class Customizers {

		private final List<String> names = new ArrayList<>();

		@Bean
		@Order(1)
		CompletionClientCustomizer last() {
			return (name, builder) -> {
				this.names.add(name);
				builder.defaultHeader("x-when", "last");
			};
		}

		@Bean
		@Order(-1)
		CompletionClientCustomizer first() {
			return (name, builder) -> {
				this.names.add(name);
				builder.defaultHeader("x-when", "first");
			};
		}

	}

}
