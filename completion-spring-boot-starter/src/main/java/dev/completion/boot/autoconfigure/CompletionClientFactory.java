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
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicReference;

import dev.completion.boot.CompletionClientCustomizer;
import dev.completion.boot.CompletionConnectionDetails;
import dev.completion.client.CompletionClient;
import dev.completion.client.Credential;
import dev.completion.client.CredentialProvider;
import dev.completion.client.MissingCredentialException;
import org.jspecify.annotations.Nullable;
import reactor.netty.http.client.HttpClient;
import reactor.netty.resources.ConnectionProvider;

import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.diagnostics.FailureAnalyzedException;
import org.springframework.boot.http.client.HttpClientSettings;
import org.springframework.boot.http.client.HttpCookieHandling;
import org.springframework.boot.http.client.HttpRedirects;
import org.springframework.boot.http.client.reactive.ClientHttpConnectorBuilder;
import org.springframework.boot.http.client.reactive.ReactorClientHttpConnectorBuilder;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.core.ResolvableType;
import org.springframework.core.env.Environment;
import org.springframework.util.ClassUtils;
import org.springframework.web.reactive.function.client.WebClient;

/**
 * Makes clients of their properties and of the application's beans.
 */
final class CompletionClientFactory implements DisposableBean {

	private static final String SERVER_CLASS = "dev.completion.server.CompletionServer";

	private static final ResolvableType CONNECTOR_BUILDER = ResolvableType.forClass(ClientHttpConnectorBuilder.class);

	private final ListableBeanFactory beanFactory;

	private final CompletionProperties properties;

	private final Environment environment;

	private final @Nullable ClassLoader classLoader;

	private final Queue<ConnectionProvider> pools = new ConcurrentLinkedQueue<>();

	CompletionClientFactory(ListableBeanFactory beanFactory, CompletionProperties properties, Environment environment,
			@Nullable ClassLoader classLoader) {
		this.beanFactory = beanFactory;
		this.properties = properties;
		this.environment = environment;
		this.classLoader = classLoader;
	}

	static ClientProperties properties(String name, CompletionProperties properties, Environment environment) {
		return name.equals(CompletionClientCustomizer.DEFAULT_CLIENT)
				? ClientProperties.ofDefault(properties, environment) : ClientProperties.of(name, environment);
	}

	/**
	 * Create the client that is configured by {@code completion.*}.
	 */
	CompletionClient createDefault() {
		return create(ClientProperties.ofDefault(this.properties, this.environment),
				effective(this.beanFactory.getBeanProvider(CompletionConnectionDetails.class)));
	}

	/**
	 * Create a client with a name. It is connected as the default one, unless it has a
	 * URL or a credential of its own, or a bean with its name.
	 */
	CompletionClient create(String name) {
		ClientProperties client = ClientProperties.of(name, this.environment);
		return create(client, details(client));
	}

	private CompletionConnectionDetails details(ClientProperties client) {
		String bean = client.name() + "CompletionConnectionDetails";
		CompletionConnectionDetails standard = effective(
				this.beanFactory.getBeanProvider(CompletionConnectionDetails.class));
		if (standard.isEmbedded()) {
			return standard;
		}
		if (this.beanFactory.containsBean(bean)) {
			return this.beanFactory.getBean(bean, CompletionConnectionDetails.class);
		}
		boolean ownUrl = client.isOwn(PropertiesCompletionConnectionDetails.BASE_URL);
		if (!ownUrl && !hasOwnCredential(client)) {
			return standard;
		}
		PropertiesCompletionConnectionDetails own = new PropertiesCompletionConnectionDetails(client, this.environment);
		boolean ofProperties = standard instanceof PropertiesCompletionConnectionDetails;
		return (ownUrl || ofProperties) ? own : new SameServer(standard, own.getCredential());
	}

	private static boolean hasOwnCredential(ClientProperties client) {
		return client.isOwn(PropertiesCompletionConnectionDetails.API_KEY)
				|| client.isOwn(PropertiesCompletionConnectionDetails.AUTH_TOKEN);
	}

	private CompletionClient create(ClientProperties client, CompletionConnectionDetails details) {
		checkServerIsPresent();
		CompletionClient.Builder builder = CompletionClient.builder().allowInsecure(client.values().allowInsecure());
		SettingMapper.map("CompletionConnectionDetails.getBaseUrl()", details.getBaseUrl(), builder::baseUrl);
		CredentialProvider credential = credential(client, details);
		if (credential != null) {
			builder.credential(credential);
		}
		builder.httpClient(httpClient(client, details));
		this.beanFactory.getBeanProvider(WebClient.Builder.class).ifUnique(builder::webClientBuilder);
		this.beanFactory.getBeanProvider(CompletionClientCustomizer.class)
			.orderedStream()
			.forEach((customizer) -> customizer.customize(client.name(), builder));
		return build(client, builder);
	}

