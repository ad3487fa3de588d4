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

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import dev.completion.client.CompletionApi;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.core.env.Environment;
import org.springframework.util.unit.DataSize;

/**
 * Properties of the completion client.
 *
 * @param enabled Whether to configure a completion client.
 * @param api API that serves the completions.
 * @param apiKey API key, sent as 'x-api-key'. Taken from the environment variable
 * 'ANTHROPIC_API_KEY' if neither this nor 'completion.auth-token' is set.
 * @param authToken Bearer token, sent as 'Authorization'. Taken from the environment
 * variable 'ANTHROPIC_AUTH_TOKEN' if neither this nor 'completion.api-key' is set.
 * @param baseUrl URL of the server, with or without '/v1' at its end. Taken from the
 * environment variable 'ANTHROPIC_BASE_URL' if not set.
 * @param allowInsecure Whether to allow plain http to another machine.
 * @param version API version, sent as 'anthropic-version'.
 * @param betas Comma-separated list of beta features to ask for, sent as
 * 'anthropic-beta'.
 * @param headers Headers to add to every request.
 * @param defaults What requests use where they have nothing set.
 * @param timeout How long the phases of a call may take.
 * @param retry When a call is tried again.
 * @param limits How much of an answer is taken.
 * @param ssl How to prove who is at either end of a connection.
 * @param proxy What to connect through.
 * @param pool The connections of a client.
 * @param health How to tell the health of the service.
 * @param observations What is observed of calls.
 * @param embeddedServer A server inside the application, whose answers are canned.
 * @since 0.1.0
 */
