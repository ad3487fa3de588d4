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
import java.util.function.Supplier;

import io.micrometer.observation.ObservationRegistry;
import io.netty.channel.ChannelOption;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.netty.http.client.HttpClient;
import reactor.netty.http.client.HttpClientConfig;

import org.springframework.util.LinkedCaseInsensitiveMap;
import org.springframework.web.reactive.function.client.WebClient;

/**
 * Settings of a client. The builder modifies them until the client is built.
 */
final class ClientSettings {

	static final Runnable NOTHING_TO_CLOSE = () -> {
	};

	private static final String DEFAULT_VERSION = "2023-06-01";

	String name = "default";

	@Nullable CredentialProvider credential;

	String baseUrl = BaseUrl.DEFAULT;

	boolean allowInsecure;

	CompletionApi api = CompletionApi.AUTO;

	String version = DEFAULT_VERSION;

	List<String> betas = List.of();

	final Map<String, String> headers = new LinkedCaseInsensitiveMap<>();

	CompletionRequest defaults = CompletionRequest.builder().build();

	Timeouts timeouts = Timeouts.defaults();

	RetryPolicy retry = RetryPolicy.defaults();

	Pacing pacing = Pacing.defaults();

	Limits limits = Limits.defaults();

	WebClient.@Nullable Builder webClientBuilder;

	@Nullable Supplier<HttpClient> httpClient;

	Runnable httpClientCloser = NOTHING_TO_CLOSE;

	final List<CallListener> listeners = new ArrayList<>();

	ObservationRegistry observationRegistry = ObservationRegistry.NOOP;

	@Nullable CompletionObservationConvention observationConvention;

	// shared by all variants, because there may be one per user
	ModelTags models = new ModelTags();

	/**
	 * Return a copy that can be modified without affecting these settings.
	 */
	ClientSettings copy() {
		ClientSettings copy = new ClientSettings();
		copy.name = this.name;
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
		copy.pacing = this.pacing;
		copy.limits = this.limits;
		copy.webClientBuilder = this.webClientBuilder;
		copy.httpClient = this.httpClient;
		copy.httpClientCloser = this.httpClientCloser;
		copy.listeners.addAll(this.listeners);
		copy.observationRegistry = this.observationRegistry;
		copy.observationConvention = this.observationConvention;
		copy.models = this.models;
		return copy;
	}

	/**
	 * Return a WebClient builder that the caller may modify.
	 */
	WebClient.Builder newWebClientBuilder() {
		return (this.webClientBuilder != null) ? this.webClientBuilder.clone()
				: WebClient.builder().observationRegistry(this.observationRegistry);
	}

	CredentialProvider credentials() {
		return (this.credential != null) ? this.credential : () -> Mono.just(Credential.none());
	}

	/**
	 * Return the timeouts. A timeout that is set on the HTTP client takes precedence over
	 * a default.
	 */
	Timeouts effectiveTimeouts() {
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

	CallObservations observations() {
		this.models.addDefault(this.defaults.model());
		return new CallObservations(this.observationRegistry, this.observationConvention, this.name,
				ServerAddress.of(this.baseUrl, this.models));
	}

}
