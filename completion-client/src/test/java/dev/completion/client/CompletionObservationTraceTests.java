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
import java.util.Locale;

import dev.completion.client.error.Outcome;
import dev.completion.client.error.OverloadedException;
import dev.completion.client.error.UnsupportedRequestException;
import dev.completion.server.RecordedRequest;
import dev.completion.server.Reply;
import io.micrometer.common.KeyValue;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.observation.contextpropagation.ObservationThreadLocalAccessor;
import io.micrometer.tracing.Span;
import io.micrometer.tracing.TraceContext;
import io.micrometer.tracing.handler.DefaultTracingObservationHandler;
import io.micrometer.tracing.handler.PropagatingSenderTracingObservationHandler;
import io.micrometer.tracing.propagation.Propagator;
import io.micrometer.tracing.test.simple.SimpleSpan;
import io.micrometer.tracing.test.simple.SimpleSpanBuilder;
import io.micrometer.tracing.test.simple.SimpleTracer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for the observations of {@link CompletionClient}: whose children they are, whose
 * parents, and what the server gets to know of them.
 */
class CompletionObservationTraceTests extends AbstractCompletionClientTests {

	private static final Reply OVERLOADED = Reply.error(529, "overloaded_error", "Overloaded")
		.header("retry-after-ms", "1");

	private final RecordedObservations observations = new RecordedObservations();

	private final ObservationRegistry registry = this.observations.registry;

	private final SimpleTracer tracer = new TestTracer();

	private CompletionClient observed;

	@BeforeEach
	void openVariant() {
		this.registry.observationConfig()
			.observationHandler(new ObservationHandler.FirstMatchingCompositeObservationHandler(
					new PropagatingSenderTracingObservationHandler<>(this.tracer, new TraceParentPropagator()),
					new DefaultTracingObservationHandler(this.tracer)));
		this.observed = this.client.mutate().observationRegistry(this.registry).retry(RetryPolicy.defaults()).build();
	}

	@AfterEach
	void closeVariant() {
		this.observed.close();
	}

	private Flux<CompletionResponse> call(boolean stream) {
		return stream ? this.observed.exchangeStream(REQUEST) : this.observed.exchange(REQUEST).flux();
	}

	private List<String> traceParents() {
		return this.server.requests().stream().map(RecordedRequest::headers).map((headers) -> {
			assertThat(headers).containsKey("traceparent");
			return headers.get("traceparent").get(0);
		}).toList();
	}

	private SimpleSpan span(String name) {
		List<SimpleSpan> spans = this.tracer.getSpans().stream().filter((span) -> name.equals(span.getName())).toList();
		assertThat(spans).as("%s", this.tracer.getSpans()).hasSize(1);
		return spans.get(0);
	}

