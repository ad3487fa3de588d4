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
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.util.context.ContextView;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.util.Assert;

/**
 * The {@link CompletionClient}: lays a request over the defaults, has it sent, and has
 * the answer read.
 */
final class DefaultCompletionClient implements CompletionClient {

	private static final int MODELS_PAGE_SIZE = 100;

	// what the API documents as the limit of its edge
	private static final int MAX_REQUEST_SIZE = 32 * 1024 * 1024;

	private final DefaultCompletionClientBuilder settings;

	private final Connections connections;

	private final ActiveCalls calls;

	private final JsonMapper mapper;

	private final ApiErrorReader errors;

	private final Transport transport;

	private final ApiSelector apis;

	private final RetryBudget retryBudget = new RetryBudget();

	private final CompletionRequest defaults;

	private final Timeouts timeouts;

	private final CallListeners listeners;

	private final CallObservations observations;

	/**
	 * Create a client.
	 * @param settings the settings, which nobody changes any more
	 */
	DefaultCompletionClient(DefaultCompletionClientBuilder settings) {
		DefaultCompletionClient original = settings.original();
		this.settings = settings;
		this.connections = settings.connections();
		this.calls = new ActiveCalls((original != null) ? original.calls : null);
		this.mapper = settings.mapper();
		this.errors = new ApiErrorReader(this.mapper, settings.limits().errorBody());
		this.transport = settings.transport(this.connections, this.errors);
		this.apis = (original != null && settings.asksAs(original.settings)) ? original.apis
				: new ApiSelector(settings.api(), this.mapper);
		this.defaults = settings.defaults();
		this.timeouts = settings.timeouts();
		this.listeners = new CallListeners(settings.listeners());
		this.observations = settings.observations();
	}

	@Override
	public Mono<Completion> complete(CompletionRequest request) {
		Assert.notNull(request, "'request' must not be null");
		return Mono.defer(() -> whole(request, (call, completion) -> completion));
	}

	@Override
	public Mono<CompletionResponse> exchange(CompletionRequest request) {
		Assert.notNull(request, "'request' must not be null");
		return Mono.defer(() -> whole(request, (call, completion) -> completion.map(call::wrap)));
	}

	private <T> Mono<T> whole(CompletionRequest request, BiFunction<Call, Mono<Completion>, Mono<T>> view) {
		CompletionRequest complete = request.withDefaults(this.defaults);
		Call call = call(false, complete.timeout(), false);
		return view.apply(call, observed(complete, call, this::sendWhole).singleOrEmpty());
	}

	private Flux<Completion> sendWhole(ApiRequest request, Supplier<CompletionReader> reader, Call call) {
		return this.transport
			.send(request, call, (answer) -> answer.json().map((json) -> read(json, answer, reader.get()::read)))
			.flux();
	}

	@Override
	public Flux<Completion> stream(CompletionRequest request) {
		Assert.notNull(request, "'request' must not be null");
		return Flux.deferContextual((context) -> stream(request, context, (call, completions) -> completions));
	}

	@Override
	public Flux<CompletionResponse> exchangeStream(CompletionRequest request) {
		Assert.notNull(request, "'request' must not be null");
		return Flux
			.deferContextual((context) -> stream(request, context, (call, completions) -> completions.map(call::wrap)));
	}

	private <T> Flux<T> stream(CompletionRequest request, ContextView context,
			BiFunction<Call, Flux<Completion>, Flux<T>> view) {
		CompletionRequest complete = request.withDefaults(this.defaults);
		Call call = call(true, complete.timeout(), context.hasKey(Completion.JOINED));
		return view.apply(call, observed(complete, call, this::sendStream));
	}

	private Flux<Completion> sendStream(ApiRequest request, Supplier<CompletionReader> reader, Call call) {
		return this.transport.stream(request, call,
				(answer) -> new EventStreamReader(reader.get(), this.errors, answer::headers, call.limits())
					.read(answer.eventStream(), call.timeouts().idle()));
	}

	private Call call(boolean stream, @Nullable Duration timeout, boolean joined) {
		return new Call(stream, this.timeouts.withTotal(timeout), this.settings.limits(), joined);
	}

	private Flux<Completion> observed(CompletionRequest request, Call call, Attempt attempt) {
		return this.observations.observe(request, call, complete(request, call, attempt));
	}

	/**
	 * Have a request completed on one API, and on the other where only that serves the
	 * model.
	 */
	private Flux<Completion> complete(CompletionRequest request, Call call, Attempt attempt) {
		CallRetry retry = retry(call);
		Model model = Objects.requireNonNull(request.model());
		Protocol first = this.apis.select(model);
		Flux<Completion> results = attempts(request, call, retry, first, attempt);
		if (this.apis.isFinal(first)) {
			return run(call, retry, this.listeners, results);
		}
		return run(call, retry, this.listeners, results.onErrorResume(AttemptFailure.class, (failure) -> {
			Protocol other = call.isRefused() ? this.apis.alternative(first, model, failure) : null;
			if (other == null) {
				return Flux.error(failure);
			}
			call.retrying(failure);
			return attempts(request, call, retry, other, attempt).doOnNext((result) -> this.apis.learn(model))
				.doOnError(AttemptFailure.class, (later) -> this.apis.failed(model, later));
		}));
	}

