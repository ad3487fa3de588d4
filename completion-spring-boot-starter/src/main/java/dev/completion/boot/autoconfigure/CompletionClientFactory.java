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

import dev.completion.boot.CompletionClientCustomizer;
import dev.completion.boot.CompletionConnectionDetails;
import dev.completion.client.CompletionClient;
import dev.completion.client.Credential;
import dev.completion.client.CredentialProvider;
import dev.completion.client.MissingCredentialException;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.diagnostics.FailureAnalyzedException;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.boot.webclient.WebClientCustomizer;
import org.springframework.core.env.Environment;
import org.springframework.util.ClassUtils;
import org.springframework.web.reactive.function.client.WebClient;

/**
 * Makes clients of their properties and of the application's beans.
 */
final class CompletionClientFactory {

	private static final String SERVER_CLASS = "dev.completion.server.CompletionServer";

	private final ListableBeanFactory beanFactory;

	private final HttpClientFactory httpClients;

	private final Environment environment;

	private final @Nullable ClassLoader classLoader;

	CompletionClientFactory(ListableBeanFactory beanFactory, HttpClientFactory httpClients, Environment environment,
			@Nullable ClassLoader classLoader) {
		this.beanFactory = beanFactory;
		this.httpClients = httpClients;
		this.environment = environment;
		this.classLoader = classLoader;
	}

	/**
	 * Create the client with the given name.
	 */
	CompletionClient create(String name) {
		ClientProperties client = ClientProperties.of(name, this.environment);
		CompletionConnectionDetails details = details(client);
		checkServer(details);
		return create(client, details);
	}

	/**
	 * Return how a client is connected. One with a name is connected as the default one,
	 * but for what its properties say otherwise, or a bean with its name.
	 */
	private CompletionConnectionDetails details(ClientProperties client) {
		CompletionConnectionDetails standard = effective(
				this.beanFactory.getBeanProvider(CompletionConnectionDetails.class));
		if (client.isDefault() || (standard.isEmbedded() && isEmbeddedForAll())) {
			return standard;
		}
		String bean = NamedClientsRegistrar.detailsBean(client.name());
		if (this.beanFactory.containsBean(bean)) {
			return this.beanFactory.getBean(bean, CompletionConnectionDetails.class);
		}
		boolean hasOwnServer = client.isOwn(PropertiesCompletionConnectionDetails.BASE_URL);
		if (standard.isEmbedded() && !hasOwnServer && !hasOwnCredential(client)) {
			return standard;
		}
		PropertiesCompletionConnectionDetails own = new PropertiesCompletionConnectionDetails(client, this.environment,
				this.beanFactory.getBeanProvider(SslBundles.class).getIfAvailable());
		boolean ofProperties = standard instanceof PropertiesCompletionConnectionDetails || standard.isEmbedded();
		return (ofProperties || hasOwnServer) ? own
				: new SameServer(standard, hasOwnCredential(client) ? own : standard,
						client.isOwn(PropertiesCompletionConnectionDetails.SSL_BUNDLE) ? own : standard);
	}

	private boolean isEmbeddedForAll() {
		return EmbeddedServerConfiguration.mode(this.environment) == CompletionProperties.EmbeddedServer.Mode.ON;
	}

	private static boolean hasOwnCredential(ClientProperties client) {
		return client.isOwn(PropertiesCompletionConnectionDetails.API_KEY)
				|| client.isOwn(PropertiesCompletionConnectionDetails.AUTH_TOKEN);
	}

	private CompletionClient create(ClientProperties client, CompletionConnectionDetails details) {
		CompletionClient.Builder builder = CompletionClient.builder().allowInsecure(client.values().allowInsecure());
		SettingMapper.map("CompletionConnectionDetails.getBaseUrl()", details.getBaseUrl(), builder::baseUrl);
		CredentialProvider credential = credential(client, details);
		if (credential != null) {
			builder.credential(credential);
		}
		builder.httpClient(this.httpClients.create(client, details));
		if (this.beanFactory.getBeanNamesForType(WebClient.Builder.class).length > 0) {
			builder.webClientBuilder(webClientBuilder());
		}
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

	// where the application has several, none of them is the one
	private WebClient.Builder webClientBuilder() {
		return this.beanFactory.getBeanProvider(WebClient.Builder.class).getIfUnique(() -> {
			WebClient.Builder builder = WebClient.builder();
			this.beanFactory.getBeanProvider(WebClientCustomizer.class)
				.orderedStream()
				.forEach((customizer) -> customizer.customize(builder));
			return builder;
		});
	}

	// a bean of connection details knows its server best, the properties come last
	private @Nullable CredentialProvider credential(ClientProperties client, CompletionConnectionDetails details) {
		CredentialProvider provider = this.beanFactory.getBean(CredentialProvider.class);
		boolean isOurs = provider instanceof ConnectionDetailsCredentialProvider;
		boolean fromProperties = details instanceof PropertiesCompletionConnectionDetails;
		if (fromProperties && !isOurs && !hasOwnCredential(client)) {
			return provider;
		}
		if (details.getCredential() == null) {
			return isOurs ? null : provider;
		}
		return new ConnectionDetailsCredentialProvider(details);
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
	 * Check that the embedded server is called where that is asked. An application that
	 * was processed ahead of time without it has none.
	 */
	private void checkServer(CompletionConnectionDetails details) {
		CompletionProperties.EmbeddedServer.Mode mode = EmbeddedServerConfiguration.mode(this.environment);
		if (mode == CompletionProperties.EmbeddedServer.Mode.OFF) {
			return;
		}
		if (!ClassUtils.isPresent(SERVER_CLASS, this.classLoader)) {
			throw new FailureAnalyzedException(
					"'completion.embedded-server.mode' is set, but the embedded server is not on the class path.",
					"Add the dependency 'dev.completion:completion-server', or remove the property.");
		}
		if (mode == CompletionProperties.EmbeddedServer.Mode.ON && !details.isEmbedded()) {
			throw new FailureAnalyzedException(
					"'completion.embedded-server.mode' is 'on', and was not when the application was processed ahead of time.",
					"Process the application again with this mode, or remove the property.");
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
	 * The server of the application's own connection details, to which another may prove
	 * who it is.
	 */
	private record SameServer(CompletionConnectionDetails server, CompletionConnectionDetails credential,
			CompletionConnectionDetails sslBundle) implements CompletionConnectionDetails {

		@Override
		public String getBaseUrl() {
			return this.server.getBaseUrl();
		}

		@Override
		public @Nullable Credential getCredential() {
			return this.credential.getCredential();
		}

		@Override
		public @Nullable SslBundle getSslBundle() {
			return this.sslBundle.getSslBundle();
		}

	}

}
