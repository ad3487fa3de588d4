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

import java.util.Objects;

import com.fasterxml.jackson.annotation.JsonProperty;
import org.jspecify.annotations.Nullable;
import reactor.netty.http.client.HttpClient;
import reactor.netty.resources.ConnectionProvider;

import org.springframework.core.ParameterizedTypeReference;
import org.springframework.http.MediaType;
import org.springframework.http.client.reactive.ReactorClientHttpConnector;
import org.springframework.http.codec.ServerSentEvent;
import org.springframework.web.reactive.function.client.WebClient;

/**
 * What one would write by hand: WebClient and its own reading of server-sent events.
 */
public final class WebClientPeer implements Peer {

	private static final ParameterizedTypeReference<ServerSentEvent<Delta>> EVENT = new ParameterizedTypeReference<>() {
	};

	private final ConnectionProvider connections = Connections.create();

	private final WebClient client;

	/**
	 * Create a peer.
	 * @param baseUrl the base URL of the server
	 */
	public WebClientPeer(String baseUrl) {
		this.client = WebClient.builder()
			.baseUrl(baseUrl)
			.clientConnector(new ReactorClientHttpConnector(HttpClient.create(this.connections)))
			.defaultHeader("x-api-key", "key")
			// for the largest events
			.codecs((codecs) -> codecs.defaultCodecs().maxInMemorySize(-1))
			.build();
	}

	private WebClient.ResponseSpec request(boolean stream) {
		return this.client.post()
			.uri("/v1/complete")
			.contentType(MediaType.APPLICATION_JSON)
			.bodyValue(new Request("claude-2.1", "\n\nHuman: Hi\n\nAssistant:", 100, stream))
			.retrieve();
	}

	@Override
	public void stream(Runnable firstChunk, Receiver receiver) {
		request(true).bodyToFlux(EVENT)
			.subscribe(new StreamCounter<>((event) -> Objects.requireNonNull(event.data()).completion().length(),
					firstChunk, receiver));
	}

	@Override
	public void complete(Receiver receiver) {
		request(false).bodyToMono(Delta.class)
			.map((delta) -> (long) delta.completion().length())
			.subscribe(receiver::received, receiver::failed);
	}

	@Override
	public void close() {
		this.connections.dispose();
	}

	record Request(String model, String prompt, @JsonProperty("max_tokens_to_sample") int maxTokensToSample,
			boolean stream) {
	}

	record Delta(String completion, @JsonProperty("stop_reason") @Nullable String stopReason, String model) {
	}

}
