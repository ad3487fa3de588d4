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
 * @param enabled Whether to enable auto-configuration of the completion client.
 * @param api API to use for completions.
 * @param apiKey API key, sent as 'x-api-key'. Defaults to the environment variable
 * 'ANTHROPIC_API_KEY' if 'completion.auth-token' is not set either.
 * @param authToken Bearer token, sent as 'Authorization'. Defaults to the environment
 * variable 'ANTHROPIC_AUTH_TOKEN' if 'completion.api-key' is not set either.
 * @param baseUrl Base URL of the server, with or without a trailing '/v1'. The
 * environment variable 'ANTHROPIC_BASE_URL' overrides the default.
 * @param allowInsecure Whether to allow plain HTTP to a server that is not on the local
 * machine.
 * @param version API version, sent as 'anthropic-version'.
 * @param betas Comma-separated list of beta features to enable, sent as 'anthropic-beta'.
 * @param headers Additional headers to send with each request.
 * @param defaults Defaults for request parameters.
 * @param timeout Timeouts of a call.
 * @param retry Retries of failed calls.
 * @param pacing Pacing of requests under rate limits.
 * @param limits Limits on the size of responses.
 * @param ssl SSL configuration.
 * @param proxy HTTP proxy.
 * @param pool Connection pool.
 * @param health Health of the service.
 * @param observations Observations of calls.
 * @param embeddedServer Embedded stub server.
 * @since 0.1.0
 */
