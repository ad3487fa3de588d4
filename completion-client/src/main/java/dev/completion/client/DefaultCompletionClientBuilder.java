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
import java.util.Objects;
import java.util.function.Consumer;

import io.netty.channel.ChannelOption;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.netty.http.HttpProtocol;
import reactor.netty.http.client.HttpClient;
import reactor.netty.resources.ConnectionProvider;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.http.HttpHeaders;
import org.springframework.http.client.reactive.ReactorClientHttpConnector;
import org.springframework.util.Assert;
import org.springframework.util.LinkedCaseInsensitiveMap;
import org.springframework.util.StringUtils;
import org.springframework.web.reactive.function.client.WebClient;
import org.springframework.web.util.DefaultUriBuilderFactory;

/**
 * The {@link CompletionClient.Builder}: every decision that settings call for is made
 * here, so that the client only has to do its work.
 */
final class DefaultCompletionClientBuilder implements CompletionClient.Builder {

	private static final String DEFAULT_VERSION = "2023-06-01";

	private static final String USER_AGENT = userAgent();

	private static final JsonMapper MAPPER = JsonMapper.builder().build();

	private @Nullable CredentialProvider credential;

	private String baseUrl = BaseUrl.DEFAULT;

	private boolean allowInsecure;

	private String version = DEFAULT_VERSION;

	private List<String> betas = List.of();

	private final Map<String, String> headers = new LinkedCaseInsensitiveMap<>();

	private CompletionRequest defaults = CompletionRequest.builder().build();

	private Timeouts timeouts = Timeouts.defaults();

	private WebClient.@Nullable Builder webClientBuilder;

	private @Nullable HttpClient httpClient;

	private final List<CallListener> listeners = new ArrayList<>();

	DefaultCompletionClientBuilder copy() {
		DefaultCompletionClientBuilder copy = new DefaultCompletionClientBuilder();
		copy.credential = this.credential;
		copy.baseUrl = this.baseUrl;
		copy.allowInsecure = this.allowInsecure;
		copy.version = this.version;
		copy.betas = this.betas;
		copy.headers.putAll(this.headers);
		copy.defaults = this.defaults;
		copy.timeouts = this.timeouts;
		copy.webClientBuilder = this.webClientBuilder;
		copy.httpClient = this.httpClient;
		copy.listeners.addAll(this.listeners);
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
	public CompletionClient.Builder webClientBuilder(WebClient.Builder webClientBuilder) {
		Assert.notNull(webClientBuilder, "'webClientBuilder' must not be null");
		this.webClientBuilder = webClientBuilder.clone();
		return this;
	}

	@Override
	public CompletionClient.Builder httpClient(HttpClient httpClient) {
		Assert.notNull(httpClient, "'httpClient' must not be null");
		this.httpClient = httpClient;
		return this;
	}

	@Override
	public CompletionClient.Builder listener(CallListener listener) {
		Assert.notNull(listener, "'listener' must not be null");
		this.listeners.add(listener);
		return this;
	}

	CompletionRequest defaults() {
		return this.defaults;
	}

	List<CallListener> listeners() {
		return List.copyOf(this.listeners);
	}

	@Override
	public CompletionClient build() {
		if (this.credential == null && BaseUrl.isVendors(this.baseUrl)) {
			throw new MissingCredentialException(
					"'apiKey' or 'credential' must be set: " + this.baseUrl + " answers no request without");
		}
		Assert.state(this.allowInsecure || !BaseUrl.isInsecure(this.baseUrl),
				"'baseUrl' must begin with https://, unless it is of this machine or 'allowInsecure' is set");
		DefaultCompletionClientBuilder settings = copy();
		Runnable closer = () -> {
		};
		if (this.httpClient == null) {
			ConnectionProvider connections = ConnectionProvider.create("completion");
			settings.httpClient = HttpClient.create(connections);
			closer = connections::dispose;
		}
		ApiErrorReader errors = new ApiErrorReader(MAPPER);
		return new DefaultCompletionClient(settings, settings.transport(errors), MAPPER, errors, closer);
	}

	private Transport transport(ApiErrorReader errors) {
		CredentialProvider credentials = (this.credential != null) ? this.credential : Mono::empty;
		return new Transport(webClient(), credentials, requestHeaders(), this.timeouts, errors);
	}

	private WebClient webClient() {
		WebClient.Builder builder = (this.webClientBuilder != null) ? this.webClientBuilder.clone()
				: WebClient.builder();
		return builder.uriBuilderFactory(new DefaultUriBuilderFactory(this.baseUrl))
			// what an application sets for other services must not meet our headers
			.defaultHeaders((headers) -> List.copyOf(headers.headerNames())
				.stream()
				.filter(CustomHeaders::isReserved)
				.forEach(headers::remove))
			.clientConnector(new ReactorClientHttpConnector(safeHttpClient()))
			.build();
	}

	private HttpClient safeHttpClient() {
		Assert.state(this.httpClient != null, "No HTTP client");
		Duration connect = this.timeouts.connect();
		// the connector would follow a redirect with the credential, and send a request
		// again that may have run
		return this.httpClient.followRedirect(false)
			.disableRetry(true)
			.compress(false)
			.protocol(HttpProtocol.HTTP11)
			.option(ChannelOption.CONNECT_TIMEOUT_MILLIS,
					(connect != null) ? (int) Math.min(connect.toMillis(), Integer.MAX_VALUE) : 0);
	}

	private HttpHeaders requestHeaders() {
		HttpHeaders result = new HttpHeaders();
		result.set(HttpHeaders.USER_AGENT, USER_AGENT);
		this.headers.forEach(result::set);
		result.set("anthropic-version", this.version);
		if (!this.betas.isEmpty()) {
			result.set("anthropic-beta", StringUtils.collectionToCommaDelimitedString(this.betas));
		}
		return result;
	}

	private static String userAgent() {
		Package ours = Objects.requireNonNull(DefaultCompletionClientBuilder.class.getPackage());
		String version = ours.getImplementationVersion();
		return "completion-client" + ((version != null) ? "/" + version : "");
	}

}
