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
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import dev.completion.client.CompletionApi;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * Properties of the completion client.
 *
 * @since 0.1.0
 */
@ConfigurationProperties("completion")
public class CompletionProperties {

	/**
	 * Whether to configure a completion client.
	 */
	private boolean enabled = true;

	/**
	 * API key, sent as 'x-api-key'. Taken from the environment variable ANTHROPIC_API_KEY
	 * if neither this nor 'completion.auth-token' is set.
	 */
	private @Nullable String apiKey;

	/**
	 * Bearer token, sent as 'Authorization'. Taken from the environment variable
	 * ANTHROPIC_AUTH_TOKEN if neither this nor 'completion.api-key' is set.
	 */
	private @Nullable String authToken;

	/**
	 * URL of the server, with or without '/v1' at its end. Taken from the environment
	 * variable ANTHROPIC_BASE_URL if not set, else 'https://api.anthropic.com'.
	 */
	private @Nullable String baseUrl;

	/**
	 * Whether to allow plain http to another machine.
	 */
	private boolean allowInsecure;

	/**
	 * API that serves the completions.
	 */
	private CompletionApi api = CompletionApi.AUTO;

	/**
	 * API version, sent as 'anthropic-version'.
	 */
	private String version = "2023-06-01";

	/**
	 * Comma-separated list of beta features to ask for, sent as 'anthropic-beta'.
	 */
	private List<String> betas = new ArrayList<>();

	/**
	 * Headers to add to every request.
	 */
	private Map<String, String> headers = new LinkedHashMap<>();

	private final Defaults defaults = new Defaults();

	private final Timeout timeout = new Timeout();

	private final EmbeddedServer embeddedServer = new EmbeddedServer();

	public boolean isEnabled() {
		return this.enabled;
	}

	public void setEnabled(boolean enabled) {
		this.enabled = enabled;
	}

	public @Nullable String getApiKey() {
		return this.apiKey;
	}

	public void setApiKey(@Nullable String apiKey) {
		this.apiKey = apiKey;
	}

	public @Nullable String getAuthToken() {
		return this.authToken;
	}

	public void setAuthToken(@Nullable String authToken) {
		this.authToken = authToken;
	}

	public @Nullable String getBaseUrl() {
		return this.baseUrl;
	}

	public void setBaseUrl(@Nullable String baseUrl) {
		this.baseUrl = baseUrl;
	}

	public boolean isAllowInsecure() {
		return this.allowInsecure;
	}

	public void setAllowInsecure(boolean allowInsecure) {
		this.allowInsecure = allowInsecure;
	}

	public CompletionApi getApi() {
		return this.api;
	}

	public void setApi(CompletionApi api) {
		this.api = api;
	}

	public String getVersion() {
		return this.version;
	}

	public void setVersion(String version) {
		this.version = version;
	}

	public List<String> getBetas() {
		return this.betas;
	}

	public void setBetas(List<String> betas) {
		this.betas = betas;
	}

	public Map<String, String> getHeaders() {
		return this.headers;
	}

	public void setHeaders(Map<String, String> headers) {
		this.headers = headers;
	}

	public Defaults getDefaults() {
		return this.defaults;
	}

	public Timeout getTimeout() {
		return this.timeout;
	}

	public EmbeddedServer getEmbeddedServer() {
		return this.embeddedServer;
	}

	/**
	 * What requests use where they have nothing set.
	 */
	public static class Defaults {

		/**
		 * Model that completes the prompts.
		 */
		private @Nullable String model;

		/**
		 * Most tokens to produce.
		 */
		private int maxTokensToSample = 1024;

		/**
		 * Amount of randomness, from 0 to 1.
		 */
		private @Nullable Double temperature;

		/**
		 * Share of probability from which tokens are drawn, from 0 to 1.
		 */
		private @Nullable Double topP;

		/**
		 * Number of likeliest tokens to draw from.
		 */
		private @Nullable Integer topK;

		/**
		 * Comma-separated list of sequences that end the text.
		 */
		private @Nullable List<String> stopSequences;

		/**
		 * Opaque id of the person on whose behalf requests are made, sent as
		 * 'metadata.user_id'.
		 */
		private @Nullable String userId;

		public @Nullable String getModel() {
			return this.model;
		}

		public void setModel(@Nullable String model) {
			this.model = model;
		}

		public int getMaxTokensToSample() {
			return this.maxTokensToSample;
		}

		public void setMaxTokensToSample(int maxTokensToSample) {
			this.maxTokensToSample = maxTokensToSample;
		}

		public @Nullable Double getTemperature() {
			return this.temperature;
		}

		public void setTemperature(@Nullable Double temperature) {
			this.temperature = temperature;
		}

		public @Nullable Double getTopP() {
			return this.topP;
		}

		public void setTopP(@Nullable Double topP) {
			this.topP = topP;
		}

		public @Nullable Integer getTopK() {
			return this.topK;
		}

		public void setTopK(@Nullable Integer topK) {
			this.topK = topK;
		}

		public @Nullable List<String> getStopSequences() {
			return this.stopSequences;
		}

		public void setStopSequences(@Nullable List<String> stopSequences) {
			this.stopSequences = stopSequences;
		}

		public @Nullable String getUserId() {
			return this.userId;
		}

		public void setUserId(@Nullable String userId) {
			this.userId = userId;
		}

	}

	/**
	 * How long the phases of a call may take.
	 */
	public static class Timeout {

		/**
		 * Longest time to open a connection. Taken from
		 * 'spring.http.clients.connect-timeout' if not set, else 5 seconds.
		 */
		private @Nullable Duration connect;

		/**
		 * Longest time to wait for the headers of a stream, or for the whole of any other
		 * answer. If not set, 60 seconds and 10 minutes.
		 */
		private @Nullable Duration response;

		public @Nullable Duration getConnect() {
			return this.connect;
		}

		public void setConnect(@Nullable Duration connect) {
			this.connect = connect;
		}

		public @Nullable Duration getResponse() {
			return this.response;
		}

		public void setResponse(@Nullable Duration response) {
			this.response = response;
		}

	}

	/**
	 * A server inside the application, whose answers are canned.
	 */
	public static class EmbeddedServer {

		/**
		 * When to run a server inside the application and call that.
		 */
		private Mode mode = Mode.OFF;

		/**
		 * Port of the embedded server; 0 for a free one.
		 */
		private int port = 0;

		public Mode getMode() {
			return this.mode;
		}

		public void setMode(Mode mode) {
			this.mode = mode;
		}

		public int getPort() {
			return this.port;
		}

		public void setPort(int port) {
			this.port = port;
		}

	}

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
