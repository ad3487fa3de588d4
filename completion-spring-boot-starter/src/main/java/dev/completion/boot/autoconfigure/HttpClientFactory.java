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

import dev.completion.boot.CompletionConnectionDetails;
import org.jspecify.annotations.Nullable;
import reactor.netty.http.client.HttpClient;

import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.boot.http.client.HttpClientSettings;
import org.springframework.boot.http.client.HttpCookieHandling;
import org.springframework.boot.http.client.HttpRedirects;
import org.springframework.boot.http.client.InetAddressFilter;
import org.springframework.boot.http.client.reactive.ClientHttpConnectorBuilder;
import org.springframework.boot.http.client.reactive.ReactorClientHttpConnectorBuilder;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundles;

/**
 * Creates the HTTP clients of completion clients in the same way as Spring Boot creates
 * those of {@code WebClient}, so that customizers and the address filter of the
 * application apply.
 */
final class HttpClientFactory {

	private final ListableBeanFactory beanFactory;

	private final OpenHttpClients openClients;

	HttpClientFactory(ListableBeanFactory beanFactory, OpenHttpClients openClients) {
		this.beanFactory = beanFactory;
		this.openClients = openClients;
	}

	/**
	 * Create the HTTP client of a completion client.
	 * @return the HTTP client, which must be closed
	 */
	ReloadingHttpClient create(ClientProperties client, CompletionConnectionDetails details) {
		ProxyRoute proxy = ProxyRoute.of(client, details);
		HttpClientSettings settings = settings(details);
		SslBundle bundle = settings.sslBundle();
		String bundleName = this.openClients.observe(bundle,
				this.beanFactory.getBeanProvider(SslBundles.class).getIfAvailable());
		ReactorClientHttpConnectorBuilder builder = connectorBuilder();
		return new ReloadingHttpClient(ConnectionPool.of(client), bundleName, bundle,
				(connections, current) -> build(builder.withHttpClientFactory(() -> HttpClient.create(connections))
					.withHttpClientCustomizer(proxy::applyTo), settings.withSslBundle(current)));
	}

	/**
	 * Return the settings of the application, as far as they suit. Its read timeout does
	 * not: Reactor Netty starts it anew at every byte.
	 */
	private HttpClientSettings settings(CompletionConnectionDetails details) {
		HttpClientSettings settings = this.beanFactory.getBeanProvider(HttpClientSettings.class)
			.getIfAvailable(HttpClientSettings::defaults)
			.withReadTimeout(null)
			.withRedirects(HttpRedirects.DONT_FOLLOW)
			.withCookieHandling(HttpCookieHandling.DISABLE);
		InetAddressFilter filter = settings.inetAddressFilter();
		if (filter != null) {
			settings = settings.withInetAddressFilter(ProxyRoute.lenient(filter));
		}
		SslBundle sslBundle = details.getSslBundle();
		return (sslBundle != null) ? settings.withSslBundle(sslBundle) : settings;
	}

	// by class, because a generic type does not match a bean that is not created yet
	private ReactorClientHttpConnectorBuilder connectorBuilder() {
		Object builder = this.beanFactory.getBeanProvider(ClientHttpConnectorBuilder.class)
			.getIfAvailable(ClientHttpConnectorBuilder::reactor);
		return (builder instanceof ReactorClientHttpConnectorBuilder reactor) ? reactor
				: ClientHttpConnectorBuilder.reactor();
	}

	// Boot hands out connectors alone, and ours wants what is within
	private static HttpClient build(ReactorClientHttpConnectorBuilder builder, HttpClientSettings settings) {
		AtomicReference<@Nullable HttpClient> httpClient = new AtomicReference<>();
		builder.withHttpClientCustomizer((built) -> {
			httpClient.set(built);
			return built;
		}).build(settings);
		return Objects.requireNonNull(httpClient.get());
	}

}
