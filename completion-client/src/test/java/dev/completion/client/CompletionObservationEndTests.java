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

import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import dev.completion.client.error.CompletionClientException;
import dev.completion.client.error.ConnectionException;
import dev.completion.client.error.RateLimitException;
import dev.completion.server.Reply;
import io.micrometer.common.KeyValue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for the observations of {@link CompletionClient}: how they end, and that they do
 * so once.
 */
@BothApis
class CompletionObservationEndTests extends AbstractCompletionClientTests {

	private final RecordedObservations observations = new RecordedObservations();

	private CompletionClient observed;

	@BeforeEach
	void openVariant() {
		this.observed = this.client.mutate().observationRegistry(this.observations.registry).build();
	}

	@AfterEach
	void closeVariant() {
		this.observed.close();
	}

	private Flux<CompletionResponse> call(boolean stream) {
		return stream ? this.observed.exchangeStream(REQUEST) : this.observed.exchange(REQUEST).flux();
	}

	private Map<String, String> lowCardinality() {
		return this.observations.call()
			.getLowCardinalityKeyValues()
			.stream()
			.collect(Collectors.toMap(KeyValue::getKey, KeyValue::getValue));
	}

	private String value(String key) {
		return RecordedObservations.value(this.observations.call(), key);
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void errorIsToldWithTheCall(boolean stream) {
		this.server.enqueue(Reply.error(429, "rate_limit_error", "Slow down"));
		RateLimitException error = failure(RateLimitException.class, call(stream));
		CompletionObservationContext call = this.observations.call();
		assertThat(call.getError()).isSameAs(error);
		assertThat(lowCardinality()).containsEntry("error.type", "rate_limit_error")
			.containsEntry("completion.status", "error")
			.containsEntry("gen_ai.request.model", this.api.model)
			.containsEntry("gen_ai.response.model", "none");
		assertThat(value("completion.request_id")).isEqualTo(error.requestId()).isNotNull();
	}

	@Test
	void errorOfAStreamHasWhatCameBefore() {
		this.server.enqueue(
				Reply.text("one two three").chunkSizes(4, 4, 5).cutAfter((this.api == ApiFixture.MESSAGES) ? 4 : 2));
		failure(CompletionClientException.class, call(true));
		assertThat(lowCardinality()).containsEntry("completion.status", "error")
			.extractingByKey("gen_ai.response.model")
			.asString()
			.startsWith(this.api.model);
		assertThat(value("gen_ai.response.finish_reasons")).isNull();
		assertThat(this.observations.call().getChunkCount()).isPositive();
	}

	@Test
	void errorTypesAreFew() {
		this.server.enqueue(Reply.error(418, "type-" + System.nanoTime(), "No"));
		failure(CompletionClientException.class, call(false));
		assertThat(value("error.type")).isEqualTo("418");
	}

	@Test
	void errorWithoutAnAnswerIsToldByItsClass() {
		this.server.enqueue(Reply.reset());
		failure(ConnectionException.class, call(false));
		assertThat(value("error.type")).isEqualTo(ConnectionException.class.getName());
		assertThat(value("completion.attempts")).isEqualTo("1");
	}

	@Test
	void callThatIsClosedIsAnError() {
		this.server.enqueue(Reply.stall());
		Disposable running = call(true).onErrorComplete().subscribe();
		this.observed.close();
		assertThat(running.isDisposed()).isTrue();
		assertThat(value("completion.status")).isEqualTo("error");
	}

	@Test
	void streamWhoseSubscriberThrowsIsNoError() {
		CompletableFuture<Throwable> end = new CompletableFuture<>();
		call(true)
			.subscribe(CompletionClientSubscriberTests.throwing(new IllegalStateException("mine"), end::complete));
		assertThat(end).succeedsWithin(LIMIT).isInstanceOf(IllegalStateException.class);
		assertThat(lowCardinality()).containsEntry("error.type", "none")
			.containsEntry("completion.status", "cancelled");
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void cancelledCallIsNoError(boolean stream) {
		this.server.enqueue(Reply.stall());
		call(stream).subscribe().dispose();
		assertThat(this.observations.call().getError()).isNull();
		assertThat(lowCardinality()).containsEntry("error.type", "none")
			.containsEntry("completion.status", "cancelled")
			.containsEntry("gen_ai.response.model", "none");
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void cancelledCallEndsAfterItsExchange(boolean stream) {
		this.server.enqueue(Reply.stall());
		call(stream).subscribe().dispose();
		assertThat(this.observations.exchanges()).hasSize(1);
		assertThat(this.observations.stopped).containsExactly(this.observations.exchanges().get(0),
				this.observations.call());
	}

	@Test
	void streamThatIsLeftIsCancelled() {
		Completion first = this.observed.stream(REQUEST).blockFirst(LIMIT);
		assertThat(value("completion.status")).isEqualTo("cancelled");
		assertThat(value("gen_ai.response.finish_reasons")).isNull();
		assertThat(value("gen_ai.response.model")).isEqualTo(first.model().id());
	}

	@ParameterizedTest
	@MethodSource("subscribers")
	void streamEndsWithItsStopReasonHoweverItIsLeft(UnaryOperator<Flux<Completion>> subscriber) {
		this.server.enqueue(Reply.text("one two").chunkSizes(4, 3));
		subscriber.apply(this.observed.stream(REQUEST)).blockLast(LIMIT);
		assertThat(this.observations.call().isCancelled()).isFalse();
		assertThat(value("completion.status")).isEqualTo("completed");
		assertThat(value("gen_ai.response.finish_reasons")).isEqualTo("[\"stop_sequence\"]");
	}

	static Stream<Named<UnaryOperator<Flux<Completion>>>> subscribers() {
		return Stream.of(Named.of("waits for the end", (stream) -> stream),
				Named.of("asks for what there is", (stream) -> stream.take(3, true)),
				Named.of("cancels on a stop reason",
						(stream) -> stream.takeUntil((delta) -> delta.stopReason() != null)),
				Named.of("fails on a stop reason", (stream) -> stream.doOnNext((delta) -> {
					if (delta.stopReason() != null) {
						throw new IllegalStateException("test");
					}
				}).onErrorComplete()));
	}

}
