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

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;

import io.micrometer.observation.ObservationRegistry;
import io.netty.channel.ChannelOption;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.netty.http.client.HttpClient;
import reactor.netty.http.client.HttpClientConfig;

import org.springframework.util.Assert;
import org.springframework.util.LinkedCaseInsensitiveMap;
import org.springframework.web.reactive.function.client.WebClient;

/**
 * The {@link CompletionClient.Builder}: every decision that settings call for is made
 * here, so that the client only has to do its work.
 */
final class DefaultCompletionClientBuilder implements CompletionClient.Builder {

	private static final String DEFAULT_VERSION = "2023-06-01";

	private @Nullable CredentialProvider credential;

	private String baseUrl = BaseUrl.DEFAULT;

	private boolean allowInsecure;

	private CompletionApi api = CompletionApi.AUTO;

	private String version = DEFAULT_VERSION;

	private List<String> betas = List.of();

	private final Map<String, String> headers = new LinkedCaseInsensitiveMap<>();

	private CompletionRequest defaults = CompletionRequest.builder().build();

	private Timeouts timeouts = Timeouts.defaults();

	private RetryPolicy retry = RetryPolicy.defaults();

	private Limits limits = Limits.defaults();

	private WebClient.@Nullable Builder webClientBuilder;

	private @Nullable Supplier<HttpClient> httpClient;

	private @Nullable ClientResources original;

	private final List<CallListener> listeners = new ArrayList<>();

	private ObservationRegistry observationRegistry = ObservationRegistry.NOOP;

	private @Nullable CompletionObservationConvention observationConvention;

	// there may be a variant for every user
	private ModelTags models = new ModelTags();

	/**
	 * Return a builder of a variant of the client that was built by this builder.
	 * @param original the resources of the client
	 */
	DefaultCompletionClientBuilder variant(ClientResources original) {
		DefaultCompletionClientBuilder variant = copy();
		variant.original = original;
		return variant;
	}

	private DefaultCompletionClientBuilder copy() {
		DefaultCompletionClientBuilder copy = new DefaultCompletionClientBuilder();
		copy.credential = this.credential;
		copy.baseUrl = this.baseUrl;
		copy.allowInsecure = this.allowInsecure;
		copy.api = this.api;
		copy.version = this.version;
		copy.betas = this.betas;
		copy.headers.putAll(this.headers);
		copy.defaults = this.defaults;
		copy.timeouts = this.timeouts;
		copy.retry = this.retry;
		copy.limits = this.limits;
		copy.webClientBuilder = this.webClientBuilder;
		copy.httpClient = this.httpClient;
		copy.original = this.original;
		copy.listeners.addAll(this.listeners);
		copy.observationRegistry = this.observationRegistry;
		copy.observationConvention = this.observationConvention;
		copy.models = this.models;
		return copy;
	}

	@Override
	public CompletionClient.Builder apiKey(String apiKey) {
		Mono<Credential> fixed = Mono.just(Credential.apiKey(apiKey));
		return credential(() -> fixed);
	}

	@Override
	public CompletionClient.Builder credential(CredentialProvider credential) {
		Assert.notNull(credential, "'credential' must not be null");
		this.credential = credential;
		return this;
	}

	@Override
	public CompletionClient.Builder baseUrl(String baseUrl) {
		this.baseUrl = BaseUrl.normalize(baseUrl);
		return this;
	}

	@Override
	public CompletionClient.Builder allowInsecure(boolean allowInsecure) {
		this.allowInsecure = allowInsecure;
		return this;
	}

	@Override
	public CompletionClient.Builder api(CompletionApi api) {
		Assert.notNull(api, "'api' must not be null");
		this.api = api;
		return this;
	}

	@Override
	public CompletionClient.Builder version(String version) {
		CustomHeaders.checkValue("'version'", version);
		this.version = version;
		return this;
	}

	@Override
	public CompletionClient.Builder betas(String... betas) {
		Assert.notNull(betas, "'betas' must not be null");
		for (String beta : betas) {
			CustomHeaders.checkValue("'betas'", beta);
		}
		this.betas = List.of(betas);
		return this;
	}

	@Override
	public CompletionClient.Builder defaultHeader(String name, String value) {
		CustomHeaders.check(name, value);
		this.headers.put(name, value);
		return this;
	}

	@Override
	public CompletionClient.Builder defaults(Consumer<CompletionRequest.Builder> defaults) {
		Assert.notNull(defaults, "'defaults' must not be null");
		CompletionRequest.Builder builder = this.defaults.toBuilder();
		defaults.accept(builder);
		this.defaults = builder.build();
		return this;
	}

