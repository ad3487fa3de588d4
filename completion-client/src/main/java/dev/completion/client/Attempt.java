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
import java.util.function.Consumer;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.netty.Connection;
import reactor.netty.channel.ChannelOperations;

import org.springframework.http.HttpHeaders;
import org.springframework.http.client.reactive.ReactorClientHttpConnector;

/**
 * Single attempt of a call, from obtaining the credential to the end of the response. It
 * is an attribute of WebClient's request, so that it can be looked up from the
 * connection. Thread-safe.
 */
final class Attempt {

	/**
	 * The name of the request attribute that holds the attempt.
	 */
	static final String ATTRIBUTE = Attempt.class.getName();

	private final boolean stream;

	private final Timeouts timeouts;

	private final Limits limits;

	private volatile Deadline responseDeadline;

	private volatile Consumer<ApiResponse> responseListener = (response) -> {
	};

	private final int earlierRequests;

	// without the same one twice
	private final List<Credential> earlierCredentials;

	private volatile HttpHeaders headers = HttpHeaders.EMPTY;

	private volatile @Nullable Credential credential;

	private volatile boolean sent;

	private volatile @Nullable ApiResponse response;

	private volatile @Nullable Connection connection;

	private volatile boolean abandoned;

	/**
	 * Create the first attempt of a call.
	 * @param stream whether a stream is requested
	 * @param timeouts the timeouts of the call
	 * @param limits the limits of the response
	 * @param responseDeadline the deadline for the response
	 */
	Attempt(boolean stream, Timeouts timeouts, Limits limits, Deadline responseDeadline) {
		this.stream = stream;
		this.timeouts = timeouts;
		this.limits = limits;
		this.responseDeadline = responseDeadline;
		this.earlierRequests = 0;
		this.earlierCredentials = List.of();
	}

	private Attempt(Attempt previous, Deadline responseDeadline) {
		this.stream = previous.stream;
		this.timeouts = previous.timeouts;
		this.limits = previous.limits;
		this.responseDeadline = responseDeadline;
		this.earlierRequests = previous.requests();
		this.earlierCredentials = previous.credentials();
	}

	/**
	 * Create the next attempt of the same call.
	 * @param responseDeadline the deadline for the response
	 */
	Attempt next(Deadline responseDeadline) {
		return new Attempt(this, responseDeadline);
	}

	/**
	 * Return whether a stream is requested.
	 */
	boolean isStream() {
		return this.stream;
	}

	Timeouts timeouts() {
		return this.timeouts;
	}

	Limits limits() {
		return this.limits;
	}

	/**
	 * Return the deadline of the whole non-streaming response, or of the headers of a
	 * stream.
	 */
	Deadline responseDeadline() {
		return this.responseDeadline;
	}

	/**
	 * Replace the response deadline after the request was delayed.
	 */
	void restart(Deadline responseDeadline) {
		this.responseDeadline = responseDeadline;
	}

	/**
	 * Set the listener that is notified when the response headers have arrived.
	 */
	void onResponse(Consumer<ApiResponse> listener) {
		this.responseListener = listener;
	}

	/**
	 * Record that the request is made. From this point on, a connection is acquired.
	 * @param headers the headers of the request, without the credential
	 * @param credential the credential
	 */
	void requested(HttpHeaders headers, Credential credential) {
		this.headers = headers;
		this.credential = credential;
	}

	/**
	 * Return the headers of the request, without the credential.
	 */
	HttpHeaders headers() {
		return this.headers;
	}

	/**
	 * Return whether the request was made.
	 */
	boolean isRequested() {
		return this.credential != null;
	}

	/**
	 * Return the number of requests of the call, up to this attempt.
	 */
	int requests() {
		return this.earlierRequests + ((this.credential != null) ? 1 : 0);
	}

	/**
	 * Return the credential of the request, or {@code null} if no request was made.
	 */
	@Nullable Credential credential() {
		return this.credential;
	}

	private List<Credential> credentials() {
		Credential current = this.credential;
		if (current == null || this.earlierCredentials.contains(current)) {
			return this.earlierCredentials;
		}
		return Stream.concat(this.earlierCredentials.stream(), Stream.of(current)).toList();
	}

	/**
	 * Return the given text of the server without the credentials of the call so far.
	 */
	String redact(String text) {
		String redacted = text;
		for (Credential earlier : this.earlierCredentials) {
			redacted = earlier.redact(redacted);
		}
		Credential current = this.credential;
		return (current != null) ? current.redact(redacted) : redacted;
	}

	/**
	 * Record that the request is being written to a connection.
	 */
	void sending() {
		this.sent = true;
	}

	boolean isSent() {
		return this.sent;
	}

	/**
	 * Record that the response headers have arrived.
	 */
	void responded(ApiResponse response) {
		this.response = response;
		this.responseListener.accept(response);
	}

	/**
	 * Return the response, or {@code null} if there is none yet.
	 */
	@Nullable ApiResponse response() {
		return this.response;
	}

	/**
	 * Return whether the server responded with another status than 200, 201 or 202.
	 */
	boolean hasErrorStatus() {
		ApiResponse response = this.response;
		return response != null && !response.isOk();
	}

	/**
	 * Return the given exchange, which closes its connection if it fails or is cancelled,
	 * even after the response has arrived. Otherwise, WebClient would read a body without
	 * a subscriber to the end, however long that takes. A filter may also drop the
	 * response.
	 */
	<T> Mono<T> closeUnlessComplete(Mono<T> exchange) {
		return exchange.doOnCancel(this::abandon).doOnError((ex) -> abandon());
	}

	/**
	 * Record the connection on which a response arrives, before the response headers are
	 * delivered.
	 */
	static void responding(Connection connection) {
		Map<String, Object> attributes = connection.channel().attr(ReactorClientHttpConnector.ATTRIBUTES_KEY).get();
		if (attributes != null && attributes.get(ATTRIBUTE) instanceof Attempt attempt) {
			attempt.connection = connection;
			if (attempt.abandoned) {
				attempt.closeConnection();
			}
		}
	}

	/**
	 * Record that the response is complete. From this point on, the reader of the
	 * response is responsible for the connection.
	 */
	void complete() {
		this.connection = null;
	}

	private void abandon() {
		this.abandoned = true;
		closeConnection();
	}

	// has no effect after the end of the response, when another call may use the
	// connection
	private void closeConnection() {
		if (this.connection instanceof ChannelOperations<?, ?> exchange) {
			exchange.discard();
		}
	}

}
