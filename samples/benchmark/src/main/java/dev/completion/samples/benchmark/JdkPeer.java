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

package dev.completion.samples.benchmark;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Stream;

import tools.jackson.databind.json.JsonMapper;

/**
 * The JDK's client, by lines, with Jackson: a thread for each stream.
 * <p>
 * Some versions of that client now and then take the bytes of one answer for "data
 * received while in pool" (JDK-8338569, JDK-8357639), and fail.
 */
public final class JdkPeer implements Peer {

	private static final String DATA = "data: ";

	private final JsonMapper mapper = new JsonMapper();

	private final ExecutorService threads = Executors.newCachedThreadPool();

	private final HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

	private final HttpRequest request;

	/**
	 * Create a peer.
	 * @param baseUrl the base URL of the server
	 */
	public JdkPeer(String baseUrl) {
		this.request = HttpRequest.newBuilder(URI.create(baseUrl + "/v1/complete"))
			.header("content-type", "application/json")
			.header("x-api-key", "key")
			.POST(HttpRequest.BodyPublishers.ofString(Payload.REQUEST))
			.build();
	}

	@Override
	public void stream(Runnable firstChunk, Receiver receiver) {
		this.threads.execute(() -> {
			try {
				receiver.received(read(this.client.send(this.request, BodyHandlers.ofLines()).body(), firstChunk));
			}
			catch (IOException | InterruptedException | RuntimeException ex) {
				receiver.failed(ex);
			}
		});
	}

	private long read(Stream<String> lines, Runnable firstChunk) {
		long characters = 0;
		try (lines) {
			for (String line : (Iterable<String>) lines::iterator) {
				if (line.startsWith(DATA)) {
					if (characters == 0) {
						firstChunk.run();
					}
					characters += length(line.substring(DATA.length()));
				}
			}
		}
		return characters;
	}

	private int length(String json) {
		return this.mapper.readTree(json).get("completion").stringValue().length();
	}

	@Override
	public void complete(Receiver receiver) {
		this.threads.execute(() -> {
			try {
				receiver.received(length(this.client.send(this.request, BodyHandlers.ofString()).body()));
			}
			catch (IOException | InterruptedException | RuntimeException ex) {
				receiver.failed(ex);
			}
		});
	}

	@Override
	public void close() {
		this.threads.shutdownNow();
	}

}
