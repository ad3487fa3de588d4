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

import java.net.URI;

import dev.completion.boot.CompletionConnectionDetails;
import io.netty.resolver.NoopAddressResolverGroup;
import org.jspecify.annotations.Nullable;
import reactor.netty.http.client.HttpClient;
import reactor.netty.transport.ProxyProvider;

import org.springframework.boot.http.client.InetAddressFilter;
import org.springframework.util.PatternMatchUtils;
import org.springframework.util.StringUtils;

/**
 * The way of a client to its server: straight, through the proxy of its properties, or as
 * the system properties have it.
 */
final class ProxyRoute {

	private static final int MAX_PORT = 0xFFFF;

	private final ClientProperties client;

	private final CompletionProperties.Proxy proxy;

	private final Way way;

	private ProxyRoute(ClientProperties client, Way way) {
		this.client = client;
		this.proxy = client.values().proxy();
		this.way = way;
	}

	/**
	 * Return the way of a client. It has one server, so it is known from the beginning
	 * whether that is an exception.
	 */
	static ProxyRoute of(ClientProperties client, CompletionConnectionDetails details) {
		CompletionProperties.Proxy proxy = client.values().proxy();
		if (details.isEmbedded()) {
			return new ProxyRoute(client, Way.STRAIGHT);
		}
		if (!StringUtils.hasText(proxy.host())) {
			return new ProxyRoute(client, Way.OF_THE_SYSTEM);
		}
		ProxyRoute route = new ProxyRoute(client,
				isException(proxy, details.getBaseUrl()) ? Way.STRAIGHT : Way.THROUGH_PROXY);
		route.check();
		return route;
	}

	private static boolean isException(CompletionProperties.Proxy proxy, String baseUrl) {
		String host = URI.create(baseUrl).getHost();
		return host != null && proxy.nonProxyHosts()
			.stream()
			.anyMatch((pattern) -> PatternMatchUtils.simpleMatchIgnoreCase(pattern, host));
	}

	private void check() {
		map("host", this.proxy.host());
		map("password", this.proxy.password());
		String host = String.valueOf(this.proxy.host());
		check("host", host.chars().noneMatch((c) -> c <= ' ' || c == '/' || c == '@'),
				"it must be a host alone, without scheme, port or user");
		Integer port = this.proxy.port();
		check("port", port != null && port > 0 && port <= MAX_PORT, "it must be from 1 to " + MAX_PORT);
		boolean hasUsername = StringUtils.hasLength(this.proxy.username());
		check(hasUsername ? "password" : "username", hasUsername == StringUtils.hasLength(this.proxy.password()),
				"username and password must both be set, or neither");
		check("username", !hasUsername || !String.valueOf(this.proxy.username()).contains(":"),
				"it must not hold a colon");
	}

	private void map(String property, @Nullable String value) {
		SettingMapper.map(this.client.nameOf("proxy." + property), value, (it) -> {
		});
	}

	private void check(String property, boolean valid, String rule) {
		SettingMapper.check(this.client.nameOf("proxy." + property), valid, rule);
	}

	/**
	 * Return the filter of addresses, for a way that may lead through a proxy: that
	 * resolves the name of the server, and leaves no address to judge.
	 */
	static InetAddressFilter lenient(InetAddressFilter filter) {
		return (address) -> address == null || filter.matches(address);
	}

	/**
	 * Put this way into an HTTP client. Reactor Netty leaves names to a proxy only where
	 * no other resolver is set, and Boot's resources set one.
	 */
	HttpClient applyTo(HttpClient httpClient) {
		return switch (this.way) {
			case OF_THE_SYSTEM -> httpClient;
			case STRAIGHT -> httpClient.noProxy();
			case THROUGH_PROXY -> httpClient.resolver(NoopAddressResolverGroup.INSTANCE).proxy(this::describe);
		};
	}

	private void describe(ProxyProvider.TypeSpec spec) {
		ProxyProvider.Builder builder = spec.type(ProxyProvider.Proxy.HTTP)
			.host(String.valueOf(this.proxy.host()))
			.port((this.proxy.port() != null) ? this.proxy.port() : 0);
		String password = this.proxy.password();
		if (StringUtils.hasLength(this.proxy.username()) && password != null) {
			builder.username(this.proxy.username()).password((username) -> password);
		}
	}

	private enum Way {

		STRAIGHT, THROUGH_PROXY, OF_THE_SYSTEM

	}

}