	/**
	 * Check that the exchanges are children of the call, and that the server was told.
	 */
	private void assertExchanges(int count) {
		CompletionObservationContext call = this.observations.call();
		assertThat(this.observations.exchanges()).hasSize(count)
			.allSatisfy((exchange) -> assertThat(exchange.getParentObservation().getContextView()).isSameAs(call));
		SimpleSpan span = span("text_completion " + call.getRequestModelTag());
		assertThat(span.getKind()).isEqualTo(Span.Kind.CLIENT);
		assertThat(traceParents()).hasSize(count).doesNotHaveDuplicates().allSatisfy((traceParent) -> {
			assertThat(traceParent).contains(span.getTraceId());
			assertThat(traceParent).doesNotEndWith(span.getSpanId() + "-01");
		});
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void exchangeIsAChildOfTheCall(boolean stream) {
		call(stream).blockLast(LIMIT);
		assertExchanges(1);
		assertThat(this.observations.call().getParentObservation()).isNull();
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void exchangeOfARetryIsAChildOfTheCall(boolean stream) {
		this.server.enqueue(OVERLOADED);
		call(stream).blockLast(LIMIT);
		assertExchanges(2);
		assertThat(span("text_completion " + this.api.model).getEvents()).singleElement()
			.extracting((event) -> event.getValue())
			.isEqualTo("retry after overloaded_error");
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void exchangeAfterARateLimitIsAChildOfTheCall(boolean stream) {
		this.observed = this.observed.mutate().pacing(Pacing.defaults()).build();
		this.server.enqueue(Reply.error(429, "rate_limit_error", "Slow down").header("retry-after", "1"));
		call(stream).blockLast(LIMIT);
		assertExchanges(2);
		assertThat(span("text_completion " + this.api.model).getEvents()).extracting((event) -> event.getValue())
			.containsExactly("retry after rate_limit_error", "wait for the rate limit");
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void bothApisAreAskedWithinOneCall(boolean stream) {
		CompletionRequest modern = REQUEST.toBuilder().model(ApiFixture.MESSAGES.model).build();
		try (CompletionClient auto = this.observed.mutate().api(CompletionApi.AUTO).build()) {
			if (stream) {
				auto.stream(modern).blockLast(LIMIT);
			}
			else {
				auto.complete(modern).block(LIMIT);
			}
		}
		assertExchanges(2);
		assertThat(this.observations.events).containsExactly("api.switch: switch to messages");
		assertThat(RecordedObservations.value(this.observations.call(), "completion.api")).isEqualTo("messages");
		assertThat(RecordedObservations.value(this.observations.call(), "completion.attempts")).isEqualTo("2");
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void apiThatDoesNotSupportTheRequestIsNotCalled(boolean stream) {
		this.server.enqueue(Reply.error(400, "invalid_request_error", TwoPathServer.REFUSAL));
		CompletionRequest bare = REQUEST.toBuilder()
			.model(ApiFixture.MESSAGES.model)
			.prompt(Prompt.raw("Say hello"))
			.build();
		try (CompletionClient auto = this.observed.mutate().api(CompletionApi.AUTO).build()) {
			Flux<Completion> call = stream ? auto.stream(bare) : auto.complete(bare).flux();
			assertThat(failure(UnsupportedRequestException.class, call).outcome()).isEqualTo(Outcome.REJECTED);
		}
		assertExchanges(1);
		assertThat(this.observations.events).isEmpty();
		assertThat(RecordedObservations.value(this.observations.call(), "completion.api"))
			.isEqualTo("text_completions");
		assertThat(RecordedObservations.value(this.observations.call(), "completion.attempts")).isEqualTo("1");
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void spanHasTheNameOfAModelThatIsNoTag(boolean stream) {
		String name = "m".repeat(300);
		this.server.enqueue(Reply.body(200, stream ? "text/event-stream" : "application/json",
				(stream ? delta() + last() : answer()).replaceAll("claude-[a-z0-9.-]+", name)));
		CompletionRequest custom = REQUEST.toBuilder().model(name).build();
		(stream ? this.observed.stream(custom) : this.observed.complete(custom).flux()).blockLast(LIMIT);
		CompletionObservationContext call = this.observations.call();
		assertThat(RecordedObservations.tag(call, "gen_ai.request.model")).isEqualTo("other");
		assertThat(RecordedObservations.tag(call, "gen_ai.response.model")).isEqualTo("other");
		String cut = name.substring(0, 256);
		assertThat(span("text_completion other").getTags()).containsEntry("gen_ai.request.model", cut)
			.containsEntry("gen_ai.response.model", cut);
	}

	@Test
	void spanHasTheNameOfAModelOnceWhereItIsATag() {
		call(false).blockLast(LIMIT);
		assertThat(this.observations.call().getHighCardinalityKeyValues()).extracting(KeyValue::getKey)
			.contains("gen_ai.response.id")
			.doesNotContain("gen_ai.request.model", "gen_ai.response.model");
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void callIsAChildOfWhatItsThreadObserves(boolean stream) {
		this.server.enqueue(OVERLOADED);
		Observation parent = Observation.createNotStarted("servlet", this.registry);
		parent.observe(() -> call(stream).blockLast(LIMIT));
		assertThat(this.observations.call().getParentObservation()).isSameAs(parent);
		assertExchanges(2);
		SimpleSpan span = span("text_completion " + this.api.model);
		assertThat(this.tracer.getSpans()).filteredOn((exchange) -> "http post".equals(exchange.getName()))
			.hasSize(2)
			.allMatch((exchange) -> span.getSpanId().equals(exchange.context().parentId()));
		assertThat(traceParents()).allSatisfy((header) -> assertThat(header).contains(span("servlet").getTraceId()));
	}

	@Test
	void callIsAChildOfWhatTheContextHasBeforeTheThread() {
		Observation inContext = Observation.start("context", this.registry);
		Observation onThread = Observation.createNotStarted("thread", this.registry);
		onThread.observe(
				() -> call(true).contextWrite((context) -> context.put(ObservationThreadLocalAccessor.KEY, inContext))
					.blockLast(LIMIT));
		assertThat(this.observations.call().getParentObservation()).isSameAs(inContext);
		assertExchanges(1);
	}

	@Test
	void callOfAnotherThreadIsAChildOfWhatTheContextHas() {
		Observation parent = Observation.start("context", this.registry);
		call(false).subscribeOn(Schedulers.parallel())
			.contextWrite((context) -> context.put(ObservationThreadLocalAccessor.KEY, parent))
			.blockLast(LIMIT);
		parent.stop();
		assertThat(this.observations.call().getParentObservation()).isSameAs(parent);
		assertExchanges(1);
	}

	@Test
	void callThatIsNotToBeObservedLeavesItsExchangesToItsParent() {
		this.registry.observationConfig()
			.observationPredicate((name, context) -> !(context instanceof CompletionObservationContext));
		Observation parent = Observation.start("context", this.registry);
		call(true).contextWrite((context) -> context.put(ObservationThreadLocalAccessor.KEY, parent)).blockLast(LIMIT);
		assertThat(this.observations.calls()).isEmpty();
		assertThat(this.observations.exchanges()).singleElement()
			.satisfies((exchange) -> assertThat(exchange.getParentObservation()).isSameAs(parent));
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void callThatIsNotToBeObservedLeavesItsExchangesToWhatItsThreadObserves(boolean stream) {
		this.registry.observationConfig()
			.observationPredicate((name, context) -> !(context instanceof CompletionObservationContext));
		this.server.enqueue(OVERLOADED);
		Observation parent = Observation.createNotStarted("servlet", this.registry);
		parent.observe(() -> call(stream).blockLast(LIMIT));
		assertThat(this.observations.calls()).isEmpty();
		assertThat(this.observations.exchanges()).hasSize(2)
			.allSatisfy((exchange) -> assertThat(exchange.getParentObservation()).isSameAs(parent));
		assertThat(traceParents()).hasSize(2)
			.allSatisfy((header) -> assertThat(header).contains(span("servlet").getTraceId()));
	}

	@Test
	void credentialIsAskedForWithinTheCall() {
		CredentialProvider provider = () -> Mono.deferContextual((context) -> {
			Observation current = context.get(ObservationThreadLocalAccessor.KEY);
			assertThat(current.getContextView()).isInstanceOf(CompletionObservationContext.class);
			return Mono.just(Credential.apiKey(KEY));
		});
		try (CompletionClient other = this.observed.mutate().credential(provider).build()) {
			other.complete(REQUEST).block(LIMIT);
		}
		assertExchanges(1);
	}

	@Test
	void errorEndsTheSpan() {
		this.server.enqueue(OVERLOADED, OVERLOADED, OVERLOADED);
		OverloadedException error = failure(OverloadedException.class, call(true));
		assertExchanges(3);
		assertThat(span("text_completion " + this.api.model).getError()).isSameAs(error);
	}

	/**
	 * Gives every span that is built its ids, as real tracers do. The simple one does so
	 * only where there is a parent.
	 */
	private static final class TestTracer extends SimpleTracer {

		@Override
		public SimpleSpanBuilder spanBuilder() {
			SimpleSpanBuilder builder = super.spanBuilder();
			builder.setParent(traceContextBuilder().traceId("0af7651916cd43dd8448eb211c80319c")
				.spanId("b7ad6b7169203331")
				.build());
			return builder;
		}

	}

	/**
	 * Writes the header of the W3C.
	 */
	private final class TraceParentPropagator implements Propagator {

		@Override
		public List<String> fields() {
			return List.of("traceparent");
		}

		@Override
		public <C> void inject(TraceContext context, C carrier, Setter<C> setter) {
			setter.set(carrier, "traceparent",
					String.format(Locale.ROOT, "00-%s-%s-01", context.traceId(), context.spanId()));
		}

		@Override
		public <C> Span.Builder extract(C carrier, Getter<C> getter) {
			throw new UnsupportedOperationException();
		}

	}

}
