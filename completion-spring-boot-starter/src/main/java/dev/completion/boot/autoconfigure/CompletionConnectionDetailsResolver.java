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

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import dev.completion.boot.CompletionConnectionDetails;
import dev.completion.client.Credential;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.core.env.Environment;

/**
 * Resolves the connection details of a client from its properties and the
 * {@link CompletionConnectionDetails} beans. Thread-safe.
 *
 * @since 0.1.0
 */
public final class CompletionConnectionDetailsResolver {

	private final ObjectProvider<CompletionConnectionDetails> candidates;

	private final BeanFactory beanFactory;

	private final Environment environment;

	private final Map<String, CompletionConnectionDetails> resolved = new ConcurrentHashMap<>();

	CompletionConnectionDetailsResolver(ObjectProvider<CompletionConnectionDetails> candidates, BeanFactory beanFactory,
			Environment environment) {
		this.candidates = candidates;
		this.beanFactory = beanFactory;
		this.environment = environment;
	}

	/**
	 * Return the connection details that the client with the given name was created with.
	 * @param name the name of the client, {@code default} for the default client
	 * @return the connection details, or {@code null} if the client has not been created
	 */
	public @Nullable CompletionConnectionDetails getResolved(String name) {
		return this.resolved.get(name);
	}

	/**
	 * Resolve the connection details of a client that is created. A named client uses
	 * those of the default client, unless they are replaced by a
	 * {@code <name>CompletionConnectionDetails} bean or by its own properties.
	 */
	CompletionConnectionDetails resolve(ClientProperties client) {
		CompletionConnectionDetails details = detailsOf(client);
		this.resolved.put(client.name(), details);
		return details;
	}

	private CompletionConnectionDetails detailsOf(ClientProperties client) {
		CompletionConnectionDetails standard = standard();
		if (client.isDefault() || (standard.isEmbedded() && isEmbeddedForAll())) {
			return standard;
		}
		String bean = NamedClientsRegistrar.detailsBean(client.name());
		if (this.beanFactory.containsBean(bean)) {
			return this.beanFactory.getBean(bean, CompletionConnectionDetails.class);
		}
		boolean hasOwnServer = client.isOwn(PropertiesCompletionConnectionDetails.BASE_URL);
		boolean hasOwnCredential = PropertiesCompletionConnectionDetails.hasOwnCredential(client);
		if (standard.isEmbedded() && !hasOwnServer && !hasOwnCredential) {
			return standard;
		}
		PropertiesCompletionConnectionDetails own = new PropertiesCompletionConnectionDetails(() -> client,
				this.environment, this.beanFactory.getBeanProvider(SslBundles.class).getIfAvailable());
		boolean ofProperties = standard instanceof PropertiesCompletionConnectionDetails || standard.isEmbedded();
		return (ofProperties || hasOwnServer) ? own : new CombinedDetails(standard, hasOwnCredential ? own : standard,
				client.isOwn(PropertiesCompletionConnectionDetails.SSL_BUNDLE) ? own : standard);
	}

	/**
	 * Return the connection details of the default client. The embedded server takes
	 * precedence over connection details of the application.
	 */
	CompletionConnectionDetails standard() {
		for (CompletionConnectionDetails candidate : this.candidates) {
			if (candidate.isEmbedded()) {
				return candidate;
			}
		}
		return this.candidates.getObject();
	}

	private boolean isEmbeddedForAll() {
		return EmbeddedServerConfiguration.mode(this.environment) == CompletionProperties.EmbeddedServer.Mode.ON;
	}

	/**
	 * Connection details that combine the server of the application's connection details
	 * with the credential or the SSL bundle of a named client.
	 */
	private record CombinedDetails(CompletionConnectionDetails server, CompletionConnectionDetails credential,
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
