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

import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;

import dev.completion.boot.CompletionClientCustomizer;
import dev.completion.boot.CompletionConnectionDetails;
import dev.completion.client.CompletionClient;
import dev.completion.client.CredentialProvider;
import dev.completion.client.MissingCredentialException;
import org.jspecify.annotations.Nullable;
import reactor.netty.http.client.HttpClient;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.diagnostics.FailureAnalyzedException;
import org.springframework.boot.http.client.HttpClientSettings;
import org.springframework.boot.http.client.HttpCookieHandling;
import org.springframework.boot.http.client.HttpRedirects;
import org.springframework.boot.http.client.autoconfigure.reactive.ReactiveHttpClientAutoConfiguration;
import org.springframework.boot.http.client.reactive.ClientHttpConnectorBuilder;
import org.springframework.boot.http.client.reactive.ReactorClientHttpConnectorBuilder;
import org.springframework.boot.webclient.autoconfigure.WebClientAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.core.env.Environment;
import org.springframework.core.io.ResourceLoader;
import org.springframework.util.ClassUtils;
import org.springframework.web.reactive.function.client.WebClient;

/**
 * Auto-configuration of a {@link CompletionClient}.
 *
 * @since 0.1.0
 */
@AutoConfiguration(after = { ReactiveHttpClientAutoConfiguration.class, WebClientAutoConfiguration.class })
@ConditionalOnBooleanProperty(name = "completion.enabled", matchIfMissing = true)
@ConditionalOnMissingBean(CompletionClient.class)
@EnableConfigurationProperties(CompletionProperties.class)
@Import(EmbeddedServerConfiguration.class)
public final class CompletionAutoConfiguration {

	private static final String SERVER_CLASS = "dev.completion.server.CompletionServer";

	CompletionAutoConfiguration() {
	}

	@Bean
	@ConditionalOnMissingBean(CompletionConnectionDetails.class)
	PropertiesCompletionConnectionDetails completionConnectionDetails(CompletionProperties properties,
			Environment environment) {
		return new PropertiesCompletionConnectionDetails(properties, environment);
	}

	@Bean
	@ConditionalOnMissingBean(CredentialProvider.class)
	ConnectionDetailsCredentialProvider completionCredentialProvider(
			ObjectProvider<CompletionConnectionDetails> details) {
		return new ConnectionDetailsCredentialProvider(effective(details));
	}

	@Bean
	PropertiesCompletionClientCustomizer propertiesCompletionClientCustomizer(CompletionProperties properties,
			ObjectProvider<HttpClientSettings> settings) {
		HttpClientSettings application = settings.getIfAvailable(HttpClientSettings::defaults);
		return new PropertiesCompletionClientCustomizer(properties, application.connectTimeout());
	}

	@Bean
	CompletionClient completionClient(CompletionProperties properties, ResourceLoader resourceLoader,
			ObjectProvider<CompletionConnectionDetails> connectionDetails, CredentialProvider credentialProvider,
			ObjectProvider<WebClient.Builder> webClientBuilder,
			ObjectProvider<ClientHttpConnectorBuilder<?>> connectorBuilder, ObjectProvider<HttpClientSettings> settings,
			ObjectProvider<CompletionClientCustomizer> customizers) {
		checkServerIsPresent(properties.embeddedServer().mode(), resourceLoader.getClassLoader());
		CompletionConnectionDetails details = effective(connectionDetails);
		CompletionClient.Builder builder = CompletionClient.builder().allowInsecure(properties.allowInsecure());
		SettingMapper.map("CompletionConnectionDetails.getBaseUrl()", details.getBaseUrl(), builder::baseUrl);
		CredentialProvider credential = credential(details, credentialProvider);
		if (credential != null) {
			builder.credential(credential);
		}
		builder.httpClient(httpClient(connectorBuilder.getIfAvailable(ClientHttpConnectorBuilder::reactor),
				settings.getIfAvailable(HttpClientSettings::defaults), details));
		webClientBuilder.ifUnique(builder::webClientBuilder);
		customizers.orderedStream()
			.forEach((customizer) -> customizer.customize(CompletionClientCustomizer.DEFAULT_CLIENT, builder));
		return build(builder);
	}

