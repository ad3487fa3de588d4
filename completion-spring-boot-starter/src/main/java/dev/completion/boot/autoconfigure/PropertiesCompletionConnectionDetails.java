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

import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import java.util.stream.Stream;

import dev.completion.boot.CompletionClientCustomizer;
import dev.completion.boot.CompletionConnectionDetails;
import dev.completion.client.CompletionClient;
import dev.completion.client.Credential;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.diagnostics.FailureAnalyzedException;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.core.env.Environment;
import org.springframework.util.StringUtils;

/**
 * {@link CompletionConnectionDetails} from the properties, else from the environment
 * variables that the vendor's own tools read.
 */
final class PropertiesCompletionConnectionDetails implements CompletionConnectionDetails {

	static final String DEFAULT_BASE_URL = "https://api.anthropic.com";

	static final String API_KEY_VARIABLE = "ANTHROPIC_API_KEY";

	static final String API_KEY = "api-key";

	private static final String AUTH_TOKEN_VARIABLE = "ANTHROPIC_AUTH_TOKEN";

	static final String AUTH_TOKEN = "auth-token";

	static final String BASE_URL = "base-url";

	static final String SSL_BUNDLE = "ssl.bundle";

	private static final String BASE_URL_VARIABLE = "ANTHROPIC_BASE_URL";

	private final Supplier<ClientProperties> properties;

	private final Environment environment;

	private final @Nullable SslBundles sslBundles;

	/**
	 * Create the details of a client. Properties are read each time a client is created,
	 * because they may have changed. They are validated when they are used, because a
	 * bean may replace them.
	 * @param properties supplies the properties of the client
	 * @param environment the environment
	 * @param sslBundles the bundles of the application, if it has any
	 */
	PropertiesCompletionConnectionDetails(Supplier<ClientProperties> properties, Environment environment,
			@Nullable SslBundles sslBundles) {
		this.properties = properties;
		this.environment = environment;
		this.sslBundles = sslBundles;
	}

	/**
	 * Return the details of the default client.
	 */
	static PropertiesCompletionConnectionDetails ofDefault(Environment environment,
			ObjectProvider<SslBundles> sslBundles) {
		return new PropertiesCompletionConnectionDetails(
				() -> ClientProperties.of(CompletionClientCustomizer.DEFAULT_CLIENT, environment), environment,
				sslBundles.getIfAvailable());
	}

	/**
	 * Return whether a credential or a base URL is configured, without judging it.
	 */
	static boolean isConfigured(Environment environment) {
		// unlike the environment, the binder leaves a placeholder that it cannot resolve
		Binder binder = Binder.get(environment);
		Stream<@Nullable String> properties = Stream.of(API_KEY, AUTH_TOKEN, BASE_URL)
			.map((name) -> binder.bind("completion." + name, String.class).orElse(null));
		Stream<@Nullable String> variables = Stream.of(API_KEY_VARIABLE, AUTH_TOKEN_VARIABLE, BASE_URL_VARIABLE)
			.map(environment::getProperty);
		return Stream.concat(properties, variables).anyMatch(StringUtils::hasLength);
	}

	/**
	 * Return the name of a variable for a credential that is set, but empty, or
	 * {@code null} if there is none.
	 */
	static @Nullable String emptyVariable(Environment environment) {
		for (String name : List.of(API_KEY_VARIABLE, AUTH_TOKEN_VARIABLE)) {
			if ("".equals(environment.getProperty(name))) {
				return name;
			}
		}
		return null;
	}

	/**
	 * Return whether a named client has a credential of its own.
	 */
	static boolean hasOwnCredential(ClientProperties client) {
		return client.isOwn(API_KEY) || client.isOwn(AUTH_TOKEN);
	}

	@Override
	public String getBaseUrl() {
		ClientProperties client = this.properties.get();
		String property = client.values().baseUrl();
		boolean isSet = StringUtils.hasLength(property);
		String name = isSet ? client.nameOf(BASE_URL) : BASE_URL_VARIABLE;
		String value = isSet ? property : this.environment.getProperty(BASE_URL_VARIABLE);
		SettingMapper.map(name, value, CompletionClient.builder()::baseUrl);
		return (value != null && !value.isEmpty()) ? value : DEFAULT_BASE_URL;
	}

	@Override
	public @Nullable Credential getCredential() {
		Credential fromProperties = fromProperties();
		return (fromProperties != null) ? fromProperties
				: credential(API_KEY_VARIABLE, this.environment.getProperty(API_KEY_VARIABLE), AUTH_TOKEN_VARIABLE,
						this.environment.getProperty(AUTH_TOKEN_VARIABLE));
	}

	// a client with either of its own takes neither from the default client
	private @Nullable Credential fromProperties() {
		ClientProperties client = this.properties.get();
		boolean hasKey = client.isOwn(API_KEY);
		boolean hasToken = client.isOwn(AUTH_TOKEN);
		CompletionProperties values = client.values();
		return credential(client.nameOf(API_KEY), (hasKey || !hasToken) ? values.apiKey() : null,
				client.nameOf(AUTH_TOKEN), (hasToken || !hasKey) ? values.authToken() : null);
	}

	@Override
	public @Nullable SslBundle getSslBundle() {
		ClientProperties client = this.properties.get();
		String name = client.values().ssl().bundle();
		if (!StringUtils.hasLength(name)) {
			return null;
		}
		String property = client.nameOf(SSL_BUNDLE);
		SslBundles bundles = this.sslBundles;
		if (bundles == null || !bundles.getBundleNames().contains(name)) {
			throw new FailureAnalyzedException(
					"The value of '%s' is not valid: there is no SSL bundle '%s', %s.".formatted(property, name,
							(bundles != null) ? "only " + bundles.getBundleNames() : "nor any other"),
					"Define the bundle below 'spring.ssl.bundle', or correct the value of '%s'.".formatted(property));
		}
		return bundles.getBundle(name);
	}

	private static @Nullable Credential credential(String apiKeyName, @Nullable String apiKey, String authTokenName,
			@Nullable String authToken) {
		if (StringUtils.hasLength(apiKey) && StringUtils.hasLength(authToken)) {
			throw new FailureAnalyzedException("Both '%s' and '%s' are set, and a request takes one credential."
				.formatted(apiKeyName, authTokenName), "Remove one of them.");
		}
		AtomicReference<@Nullable Credential> credential = new AtomicReference<>();
		SettingMapper.map(apiKeyName, apiKey, (value) -> credential.set(Credential.apiKey(value)));
		SettingMapper.map(authTokenName, authToken, (value) -> credential.set(Credential.bearer(value)));
		return credential.get();
	}

}
