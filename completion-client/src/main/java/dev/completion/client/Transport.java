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
import java.util.function.Function;

import dev.completion.client.error.CallTimeoutException.Phase;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.client.reactive.ClientHttpRequest;
import org.springframework.web.reactive.function.BodyInserter;
import org.springframework.web.reactive.function.client.ClientResponse;
import org.springframework.web.reactive.function.client.WebClient;

/**
 * Sends requests: asks for the credential, sets the headers, and watches the time until
 * the response.
 */
final class Transport {

	private final WebClient webClient;

	private final WebClient streamingWebClient;

	private final CredentialProvider credentials;

	private final HttpHeaders headers;

	private final @Nullable Duration responseTimeout;

	private final @Nullable Duration headersTimeout;

	private final ApiErrorReader errors;

	/**
	 * Create a transport.
	 * @param webClient knows the base URL
	 * @param credentials asked before each request
	 * @param headers the headers that every request has
	 * @param timeouts the timeouts
	 * @param errors the reader of error responses
	 */
	Transport(WebClient webClient, CredentialProvider credentials, HttpHeaders headers, Timeouts timeouts,
			ApiErrorReader errors) {
		this.webClient = webClient;
		this.headersTimeout = timeouts.response(true);
		this.streamingWebClient = limitTimeToHeaders(webClient, this.headersTimeout);
		this.credentials = credentials;
		this.headers = headers;
		this.responseTimeout = timeouts.response(false);
		this.errors = errors;
	}

	/**
	 * Send a request, and handle its answer, within the response timeout.
	 */
	<T> Mono<T> send(ApiRequest request, Call call, Function<Answer, Mono<T>> handler) {
		Mono<T> result = credential().flatMap((credential) -> spec(this.webClient, request, credential, call)
			.exchangeToMono((response) -> handler.apply(answer(response, call))));
		return limit(result, this.responseTimeout);
	}

	/**
	 * Send a request, and handle its answer, whose headers must come within the response
	 * timeout.
	 */
	<T> Flux<T> stream(ApiRequest request, Call call, Function<Answer, Flux<T>> handler) {
		return limit(credential(), this.headersTimeout)
			.flatMapMany((credential) -> spec(this.streamingWebClient, request, credential, call)
				.exchangeToFlux((response) -> handler.apply(answer(response, call))));
	}

	private Answer answer(ClientResponse response, Call call) {
		return call.answered(new Answer(response, this.errors, (body) -> limit(body, this.headersTimeout)));
	}

	private Mono<Credential> credential() {
		return Mono.defer(this.credentials::credential)
			.onErrorMap(CallFailure::credential)
			.defaultIfEmpty(Credential.none());
	}

	private WebClient.RequestHeadersSpec<?> spec(WebClient webClient, ApiRequest request, Credential credential,
			Call call) {
		call.sending();
		WebClient.RequestBodySpec spec = webClient.method(request.method())
			.uri(request.uri(), request.uriVariables())
			.headers((headers) -> {
				headers.putAll(this.headers);
				request.headers().forEach(headers::set);
				headers.set(HttpHeaders.ACCEPT, request.accept().toString());
				// a compressed stream would arrive in bursts
				boolean stream = MediaType.TEXT_EVENT_STREAM.equals(request.accept());
				headers.set(HttpHeaders.ACCEPT_ENCODING, stream ? "identity" : "gzip");
				credential.applyTo(headers);
			});
		return (request.body() != null) ? spec.contentType(MediaType.APPLICATION_JSON).body(json(request.body()))
				: spec;
	}

	/**
	 * Write the given bytes past the codecs of the WebClient, which the application may
	 * have changed.
	 */
	private static BodyInserter<byte[], ClientHttpRequest> json(byte[] body) {
		return (request, context) -> {
			request.getHeaders().setContentLength(body.length);
			DataBuffer buffer = request.bufferFactory().wrap(body);
			return request.writeWith(Mono.just(buffer));
		};
	}

	private static WebClient limitTimeToHeaders(WebClient webClient, @Nullable Duration timeout) {
		return webClient.mutate()
			.filters((filters) -> filters.add(0, (request, next) -> limit(next.exchange(request), timeout)))
			.build();
	}

	private static <T> Mono<T> limit(Mono<T> mono, @Nullable Duration timeout) {
		return (timeout != null) ? mono.timeout(timeout, Mono.error(() -> CallFailure.timeout(Phase.RESPONSE, timeout)))
				: mono;
	}

}
