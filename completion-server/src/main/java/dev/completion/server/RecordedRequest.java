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

package dev.completion.server;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import org.jspecify.annotations.Nullable;

/**
 * Request that a {@link CompletionServer} received.
 * <p>
 * Safe for use by many threads. All but {@link #clientClosed()} is fixed.
 *
 * @since 0.1.0
 */
public final class RecordedRequest {

	private final String method;

	private final String path;

	private final @Nullable String query;

	private final Map<String, List<String>> headers;

	private final String body;

	private final int remotePort;

	private volatile boolean clientClosed;

	RecordedRequest(String method, String uri, Iterable<Map.Entry<String, String>> headers, String body,
			int remotePort) {
		int question = uri.indexOf('?');
		this.method = method;
		this.path = (question != -1) ? uri.substring(0, question) : uri;
		this.query = (question != -1) ? uri.substring(question + 1) : null;
		this.headers = copy(headers);
		this.body = body;
		this.remotePort = remotePort;
	}

	private static Map<String, List<String>> copy(Iterable<Map.Entry<String, String>> headers) {
		Map<String, List<String>> copy = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
		headers.forEach(
				(header) -> copy.computeIfAbsent(header.getKey(), (name) -> new ArrayList<>()).add(header.getValue()));
		copy.replaceAll((name, values) -> List.copyOf(values));
		return Collections.unmodifiableMap(copy);
	}

	/**
	 * Return the HTTP method, such as {@code POST}.
	 * @return the method
	 */
	public String method() {
		return this.method;
	}

	/**
	 * Return the path as it was sent, without the query.
	 * @return the path
	 */
	public String path() {
		return this.path;
	}

	/**
	 * Return the query as it was sent, without the question mark.
	 * @return the query, or {@code null} if there was none
	 */
	public @Nullable String query() {
		return this.query;
	}

	/**
	 * Return the headers. The case of a name does not matter when one is looked up.
	 * @return the values of each header, in the order they were sent
	 */
	public Map<String, List<String>> headers() {
		return this.headers;
	}

	/**
	 * Return the first value of a header.
	 * @param name the name of the header, in any case
	 * @return the value, or {@code null} if there was no such header
	 */
	public @Nullable String header(String name) {
		List<String> values = this.headers.get(name);
		return (values != null) ? values.get(0) : null;
	}

	/**
	 * Return the body, read as UTF-8.
	 * @return the body; empty if there was none, or if it was larger than 32 MB
	 */
	public String body() {
		return this.body;
	}

	/**
	 * Return the TCP port of the client. Requests with the same port came over the same
	 * connection.
	 * @return the port
	 */
	public int remotePort() {
		return this.remotePort;
	}

	/**
	 * Return whether the client has closed the connection before the answer to this
	 * request was complete; one that the server closed or reset does not count. This can
	 * change from false to true as long as the answer is under way.
	 * @return true once the client has given up
	 */
	public boolean clientClosed() {
		return this.clientClosed;
	}

	void markClientClosed() {
		this.clientClosed = true;
	}

	@Override
	public String toString() {
		return this.method + " " + this.path;
	}

}
