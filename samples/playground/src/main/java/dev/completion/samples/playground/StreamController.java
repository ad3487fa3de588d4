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

package dev.completion.samples.playground;

import java.time.Instant;
import java.util.List;

import dev.completion.boot.CompletionConnectionDetails;
import dev.completion.boot.autoconfigure.CompletionProperties;
import dev.completion.client.CompletionClient;
import dev.completion.client.CompletionResponse;
import dev.completion.client.ModelInfo;
import dev.completion.client.StopReason;
import dev.completion.client.Usage;
import dev.completion.client.error.CompletionClientException;
import dev.completion.server.RecordedRequest;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;

import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.codec.ServerSentEvent;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/**
 * Streams answers to the page, and tells it about the server. When the page stops
 * reading, the call is cancelled, which closes its connection.
 */
@RestController
class StreamController {

	private static final Log logger = LogFactory.getLog(StreamController.class);

	private final CompletionClient client;

	private final Upstream upstream;

	private final ServerState server;

	StreamController(CompletionClient client, Upstream upstream, CompletionConnectionDetails details,
			CompletionProperties properties) {
		this.client = client;
		this.upstream = upstream;
		this.server = new ServerState(upstream.isEmbedded(), details.getBaseUrl(), properties.defaults().model(),
				properties.defaults().maxTokensToSample());
	}

	@GetMapping("/api/server")
	ServerState server() {
		return this.server;
	}

	@GetMapping("/api/models")
	Flux<ModelName> models() {
		return this.client.models().map((model) -> ModelName.of(model));
	}

	@PostMapping(path = "/api/stream", produces = MediaType.TEXT_EVENT_STREAM_VALUE)
	Flux<ServerSentEvent<?>> stream(@RequestBody Question question) {
		return Flux.defer(() -> this.upstream.stream(question))
			.<ServerSentEvent<?>>map((response) -> event("delta", Delta.of(response)))
			.onErrorResume(CompletionClientException.class, (ex) -> Flux.just(event("failure", failure(ex))))
			.onErrorResume(IllegalArgumentException.class, (ex) -> Flux.just(event("failure", Failure.of(ex))));
	}

	private static ServerSentEvent<?> event(String name, Object data) {
		return ServerSentEvent.builder(data).event(name).build();
	}

	@GetMapping("/api/calls/{call}/requests")
	List<SeenRequest> requests(@PathVariable String call) {
		return this.upstream.requests(call).stream().map(SeenRequest::of).toList();
	}

	@ExceptionHandler
	@ResponseStatus(HttpStatus.BAD_GATEWAY)
	Failure failure(CompletionClientException ex) {
		logger.warn("A call failed: " + ex);
		return Failure.of(ex);
	}

	/**
	 * What is asked.
	 */
	record ServerState(boolean embedded, String baseUrl, @Nullable String defaultModel, int defaultMaxTokens) {
	}

	/**
	 * A model to choose.
	 */
	record ModelName(String id, String name, boolean prefill) {

		// models from Claude 4.6 on reject a prefill
		private static final Instant FIRST_WITHOUT_PREFILL = Instant.parse("2026-02-05T00:00:00Z");

		static ModelName of(ModelInfo model) {
			Instant created = model.createdAt();
			return new ModelName(model.id(), model.displayName(),
					created != null && created.isBefore(FIRST_WITHOUT_PREFILL));
		}

	}

	/**
	 * A piece of an answer, with what is known of the call.
	 */
	record Delta(String text, @Nullable StopReason stopReason, String model, String api, int attempts,
			@Nullable String requestId, @Nullable Usage usage, List<Remaining> remaining) {

		static Delta of(CompletionResponse response) {
			return new Delta(response.body().completion(), response.body().stopReason(), response.body().model().id(),
					response.api().name(), response.attempts(), response.requestId(), response.usage(),
					Remaining.of(response.rateLimits()));
		}

	}

	/**
	 * A request that a server of ours saw.
	 */
	record SeenRequest(String method, String path, int connection, boolean closedByClient) {

		static SeenRequest of(RecordedRequest request) {
			return new SeenRequest(request.method(), request.path(), request.remotePort(), request.clientClosed());
		}

	}

}
