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

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import io.micrometer.common.KeyValue;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.observation.tck.TestObservationRegistry;

import org.springframework.web.reactive.function.client.ClientRequestObservationContext;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What is told to a registry.
 */
final class RecordedObservations implements ObservationHandler<Observation.Context> {

	static final String CALL = "gen_ai.client.operation.duration";

	final TestObservationRegistry registry = TestObservationRegistry.create();

	final List<Observation.Context> started = new CopyOnWriteArrayList<>();

	final List<Observation.Context> stopped = new CopyOnWriteArrayList<>();

	final List<String> events = new CopyOnWriteArrayList<>();

	RecordedObservations() {
		this.registry.observationConfig().observationHandler(this);
	}

	@Override
	public boolean supportsContext(Observation.Context context) {
		return true;
	}

	@Override
	public void onStart(Observation.Context context) {
		this.started.add(context);
	}

	@Override
	public void onStop(Observation.Context context) {
		this.stopped.add(context);
	}

	@Override
	public void onEvent(Observation.Event event, Observation.Context context) {
		assertThat(context).isInstanceOf(CompletionObservationContext.class);
		this.events.add(event.getName() + ": " + event.getContextualName());
	}

	/**
	 * Return the one call that was observed, which must have been stopped once.
	 */
	CompletionObservationContext call() {
		List<CompletionObservationContext> calls = calls();
		assertThat(calls).hasSize(1);
		assertThat(this.started).filteredOn(CompletionObservationContext.class::isInstance).hasSize(1);
		return calls.get(0);
	}

	/**
	 * Return the calls that were stopped, one as often as it was.
	 */
	List<CompletionObservationContext> calls() {
		return this.stopped.stream()
			.filter(CompletionObservationContext.class::isInstance)
			.map(CompletionObservationContext.class::cast)
			.toList();
	}

	/**
	 * Return the HTTP exchanges that were begun.
	 */
	List<Observation.Context> exchanges() {
		return this.started.stream().filter(ClientRequestObservationContext.class::isInstance).toList();
	}

	/**
	 * Return a key value that meters have as a tag.
	 */
	static String tag(Observation.Context context, String key) {
		return context.getLowCardinalityKeyValue(key).getValue();
	}

	static String value(Observation.Context context, String key) {
		return context.getAllKeyValues()
			.stream()
			.filter((keyValue) -> keyValue.getKey().equals(key))
			.map(KeyValue::getValue)
			.findFirst()
			.orElse(null);
	}

}
