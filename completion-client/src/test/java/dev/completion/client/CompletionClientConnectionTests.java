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
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;

import dev.completion.server.RecordedRequest;
import dev.completion.server.Reply;
import io.netty.channel.Channel;
import org.junit.jupiter.api.Test;
import reactor.netty.http.HttpProtocol;
import reactor.netty.http.client.HttpClient;
import reactor.netty.resources.ConnectionProvider;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link CompletionClient}: how it uses its connections.
 */
class CompletionClientConnectionTests extends AbstractCompletionClientTests {

	private final Set<Channel> channels = ConcurrentHashMap.newKeySet();

	@Test
	void shortStreamsShareConnections() {
		ConnectionProvider connections = ConnectionProvider.create("test");
		HttpClient httpClient = HttpClient.create(connections)
			.doOnChannelInit((observer, channel, address) -> this.channels.add(channel));
		try (CompletionClient counted = this.client.mutate().httpClient(httpClient).build()) {
			for (int i = 0; i < 1000; i++) {
				counted.stream(REQUEST).blockLast(LIMIT);
			}
		}
		assertThat(this.channels).hasSizeBetween(1, 10);
		connections.disposeLater().block(LIMIT);
	}

	@Test
	void anotherHttpClientTakesThePlaceOfTheFirst() {
		ConnectionProvider connections = ConnectionProvider.create("test");
		AtomicReference<HttpClient> current = new AtomicReference<>(named(connections, "first"));
		this.server.enqueue(Reply.text("abc").chunkSizes(1).chunkDelay(Duration.ofMillis(100)));
		try (CompletionClient other = this.client.mutate().httpClient(current::get).build();
				CompletionClient variant = other.mutate().build()) {
			String text = other.stream(REQUEST).doOnNext((delta) -> {
				if (delta.completion().equals("a")) {
					current.set(named(connections, "second"));
					other.complete(REQUEST).subscribe();
				}
			}).as(Completion::join).block(LIMIT).completion();
			assertThat(text).isEqualTo("abc");
			CompletionClientResourcesTests.await(() -> this.server.requests().size() == 2);
			other.complete(REQUEST).block(LIMIT);
			variant.complete(REQUEST).block(LIMIT);
		}
		assertThat(this.server.requests()).extracting((request) -> request.header("x-client"))
			.containsExactly("first", "second", "second", "second");
		assertThat(this.server.requests()).extracting(RecordedRequest::clientClosed).containsOnly(false);
		connections.disposeLater().block(LIMIT);
	}

	@Test
	void http2IsNotOffered() {
		HttpClient httpClient = HttpClient.create().protocol(HttpProtocol.HTTP11, HttpProtocol.H2C);
		try (CompletionClient other = this.client.mutate().httpClient(httpClient).build()) {
			other.complete(REQUEST).block(LIMIT);
		}
		assertThat(this.server.requests()).singleElement().returns(null, (request) -> request.header("upgrade"));
	}

	private static HttpClient named(ConnectionProvider connections, String name) {
		return HttpClient.create(connections).headers((headers) -> headers.set("x-client", name));
	}

	@Test
	void closeFreesSocketsAndThreads() {
		Set<Thread> before = eventLoops();
		CompletionClient other = client(this.server.baseUrl());
		other.complete(REQUEST).block(LIMIT);
		assertThat(eventLoops()).hasSizeGreaterThan(before.size());
		other.close();
		CompletionClientResourcesTests.await(() -> before.containsAll(eventLoops()));
	}

	static Set<Thread> eventLoops() {
		return Thread.getAllStackTraces()
			.keySet()
			.stream()
			.filter((thread) -> thread.getName().matches("completion-(epoll|nio|kqueue)-\\d+"))
			.collect(Collectors.toSet());
	}

}