	// an embedded server is called whatever the application's own details are
	private static CompletionConnectionDetails effective(ObjectProvider<CompletionConnectionDetails> details) {
		for (CompletionConnectionDetails candidate : details) {
			if (candidate.isEmbedded()) {
				return candidate;
			}
		}
		return details.getObject();
	}

	// a bean of connection details knows its server best, the properties come last
	private static @Nullable CredentialProvider credential(CompletionConnectionDetails details,
			CredentialProvider provider) {
		boolean isOurs = provider instanceof ConnectionDetailsCredentialProvider;
		if (details.getCredential() == null) {
			return isOurs ? null : provider;
		}
		return (details instanceof PropertiesCompletionConnectionDetails) ? provider
				: new ConnectionDetailsCredentialProvider(details);
	}

	private static CompletionClient build(CompletionClient.Builder builder) {
		try {
			return builder.build();
		}
		catch (MissingCredentialException ex) {
			throw missingCredential(ex);
		}
		catch (IllegalStateException ex) {
			throw new FailureAnalyzedException("The completion client cannot be built: %s.".formatted(ex.getMessage()),
					"Correct the base URL, or set 'completion.allow-insecure' to 'true' if you trust the network with "
							+ "the credential.",
					ex);
		}
	}

	/**
	 * Build the HTTP client as Boot builds it for any WebClient, so that customizers and
	 * the address filter of the application apply. The read timeout does not: Reactor
	 * Netty starts it anew at every byte, so it is none of ours.
	 */
	private static HttpClient httpClient(ClientHttpConnectorBuilder<?> builder, HttpClientSettings application,
			CompletionConnectionDetails details) {
		HttpClientSettings settings = application.withReadTimeout(null)
			.withRedirects(HttpRedirects.DONT_FOLLOW)
			.withCookieHandling(HttpCookieHandling.DISABLE);
		if (details.getSslBundle() != null) {
			settings = settings.withSslBundle(details.getSslBundle());
		}
		ReactorClientHttpConnectorBuilder reactor = (builder instanceof ReactorClientHttpConnectorBuilder it) ? it
				: ClientHttpConnectorBuilder.reactor();
		AtomicReference<@Nullable HttpClient> httpClient = new AtomicReference<>();
		reactor.withHttpClientCustomizer((built) -> {
			httpClient.set(built);
			return built;
		}).build(settings);
		return Objects.requireNonNull(httpClient.get());
	}

	private static void checkServerIsPresent(CompletionProperties.Mode mode, @Nullable ClassLoader classLoader) {
		if (mode != CompletionProperties.Mode.OFF && !ClassUtils.isPresent(SERVER_CLASS, classLoader)) {
			throw new FailureAnalyzedException(
					"'completion.embedded-server.mode' is set, but the embedded server is not on the class path.",
					"Add the dependency 'dev.completion:completion-server', or remove the property.");
		}
	}

	private static FailureAnalyzedException missingCredential(MissingCredentialException ex) {
		return new FailureAnalyzedException("The completion client has no credential: %s.".formatted(ex.getMessage()),
				"""
						Do one of these:
						    - set the property 'completion.api-key' or 'completion.auth-token'
						    - set the environment variable '%s'
						    - define a bean of type 'dev.completion.client.CredentialProvider'
						    - add the dependency 'dev.completion:completion-server' and set 'completion.embedded-server.mode' \
						to 'fallback', to develop without a credential
						    - set 'completion.enabled' to 'false', to do without the client"""
					.formatted(PropertiesCompletionConnectionDetails.API_KEY_VARIABLE),
				ex);
	}

}
