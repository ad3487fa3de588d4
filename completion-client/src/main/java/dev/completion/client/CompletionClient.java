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

import java.util.function.Consumer;
import java.util.function.Supplier;

import io.micrometer.observation.ObservationRegistry;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.http.client.HttpClient;

import org.springframework.web.reactive.function.client.WebClient;

/**
 * Reactive client for completion-style access to Claude: a prompt goes in, text comes
 * out, over whichever {@linkplain CompletionApi API} serves the model.
 * <p>
 * Nothing is sent until a result is subscribed to, and each subscription is a call of its
 * own. Cancelling it closes the connection, at once and whatever the call is waiting for.
 * A call that fails is tried again where that cannot bill it twice, or the server asks
 * for it, as {@link RetryPolicy} says. One that fails in the end signals a
 * {@link dev.completion.client.error.CompletionClientException}, or an
 * {@link IllegalArgumentException} if the request lacks a required field, in which case
 * nothing was sent.
 * <p>
 * Instances are immutable and safe for use by many threads. They hold connections, so
 * keep one and {@link #close()} it when done.
 *
 * @since 0.1.0
 */
public interface CompletionClient extends AutoCloseable {

	/**
	 * Complete a prompt, and return the whole text at once.
	 * @param request the request
	 * @return the completion
	 */
	Mono<Completion> complete(CompletionRequest request);

	/**
	 * Complete a prompt, and return the text as it is produced. The stream ends with the
	 * first delta that has a stop reason; one that ends without is a
	 * {@link dev.completion.client.error.StreamTruncatedException}.
	 * @param request the request
	 * @return the deltas of the text
	 * @see Completion#join(Flux)
	 */
	Flux<Completion> stream(CompletionRequest request);

	/**
	 * Complete a prompt, and return the whole text with metadata of the response.
	 * @param request the request
	 * @return the completion and its response
	 */
	Mono<CompletionResponse> exchange(CompletionRequest request);

	/**
	 * Complete a prompt, and return the text as it is produced, each delta with metadata
	 * of the response.
	 * @param request the request
	 * @return the deltas and their response
	 */
	Flux<CompletionResponse> exchangeStream(CompletionRequest request);

	/**
	 * Count the input tokens of a request, without sending the request to the model. The
	 * count is an estimate: the number of tokens that are billed can differ slightly.
	 * <p>
	 * The Messages API counts tokens, with {@code POST /v1/messages/count_tokens}. Only
	 * the model, the prompt, and additional properties that affect the count are sent,
	 * including the defaults of the client: {@code thinking}, {@code output_config},
	 * {@code cache_control}, {@code tools} and {@code tool_choice}. The vendor does not
	 * bill these requests, and has a separate rate limit for them. They are not observed,
	 * and {@linkplain CallListener listeners} are not notified.
	 * @param request the request, which needs a model and a prompt
	 * @return the number of tokens. The {@code Mono} fails with an
	 * {@link dev.completion.client.error.UnsupportedRequestException} if the prompt is
	 * {@linkplain Prompt#raw(String) raw}, or if the API of the client is
	 * {@link CompletionApi#TEXT_COMPLETIONS}
	 */
	Mono<Long> countTokens(CompletionRequest request);

	/**
	 * List the models that the credential may use, newest first. Pages are asked for as
	 * they are needed.
	 * @return the models
	 */
	Flux<ModelInfo> models();

	/**
	 * Look up a model, by its id or an alias.
	 * @param model the model
	 * @return what the server tells of it; a
	 * {@link dev.completion.client.error.NotFoundException} if it does not exist, or no
	 * longer
	 */
	Mono<ModelInfo> model(Model model);

	/**
	 * Complete a prompt, and return the whole text at once.
	 * @param spec configures the request
	 * @return the completion
	 * @throws IllegalArgumentException if a value is invalid; a missing value is
	 * signalled as an error of the {@code Mono}
	 */
	default Mono<Completion> complete(Consumer<CompletionRequest.Builder> spec) {
		return complete(CompletionRequest.of(spec));
	}

	/**
	 * Complete a prompt, and return the text as it is produced.
	 * @param spec configures the request
	 * @return the deltas of the text
	 * @throws IllegalArgumentException if a value is invalid; a missing value is
	 * signalled as an error of the {@code Flux}
	 */
	default Flux<Completion> stream(Consumer<CompletionRequest.Builder> spec) {
		return stream(CompletionRequest.of(spec));
	}

