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

package dev.completion.client;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Locale;
import java.util.Objects;

import org.springframework.util.Assert;

/**
 * The rules for the URL of the server, which decides who gets the credential.
 */
final class BaseUrl {

	private static final String VENDORS_HOST = "api.anthropic.com";

	static final String DEFAULT = "https://" + VENDORS_HOST;

	private static final int MAX_PORT = 65535;

	private static final List<String> LOOPBACK = List.of("localhost", "[::1]");

	private BaseUrl() {
	}

	/**
	 * Check a base URL.
	 * @return the URL with neither {@code /v1} nor a slash at its end
	 */
	static String normalize(String baseUrl) {
		URI uri = parse(baseUrl);
		String scheme = (uri.getScheme() != null) ? uri.getScheme().toLowerCase(Locale.ROOT) : "";
		Assert.isTrue(scheme.equals("https") || scheme.equals("http"), "'baseUrl' must begin with https:// or http://");
		Assert.isTrue(uri.getRawUserInfo() == null,
				"'baseUrl' must not hold user info: set an API key or a bearer token instead");
		Assert.isTrue(uri.getHost() != null, "'baseUrl' must name a host");
		Assert.isTrue(uri.getRawQuery() == null && uri.getRawFragment() == null,
				"'baseUrl' must have neither a query nor a fragment");
		Assert.isTrue(uri.getPort() <= MAX_PORT, "'baseUrl' must have a port of at most " + MAX_PORT);
		String path = path(uri);
		String host = Objects.requireNonNull(uri.getHost()).toLowerCase(Locale.ROOT);
		boolean defaultPort = uri.getPort() == -1 || uri.getPort() == (scheme.equals("https") ? 443 : 80);
		return scheme + "://" + host + (defaultPort ? "" : ":" + uri.getPort()) + path;
	}

	/**
	 * Return whether a normalized URL is of the vendor's service.
	 */
	static boolean isVendors(String baseUrl) {
		return VENDORS_HOST.equals(URI.create(baseUrl).getHost());
	}

	/**
	 * Return whether TLS is used for a normalized URL.
	 */
	static boolean isSecure(String baseUrl) {
		return "https".equals(URI.create(baseUrl).getScheme());
	}

	/**
	 * Return whether a normalized URL would send the credential in the clear to another
	 * machine.
	 */
	static boolean isInsecure(String baseUrl) {
		return !isSecure(baseUrl) && !isLoopback(baseUrl);
	}

	/**
	 * Return whether a normalized URL is of this machine.
	 */
	static boolean isLoopback(String baseUrl) {
		String host = Objects.requireNonNull(URI.create(baseUrl).getHost());
		return LOOPBACK.contains(host) || host.matches("127(\\.\\d{1,3}){3}");
	}

	/**
	 * Return the host and port of a normalized URL.
	 */
	static String hostAndPort(String baseUrl) {
		URI uri = URI.create(baseUrl);
		return uri.getHost() + ":" + ((uri.getPort() != -1) ? uri.getPort() : isSecure(baseUrl) ? 443 : 80);
	}

	private static URI parse(String baseUrl) {
		Assert.hasText(baseUrl, "'baseUrl' must not be blank");
		try {
			return new URI(baseUrl.trim());
		}
		catch (URISyntaxException ex) {
			// not chained: its message quotes the URL, which may hold a password
			throw new IllegalArgumentException("'baseUrl' must be a valid URL, but is not from index " + ex.getIndex());
		}
	}

	private static String path(URI uri) {
		String path = Objects.requireNonNullElse(uri.getRawPath(), "");
		List<String> segments = List.of(path.split("/"));
		Assert.isTrue(
				!path.contains("//") && !path.contains("%") && !segments.contains(".") && !segments.contains(".."),
				"'baseUrl' must have a plain path: no '//', '.', '..' or '%'");
		Assert.isTrue(!path.matches(".*/v1/(complete|messages|models)/?"),
				"'baseUrl' must end before the path of the request, with or without /v1");
		String trimmed = path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
		return trimmed.endsWith("/v1") ? trimmed.substring(0, trimmed.length() - "/v1".length()) : trimmed;
	}

}
