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

import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;

import io.micrometer.observation.ObservationRegistry;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.netty.http.client.HttpClient;

import org.springframework.util.Assert;
import org.springframework.web.reactive.function.client.WebClient;

/**
 * Default implementation of {@link CompletionClient.Builder}. It modifies and checks the
 * settings of a client.
 */
final class DefaultCompletionClientBuilder implements CompletionClient.Builder {

	private final ClientSettings settings;

	// the resources of the original client, if this builder creates a variant
	private @Nullable ClientResources original;

	/**
	 * Create a builder with the default settings.
	 */
	DefaultCompletionClientBuilder() {
		this(new ClientSettings(), null);
	}

	/**
	 * Create a builder with the given settings.
	 * @param settings the settings to modify
	 * @param original the resources of the original client, or {@code null} if the client
	 * is not a variant
	 */
	DefaultCompletionClientBuilder(ClientSettings settings, @Nullable ClientResources original) {
		this.settings = settings;
		this.original = original;
	}

	@Override
	public CompletionClient.Builder name(String name) {
		Assert.hasText(name, "'name' must not be blank");
		this.settings.name = name;
		return this;
	}

	@Override
	public CompletionClient.Builder apiKey(String apiKey) {
		Mono<Credential> fixed = Mono.just(Credential.apiKey(apiKey));
		return credential(() -> fixed);
	}

	@Override
	public CompletionClient.Builder credential(CredentialProvider credential) {
		Assert.notNull(credential, "'credential' must not be null");
		this.settings.credential = credential;
		return this;
	}

	@Override
	public CompletionClient.Builder baseUrl(String baseUrl) {
		this.settings.baseUrl = BaseUrl.normalize(baseUrl);
		return this;
	}

	@Override
	public CompletionClient.Builder allowInsecure(boolean allowInsecure) {
		this.settings.allowInsecure = allowInsecure;
		return this;
	}

	@Override
	public CompletionClient.Builder api(CompletionApi api) {
		Assert.notNull(api, "'api' must not be null");
		this.settings.api = api;
		return this;
	}

	@Override
	public CompletionClient.Builder version(String version) {
		CustomHeaders.checkValue("'version'", version);
		this.settings.version = version;
		return this;
	}

	@Override
	public CompletionClient.Builder betas(String... betas) {
		Assert.notNull(betas, "'betas' must not be null");
		for (String beta : betas) {
			CustomHeaders.checkValue("'betas'", beta);
		}
		this.settings.betas = List.of(betas);
		return this;
	}

	@Override
	public CompletionClient.Builder defaultHeader(String name, String value) {
		CustomHeaders.check(name, value);
		this.settings.headers.put(name, value);
		return this;
	}

	@Override
	public CompletionClient.Builder defaults(Consumer<CompletionRequest.Builder> defaults) {
		Assert.notNull(defaults, "'defaults' must not be null");
		CompletionRequest.Builder builder = this.settings.defaults.toBuilder();
		defaults.accept(builder);
		this.settings.defaults = builder.build();
		return this;
	}

	@Override
	public CompletionClient.Builder timeouts(Timeouts timeouts) {
		Assert.notNull(timeouts, "'timeouts' must not be null");
		this.settings.timeouts = timeouts;
		return this;
	}

	@Override
	public CompletionClient.Builder retry(RetryPolicy retry) {
		Assert.notNull(retry, "'retry' must not be null");
		this.settings.retry = retry;
		return this;
	}

	@Override
	public CompletionClient.Builder pacing(Pacing pacing) {
		Assert.notNull(pacing, "'pacing' must not be null");
		this.settings.pacing = pacing;
		return this;
	}

	@Override
	public CompletionClient.Builder limits(Limits limits) {
		Assert.notNull(limits, "'limits' must not be null");
		this.settings.limits = limits;
		return this;
	}

	@Override
	public CompletionClient.Builder webClientBuilder(WebClient.Builder webClientBuilder) {
		Assert.notNull(webClientBuilder, "'webClientBuilder' must not be null");
		this.settings.webClientBuilder = webClientBuilder.clone();
		return this;
	}

	@Override
	public CompletionClient.Builder httpClient(HttpClient httpClient) {
		Assert.notNull(httpClient, "'httpClient' must not be null");
		return httpClient(() -> httpClient);
	}

	@Override
	public CompletionClient.Builder httpClient(Supplier<HttpClient> httpClient) {
		return httpClient(httpClient, ClientSettings.NOTHING_TO_CLOSE);
	}

	@Override
	public CompletionClient.Builder httpClient(Supplier<HttpClient> httpClient, Runnable closer) {
		Assert.notNull(httpClient, "'httpClient' must not be null");
		Assert.notNull(closer, "'closer' must not be null");
		this.settings.httpClient = httpClient;
		this.settings.httpClientCloser = closer;
		this.original = null;
		return this;
	}

	@Override
	public CompletionClient.Builder listener(CallListener listener) {
		Assert.notNull(listener, "'listener' must not be null");
		this.settings.listeners.add(listener);
		return this;
	}

	@Override
	public CompletionClient.Builder observationRegistry(ObservationRegistry observationRegistry) {
		Assert.notNull(observationRegistry, "'observationRegistry' must not be null");
		this.settings.observationRegistry = observationRegistry;
		return this;
	}

	@Override
	public CompletionClient.Builder observationConvention(CompletionObservationConvention observationConvention) {
		Assert.notNull(observationConvention, "'observationConvention' must not be null");
		this.settings.observationConvention = observationConvention;
		return this;
	}

	@Override
	public CompletionClient build() {
		ClientSettings settings = this.settings.copy();
		if (settings.credential == null && BaseUrl.isVendors(settings.baseUrl)) {
			throw new MissingCredentialException(
					"'apiKey' or 'credential' must be set: " + settings.baseUrl + " requires a credential");
		}
		Assert.state(settings.allowInsecure || !BaseUrl.isInsecure(settings.baseUrl),
				"'baseUrl' must begin with https://, unless it is of this machine or 'allowInsecure' is set");
		return new DefaultCompletionClient(settings, new ClientResources(settings, this.original));
	}

}