	@Override
	public CompletionClient.Builder timeouts(Timeouts timeouts) {
		Assert.notNull(timeouts, "'timeouts' must not be null");
		this.timeouts = timeouts;
		return this;
	}

	@Override
	public CompletionClient.Builder retry(RetryPolicy retry) {
		Assert.notNull(retry, "'retry' must not be null");
		this.retry = retry;
		return this;
	}

	@Override
	public CompletionClient.Builder limits(Limits limits) {
		Assert.notNull(limits, "'limits' must not be null");
		this.limits = limits;
		return this;
	}

	@Override
	public CompletionClient.Builder webClientBuilder(WebClient.Builder webClientBuilder) {
		Assert.notNull(webClientBuilder, "'webClientBuilder' must not be null");
		this.webClientBuilder = webClientBuilder.clone();
		return this;
	}

	@Override
	public CompletionClient.Builder httpClient(HttpClient httpClient) {
		Assert.notNull(httpClient, "'httpClient' must not be null");
		return httpClient(() -> httpClient);
	}

	@Override
	public CompletionClient.Builder httpClient(Supplier<HttpClient> httpClient) {
		Assert.notNull(httpClient, "'httpClient' must not be null");
		this.httpClient = httpClient;
		this.original = null;
		return this;
	}

	@Override
	public CompletionClient.Builder listener(CallListener listener) {
		Assert.notNull(listener, "'listener' must not be null");
		this.listeners.add(listener);
		return this;
	}

	@Override
	public CompletionClient.Builder observationRegistry(ObservationRegistry observationRegistry) {
		Assert.notNull(observationRegistry, "'observationRegistry' must not be null");
		this.observationRegistry = observationRegistry;
		return this;
	}

	@Override
	public CompletionClient.Builder observationConvention(CompletionObservationConvention observationConvention) {
		Assert.notNull(observationConvention, "'observationConvention' must not be null");
		this.observationConvention = observationConvention;
		return this;
	}

	@Nullable ClientResources original() {
		return this.original;
	}

	CompletionApi api() {
		return this.api;
	}

	String baseUrl() {
		return this.baseUrl;
	}

	String version() {
		return this.version;
	}

	List<String> betas() {
		return this.betas;
	}

	Map<String, String> headers() {
		return this.headers;
	}

	/**
	 * Return the supplier of the HTTP client, or {@code null} if none was set.
	 */
	@Nullable Supplier<HttpClient> httpClient() {
		return this.httpClient;
	}

	/**
	 * Return a WebClient builder, which the caller may change.
	 */
	WebClient.Builder webClientBuilder() {
		return (this.webClientBuilder != null) ? this.webClientBuilder.clone()
				: WebClient.builder().observationRegistry(this.observationRegistry);
	}

	CredentialProvider credentials() {
		return (this.credential != null) ? this.credential : () -> Mono.just(Credential.none());
	}

	RetryPolicy retry() {
		return this.retry;
	}

	Limits limits() {
		return this.limits;
	}

	/**
	 * Return the timeouts. A time that was set on the HTTP client beats a default.
	 */
	Timeouts timeouts() {
		if (this.httpClient == null) {
			return this.timeouts;
		}
		HttpClientConfig configuration = this.httpClient.get().configuration();
		Duration response = configuration.responseTimeout();
		Timeouts timeouts = (response != null) ? this.timeouts.orResponse(response) : this.timeouts;
		Object connect = configuration.options().get(ChannelOption.CONNECT_TIMEOUT_MILLIS);
		if (!(connect instanceof Integer millis)) {
			return timeouts;
		}
		return timeouts.orConnect((millis > 0) ? Duration.ofMillis(millis) : null);
	}

	CompletionRequest defaults() {
		return this.defaults;
	}

	List<CallListener> listeners() {
		return List.copyOf(this.listeners);
	}

	CallObservations observations() {
		this.models.addDefault(this.defaults.model());
		return new CallObservations(this.observationRegistry, this.observationConvention,
				ServerAddress.of(this.baseUrl, this.models));
	}

	@Override
	public CompletionClient build() {
		if (this.credential == null && BaseUrl.isVendors(this.baseUrl)) {
			throw new MissingCredentialException(
					"'apiKey' or 'credential' must be set: " + this.baseUrl + " answers no request without");
		}
		Assert.state(this.allowInsecure || !BaseUrl.isInsecure(this.baseUrl),
				"'baseUrl' must begin with https://, unless it is of this machine or 'allowInsecure' is set");
		return new DefaultCompletionClient(copy());
	}

}
