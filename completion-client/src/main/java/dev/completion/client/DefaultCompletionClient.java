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
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Function;

import dev.completion.client.error.CallTimeoutException.Phase;
import dev.completion.client.error.CompletionClientException;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.util.Assert;

/**
 * The {@link CompletionClient}: lays a request over the defaults, has it sent, and has
 * the answer read.
 */
final class DefaultCompletionClient implements CompletionClient {

	private static final Log logger = LogFactory.getLog(DefaultCompletionClient.class);

	private static final String COMPLETE = "/v1/complete";

	private static final int MODELS_PAGE_SIZE = 100;

	private final DefaultCompletionClientBuilder builder;

	private final Transport transport;

	private final JsonMapper mapper;

	private final ApiErrorReader errors;

	private final CompletionRequest defaults;

	private final List<CallListener> listeners;

	private final Runnable closer;

	/**
	 * Create a client.
	 * @param builder the settings, for variants of the client
	 * @param transport sends the requests
	 * @param mapper reads and writes JSON
	 * @param errors reads errors
	 * @param closer closes what the client opened
	 */
	DefaultCompletionClient(DefaultCompletionClientBuilder builder, Transport transport, JsonMapper mapper,
			ApiErrorReader errors, Runnable closer) {
		this.builder = builder;
		this.transport = transport;
		this.mapper = mapper;
		this.errors = errors;
		this.defaults = builder.defaults();
		this.listeners = builder.listeners();
		this.closer = closer;
	}

	@Override
	public Mono<Completion> complete(CompletionRequest request) {
		return exchange(request).map(CompletionResponse::body);
	}

	@Override
	public Mono<CompletionResponse> exchange(CompletionRequest request) {
		Assert.notNull(request, "'request' must not be null");
		return Mono.defer(() -> {
			CompletionRequest complete = request.withDefaults(this.defaults);
			Call call = new Call();
			Mono<CompletionResponse> response = this.transport.send(apiRequest(complete, false), call,
					(answer) -> answer.json()
						.map((json) -> read(json, answer, (bytes) -> reader(complete).read(bytes, 0, bytes.length)))
						.map((completion) -> answer.wrap(completion, call.attempts())));
			return limit(response, complete.timeout()).onErrorMap((ex) -> TransportFailures.translate(ex, call, false))
				.doOnError(CompletionClientException.class, this::failed)
				.doOnSuccess((value) -> succeeded(call));
		});
	}

	@Override
	public Flux<Completion> stream(CompletionRequest request) {
		Assert.notNull(request, "'request' must not be null");
		return Flux.defer(() -> stream(request, new Call()));
	}

	@Override
	public Flux<CompletionResponse> exchangeStream(CompletionRequest request) {
		Assert.notNull(request, "'request' must not be null");
		return Flux.defer(() -> {
			Call call = new Call();
			return stream(request, call)
				.map((completion) -> Objects.requireNonNull(call.answer()).wrap(completion, call.attempts()));
		});
	}

	private Flux<Completion> stream(CompletionRequest request, Call call) {
		CompletionRequest complete = request.withDefaults(this.defaults);
		Flux<Completion> completions = this.transport.stream(apiRequest(complete, true), call,
				(answer) -> new CompletionStream(reader(complete), this.errors, answer.headers())
					.read(answer.eventStream()));
		return limit(completions, complete.timeout()).doOnNext(call::delivered)
			.onErrorMap((ex) -> TransportFailures.translate(ex, call, true))
			.doOnError(CompletionClientException.class, this::failed)
			.doOnComplete(() -> succeeded(call));
	}

	@Override
	public Flux<ModelInfo> models() {
		return models("/v1/models?limit={limit}", Map.of("limit", MODELS_PAGE_SIZE));
	}

	private Flux<ModelInfo> modelsAfter(String id) {
		return models("/v1/models?limit={limit}&after_id={id}", Map.of("limit", MODELS_PAGE_SIZE, "id", id));
	}

	private Flux<ModelInfo> models(String uri, Map<String, ?> variables) {
		return get(uri, variables, new ModelReader(this.mapper)::readPage).flatMapMany((page) -> {
			String next = page.next();
			Flux<ModelInfo> models = Flux.fromIterable(page.models());
			// a server that names the same page again would be asked for ever
			if (next == null || next.equals(variables.get("id"))) {
				return models;
			}
			return models.concatWith(Flux.defer(() -> modelsAfter(next)));
		});
	}

	@Override
	public Mono<ModelInfo> model(Model model) {
		Assert.notNull(model, "'model' must not be null");
		return get("/v1/models/{id}", Map.of("id", model.id()), new ModelReader(this.mapper)::read);
	}

	private <T> Mono<T> get(String uri, Map<String, ?> variables, Function<byte[], T> reader) {
		return Mono.defer(() -> {
			Call call = new Call();
			return this.transport
				.send(ApiRequest.get(uri, variables), call,
						(answer) -> answer.json().map((json) -> read(json, answer, reader)))
				.onErrorMap((ex) -> TransportFailures.translate(ex, call, false));
		});
	}

	@Override
	public Builder mutate() {
		return this.builder.copy();
	}

	@Override
	public void close() {
		this.closer.run();
	}

	private ApiRequest apiRequest(CompletionRequest request, boolean stream) {
		byte[] body = new TextCompletionWriter(this.mapper).write(request, stream);
		return ApiRequest.post(COMPLETE, stream, request.headers(), body);
	}

	private TextCompletionReader reader(CompletionRequest request) {
		return new TextCompletionReader(this.mapper, Objects.requireNonNull(request.model()));
	}

	private <T> T read(byte[] json, Answer answer, Function<byte[], T> reader) {
		try {
			return reader.apply(json);
		}
		catch (UnreadableException ex) {
			CallFailure error = this.errors.readEnvelope(answer.headers(), json, 0, json.length, false);
			throw (error != null) ? error : CallFailure.malformed("The answer " + ex.getMessage());
		}
	}

	private void succeeded(Call call) {
		Answer answer = Objects.requireNonNull(call.answer());
		tell((listener) -> listener.onSuccess(answer.headers()));
	}

	private void failed(CompletionClientException error) {
		tell((listener) -> listener.onError(error));
	}

	// a listener that fails is not to cost the caller an answer
	private void tell(Consumer<CallListener> event) {
		for (CallListener listener : this.listeners) {
			try {
				event.accept(listener);
			}
			catch (RuntimeException ex) {
				logger.warn("Call listener failed", ex);
			}
		}
	}

	private static <T> Mono<T> limit(Mono<T> mono, @Nullable Duration timeout) {
		return (timeout != null) ? mono.takeUntilOther(deadline(timeout)) : mono;
	}

	private static <T> Flux<T> limit(Flux<T> flux, @Nullable Duration timeout) {
		return (timeout != null) ? flux.takeUntilOther(deadline(timeout)) : flux;
	}

	private static Mono<Long> deadline(Duration timeout) {
		return Mono.delay(timeout).flatMap((tick) -> Mono.error(CallFailure.timeout(Phase.TOTAL, timeout)));
	}

}
