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

import io.netty.buffer.ByteBuf;
import reactor.core.publisher.Mono;
import reactor.netty.http.client.HttpClient;
import reactor.netty.resources.ConnectionProvider;

/**
 * Raw Reactor Netty, which counts bytes and reads nothing: the floor of what WebFlux can
 * cost.
 */
public final class FloorPeer implements Peer {

	private final ConnectionProvider connections = Connections.create();

	private final HttpClient.ResponseReceiver<?> request;

	/**
	 * Create a peer.
	 * @param baseUrl the base URL of the server
	 */
	public FloorPeer(String baseUrl) {
		this.request = HttpClient.create(this.connections)
			.headers((headers) -> headers.set("content-type", "application/json").set("x-api-key", "key"))
			.post()
			.uri(baseUrl + "/v1/complete")
			.send((request, outbound) -> outbound.sendString(Mono.just(Payload.REQUEST)));
	}

	@Override
	public void stream(Runnable firstChunk, Receiver receiver) {
		this.request.responseContent().subscribe(new StreamCounter<>(ByteBuf::readableBytes, firstChunk, receiver));
	}

	@Override
	public void complete(Receiver receiver) {
		stream(() -> {
		}, receiver);
	}

	@Override
	public boolean countsBytes() {
		return true;
	}

	@Override
	public void close() {
		this.connections.dispose();
	}

}
