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
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Scheduler;

/**
 * Lets one call determine which API serves a model, while other calls for the model wait.
 * If that call ends without a result, the next one takes its place. Thread-safe.
 */
final class ApiDiscovery {

	private static final Duration MAX_WAIT = Duration.ofSeconds(2);

	private final Scheduler scheduler;

	private final Map<Model, Calls> models = new HashMap<>();

	/**
	 * Create a discovery.
	 * @param scheduler the scheduler that limits the time for which calls wait
	 */
	ApiDiscovery(Scheduler scheduler) {
		this.scheduler = scheduler;
	}

	/**
	 * Add a call for the given model. It must {@linkplain Participant#leave() leave} when
	 * it ends.
	 */
	synchronized Participant join(Model model) {
		Calls calls = this.models.computeIfAbsent(model, (unused) -> new Calls());
		Participant participant = new Participant(model);
		if (calls.all.isEmpty()) {
			calls.since = now();
		}
		else {
			Duration left = MAX_WAIT.minusNanos(now() - calls.since);
			participant.maxWait = (calls.api != null) ? MAX_WAIT : left;
		}
		calls.all.add(participant);
		if (calls.api != null) {
			participant.result.tryEmitValue(calls.api);
		}
		return participant;
	}

	/**
	 * Record the API that serves the given model, and let its calls continue.
	 */
	void found(Model model, CompletionApi api) {
		Calls calls;
		synchronized (this) {
			calls = this.models.remove(model);
		}
		if (calls != null) {
			calls.all.forEach((participant) -> participant.result.tryEmitValue(api));
		}
	}

	private void continuesWith(Participant finder, CompletionApi api) {
		List<Participant> waiting;
		synchronized (this) {
			Calls calls = this.models.get(finder.model);
			if (calls == null || !calls.all.contains(finder)) {
				return;
			}
			calls.finder = finder;
			calls.api = api;
			waiting = List.copyOf(calls.all);
		}
		waiting.forEach((participant) -> participant.result.tryEmitValue(api));
	}

	private void leave(Participant participant) {
		Participant next;
		synchronized (this) {
			Calls calls = this.models.get(participant.model);
			if (calls == null || !calls.all.contains(participant)) {
				return;
			}
			boolean first = calls.first().equals(participant);
			calls.remove(participant);
			if (calls.all.isEmpty()) {
				this.models.remove(participant.model);
			}
			if (!first || calls.all.isEmpty()) {
				return;
			}
			calls.since = now();
			next = calls.first();
		}
		// has no effect if it has waited for too long, and is determining the API already
		next.result.tryEmitEmpty();
	}

	private long now() {
		return this.scheduler.now(TimeUnit.NANOSECONDS);
	}

	/**
	 * Call that takes part in the discovery.
	 */
	final class Participant {

		private final Model model;

		private final Sinks.One<CompletionApi> result = Sinks.one();

		private Duration maxWait = Duration.ZERO;

		private Participant(Model model) {
			this.model = model;
		}

		/**
		 * Wait until this call may continue.
		 * @return the API to use, or empty if this call should determine it, or if the
		 * maximum wait time has elapsed
		 */
		Mono<CompletionApi> await() {
			boolean waits = this.maxWait.compareTo(Duration.ZERO) > 0;
			if (!waits) {
				return Mono.empty();
			}
			// not on the thread, or the stack, of the call that has the result
			return this.result.asMono()
				.publishOn(ApiDiscovery.this.scheduler)
				.take(this.maxWait, ApiDiscovery.this.scheduler);
		}

		/**
		 * Record the API with which this call continues, although it is not known yet
		 * whether it serves the model. Until this call leaves, other calls try that API
		 * first.
		 */
		void continuesWith(CompletionApi api) {
			ApiDiscovery.this.continuesWith(this, api);
		}

		void leave() {
			ApiDiscovery.this.leave(this);
		}

	}

	/**
	 * Calls for a model, of which the first one determines the API.
	 */
	private static final class Calls {

		private final Set<Participant> all = new LinkedHashSet<>();

		// when the first one began to determine the API
		private long since;

		private @Nullable Participant finder;

		private @Nullable CompletionApi api;

		private Participant first() {
			return this.all.iterator().next();
		}

		private void remove(Participant participant) {
			this.all.remove(participant);
			if (participant.equals(this.finder)) {
				this.finder = null;
				this.api = null;
			}
		}

	}

}
