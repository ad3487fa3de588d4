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

import java.net.URI;
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
import org.springframework.web.util.UriTemplateHandler;

/**
 * Makes a single attempt: obtains the credential, sends the request, and applies the
 * response timeout.
 */
final class Transport {

	// WebClient would set the template with the base URL before it, which may have a path
	private static final String URI_TEMPLATE = WebClient.class.getName() + ".uriTemplate";

	private final String server;

	private final WebClient webClient;

	private final UriTemplateHandler templates;

	// those without variables, which nearly all requests have
	private final Map<String, URI> uris = new ConcurrentHashMap<>();

	private final CredentialProvider credentials;

	private final HttpHeaders commonHeaders;

	// request headers by accepted media type
	private final Map<MediaType, HttpHeaders> headers = new ConcurrentHashMap<>();

	private final ApiErrorReader errors;

	/**
	 * Create a transport.
	 * @param server the host and port of the server
	 * @param webClient the WebClient that sends the requests
	 * @param templates expands the paths of requests to URIs
	 * @param credentials the credential provider, called before each request
	 * @param headers the headers of all requests
	 * @param errors the reader of error responses
	 */
	Transport(String server, WebClient webClient, UriTemplateHandler templates, CredentialProvider credentials,
			HttpHeaders headers, ApiErrorReader errors) {
		this.server = server;
		this.webClient = limitExchange(webClient);
		this.templates = templates;
		this.credentials = credentials;
		this.commonHeaders = headers;
		this.errors = errors;
	}

	/**
	 * Return the host and port of the server.
	 */
	String server() {
		return this.server;
	}

	/**
	 * Send a request and handle its response within the response timeout.
	 */
	<T> Mono<T> send(ApiRequest request, Credential credential, Attempt attempt,
			Function<ApiResponse, Mono<T>> handler) {
		return attempt.responseDeadline()
			.limit(spec(request, credential, attempt)
				.exchangeToMono((response) -> handler.apply(response(response, request, attempt))));
	}

	/**
	 * Send a request and handle its response. The response headers must arrive within the
	 * response timeout.
	 */
	<T> Flux<T> stream(ApiRequest request, Credential credential, Attempt attempt,
			Function<ApiResponse, Flux<T>> handler) {
		return spec(request, credential, attempt)
			.exchangeToFlux((response) -> handler.apply(response(response, request, attempt)));
	}

	private ApiResponse response(ClientResponse response, ApiRequest request, Attempt attempt) {
		ApiResponse result = new ApiResponse(response, this.errors.forRequest(request, attempt::redact),
				attempt.limits(), attempt.responseDeadline());
		attempt.responded(result);
		return result;
	}

	/**
	 * Obtain the credential of the next request.
	 * @param deadline the deadline of the provider
	 */
	Mono<Credential> credential(Deadline deadline) {
		try {
			Mono<Credential> credential = Objects.requireNonNull(this.credentials.credential());
			if (credential instanceof Fuseable.ScalarCallable<?> ready) {
				// already available, so no timeout is needed
				Credential value = (Credential) ready.call();
				return Mono.just((value != null) ? value : Credential.none());
			}
			return deadline.limit(credential)
				.onErrorMap((ex) -> !(ex instanceof AttemptFailure), AttemptFailure::credential)
				.defaultIfEmpty(Credential.none());
		}
		catch (Throwable ex) {
			FatalErrors.throwIfFatal(ex);
			// includes errors that Reactor treats as fatal, such as a missing class
			return Mono.error(AttemptFailure.credential(Exceptions.unwrap(ex)));
		}
	}

	private WebClient.RequestHeadersSpec<?> spec(ApiRequest request, Credential credential, Attempt attempt) {
		attempt.requested(headers(request), credential);
		return this.webClient.method(request.method())
			.uri(uri(request))
			.attribute(URI_TEMPLATE, request.uri())
			.attribute(Attempt.ATTRIBUTE, attempt)
			.body((output, context) -> {
				// set again, because filters may omit attributes
				output.getAttributes().put(Attempt.ATTRIBUTE, attempt);
				return write(request, credential, attempt, output);
			});
	}

	private URI uri(ApiRequest request) {
		return request.uriVariables().isEmpty() ? this.uris.computeIfAbsent(request.uri(), this.templates::expand)
				: this.templates.expand(request.uri(), request.uriVariables());
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
	 * Write a request directly to its connection, bypassing the WebClient configuration
	 * of the application. Codecs, logs, and filters that do not wrap the request have
	 * access to neither the credential nor the prompt, and none of them can add a second
	 * credential.
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
	 * Return the headers to write to. These are Netty's headers, which avoids a copy of
	 * Spring's headers. If the application has wrapped the request, these are Spring's
	 * headers, because the application may read them.
	 */
	private static HttpHeaders headers(ClientHttpRequest output, Credential credential) {
		HttpHeaders added = output.getHeaders();
		if (!(output.<Object>getNativeRequest() instanceof HttpClientRequest request)) {
			return added;
		}
		HttpHeaders sent = new HttpHeaders(new Netty4HeadersAdapter(request.requestHeaders()));
		if (!(output instanceof AbstractClientHttpRequest)) {
			// Netty's headers may contain a credential that is set on the HTTP client
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
	 * Apply the response timeout to the headers of a stream, including the time spent in
	 * filters of the application, and close the connection if the exchange fails or is
	 * cancelled.
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
