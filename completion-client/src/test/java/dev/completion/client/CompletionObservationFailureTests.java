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
import java.util.function.Supplier;
import java.util.stream.Stream;

import dev.completion.client.error.InvalidRequestException;
import dev.completion.server.Reply;
import io.micrometer.common.KeyValues;
import io.micrometer.core.instrument.observation.DefaultMeterObservationHandler;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.observation.GlobalObservationConvention;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.observation.ObservationRegistry;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for the observations of {@link CompletionClient}: what fails while it observes
 * costs no answer, and leaves no observation open.
 */
class CompletionObservationFailureTests extends AbstractCompletionClientTests {

	private static final Reply OVERLOADED = Reply.error(529, "overloaded_error", "Overloaded")
		.header("retry-after-ms", "1");

	private final RecordedObservations observations = new RecordedObservations();

	private final SimpleMeterRegistry meters = new SimpleMeterRegistry();

	private CompletionClient observed;

	@AfterEach
	void closeVariant() {
		if (this.observed != null) {
			this.observed.close();
		}
	}

	private CompletionClient.Builder observed(ObservationRegistry registry) {
		registry.observationConfig().observationHandler(new DefaultMeterObservationHandler(this.meters));
		return this.client.mutate().observationRegistry(registry).retry(RetryPolicy.defaults());
	}

	private void open(CompletionClient.Builder builder) {
		this.observed = builder.build();
	}

	private Flux<CompletionResponse> call(boolean stream) {
		return stream ? this.observed.exchangeStream(REQUEST) : this.observed.exchange(REQUEST).flux();
	}

	private void assertAnswered(boolean stream) {
		List<CompletionResponse> results = call(stream).collectList().block(LIMIT);
		assertThat(results.get(results.size() - 1).body().stopReason()).isNotNull();
	}

	/**
	 * Check that the handlers were told of the call, and of its exchange as its child.
	 */
	private void assertObserved() {
		CompletionObservationContext call = this.observations.call();
		assertThat(this.observations.exchanges()).singleElement()
			.satisfies((exchange) -> assertThat(exchange.getParentObservation().getContextView()).isSameAs(call));
		assertThat(this.meters.get(call.getName() + ".active").longTaskTimer().activeTasks()).isZero();
		assertThat(this.meters.get(call.getName()).timer().count()).isOne();
		assertThat(call.getLowCardinalityKeyValues().stream()).hasSize(9);
		assertThat(RecordedObservations.tag(call, "completion.status")).isEqualTo("completed");
		assertThat(RecordedObservations.value(call, "completion.attempts")).isEqualTo("1");
		assertThat(call.getContextualName()).isEqualTo("text_completion " + this.api.model);
	}

	@ParameterizedTest
	@MethodSource("failures")
	void handlerThatFailsCostsNoAnswer(Stage stage, Supplier<Throwable> failure, boolean stream) {
		ObservationRegistry registry = ObservationRegistry.create();
		registry.observationConfig().observationHandler(new FailingHandler(stage, failure));
		open(observed(registry));
		this.server.enqueue(OVERLOADED);
		assertAnswered(stream);
		this.server.enqueue(Reply.error(400, "invalid_request_error", "No"));
		failure(InvalidRequestException.class, call(stream));
	}

	static Stream<Arguments> failures() {
		List<Supplier<Throwable>> failures = List.of(() -> new IllegalStateException("test"),
				() -> new AssertionError("test"), () -> new NoClassDefFoundError("test"),
				() -> new StackOverflowError("test"));
		return Stream.of(Stage.values())
			.flatMap((stage) -> failures.stream()
				.flatMap((failure) -> Stream.of(true, false).map((stream) -> Arguments.of(stage, failure, stream))));
	}

	@Test
	void errorOfTheMachineIsNotHidden() {
		OutOfMemoryError fatal = new OutOfMemoryError("test");
		assertThatExceptionOfType(OutOfMemoryError.class).isThrownBy(() -> CallObservation.failed(fatal))
			.isSameAs(fatal);
	}