	// an embedded server is called whatever the application's own details are
	static CompletionConnectionDetails effective(ObjectProvider<CompletionConnectionDetails> details) {
		for (CompletionConnectionDetails candidate : details) {
			if (candidate.isEmbedded()) {
				return candidate;
			}
		}
		return details.getObject();
	}

	// a bean of connection details knows its server best, the properties come last
	private @Nullable CredentialProvider credential(ClientProperties client, CompletionConnectionDetails details) {
		CredentialProvider provider = this.beanFactory.getBean(CredentialProvider.class);
		boolean isOurs = provider instanceof ConnectionDetailsCredentialProvider;
		if (details.getCredential() == null) {
			return isOurs ? null : provider;
		}
		boolean fromProperties = details instanceof PropertiesCompletionConnectionDetails;
		return (fromProperties && !isOurs && !hasOwnCredential(client)) ? provider
				: new ConnectionDetailsCredentialProvider(details);
	}

	private static CompletionClient build(ClientProperties client, CompletionClient.Builder builder) {
		try {
			return builder.build();
		}
		catch (MissingCredentialException ex) {
			throw missingCredential(client, ex);
		}
		catch (IllegalStateException ex) {
			throw new FailureAnalyzedException("The completion client cannot be built: %s.".formatted(ex.getMessage()),
					"Correct the base URL, or set '%s' to 'true' if you trust the network with the credential."
						.formatted(client.nameOf("allow-insecure")),
					ex);
		}
	}

	/**
	 * Build the HTTP client as Boot builds it for any WebClient, so that customizers and
	 * the address filter of the application apply. The read timeout does not: Reactor
	 * Netty starts it anew at every byte, so it is none of ours.
	 */
	private HttpClient httpClient(ClientProperties client, CompletionConnectionDetails details) {
		HttpClientSettings settings = this.beanFactory.getBeanProvider(HttpClientSettings.class)
			.getIfAvailable(HttpClientSettings::defaults)
			.withReadTimeout(null)
			.withRedirects(HttpRedirects.DONT_FOLLOW)
			.withCookieHandling(HttpCookieHandling.DISABLE);
		if (details.getSslBundle() != null) {
			settings = settings.withSslBundle(details.getSslBundle());
		}
		Object builder = this.beanFactory.getBeanProvider(CONNECTOR_BUILDER)
			.getIfAvailable(ClientHttpConnectorBuilder::reactor);
		ReactorClientHttpConnectorBuilder reactor = (builder instanceof ReactorClientHttpConnectorBuilder it) ? it
				: ClientHttpConnectorBuilder.reactor();
		AtomicReference<@Nullable HttpClient> httpClient = new AtomicReference<>();
		ConnectionProvider pool = ConnectionPool.open(client);
		this.pools.add(pool);
		reactor.withHttpClientFactory(() -> HttpClient.create(pool)).withHttpClientCustomizer((built) -> {
			httpClient.set(built);
			return built;
		}).build(settings);
		return Objects.requireNonNull(httpClient.get());
	}

	@Override
	public void destroy() {
		this.pools.forEach(ConnectionProvider::dispose);
	}

	private void checkServerIsPresent() {
		boolean off = this.properties.embeddedServer().mode() == CompletionProperties.Mode.OFF;
		if (!off && !ClassUtils.isPresent(SERVER_CLASS, this.classLoader)) {
			throw new FailureAnalyzedException(
					"'completion.embedded-server.mode' is set, but the embedded server is not on the class path.",
					"Add the dependency 'dev.completion:completion-server', or remove the property.");
		}
	}

	private static FailureAnalyzedException missingCredential(ClientProperties client, MissingCredentialException ex) {
		String who = client.isDefault() ? "The completion client" : "The completion client '" + client.name() + "'";
		return new FailureAnalyzedException("%s has no credential: %s.".formatted(who, ex.getMessage()),
				"""
						Do one of these:
						    - set the property '%s' or '%s'
						    - set the environment variable '%s'
						    - define a bean of type 'dev.completion.client.CredentialProvider'
						    - add the dependency 'dev.completion:completion-server' and set 'completion.embedded-server.mode' \
						to 'fallback', to develop without a credential
						    - set 'completion.enabled' to 'false', to do without the client"""
					.formatted(client.nameOf(PropertiesCompletionConnectionDetails.API_KEY),
							client.nameOf(PropertiesCompletionConnectionDetails.AUTH_TOKEN),
							PropertiesCompletionConnectionDetails.API_KEY_VARIABLE),
				ex);
	}

	/**
	 * The server of the application's own connection details, with another credential.
	 */
	private record SameServer(CompletionConnectionDetails details,
			@Nullable Credential credential) implements CompletionConnectionDetails {

		@Override
		public String getBaseUrl() {
			return this.details.getBaseUrl();
		}

		@Override
		public @Nullable Credential getCredential() {
			return this.credential;
		}

		@Override
		public @Nullable SslBundle getSslBundle() {
			return this.details.getSslBundle();
		}

	}

}
