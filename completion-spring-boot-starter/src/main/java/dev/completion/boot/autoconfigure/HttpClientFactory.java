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
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;

import dev.completion.boot.CompletionConnectionDetails;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import reactor.netty.http.client.HttpClient;
import reactor.netty.resources.ConnectionProvider;

import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.boot.http.client.HttpClientSettings;
import org.springframework.boot.http.client.HttpCookieHandling;
import org.springframework.boot.http.client.HttpRedirects;
import org.springframework.boot.http.client.InetAddressFilter;
import org.springframework.boot.http.client.reactive.ClientHttpConnectorBuilder;
import org.springframework.boot.http.client.reactive.ReactorClientHttpConnectorBuilder;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.core.ResolvableType;

/**
 * Makes the HTTP clients of completion clients as Boot makes that of any WebClient, so
 * that customizers and the address filter of the application apply.
 */
final class HttpClientFactory implements DisposableBean {

	private static final ResolvableType CONNECTOR_BUILDER = ResolvableType.forClass(ClientHttpConnectorBuilder.class);

	private static final Log logger = LogFactory.getLog(HttpClientFactory.class);

	private final ListableBeanFactory beanFactory;

	private final Queue<ConnectionProvider> pools = new ConcurrentLinkedQueue<>();

	HttpClientFactory(ListableBeanFactory beanFactory) {
		this.beanFactory = beanFactory;
	}

	/**
	 * Create the HTTP client of a completion client.
	 * @return supplies it, and another one once its SSL bundle is reloaded
	 */
	Supplier<HttpClient> create(ClientProperties client, CompletionConnectionDetails details) {
		ProxyRoute proxy = ProxyRoute.of(client, details);
		HttpClientSettings settings = settings(details);
		ReactorClientHttpConnectorBuilder builder = connectorBuilder();
		ConnectionProvider pool = ConnectionPool.open(client);
		this.pools.add(pool);
		return ReloadingHttpClient.create(settings, this.beanFactory.getBeanProvider(SslBundles.class).getIfAvailable(),
				(current) -> build(builder.withHttpClientFactory(() -> HttpClient.create(pool))
					.withHttpClientCustomizer(proxy::applyTo), current));
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

	private ReactorClientHttpConnectorBuilder connectorBuilder() {
		Object builder = this.beanFactory.getBeanProvider(CONNECTOR_BUILDER)
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

	@Override
	public void destroy() {
		this.pools.forEach((pool) -> pool.disposeLater().subscribe(null, HttpClientFactory::logNotClosed));
	}

	private static void logNotClosed(Throwable ex) {
		String message = "Could not close the connections of a pool";
		if (ex instanceof RejectedExecutionException) {
			// the threads have ended before, and with them the connections
			logger.debug(message, ex);
		}
		else {
			logger.warn(message, ex);
		}
	}

}
