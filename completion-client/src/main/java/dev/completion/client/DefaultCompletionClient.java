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

import dev.completion.client.error.CallTimeoutException.Phase;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.util.context.ContextView;

import org.springframework.util.Assert;

/**
 * Default implementation of {@link CompletionClient}. Each method creates a call and runs
 * it.
 */
final class DefaultCompletionClient implements CompletionClient {

	private static final int MODELS_PAGE_SIZE = 100;

	private static final int MAX_MODELS_PAGES = 1000;

	private final ClientSettings settings;

	private final ClientResources resources;

	private final CompletionRequest defaults;

	private final Timeouts timeouts;

	private final Limits limits;

	/**
	 * Create a client.
	 * @param settings the settings, which must not be modified afterwards
	 * @param resources the resources of the client
	 */
	DefaultCompletionClient(ClientSettings settings, ClientResources resources) {
		this.settings = settings;
		this.resources = resources;
		this.defaults = settings.defaults;
		this.timeouts = settings.effectiveTimeouts();
		this.limits = settings.limits;
	}

	@Override
	public Mono<Completion> complete(CompletionRequest request) {
		Assert.notNull(request, "'request' must not be null");
		return Mono.defer(() -> unary(request, (call, completion) -> completion));
	}

	@Override
	public Mono<CompletionResponse> exchange(CompletionRequest request) {
		Assert.notNull(request, "'request' must not be null");
		return Mono.defer(() -> unary(request, (call, completion) -> completion.map(call::wrap)));
	}

	private <T> Mono<T> unary(CompletionRequest request, BiFunction<Call, Mono<Completion>, Mono<T>> view) {
		CompletionRequest complete = request.withDefaults(this.defaults);
		Call call = call(false, complete.timeout(), false);
		return view.apply(call, Mono.fromDirect(run(complete, call)));
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
		return view.apply(call, run(complete, call));
	}

	private Call call(boolean stream, @Nullable Duration timeout, boolean joined) {
		return new Call(stream, this.timeouts.withTotal(timeout), this.limits, joined);
	}

	private Flux<Completion> run(CompletionRequest request, Call call) {
		Route<Completion> route = new CompletionRoute(request, call.isStream(), this.resources.apis(),
				this.resources.transport());
		Flux<Completion> results = this.resources.runner().run(call, route, this.resources.listeners());
		return this.resources.observations().observe(request, call, results);
	}

	@Override
	public Mono<Long> countTokens(CompletionRequest request) {
		Assert.notNull(request, "'request' must not be null");
		return Mono.defer(() -> {
			CompletionRequest complete = request.withDefaultsForCount(this.defaults);
			String model = Objects.requireNonNull(complete.model()).id();
			Route<Long> route = new FixedRoute<>(new MemoizedSupplier<>(() -> complete, this::countRequest), model,
					this.resources.transport(), this.resources.tokens()::read);
			try {
				route.request();
			}
			catch (AttemptFailure ex) {
				// thrown again by the first attempt
			}
			return run(route, call(false, complete.timeout(), false));
		});
	}

	private ApiRequest countRequest(CompletionRequest request) {
		if (this.settings.api == CompletionApi.TEXT_COMPLETIONS) {
			throw AttemptFailure.unsupported(
					"The Text Completions API does not support this request: only the Messages API counts tokens; see"
							+ " 'completion.api'");
		}
		return this.resources.tokens().request(request);
	}

	/**
	 * Return the models of one page after another, until the server repeats a page. All
	 * pages have one deadline.
	 */
	@Override
	public Flux<ModelInfo> models() {
		return Flux.defer(() -> {
			Deadline total = new Deadline(Phase.TOTAL, this.timeouts.total(false));
			Set<String> seen = new HashSet<>();
			AtomicReference<@Nullable String> last = new AtomicReference<>();
			return Mono.defer(() -> modelsPage(last.get(), seen.size(), total))
				.doOnNext((page) -> last.set(page.next()))
				.flatMapIterable(ModelReader.Page::models)
				.repeat(() -> {
					String next = last.get();
					return next != null && seen.add(next);
				});
		});
	}

	private Mono<ModelReader.Page> modelsPage(@Nullable String after, int number, Deadline total) {
		Call call = new Call(false, this.timeouts, this.limits, false, total);
		if (number == MAX_MODELS_PAGES) {
			return Mono.error(call.toException(AttemptFailure.tooManyPages(MAX_MODELS_PAGES)));
		}
		ApiRequest request = (after != null)
				? ApiRequest.get("/v1/models?limit={limit}&after_id={id}",
						Map.of("limit", MODELS_PAGE_SIZE, "id", after))
				: ApiRequest.get("/v1/models?limit={limit}", Map.of("limit", MODELS_PAGE_SIZE));
		return get(request, call, this.resources.models()::readPage);
	}

	@Override
	public Mono<ModelInfo> model(Model model) {
		Assert.notNull(model, "'model' must not be null");
		Assert.isTrue(!model.id().matches("\\.{1,2}"), "'model' must not be '.' or '..', which are parts of a path");
		ApiRequest request = ApiRequest.get("/v1/models/{id}", Map.of("id", model.id()));
		return Mono.defer(() -> get(request, call(false, null, false), this.resources.models()::read));
	}

	private <T> Mono<T> get(ApiRequest request, Call call, Function<byte[], T> reader) {
		return run(new FixedRoute<>(() -> request, "", this.resources.transport(), reader), call);
	}

	private <T> Mono<T> run(Route<T> route, Call call) {
		return Mono.fromDirect(this.resources.runner().run(call, route, CallListeners.NONE));
	}

	/**
	 * Return the pacers of the requests of this client, and of variants for the same
	 * server.
	 */
	Pacers pacers() {
		return this.resources.pacers();
	}

	@Override
	public Builder mutate() {
		return new DefaultCompletionClientBuilder(this.settings.copy(), this.resources);
	}

	@Override
	public void close() {
		this.resources.close();
	}

	/**
	 * {@link Route} of a request with a fixed path.
	 */
	private record FixedRoute<T>(Supplier<ApiRequest> requests, String model, Transport transport,
			Function<byte[], T> reader) implements Route<T> {

		@Override
		public ApiRequest request() {
			return this.requests.get();
		}

		@Override
		public Flux<T> exchange(ApiRequest request, Credential credential, Attempt attempt) {
			return this.transport.send(request, credential, attempt, (response) -> response.json(this.reader)).flux();
		}

	}

}
