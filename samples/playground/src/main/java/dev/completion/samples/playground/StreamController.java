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

import java.util.List;

import dev.completion.client.CompletionClient;
import dev.completion.client.CompletionResponse;
import dev.completion.client.RateLimits;
import dev.completion.client.StopReason;
import dev.completion.client.Usage;
import dev.completion.client.error.CompletionClientException;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;

import org.springframework.http.MediaType;
import org.springframework.http.codec.ServerSentEvent;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

/**
 * Streams answers to the page. When the page stops reading, the call is cancelled, which
 * closes its connection.
 */
@RestController
class StreamController {

	private final CompletionClient client;

	StreamController(CompletionClient client) {
		this.client = client;
	}

	@GetMapping("/api/models")
	Flux<ModelName> models() {
		return this.client.models().map((model) -> new ModelName(model.id(), model.displayName()));
	}

	@PostMapping(path = "/api/stream", produces = MediaType.TEXT_EVENT_STREAM_VALUE)
	Flux<ServerSentEvent<?>> stream(@RequestBody Question question) {
		return Flux.defer(() -> this.client.exchangeStream(question.toRequest()))
			.<ServerSentEvent<?>>map((response) -> event("delta", Delta.of(response)))
			.onErrorResume(StreamController::isExplained, (error) -> Flux.just(event("failure", Failure.of(error))));
	}

	// what is neither is a mistake of this application's, and for its log
	private static boolean isExplained(Throwable error) {
		return error instanceof CompletionClientException || error instanceof IllegalArgumentException;
	}

	private static ServerSentEvent<?> event(String name, Object data) {
		return ServerSentEvent.builder(data).event(name).build();
	}

	/**
	 * A model to choose.
	 */
	record ModelName(String id, String name) {
	}

	/**
	 * A piece of an answer, with what is known of the call.
	 */
	record Delta(String text, @Nullable StopReason stopReason, String model, String api, int attempts,
			@Nullable String requestId, @Nullable Usage usage, List<Remaining> remaining) {

		static Delta of(CompletionResponse response) {
			RateLimits limits = response.rateLimits();
			return new Delta(response.body().completion(), response.body().stopReason(), response.body().model().id(),
					response.api().name(), response.attempts(), response.requestId(), response.usage(),
					List.of(new Remaining("requests", limits.requests().remaining(), limits.requests().limit()),
							new Remaining("input tokens", limits.inputTokens().remaining(),
									limits.inputTokens().limit()),
							new Remaining("output tokens", limits.outputTokens().remaining(),
									limits.outputTokens().limit())));
		}

	}

	/**
	 * What is left of a limit.
	 */
	record Remaining(String name, @Nullable Long remaining, @Nullable Long limit) {
	}

}
