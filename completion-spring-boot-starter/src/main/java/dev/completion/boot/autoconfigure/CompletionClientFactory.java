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
import dev.completion.client.CredentialProvider;
import dev.completion.client.MissingCredentialException;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.boot.diagnostics.FailureAnalyzedException;
import org.springframework.boot.webclient.WebClientCustomizer;
import org.springframework.core.env.Environment;
import org.springframework.web.reactive.function.client.WebClient;

/**
 * Creates clients from their properties and the beans of the application.
 */
final class CompletionClientFactory {

	// an application may have a component with the same default bean name
	static final String BEAN_NAME = "dev.completion.boot.autoconfigure.completionClientFactory";

	private final ListableBeanFactory beanFactory;

	private final CompletionConnectionDetailsResolver connectionDetails;

	private final HttpClientFactory httpClients;

	private final OpenHttpClients openClients;

	private final Environment environment;

	private final @Nullable ClassLoader classLoader;

	CompletionClientFactory(ListableBeanFactory beanFactory, CompletionConnectionDetailsResolver connectionDetails,
			HttpClientFactory httpClients, OpenHttpClients openClients, Environment environment,
			@Nullable ClassLoader classLoader) {
		this.beanFactory = beanFactory;
		this.connectionDetails = connectionDetails;
		this.httpClients = httpClients;
		this.openClients = openClients;
		this.environment = environment;
		this.classLoader = classLoader;
	}

	/**
	 * Create the client with the given name.
	 */
	CompletionClient create(String name) {
		ClientProperties client = ClientProperties.of(name, this.environment);
		CompletionConnectionDetails details = this.connectionDetails.resolve(client);
		EmbeddedServerConfiguration.check(details, this.environment, this.classLoader);
		ReloadingHttpClient httpClient = this.httpClients.create(client, details);
		try {
			CompletionClient result = build(client, builder(client, details, httpClient));
			this.openClients.add(result, httpClient);
			return result;
		}
		catch (RuntimeException ex) {
			httpClient.close();
			throw ex;
		}
	}

	private CompletionClient build(ClientProperties client, CompletionClient.Builder builder) {
		try {
			return builder.build();
		}
		catch (MissingCredentialException ex) {
			throw missingCredential(client, ex, this.environment);
		}
		catch (IllegalStateException ex) {
			throw insecure(client, ex);
		}
	}

	private CompletionClient.Builder builder(ClientProperties client, CompletionConnectionDetails details,
			ReloadingHttpClient httpClient) {
		CompletionClient.Builder builder = CompletionClient.builder()
			.name(client.name())
			.allowInsecure(client.values().allowInsecure());
		SettingMapper.map("CompletionConnectionDetails.getBaseUrl()", details.getBaseUrl(), builder::baseUrl);
		CredentialProvider credential = credential(client, details);
		if (credential != null) {
			builder.credential(credential);
		}
		builder.httpClient(httpClient, () -> this.openClients.close(httpClient));
		builder.webClientBuilder(webClientBuilder());
		this.beanFactory.getBeanProvider(CompletionClientCustomizer.class)
			.orderedStream()
			.forEach((customizer) -> customizer.customize(client.name(), builder));
		return builder;
	}

	// a bean of connection details takes precedence over a provider, a provider over the
	// properties of the default client
	private @Nullable CredentialProvider credential(ClientProperties client, CompletionConnectionDetails details) {
		CredentialProvider provider = this.beanFactory.getBean(CredentialProvider.class);
		boolean isOurs = provider instanceof ConnectionDetailsCredentialProvider;
		boolean fromProperties = details instanceof PropertiesCompletionConnectionDetails;
		if (fromProperties && !isOurs && !PropertiesCompletionConnectionDetails.hasOwnCredential(client)) {
			return provider;
		}
		if (details.getCredential() == null) {
			return isOurs ? null : provider;
		}
		return new ConnectionDetailsCredentialProvider(details);
	}

	// a builder bean may be made for other servers, for example with a load balancer
	private WebClient.Builder webClientBuilder() {
		WebClient.Builder builder = WebClient.builder();
		this.beanFactory.getBeanProvider(WebClientCustomizer.class)
			.orderedStream()
			.forEach((customizer) -> customizer.customize(builder));
		return builder;
	}

	private static FailureAnalyzedException missingCredential(ClientProperties client, MissingCredentialException ex,
			Environment environment) {
		String who = client.isDefault() ? "The completion client" : "The completion client '" + client.name() + "'";
		return new FailureAnalyzedException(
				"%s has no credential: %s.%s".formatted(who, ex.getMessage(), fallbackFailure(environment)),
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

	private static String fallbackFailure(Environment environment) {
		String sign = EmbeddedServerConfiguration.productionSign(environment);
		boolean isFallback = EmbeddedServerConfiguration
			.mode(environment) == CompletionProperties.EmbeddedServer.Mode.FALLBACK;
		return (isFallback && sign != null)
				? " The embedded server does not start in mode 'fallback', since %s; set 'completion.embedded-server.mode' to 'on' to use it anyway."
					.formatted(sign)
				: "";
	}

	private static FailureAnalyzedException insecure(ClientProperties client, IllegalStateException ex) {
		return new FailureAnalyzedException("The completion client cannot be built: %s.".formatted(ex.getMessage()),
				"Correct the base URL, or set '%s' to 'true' if you trust the network with the credential."
					.formatted(client.nameOf("allow-insecure")),
				ex);
	}

}
