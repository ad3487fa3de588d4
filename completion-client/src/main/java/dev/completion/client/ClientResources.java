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
import java.util.Map;
import java.util.Objects;

import org.jspecify.annotations.Nullable;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.http.HttpHeaders;
import org.springframework.http.client.reactive.ClientHttpConnector;
import org.springframework.util.StringUtils;
import org.springframework.web.reactive.function.client.WebClient;
import org.springframework.web.util.DefaultUriBuilderFactory;

/**
 * Resources used by the methods of a client. A variant of a client shares the connections
 * of the original client and is closed together with it.
 */
final class ClientResources {

	private static final String USER_AGENT = userAgent();

	private static final int MAX_NESTING_DEPTH = 64;

	private static final int MAX_TOKENS = 200_000;

	private static final int MAX_NUMBER_LENGTH = 100;

	private static final int MAX_NAME_LENGTH = 256;

	private final @Nullable ClientResources original;

	private final Connections connections;

	private final ActiveCalls calls;

	private final ModelReader models;

	private final TokenCounter tokens;

	private final Transport transport;

	private final ApiSelector apis;

	private final Pacers pacers;

	private final CallRunner runner;

	private final CallListeners listeners;

	private final CallObservations observations;

	/**
	 * Create the resources of a client.
	 * @param settings the settings of the client
	 * @param original the resources of the original client, or {@code null} if the client
	 * is not a variant
	 */
	ClientResources(ClientSettings settings, @Nullable ClientResources original) {
		this.original = original;
		this.connections = (original != null) ? original.connections
				: Connections.of(settings.httpClient, settings.httpClientCloser);
		this.calls = new ActiveCalls((original != null) ? original.calls : null);
		JsonMapper mapper = mapper();
		this.models = new ModelReader(mapper);
		this.tokens = new TokenCounter(mapper);
		this.transport = new Transport(BaseUrl.hostAndPort(settings.baseUrl), webClient(settings, this.connections),
				new DefaultUriBuilderFactory(settings.baseUrl), settings.credentials(), headers(settings),
				new ApiErrorReader(mapper, settings.limits.errorBody()));
		this.apis = (original != null && original.apis.isOf(settings.api, settings.baseUrl)) ? original.apis
				: new ApiSelector(settings.api, settings.baseUrl, mapper);
		this.pacers = (original != null && original.pacers.isOf(settings.baseUrl)) ? original.pacers
				: new Pacers(settings.baseUrl, DeadlineScheduler.shared());
		this.runner = new CallRunner(settings, this.transport, this.calls, this.pacers);
		this.listeners = new CallListeners(List.copyOf(settings.listeners));
		this.observations = settings.observations();
	}

	/**
	 * Create the mapper of requests and responses. It does not share settings with the
	 * mapper of the application.
	 */
	private static JsonMapper mapper() {
		StreamReadConstraints constraints = StreamReadConstraints.builder()
			.maxNestingDepth(MAX_NESTING_DEPTH)
			.maxTokenCount(MAX_TOKENS)
			// the limits of the response apply
			.maxStringLength(Integer.MAX_VALUE)
			.maxNumberLength(MAX_NUMBER_LENGTH)
			.maxNameLength(MAX_NAME_LENGTH)
			.build();
		JsonMapper mapper = JsonMapper.builder(JsonFactory.builder().streamReadConstraints(constraints).build())
			.build();
		// Jackson initializes these lazily, under a lock that an event loop must not wait
		// for
		mapper.convertValue(mapper.readTree("{}"), Map.class);
		mapper.readValue("{}", Object.class);
		return mapper;
	}

	private static WebClient webClient(ClientSettings settings, Connections connections) {
		ClientHttpConnector connector = connections.connector(settings.effectiveTimeouts(),
				BaseUrl.isSecure(settings.baseUrl), isDirect(settings));
		return settings.newWebClientBuilder()
			// default headers of the application must not conflict with those of the
			// client
			.defaultHeaders((headers) -> List.copyOf(headers.headerNames())
				.stream()
				.filter(CustomHeaders::isReserved)
				.forEach(headers::remove))
			// an application that logs details of its requests must not log those of the
			// client
			.codecs((codecs) -> codecs.defaultCodecs().enableLoggingRequestDetails(false))
			.clientConnector(connector)
			.build();
	}

	// a proxy would see what is sent to this machine
	private static boolean isDirect(ClientSettings settings) {
		return BaseUrl.isLoopback(settings.baseUrl) && !settings.allowInsecure;
	}

	private static HttpHeaders headers(ClientSettings settings) {
		HttpHeaders result = new HttpHeaders();
		result.set(HttpHeaders.USER_AGENT, USER_AGENT);
		settings.headers.forEach(result::set);
		result.set("anthropic-version", settings.version);
		if (!settings.betas.isEmpty()) {
			result.set("anthropic-beta", StringUtils.collectionToCommaDelimitedString(settings.betas));
		}
		return result;
	}

	private static String userAgent() {
		Package ours = Objects.requireNonNull(ClientResources.class.getPackage());
		String version = ours.getImplementationVersion();
		return "completion-client" + ((version != null) ? "/" + version : "");
	}

	ModelReader models() {
		return this.models;
	}

	TokenCounter tokens() {
		return this.tokens;
	}

	Transport transport() {
		return this.transport;
	}

	ApiSelector apis() {
		return this.apis;
	}

	CallRunner runner() {
		return this.runner;
	}

	Pacers pacers() {
		return this.pacers;
	}

	CallListeners listeners() {
		return this.listeners;
	}

	CallObservations observations() {
		return this.observations;
	}

	/**
	 * End the calls of the client and, unless it is a variant, close its connections.
	 */
	void close() {
		try {
			this.calls.close();
		}
		finally {
			if (this.original == null) {
				this.connections.close();
			}
		}
	}

}