@ConfigurationProperties("completion")
public record CompletionProperties(@DefaultValue("true") boolean enabled, @DefaultValue("auto") CompletionApi api,
		@Nullable String apiKey, @Nullable String authToken, @Nullable String baseUrl,
		@DefaultValue("false") boolean allowInsecure, @DefaultValue("2023-06-01") String version,
		@DefaultValue List<String> betas, @DefaultValue Map<String, String> headers, @DefaultValue Defaults defaults,
		@DefaultValue Timeout timeout, @DefaultValue Retry retry, @DefaultValue Pacing pacing,
		@DefaultValue Limits limits, @DefaultValue Ssl ssl, @DefaultValue Proxy proxy, @DefaultValue Pool pool,
		@DefaultValue Health health, @DefaultValue Observations observations,
		@DefaultValue EmbeddedServer embeddedServer) {

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
	 * Defaults for request parameters.
	 *
	 * @param model Name of the model to use.
	 * @param maxTokensToSample Maximum number of tokens to generate.
	 * @param temperature Sampling temperature, from 0 to 1.
	 * @param topP Cumulative probability for nucleus sampling, from 0 to 1.
	 * @param topK Number of most probable tokens to sample from.
	 * @param stopSequences Comma-separated list of sequences that stop the generation.
	 * White space around a sequence is kept only in a YAML list.
	 * @param userId Opaque identifier of the end user, sent as 'metadata.user_id'.
	 * @param additionalProperties Additional properties of the request by name, such as
	 * 'thinking.type'. Text that is a JSON number, boolean, object or array is sent as
	 * such.
	 */
	public record Defaults(@Nullable String model, @DefaultValue("1024") int maxTokensToSample,
			@Nullable Double temperature, @Nullable Double topP, @Nullable Integer topK,
			@Nullable List<String> stopSequences, @Nullable String userId,
			@DefaultValue Map<String, Object> additionalProperties) {
	}

	/**
	 * Timeouts of a call.
	 *
	 * @param connect Connect timeout. Defaults to 'spring.http.clients.connect-timeout'
	 * if that is set.
	 * @param response Maximum time to wait for a response: 5 minutes for the headers of a
	 * stream and 10 minutes for a complete non-streaming response by default.
	 * @param idle Maximum time to wait for data of a stream, including pings.
	 * @param progress Maximum time to wait for an event of a stream other than a ping.
	 * @param total Maximum time for a call, including retries and their delays: no limit
	 * for streams and 10 minutes for non-streaming calls by default.
	 */
	public record Timeout(@Nullable Duration connect, @Nullable Duration response, @Nullable Duration idle,
			@Nullable Duration progress, @Nullable Duration total) {
	}

	/**
	 * Retries of failed calls.
	 *
	 * @param maxRetries Maximum number of retries.
	 * @param delay Maximum delay before the first retry. Doubles with each retry.
	 * @param maxDelay Maximum delay before any retry, unless the server asks for more.
	 * @param maxRetryAfter Maximum delay to accept from a server. A call whose server
	 * asks for more fails immediately.
	 * @param retryAmbiguous Whether to retry a call once that the server may have
	 * processed and billed.
	 */
	public record Retry(@DefaultValue("2") int maxRetries, @DefaultValue("500ms") Duration delay,
			@DefaultValue("8s") Duration maxDelay, @DefaultValue("60s") Duration maxRetryAfter,
			@DefaultValue("false") boolean retryAmbiguous) {
	}

	/**
	 * Pacing.
	 *
	 * @param enabled Whether to delay requests under rate limits and to resend those that
	 * are refused. If disabled, refused requests are retried like other failed requests.
	 * @param maxRefusals Number of refusals by a rate limit after which a call fails.
	 */
	public record Pacing(@DefaultValue("true") boolean enabled, @DefaultValue("8") int maxRefusals) {
	}

	/**
	 * Limits on the size of responses.
	 *
	 * @param event Maximum size of an event of a stream.
	 * @param body Maximum size of a non-streaming response after decompression.
	 * @param text Maximum size of the text of a stream that is joined.
	 */
	public record Limits(@DefaultValue("1MB") DataSize event, @DefaultValue("16MB") DataSize body,
			@DefaultValue("16MB") DataSize text) {
	}

	/**
	 * SSL configuration.
	 *
	 * @param bundle Name of the SSL bundle to use. Reloaded bundles apply to new
	 * connections. Defaults to 'spring.http.clients.ssl.bundle' if that is set.
	 */
	public record Ssl(@Nullable String bundle) {
	}

	/**
	 * HTTP proxy.
	 *
	 * @param host Proxy host. Defaults to the system property 'https.proxyHost' or
	 * 'http.proxyHost'.
	 * @param port Proxy port.
	 * @param username Proxy user name.
	 * @param password Proxy password.
	 * @param nonProxyHosts Comma-separated list of hosts to connect to without the proxy.
	 * An asterisk matches any characters.
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
	 * Connection pool.
	 *
	 * @param maxConnections Maximum number of connections to the server.
	 * @param maxPendingAcquires Maximum number of calls that wait for a pooled
	 * connection.
	 * @param acquireTimeout Maximum time to wait for a pooled connection.
	 * @param maxIdleTime Maximum time to keep an idle connection.
	 * @param maxLifeTime Maximum time to use a connection for new calls.
	 * @param metrics Whether to record metrics of the pool in Micrometer's global
	 * registry.
	 */
	public record Pool(@DefaultValue("500") int maxConnections, @DefaultValue("1000") int maxPendingAcquires,
			@DefaultValue("5s") Duration acquireTimeout, @DefaultValue("30s") Duration maxIdleTime,
			@DefaultValue("5m") Duration maxLifeTime, @DefaultValue("false") boolean metrics) {
	}

	/**
	 * Health of the service.
	 *
	 * @param mode Source of the health status.
	 * @param timeout Maximum time to wait for the list of models.
	 * @param timeToLive Time to cache the result of a request for the list of models, and
	 * time without calls after which the status is no longer DOWN.
	 */
	public record Health(@DefaultValue("passive") Health.Mode mode, @DefaultValue("2s") Duration timeout,
			@DefaultValue("60s") Duration timeToLive) {

		/**
		 * Source of the health status.
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
	 * Observations of calls.
	 *
	 * @param content Whether to record prompt and completion content in traces.
	 */
	public record Observations(@DefaultValue("off") Content content) {

		/**
		 * Whether to record prompt and completion content in traces.
		 */
		public enum Content {

			/**
			 * Do not record content.
			 */
			OFF,

			/**
			 * Record the first 4096 characters of each.
			 */
			ON

		}

	}

	/**
	 * Embedded stub server.
	 *
	 * @param mode When to start the embedded server and use it instead of a remote one.
	 * @param port Port of the embedded server. 0 selects a free port.
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