	@ParameterizedTest
	@EnumSource(names = { "START", "STOP" })
	void handlerThatFailsDoesNotHaveOthersToldTwice(Stage stage) {
		ObservationRegistry registry = ObservationRegistry.create();
		RecordedObservations before = new RecordedObservations();
		RecordedObservations after = new RecordedObservations();
		registry.observationConfig()
			.observationHandler(before)
			.observationHandler(new FailingHandler(stage, () -> new IllegalStateException("test")))
			.observationHandler(after);
		open(this.client.mutate().observationRegistry(registry).observationConvention(new BareConvention()));
		assertAnswered(true);
		assertThat(before.started).filteredOn(CompletionObservationContext.class::isInstance).hasSize(1);
		assertThat(after.calls()).hasSize(1);
		assertThat(after.calls().get(0).getLowCardinalityKeyValues()).isEmpty();
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void predicateThatFailsCostsNoAnswer(boolean stream) {
		this.observations.registry.observationConfig().observationPredicate((name, context) -> {
			if (context instanceof CompletionObservationContext) {
				throw new AssertionError("test");
			}
			return true;
		});
		open(observed(this.observations.registry));
		assertUnobserved(stream);
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void conventionOfTheRegistryThatCannotBeLookedUpGivesWayToTheDefaultOne(boolean stream) {
		this.observations.registry.observationConfig().observationConvention(new TestConvention("test", "name", false) {

			@Override
			public boolean supportsContext(Observation.Context context) {
				if (context instanceof CompletionObservationContext) {
					throw new NoClassDefFoundError("test");
				}
				return false;
			}

		});
		open(observed(this.observations.registry));
		assertAnswered(stream);
		assertObserved();
	}

	private void assertUnobserved(boolean stream) {
		Observation parent = Observation.createNotStarted("servlet", this.observations.registry);
		parent.observe(() -> assertAnswered(stream));
		assertThat(this.observations.calls()).isEmpty();
		assertThat(this.observations.exchanges()).singleElement()
			.satisfies((exchange) -> assertThat(exchange.getParentObservation()).isSameAs(parent));
	}

	@ParameterizedTest
	@CsvSource({ "name,false", "low,false", "low,true", "high,false", "high,true", "contextual,true" })
	void conventionThatFailsGivesWayToTheDefaultOne(String method, boolean atEnd) {
		open(observed(this.observations.registry)
			.observationConvention(new TestConvention(RecordedObservations.CALL, method, atEnd)));
		assertAnswered(true);
		assertObserved();
		this.observed.complete(REQUEST).block(LIMIT);
		assertThat(this.observations.calls()).hasSize(2);
	}

	@Test
	void conventionThatHasNothingToSayIsNoFailure() {
		open(observed(this.observations.registry).observationConvention(new BareConvention()));
		assertAnswered(false);
		assertThat(this.observations.call().getName()).isEqualTo(RecordedObservations.CALL);
		assertThat(this.observations.call().getAllKeyValues()).isEmpty();
	}

	@ParameterizedTest
	@CsvSource({ "name,false", "low,false", "low,true", "high,false", "high,true", "contextual,true" })
	void conventionOfTheRegistryThatFailsGivesWayToTheDefaultOne(String method, boolean atEnd) {
		this.observations.registry.observationConfig()
			.observationConvention(new TestConvention(RecordedObservations.CALL, method, atEnd));
		open(observed(this.observations.registry));
		assertAnswered(true);
		assertObserved();
	}

	/**
	 * Where a handler may fail.
	 */
	enum Stage {

		START, EVENT, ERROR, STOP

	}

	private record FailingHandler(Stage stage,
			Supplier<Throwable> failure) implements ObservationHandler<CompletionObservationContext> {

		@Override
		public boolean supportsContext(Observation.Context context) {
			return context instanceof CompletionObservationContext;
		}

		@Override
		public void onStart(CompletionObservationContext context) {
			failAt(Stage.START);
		}

		@Override
		public void onEvent(Observation.Event event, CompletionObservationContext context) {
			failAt(Stage.EVENT);
		}

		@Override
		public void onError(CompletionObservationContext context) {
			failAt(Stage.ERROR);
		}

		@Override
		public void onStop(CompletionObservationContext context) {
			failAt(Stage.STOP);
		}

		private void failAt(Stage stage) {
			if (this.stage == stage) {
				Throwable failure = this.failure.get();
				if (failure instanceof Error error) {
					throw error;
				}
				throw (RuntimeException) failure;
			}
		}

	}

	/**
	 * Fails in one of its methods, always or only when a call has ended.
	 */
	private static class TestConvention extends DefaultCompletionObservationConvention
			implements GlobalObservationConvention<CompletionObservationContext> {

		private final String name;

		private final String method;

		private final boolean atEnd;

		TestConvention(String name, String method, boolean atEnd) {
			this.name = name;
			this.method = method;
			this.atEnd = atEnd;
		}

		private <T> T unless(String method, boolean ended, T value) {
			if (this.method.equals(method) && (ended || !this.atEnd)) {
				throw new AssertionError("test");
			}
			return value;
		}

		@Override
		public String getName() {
			return unless("name", false, this.name);
		}

		@Override
		public String getContextualName(CompletionObservationContext context) {
			return unless("contextual", context.isComplete(), super.getContextualName(context));
		}

		@Override
		public KeyValues getLowCardinalityKeyValues(CompletionObservationContext context) {
			return unless("low", context.isComplete(), super.getLowCardinalityKeyValues(context));
		}

		@Override
		public KeyValues getHighCardinalityKeyValues(CompletionObservationContext context) {
			return unless("high", context.isComplete(), super.getHighCardinalityKeyValues(context));
		}

	}

	/**
	 * Implements what must be.
	 */
	private static final class BareConvention implements CompletionObservationConvention {

	}

}