	/**
	 * Complete a prompt, and return the whole text with metadata of the response.
	 * @param spec configures the request
	 * @return the completion and its response
	 * @throws IllegalArgumentException if a value is invalid; a missing value is
	 * signalled as an error of the {@code Mono}
	 */
	default Mono<CompletionResponse> exchange(Consumer<CompletionRequest.Builder> spec) {
		return exchange(CompletionRequest.of(spec));
	}

	/**
	 * Complete a prompt, and return the text as it is produced, each delta with metadata
	 * of the response.
	 * @param spec configures the request
	 * @return the deltas and their response
	 * @throws IllegalArgumentException if a value is invalid; a missing value is
	 * signalled as an error of the {@code Flux}
	 */
	default Flux<CompletionResponse> exchangeStream(Consumer<CompletionRequest.Builder> spec) {
		return exchangeStream(CompletionRequest.of(spec));
	}

	/**
	 * Count the input tokens of a request, without sending the request to the model.
	 * @param spec configures the request
	 * @return the number of tokens
	 * @throws IllegalArgumentException if a value is invalid; a missing value is
	 * signalled as an error of the {@code Mono}
	 * @see #countTokens(CompletionRequest)
	 */
	default Mono<Long> countTokens(Consumer<CompletionRequest.Builder> spec) {
		return countTokens(CompletionRequest.of(spec));
	}

	/**
	 * Return a builder of a variant of this client. The variant starts with the settings
	 * of this client and shares its connections. If it has the same base URL, it also
	 * shares the state of its {@linkplain Pacing pacing}, and the information about which
	 * API serves a model. It has its own retry budget. The variant is closed together
	 * with this client. Its own {@link #close()} ends only its own calls, and leaves the
	 * connections open.
	 * @return the builder
	 */
	Builder mutate();

	/**
	 * End all calls with a {@link dev.completion.client.error.ConnectionException},
	 * refuse new ones in the same way, and close the connections and threads that this
	 * client opened. The caller is responsible for closing the connections of an
	 * {@link Builder#httpClient(HttpClient) HTTP client} that was passed to the builder,
	 * unless an action that closes them was passed as well. Subscribers are notified on
	 * the calling thread. Connections are closed asynchronously. Calling this method
	 * again has no further effect.
	 */
	@Override
	void close();

	// Static factory methods

	/**
	 * Create a client of the vendor's service with default settings, so that each request
	 * has to say its model and the most tokens to sample.
	 * @param apiKey the API key
	 * @return the client
	 */
	static CompletionClient create(String apiKey) {
		return builder().apiKey(apiKey).build();
	}

	/**
	 * Return a builder of a client.
	 * @return the builder
	 */
	static Builder builder() {
		return new DefaultCompletionClientBuilder();
	}

	/**
	 * Builder of {@link CompletionClient}. Bad values are refused at once, with an
	 * {@link IllegalArgumentException}.
	 */
	interface Builder {

		/**
		 * Set the name of the client, the value of the key {@code completion.client} of
		 * observations. It distinguishes the clients of an application. Use only a few
		 * different names, because each name creates additional time series.
		 * <p>
		 * The default is {@code default}.
		 * @param name the name; must not be blank
		 * @return this builder
		 */
		Builder name(String name);

		/**
		 * Set the API key, in place of a credential provider.
		 * @param apiKey the key
		 * @return this builder
		 */
		Builder apiKey(String apiKey);

		/**
		 * Set where the credential comes from, in place of an API key.
		 * @param credential the provider
		 * @return this builder
		 */
		Builder credential(CredentialProvider credential);

		/**
		 * Set the URL of the server, with or without {@code /v1} at its end. A path
		 * before that is kept.
		 * <p>
		 * The default is {@code https://api.anthropic.com}.
		 * @param baseUrl an {@code https} URL, or an {@code http} one of this machine
		 * @return this builder
		 * @see #allowInsecure(boolean)
		 */
		Builder baseUrl(String baseUrl);

		/**
		 * Set whether the credential may go to another machine over plain {@code http}.
		 * <p>
		 * The default is {@code false}.
		 * @param allowInsecure whether to allow it
		 * @return this builder
		 */
		Builder allowInsecure(boolean allowInsecure);

		/**
		 * Set the API that serves the completions.
		 * <p>
		 * The default is {@link CompletionApi#AUTO}.
		 * @param api the API
		 * @return this builder
		 */
		Builder api(CompletionApi api);