	private Flux<Completion> attempts(CompletionRequest request, Call call, CallRetry retry, Protocol protocol,
			Attempt attempt) {
		try {
			Model model = Objects.requireNonNull(request.model());
			ApiRequest apiRequest = apiRequest(request, call, protocol);
			// a request that this API cannot take is not made
			call.use(protocol.api());
			return attempts(call, retry, attempt.make(apiRequest, () -> protocol.reader(model), call));
		}
		catch (AttemptFailure ex) {
			return Flux.error(ex);
		}
	}

	private CallRetry retry(Call call) {
		return new CallRetry(this.settings.retry(), this.retryBudget, this.settings.credentials(), call);
	}

	/**
	 * Make attempts until one succeeds, or must be the last.
	 */
	private <T> Flux<T> attempts(Call call, CallRetry retry, Flux<T> attempt) {
		return attempt.onErrorResume((ex) -> retry.next(TransportFailures.translate(ex, call))
			.flatMapMany((waited) -> attempts(call, retry, attempt)));
	}

	/**
	 * Make the given attempts until the call ends.
	 */
	private <T> Flux<T> run(Call call, CallRetry retry, CallListeners listeners, Flux<T> attempts) {
		return new InterposedFlux<T, T>(attempts, (source,
				subscriber) -> new CallSubscriber<T>(call, retry, this.calls, listeners, subscriber).begin(source));
	}

	/**
	 * Return the models of one page after another. A server that names a page again would
	 * be asked for ever.
	 */
	@Override
	public Flux<ModelInfo> models() {
		return Flux.defer(() -> {
			Set<String> seen = new HashSet<>();
			AtomicReference<@Nullable String> last = new AtomicReference<>();
			return Mono.defer(() -> modelsPage(last.get()))
				.doOnNext((page) -> last.set(page.next()))
				.flatMapIterable(ModelReader.Page::models)
				.repeat(() -> {
					String next = last.get();
					return next != null && seen.add(next);
				});
		});
	}

	private Mono<ModelReader.Page> modelsPage(@Nullable String after) {
		Function<byte[], ModelReader.Page> reader = new ModelReader(this.mapper)::readPage;
		return (after != null)
				? get("/v1/models?limit={limit}&after_id={id}", Map.of("limit", MODELS_PAGE_SIZE, "id", after), reader)
				: get("/v1/models?limit={limit}", Map.of("limit", MODELS_PAGE_SIZE), reader);
	}

	@Override
	public Mono<ModelInfo> model(Model model) {
		Assert.notNull(model, "'model' must not be null");
		return get("/v1/models/{id}", Map.of("id", model.id()), new ModelReader(this.mapper)::read);
	}

	private <T> Mono<T> get(String uri, Map<String, ?> variables, Function<byte[], T> reader) {
		return Mono.defer(() -> {
			Call call = call(false, null, false);
			Mono<T> attempt = this.transport.send(ApiRequest.get(uri, variables), call,
					(answer) -> answer.json().map((json) -> read(json, answer, reader)));
			CallRetry retry = retry(call);
			return run(call, retry, CallListeners.NONE, attempts(call, retry, attempt.flux())).singleOrEmpty();
		});
	}

	@Override
	public Builder mutate() {
		return this.settings.variant(this);
	}

	@Override
	public void close() {
		try {
			this.calls.close();
		}
		finally {
			if (this.settings.original() == null) {
				this.connections.close();
			}
		}
	}

	Connections connections() {
		return this.connections;
	}

	private static ApiRequest apiRequest(CompletionRequest request, Call call, Protocol protocol) {
		byte[] body = protocol.writer().write(request, call.isStream());
		Assert.isTrue(body.length <= MAX_REQUEST_SIZE, () -> "'prompt' is too long: the request would have "
				+ body.length + " bytes, and the API takes at most " + MAX_REQUEST_SIZE);
		return ApiRequest.post(protocol.path(), call.isStream(), request.headers(), body);
	}

	private <T> T read(byte[] json, ApiResponse answer, Function<byte[], T> reader) {
		try {
			return reader.apply(json);
		}
		catch (UnreadableException ex) {
			AttemptFailure error = this.errors.readEnvelope(answer.headers(), json, 0, json.length, false);
			throw (error != null) ? error : AttemptFailure.malformed("The answer " + ex.getMessage());
		}
	}

	/**
	 * Makes one attempt to have a request completed.
	 */
	@FunctionalInterface
	private interface Attempt {

		Flux<Completion> make(ApiRequest request, Supplier<CompletionReader> reader, Call call);

	}

}
