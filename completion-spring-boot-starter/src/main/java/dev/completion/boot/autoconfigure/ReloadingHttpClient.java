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

import java.util.function.Function;
import java.util.function.Supplier;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import reactor.netty.http.client.HttpClient;

import org.springframework.boot.http.client.HttpClientSettings;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundles;

/**
 * An HTTP client, and another one once its SSL bundle is reloaded.
 */
final class ReloadingHttpClient implements Supplier<HttpClient> {

	private static final Log logger = LogFactory.getLog(ReloadingHttpClient.class);

	private final Function<@Nullable SslBundle, HttpClient> factory;

	private volatile HttpClient current;

	private ReloadingHttpClient(Function<@Nullable SslBundle, HttpClient> factory, @Nullable SslBundle bundle) {
		this.factory = factory;
		this.current = factory.apply(bundle);
	}

	/**
	 * Create an HTTP client.
	 * @param settings its settings
	 * @param bundles the bundles, one of which the settings may have
	 * @param factory makes an HTTP client
	 */
	static ReloadingHttpClient create(HttpClientSettings settings, @Nullable SslBundles bundles,
			Function<HttpClientSettings, HttpClient> factory) {
		SslBundle bundle = settings.sslBundle();
		ReloadingHttpClient httpClient = new ReloadingHttpClient(
				(current) -> factory.apply(settings.withSslBundle(current)), bundle);
		if (bundle != null && bundles != null) {
			httpClient.follow(bundle, bundles);
		}
		return httpClient;
	}

	// a bundle does not know its name
	private void follow(SslBundle bundle, SslBundles bundles) {
		for (String name : bundles.getBundleNames()) {
			if (bundles.getBundle(name).equals(bundle)) {
				bundles.addBundleUpdateHandler(name, (reloaded) -> reload(name, reloaded));
			}
		}
	}

	/**
	 * Go on with a reloaded bundle, if it is of use: calls go on with the old one
	 * otherwise, for as long as the server has it.
	 */
	private void reload(String name, SslBundle bundle) {
		try {
			this.current = this.factory.apply(bundle);
			logger.info("Took up the reloaded SSL bundle '%s'".formatted(name));
		}
		catch (RuntimeException ex) {
			logger.error("The reloaded SSL bundle '%s' is of no use, the one before it stays".formatted(name), ex);
		}
	}

	@Override
	public HttpClient get() {
		return this.current;
	}

}