		/**
		 * Set the version of the API, header {@code anthropic-version}.
		 * <p>
		 * The default is {@code 2023-06-01}, the last that documents the Text Completions
		 * API, and one that the Messages API serves as well.
		 * @param version the version
		 * @return this builder
		 */
		Builder version(String version);

		/**
		 * Set the beta features to ask for, header {@code anthropic-beta}.
		 * @param betas the names of the features
		 * @return this builder
		 */
		Builder betas(String... betas);

		/**
		 * Add a header to every request.
		 * @param name the name; not one that the client sets itself
		 * @param value the value
		 * @return this builder
		 */
		Builder defaultHeader(String name, String value);

		/**
		 * Add to what requests use where they have nothing set.
		 * @param defaults sets the defaults
		 * @return this builder
		 */
		Builder defaults(Consumer<CompletionRequest.Builder> defaults);

		/**
		 * Set the timeouts.
		 * @param timeouts the timeouts
		 * @return this builder
		 */
		Builder timeouts(Timeouts timeouts);

		/**
		 * Set when and how a failed call is tried again.
		 * @param retry the policy
		 * @return this builder
		 */
		Builder retry(RetryPolicy retry);

		/**
		 * Set how requests are paced under rate limits.
		 * @param pacing the settings
		 * @return this builder
		 */
		Builder pacing(Pacing pacing);

		/**
		 * Set how much a server may send.
		 * @param limits the limits
		 * @return this builder
		 */
		Builder limits(Limits limits);

		/**
		 * Set the WebClient builder to start from. It is cloned: its filters and its
		 * observation apply, its connector and base URL are replaced. Filters see the
		 * headers of a request, but for the credential; actions that run before it is
		 * committed see those that filters add.
		 * @param webClientBuilder the builder
		 * @return this builder
		 */
		Builder webClientBuilder(WebClient.Builder webClientBuilder);

		/**
		 * Set the HTTP client to send with: its TLS, proxy and connection pool apply, and
		 * the pool stays its owner's to close. What keeps a call safe is applied on top:
		 * HTTP/1.1, no redirects, no sending again, and no compression that this client
		 * did not ask for.
		 * @param httpClient the HTTP client
		 * @return this builder
		 */
		Builder httpClient(HttpClient httpClient);

		/**
		 * Set where the {@linkplain #httpClient(HttpClient) HTTP client} comes from. It
		 * is asked at each attempt, so that another can take the place of the first, as
		 * when a certificate is renewed. Calls that are under way go on as they began;
		 * new ones do not use connections that were opened with other TLS settings, or
		 * through another proxy. Of the timeouts that are set on it, those of the first
		 * count.
		 * @param httpClient returns the same HTTP client until there is another
		 * @return this builder
		 */
		Builder httpClient(Supplier<HttpClient> httpClient);

		/**
		 * Set a supplier of the {@linkplain #httpClient(Supplier) HTTP client}, and an
		 * action that releases its resources, such as its connection pool, when the
		 * client is closed. Closing a variant does not run the action. If the builder
		 * creates several clients, each of them runs it.
		 * @param httpClient returns the same HTTP client until there is another
		 * @param closer an idempotent action, which runs each time the client is closed
		 * @return this builder
		 */
		Builder httpClient(Supplier<HttpClient> httpClient, Runnable closer);

		/**
		 * Add a listener that is told how each call ended.
		 * @param listener the listener
		 * @return this builder
		 */
		Builder listener(CallListener listener);

		/**
		 * Set where calls are observed: one observation for each, with the HTTP exchanges
		 * of its attempts as its children. A {@link #webClientBuilder(WebClient.Builder)
		 * WebClient builder} has a registry of its own: without one, trace contexts do
		 * not reach the server.
		 * <p>
		 * By default nothing is observed.
		 * @param observationRegistry the registry
		 * @return this builder
		 * @see CompletionObservationDocumentation
		 */
		Builder observationRegistry(ObservationRegistry observationRegistry);

		/**
		 * Set under what names, and with what key values, calls are observed.
		 * <p>
		 * By default it is as the registry says, else as
		 * {@link DefaultCompletionObservationConvention} does, which leaves out prompts
		 * and texts.
		 * @param observationConvention the convention
		 * @return this builder
		 */
		Builder observationConvention(CompletionObservationConvention observationConvention);

		/**
		 * Build the client.
		 * @return the client
		 * @throws MissingCredentialException if the vendor's service is to be called
		 * without a credential
		 * @throws IllegalStateException if the settings contradict each other
		 */
		CompletionClient build();

	}

}
