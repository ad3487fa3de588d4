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
import java.util.Objects;

/**
 * The server whose calls are observed.
 *
 * @param address its host
 * @param port its port
 * @param models the names of its models that are known
 */
record ServerAddress(String address, int port, ModelTags models) {

	/**
	 * Return the server of a normalized URL.
	 */
	static ServerAddress of(String baseUrl, ModelTags models) {
		URI uri = URI.create(baseUrl);
		String host = Objects.requireNonNull(uri.getHost());
		int port = (uri.getPort() != -1) ? uri.getPort() : BaseUrl.isSecure(baseUrl) ? 443 : 80;
		// an IPv6 address is in brackets in a URL only
		return new ServerAddress(host.startsWith("[") ? host.substring(1, host.length() - 1) : host, port, models);
	}

}