@ConfigurationProperties("completion")
public record CompletionProperties(@DefaultValue("true") boolean enabled, @DefaultValue("auto") CompletionApi api,
		@Nullable String apiKey, @Nullable String authToken, @Nullable String baseUrl,
		@DefaultValue("false") boolean allowInsecure, @DefaultValue("2023-06-01") String version,
		@DefaultValue List<String> betas, @DefaultValue Map<String, String> headers, @DefaultValue Defaults defaults,
		@DefaultValue Timeout timeout, @DefaultValue Retry retry, @DefaultValue Limits limits, @DefaultValue Ssl ssl,
		@DefaultValue Proxy proxy, @DefaultValue Pool pool, @DefaultValue Health health,
		@DefaultValue Observations observations, @DefaultValue EmbeddedServer embeddedServer) {

	/**
	 * Bind the properties of a client.
	 * @param name the name of the client
	 * @param environment the environment
	 * @return its properties; what it has not set, it has from {@code completion.*}
	 */
	public static CompletionProperties of(String name, Environment environment) {
		return ClientProperties.of(name, environment).values();
	}

	/**
	 * Bind the properties of all clients that are enabled, but for the default one.
	 * @param environment the environment
	 * @return the properties by the names of their clients
	 */
	public static Map<String, CompletionProperties> ofNamed(Environment environment) {
		Map<String, CompletionProperties> properties = new TreeMap<>();
		ClientNames.of(environment).forEach((name) -> properties.put(name, of(name, environment)));
		properties.values().removeIf((client) -> !client.enabled());
		return properties;
	}

	/**
	 * Return the name, since a value may be a secret.
	 */
	@Override
	public String toString() {
		return "CompletionProperties";
	}

	/**
	 * What requests use where they have nothing set.
	 *
	 * @param model Model that completes the prompts.
	 * @param maxTokensToSample Most tokens to produce.
	 * @param temperature Amount of randomness, from 0 to 1.
	 * @param topP Share of probability from which tokens are drawn, from 0 to 1.
	 * @param topK Number of likeliest tokens to draw from.
	 * @param stopSequences Comma-separated list of sequences that end the text. White
	 * space around them is kept only in a YAML list.
	 * @param userId Opaque id of the person on whose behalf requests are made, sent as
	 * 'metadata.user_id'.
	 */
	public record Defaults(@Nullable String model, @DefaultValue("1024") int maxTokensToSample,
			@Nullable Double temperature, @Nullable Double topP, @Nullable Integer topK,
			@Nullable List<String> stopSequences, @Nullable String userId) {
	}

	/**
	 * How long the phases of a call may take.
	 *
	 * @param connect Longest time to open a connection. Taken from
	 * 'spring.http.clients.connect-timeout' if not set.
	 * @param response Longest time to wait for the headers of a stream, or for the whole
	 * of any other answer. If not set, 60 seconds and 10 minutes.
	 * @param idle Longest time between two events of a stream, pings left out.
	 * @param total Longest time for the whole call, with all attempts and the waits
	 * between them. If not set, none for streams and 10 minutes for other answers.
	 */
	public record Timeout(@Nullable Duration connect, @Nullable Duration response, @Nullable Duration idle,
			@Nullable Duration total) {
	}

	/**
	 * When a call is tried again.
	 *
	 * @param maxRetries Most times that a call is tried again.
	 * @param delay Upper bound of the wait before the first retry. Doubles with each
	 * retry.
	 * @param maxDelay Upper bound of that wait.
	 * @param maxRetryAfter Longest wait that a server may ask for; a call that would have
	 * to wait longer fails at once.
	 * @param retryAmbiguous Whether to try a call again once that may have run, and may
	 * be billed.
	 */
	public record Retry(@DefaultValue("2") int maxRetries, @DefaultValue("500ms") Duration delay,
			@DefaultValue("8s") Duration maxDelay, @DefaultValue("60s") Duration maxRetryAfter,
			@DefaultValue("false") boolean retryAmbiguous) {
	}

	/**
	 * How much of an answer is taken.
	 *
	 * @param event Largest event of a stream.
	 * @param body Largest answer other than a stream, decompressed.
	 * @param text Largest text of a stream that is joined.
	 */
	public record Limits(@DefaultValue("1MB") DataSize event, @DefaultValue("16MB") DataSize body,
			@DefaultValue("16MB") DataSize text) {
	}

	/**
	 * How to prove who is at either end of a connection.
	 *
	 * @param bundle Name of the SSL bundle to connect with, which is taken up anew when
	 * it is reloaded. Taken from 'spring.http.clients.ssl.bundle' if not set.
	 */
	public record Ssl(@Nullable String bundle) {
	}

	/**
	 * What to connect through.
	 *
	 * @param host Host of an HTTP proxy. Taken from the system properties
	 * 'https.proxyHost' and 'http.proxyHost' if not set.
	 * @param port Port of the proxy.
	 * @param username Name of the user to authenticate at the proxy.
	 * @param password Password to authenticate at the proxy.
	 * @param nonProxyHosts Comma-separated list of hosts to connect to directly; an
	 * asterisk stands for anything.
	 */
	public record Proxy(@Nullable String host, @Nullable Integer port, @Nullable String username,
			@Nullable String password, @DefaultValue List<String> nonProxyHosts) {

		/**
		 * Return the host and port, since the rest may be a secret.
		 */
		@Override
		public String toString() {
			return "Proxy[" + this.host + ":" + this.port + "]";
		}

	}

	/**
	 * The connections of a client.
	 *
	 * @param maxConnections Most connections to the server.
	 * @param maxPendingAcquires Most calls that wait for a connection.
	 * @param acquireTimeout Longest time that a call waits for a connection.
	 * @param maxIdleTime Longest time that a connection is kept without a call.
	 * @param maxLifeTime Longest time that a connection is used for further calls.
	 * @param metrics Whether to meter the connections, in Micrometer's global registry.
	 */
	public record Pool(@DefaultValue("500") int maxConnections, @DefaultValue("1000") int maxPendingAcquires,
			@DefaultValue("5s") Duration acquireTimeout, @DefaultValue("30s") Duration maxIdleTime,
			@DefaultValue("5m") Duration maxLifeTime, @DefaultValue("false") boolean metrics) {
	}

	/**
	 * How to tell the health of the service.
	 *
	 * @param mode Where the health is known from.
	 * @param timeout Longest time to wait for the models.
	 * @param timeToLive Time after which the models are asked for again.
	 */
	public record Health(@DefaultValue("passive") Health.Mode mode, @DefaultValue("2s") Duration timeout,
			@DefaultValue("60s") Duration timeToLive) {

		/**
		 * Where the health is known from.
		 */
		public enum Mode {

			/**
			 * The calls of the application.
			 */
			PASSIVE,

			/**
			 * The calls of the application, and requests for the list of models, which
			 * cost nothing.
			 */
			MODELS

		}

	}

	/**
	 * What is observed of calls.
	 *
	 * @param content Whether traces have the prompts and texts, where whoever sees the
	 * traces can read them.
	 */
	public record Observations(@DefaultValue("off") Content content) {

		/**
		 * Whether traces have the prompts and texts.
		 */
		public enum Content {

			/**
			 * They have not.
			 */
			OFF,

			/**
			 * They have the first 4096 characters of each.
			 */
			ON

		}

	}

	/**
	 * A server inside the application, whose answers are canned.
	 *
	 * @param mode When to run a server inside the application and call that.
	 * @param port Port of the embedded server; 0 for a free one.
	 */
	public record EmbeddedServer(@DefaultValue("off") EmbeddedServer.Mode mode, @DefaultValue("0") int port) {

		/**
		 * When to run the embedded server.
		 */
		public enum Mode {

			/**
			 * Never.
			 */
			OFF,

			/**
			 * If neither a credential nor a base URL is configured.
			 */
			FALLBACK,

			/**
			 * Always, whatever else is configured.
			 */
			ON

		}

	}

}
