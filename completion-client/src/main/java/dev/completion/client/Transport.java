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

import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

import reactor.core.Exceptions;
import reactor.core.Fuseable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.http.client.HttpClientRequest;

import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.client.reactive.AbstractClientHttpRequest;
import org.springframework.http.client.reactive.ClientHttpRequest;
import org.springframework.http.support.Netty4HeadersAdapter;
import org.springframework.web.reactive.function.client.ClientRequest;
import org.springframework.web.reactive.function.client.ClientResponse;
import org.springframework.web.reactive.function.client.WebClient;

/**
 * Makes one attempt to get an answer: asks for the credential, sends the request, and
 * watches the time until the response.
 */
final class Transport {

	private final WebClient webClient;

	private final CredentialProvider credentials;

	private final HttpHeaders commonHeaders;

	// those of each kind of answer
	private final Map<MediaType, HttpHeaders> headers = new ConcurrentHashMap<>();

	private final ApiErrorReader errors;

	/**
	 * Create a transport.
	 * @param webClient sends requests
	 * @param credentials asked before each request
	 * @param headers the headers that every request has
	 * @param errors the reader of error responses
	 */
	Transport(WebClient webClient, CredentialProvider credentials, HttpHeaders headers, ApiErrorReader errors) {
		this.webClient = limitExchange(webClient);
		this.credentials = credentials;
		this.commonHeaders = headers;
		this.errors = errors;
	}

	/**
	 * Make one attempt to send a request, and to handle its response, within the response
	 * timeout.
	 */
	<T> Mono<T> send(ApiRequest request, Attempt attempt, Function<ApiResponse, Mono<T>> handler) {
		Deadline deadline = attempt.responseDeadline();
		return deadline.limit(credential(deadline).flatMap((credential) -> spec(request, credential, attempt)
			.exchangeToMono((response) -> handler.apply(response(response, attempt)))));
	}

	/**
	 * Make one attempt to send a request, and to handle its response, whose headers must
	 * arrive within the response timeout.
	 */
	<T> Flux<T> stream(ApiRequest request, Attempt attempt, Function<ApiResponse, Flux<T>> handler) {
		return credential(attempt.responseDeadline()).flatMapMany((credential) -> spec(request, credential, attempt)
			.exchangeToFlux((response) -> handler.apply(response(response, attempt))));
	}

	private ApiResponse response(ClientResponse response, Attempt attempt) {
		ApiResponse result = new ApiResponse(response, this.errors, attempt.limits(), attempt.responseDeadline());
		attempt.responded(result);
		return result;
	}

	private Mono<Credential> credential(Deadline deadline) {
		try {
			Mono<Credential> credential = Objects.requireNonNull(this.credentials.credential());
			if (credential instanceof Fuseable.ScalarCallable<?> ready) {
				// there already, so no time is to be limited
				Credential value = (Credential) ready.call();
				return Mono.just((value != null) ? value : Credential.none());
			}
			return deadline.limit(credential)
				.onErrorMap((ex) -> !(ex instanceof AttemptFailure), AttemptFailure::credential)
				.defaultIfEmpty(Credential.none());
		}
		catch (Throwable ex) {
			FatalErrors.throwIfFatal(ex);
			// also one that Reactor would throw, as of a class that is missing
			return Mono.error(AttemptFailure.credential(Exceptions.unwrap(ex)));
		}
	}

	private WebClient.RequestHeadersSpec<?> spec(ApiRequest request, Credential credential, Attempt attempt) {
		attempt.requested(headers(request), credential);
		return this.webClient.method(request.method())
			.uri(request.uri(), request.uriVariables())
			.attribute(Attempt.ATTRIBUTE, attempt)
			.body((output, context) -> {
				// once more, since filters may leave attributes out
				output.getAttributes().put(Attempt.ATTRIBUTE, attempt);
				return write(request, credential, attempt, output);
			});
	}

	private HttpHeaders headers(ApiRequest request) {
		HttpHeaders common = this.headers.computeIfAbsent(request.accept(), this::headers);
		if (request.headers().isEmpty()) {
			return common;
		}
		HttpHeaders headers = HttpHeaders.copyOf(common);
		request.headers().forEach(headers::set);
		return HttpHeaders.readOnlyHttpHeaders(headers);
	}

	private HttpHeaders headers(MediaType accept) {
		HttpHeaders headers = HttpHeaders.copyOf(this.commonHeaders);
		headers.set(HttpHeaders.ACCEPT, accept.toString());
		// a compressed stream would arrive in bursts
		boolean stream = MediaType.TEXT_EVENT_STREAM.equals(accept);
		headers.set(HttpHeaders.ACCEPT_ENCODING, stream ? "identity" : "gzip");
		return HttpHeaders.readOnlyHttpHeaders(headers);
	}

	/**
	 * Write a request to its connection, past what the application has added to its
	 * WebClient: codecs, logs, and filters that do not wrap what is written, see neither
	 * the credential nor the prompt, and none can add a second credential.
	 */
	private static Mono<Void> write(ApiRequest request, Credential credential, Attempt attempt,
			ClientHttpRequest output) {
		HttpHeaders target = headers(output, credential);
		target.putAll(attempt.headers());
		credential.replaceIn(target);
		attempt.sending();
		byte[] body = request.body();
		if (body == null) {
			return output.setComplete();
		}
		target.set(HttpHeaders.CONTENT_TYPE, MediaType.APPLICATION_JSON_VALUE);
		target.setContentLength(body.length);
		return output.writeWith(Mono.just(output.bufferFactory().wrap(body)));
	}

	/**
	 * Return the headers to write to: Netty's own, to which Spring's would be copied,
	 * unless the application has wrapped the request, and may look at those.
	 */
	private static HttpHeaders headers(ClientHttpRequest output, Credential credential) {
		HttpHeaders added = output.getHeaders();
		if (!(output.<Object>getNativeRequest() instanceof HttpClientRequest request)) {
			return added;
		}
		HttpHeaders sent = new HttpHeaders(new Netty4HeadersAdapter(request.requestHeaders()));
		if (!(output instanceof AbstractClientHttpRequest)) {
			// they may hold a credential of the HTTP client
			credential.replaceIn(sent);
			return added;
		}
		if (!added.isEmpty()) {
			sent.putAll(added);
			added.clear();
		}
		return sent;
	}

	/**
	 * Limit the time to the headers of a stream, with all that the filters of the
	 * application do, and close the connection if it comes to nothing.
	 */
	private static WebClient limitExchange(WebClient webClient) {
		return webClient.mutate().filters((filters) -> filters.add(0, (request, next) -> {
			Attempt attempt = (Attempt) Objects.requireNonNull(request.attributes().get(Attempt.ATTRIBUTE));
			Mono<ClientResponse> response = next.exchange(view(request, attempt.headers()));
			return attempt
				.closeUnlessComplete(attempt.isStream() ? attempt.responseDeadline().limit(response) : response);
		})).build();
	}

	private static ClientRequest view(ClientRequest request, HttpHeaders headers) {
		if (request.headers().isEmpty()) {
			return new ClientRequestView(request, headers);
		}
		HttpHeaders all = HttpHeaders.copyOf(request.headers());
		all.putAll(headers);
		return new ClientRequestView(request, HttpHeaders.readOnlyHttpHeaders(all));
	}

}
