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

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.observation.contextpropagation.ObservationThreadLocalAccessor;
import org.jspecify.annotations.Nullable;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Flux;
import reactor.util.context.Context;

/**
 * Has the calls of a client observed, if anybody is there who does.
 *
 * @param registry the registry
 * @param convention the convention of the application, or {@code null}
 * @param client the name of the client
 * @param server the server that is called
 */
record CallObservations(ObservationRegistry registry, @Nullable CompletionObservationConvention convention,
		String client, ServerAddress server) {

	static final CompletionObservationConvention DEFAULT_CONVENTION = new DefaultCompletionObservationConvention();

	/**
	 * Return the given results, with an observation around them.
	 */
	Flux<Completion> observe(CompletionRequest request, Call call, Flux<Completion> results) {
		if (this.registry.isNoop()) {
			return results;
		}
		return new InterposedFlux<>(results.contextWrite(this::withParent),
				(source, subscriber) -> observe(request, call, source, subscriber));
	}

	/**
	 * Put what the thread observes where the exchanges look for their parent, unless
	 * there is one. A call that is not observed would have them lose its trace.
	 */
	private Context withParent(Context context) {
		Observation parent = this.registry.getCurrentObservation();
		return (parent == null || context.hasKey(ObservationThreadLocalAccessor.KEY)) ? context
				: context.put(ObservationThreadLocalAccessor.KEY, parent);
	}

	private void observe(CompletionRequest request, Call call, Flux<? extends Completion> results,
			CoreSubscriber<? super Completion> subscriber) {
		CompletionObservationContext context = new CompletionObservationContext(request, call, this.client,
				this.server);
		Observation observation = observation(context);
		if (observation.isNoop()) {
			results.subscribe(subscriber);
			return;
		}
		CallObservation observed = new CallObservation(subscriber, observation, context);
		call.events(observed);
		observed.start();
		observed.inScope(() -> results.subscribe(observed));
	}

	// conventions and predicates of the application may fail
	private Observation observation(CompletionObservationContext context) {
		try {
			return observation(context, this.convention);
		}
		catch (Throwable ex) {
			CallObservation.failed(ex);
		}
		try {
			return observation(context, DEFAULT_CONVENTION);
		}
		catch (Throwable ex) {
			CallObservation.failed(ex);
			return Observation.NOOP;
		}
	}

	private Observation observation(CompletionObservationContext context,
			@Nullable CompletionObservationConvention convention) {
		return CompletionObservationDocumentation.COMPLETION.observation(convention, DEFAULT_CONVENTION, () -> context,
				this.registry);
	}

}
