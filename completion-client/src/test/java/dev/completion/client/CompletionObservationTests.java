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

import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

import dev.completion.client.error.AuthenticationException;
import dev.completion.client.error.CompletionClientException;
import dev.completion.client.error.OverloadedException;
import dev.completion.server.Reply;
import io.micrometer.common.KeyValue;
import io.micrometer.common.KeyValues;
import io.micrometer.observation.GlobalObservationConvention;
import io.micrometer.observation.ObservationRegistry;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import org.springframework.web.reactive.function.client.WebClient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for the observations of {@link CompletionClient}: what they tell of a call, and
 * when they end.
 */
@BothApis
class CompletionObservationTests extends AbstractCompletionClientTests {

	private static final Reply OVERLOADED = Reply.error(529, "overloaded_error", "Overloaded")
		.header("retry-after-ms", "1");

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
		return call(this.observed, stream);
	}

	private static Flux<CompletionResponse> call(CompletionClient client, boolean stream) {
		return stream ? client.exchangeStream(REQUEST) : client.exchange(REQUEST).flux();
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
	void callIsObservedUnderTheNamesOfOpenTelemetry(boolean stream) {
		CompletionResponse last = call(stream).blockLast(LIMIT);
		CompletionObservationContext call = this.observations.call();
		assertThat(call.getName()).isEqualTo(RecordedObservations.CALL);
		assertThat(call.getContextualName()).isEqualTo("text_completion " + this.api.model);
		String port = this.server.baseUrl().replaceAll(".*:", "");
		assertThat(lowCardinality()).containsExactlyInAnyOrderEntriesOf(Map.of("gen_ai.operation.name",
				"text_completion", "gen_ai.provider.name", "anthropic", "gen_ai.request.model", this.api.model,
				"gen_ai.response.model", last.body().model().id(), "server.address", "127.0.0.1", "server.port", port,
				"completion.client", "default", "error.type", "none", "completion.status", "completed"));
		assertThat(value("gen_ai.response.id")).isEqualTo(last.body().id()).isNotEmpty();
		assertThat(value("gen_ai.response.finish_reasons")).isEqualTo("[\"" + last.body().stopReason().value() + "\"]");
		assertThat(value("gen_ai.request.stream")).isEqualTo(String.valueOf(stream));
		assertThat(value("gen_ai.request.max_tokens")).isEqualTo("100");
		assertThat(value("completion.api")).isEqualToIgnoringCase(this.api.name());
		assertThat(value("completion.attempts")).isEqualTo("1");
		assertThat(value("completion.request_id")).isEqualTo(last.requestId()).isNotNull();
	}

	@Test
	void settingsThatAreAbsentHaveNoKeyValue() {
		call(false).blockLast(LIMIT);
		assertThat(this.observations.call().getHighCardinalityKeyValues()).extracting(KeyValue::getKey)
			.contains("gen_ai.request.max_tokens")
			.doesNotContain("gen_ai.request.temperature", "gen_ai.request.top_k", "gen_ai.request.top_p",
					"gen_ai.request.stop_sequences", "gen_ai.response.time_to_first_chunk");
	}

	@Test
	void settingsAreToldWhereTheyAreSet() {
		this.observed.complete(REQUEST.toBuilder().temperature(0.5).topK(7).stopSequences("\n\nHuman:", "\"x").build())
			.block(LIMIT);
		assertThat(value("gen_ai.request.temperature")).isEqualTo("0.5");
		assertThat(value("gen_ai.request.top_k")).isEqualTo("7");
		assertThat(value("gen_ai.request.stop_sequences")).isEqualTo("[\"\\n\\nHuman:\",\"\\\"x\"]");
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void tokensAreToldWhereTheApiReportsThem(boolean stream) {
		Usage usage = call(stream).blockLast(LIMIT).usage();
		boolean reported = this.api == ApiFixture.MESSAGES;
		assertThat(usage != null).isEqualTo(reported);
		assertThat(value("gen_ai.usage.input_tokens")).isEqualTo(reported ? String.valueOf(usage.inputTokens()) : null);
		assertThat(value("gen_ai.usage.output_tokens"))
			.isEqualTo(reported ? String.valueOf(usage.outputTokens()) : null);
	}

	@Test
	void modelOfAStreamIsThatOfTheServer() {
		String start = (this.api != ApiFixture.MESSAGES) ? ""
				: ApiFixture.event("message_start", "{\"type\":\"message_start\",\"message\":" + answer() + "}");
		this.server.enqueue(Reply.events((start + delta() + last()).replaceAll("claude-[a-z0-9.-]+", "of-the-server")));
		this.observed.stream(REQUEST).blockLast(LIMIT);
		assertThat(this.observations.call().getCompletion().model()).isEqualTo(Model.of("of-the-server"));
		assertThat(value("gen_ai.response.model")).isEqualTo("of-the-server");
	}

	@Test
	void timeToFirstChunkOfAStreamIsTold() {
		this.server.enqueue(Reply.text("one two three").chunkSizes(4, 4, 5).delay(Duration.ofMillis(300)));
		long start = System.nanoTime();
		long deltas = this.observed.stream(REQUEST)
			.filter((delta) -> !delta.completion().isEmpty())
			.count()
			.block(LIMIT);
		CompletionObservationContext call = this.observations.call();
		Duration first = call.getTimeToFirstChunk();
		assertThat(first).isBetween(Duration.ofMillis(300), Duration.ofNanos(System.nanoTime() - start));
		assertThat(Double.parseDouble(value("gen_ai.response.time_to_first_chunk"))).isEqualTo(first.toNanos() / 1e9,
				Offset.offset(0.001));
		assertThat(call.getChunkCount()).isEqualTo((int) deltas).isEqualTo(3);
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void retriesAreEventsOfOneObservation(boolean stream) {
		this.server.enqueue(OVERLOADED, OVERLOADED);
		try (CompletionClient retrying = this.observed.mutate().retry(RetryPolicy.defaults()).build()) {
			call(retrying, stream).blockLast(LIMIT);
		}
		assertThat(this.observations.events).containsExactly("retry: retry after overloaded_error",
				"retry: retry after overloaded_error");
		assertThat(value("completion.attempts")).isEqualTo("3");
		assertThat(value("completion.status")).isEqualTo("completed");
		assertThat(this.observations.exchanges()).hasSize(3);
	}

	@Test
	void attemptThatIsNotRepeatedIsNoEvent() {
		this.server.enqueue(OVERLOADED.header("retry-after-ms", "5000"));
		try (CompletionClient hurried = this.observed.mutate()
			.retry(RetryPolicy.defaults())
			.timeouts(Timeouts.builder().total(Duration.ofSeconds(1)).build())
			.build()) {
			failure(OverloadedException.class, hurried.stream(REQUEST));
		}
		assertThat(this.observations.events).isEmpty();
	}

	@Test
	void renewedCredentialIsARetry() {
		this.server.enqueue(Reply.error(401, "authentication_error", "invalid x-api-key"));
		CredentialProvider renewed = provider(Mono.just(Credential.apiKey(KEY)), (refused) -> true);
		try (CompletionClient renewing = this.observed.mutate().credential(renewed).build()) {
			renewing.complete(REQUEST).block(LIMIT);
		}
		assertThat(this.observations.events).containsExactly("retry: retry after authentication_error");
	}

	@Test
	void eachSubscriptionIsACall() {
		Flux<CompletionResponse> call = call(true);
		call.blockLast(LIMIT);
		call.blockLast(LIMIT);
		assertThat(this.observations.calls()).hasSize(2).doesNotHaveDuplicates();
	}

	@Test
	void requestsForModelsAreNoCalls() {
		this.observed.models().blockLast(LIMIT);
		assertThat(this.observations.calls()).isEmpty();
	}

	@Test
	void requestThatIsRefusedHereIsNotObserved() {
		assertThatExceptionOfType(IllegalArgumentException.class)
			.isThrownBy(() -> this.observed.complete((request) -> request.model(this.api.model)).block(LIMIT));
		assertThat(this.observations.started).isEmpty();
	}

	@Test
	void nameOfAModelBecomesATagOnceTheServerHasAnsweredForIt() {
		String name = "custom-" + System.nanoTime();
		CompletionRequest custom = REQUEST.toBuilder().model(name).build();
		failure(CompletionClientException.class, this.observed.complete(custom).flux());
		this.server.enqueue(Reply.text("Hi"), OVERLOADED);
		this.observed.complete(custom).block(LIMIT);
		try (CompletionClient variant = this.observed.mutate().build()) {
			failure(OverloadedException.class, variant.stream(custom));
		}
		assertThat(this.observations.calls())
			.extracting((call) -> RecordedObservations.tag(call, "gen_ai.request.model"))
			.containsExactly("other", name, name);
		assertThat(this.observations.calls().get(0).getContextualName()).isEqualTo("text_completion other");
	}

	@Test
	void defaultModelsOfVariantsBecomeTagsOnceTheServerHasAnsweredForThem() {
		for (int i = 0; i < 150; i++) {
			String user = "user-" + i;
			this.observed.mutate().defaults((request) -> request.model(user)).build().close();
		}
		this.server.enqueue(OVERLOADED, Reply.text("Hi"), OVERLOADED);
		try (CompletionClient variant = this.observed.mutate().defaults((request) -> request.model("user-1")).build()) {
			failure(OverloadedException.class, variant.stream(REQUEST));
			variant.complete(REQUEST).block(LIMIT);
			failure(OverloadedException.class, variant.stream(REQUEST));
		}
		assertThat(this.observations.calls())
			.extracting((call) -> RecordedObservations.tag(call, "gen_ai.request.model"))
			.containsExactly("other", "user-1", "user-1");
	}

	@Test
	void observationsHoldNoSecret() {
		this.server.enqueue(OVERLOADED, Reply.error(400, "invalid_request_error", "No"));
		String text;
		try (CompletionClient retrying = this.observed.mutate().retry(RetryPolicy.defaults()).build()) {
			failure(CompletionClientException.class, retrying.stream(REQUEST));
			text = retrying.complete(REQUEST).block(LIMIT).completion();
			retrying.stream(REQUEST).blockLast(LIMIT);
			retrying.stream(REQUEST).blockFirst(LIMIT);
			failure(AuthenticationException.class, retrying.mutate().apiKey(KEY + "x").build().stream(REQUEST));
		}
		StringWriter everything = new StringWriter();
		this.observations.stopped.forEach((context) -> {
			everything.append(context.toString()).append(context.getAllKeyValues().toString());
			if (context.getError() != null) {
				context.getError().printStackTrace(new PrintWriter(everything));
			}
		});
		assertThat(this.observations.calls()).hasSize(5);
		assertThat(everything.toString() + this.observations.events).contains("overloaded_error")
			.doesNotContain(KEY)
			.doesNotContain(PROMPT_TEXT)
			.doesNotContain(text);
	}

	@Test
	void conventionOfTheApplicationApplies() {
		CompletionObservationConvention convention = new DefaultCompletionObservationConvention() {

			@Override
			public String getName() {
				return "custom";
			}

			@Override
			public KeyValues getLowCardinalityKeyValues(CompletionObservationContext context) {
				return super.getLowCardinalityKeyValues(context).and("team", "blue");
			}

		};
		try (CompletionClient custom = this.observed.mutate().observationConvention(convention).build();
				CompletionClient variant = custom.mutate().build()) {
			variant.complete(REQUEST).block(LIMIT);
		}
		assertThat(this.observations.call().getName()).isEqualTo("custom");
		assertThat(lowCardinality()).containsEntry("team", "blue").hasSize(10);
	}

	@Test
	void conventionOfTheRegistryApplies() {
		this.observations.registry.observationConfig().observationConvention(new TeamConvention("red"));
		this.observed.complete(REQUEST).block(LIMIT);
		assertThat(this.observations.call().getName()).isEqualTo("custom");
		assertThat(lowCardinality()).containsEntry("team", "red").hasSize(10);
	}

	@Test
	void conventionOfTheClientBeatsThatOfTheRegistry() {
		this.observations.registry.observationConfig().observationConvention(new TeamConvention("red"));
		try (CompletionClient custom = this.observed.mutate()
			.observationConvention(new TeamConvention("blue"))
			.build()) {
			custom.complete(REQUEST).block(LIMIT);
		}
		assertThat(lowCardinality()).containsEntry("team", "blue");
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void observationThatFailsCostsNoAnswer(boolean stream) {
		CompletionObservationConvention failing = new DefaultCompletionObservationConvention() {

			@Override
			public KeyValues getHighCardinalityKeyValues(CompletionObservationContext context) {
				throw new IllegalStateException("test");
			}

		};
		try (CompletionClient custom = this.observed.mutate().observationConvention(failing).build()) {
			List<CompletionResponse> results = call(custom, stream).collectList().block(LIMIT);
			assertThat(results.get(results.size() - 1).body().stopReason()).isNotNull();
		}
	}

	@Test
	void nothingIsAddedWhereNobodyObserves() {
		Flux<Completion> results = Flux.empty();
		CallObservations none = new CallObservations(ObservationRegistry.NOOP, null, "default",
				ServerAddress.of(this.server.baseUrl(), new ModelTags()));
		Call call = new Call(true, Timeouts.defaults(), Limits.defaults(), false);
		assertThat(none.observe(REQUEST, call, results)).isSameAs(results);
	}

	@Test
	void webClientOfTheApplicationKeepsItsOwnRegistry() {
		RecordedObservations ofWebClient = new RecordedObservations();
		try (CompletionClient other = this.observed.mutate()
			.webClientBuilder(WebClient.builder().observationRegistry(ofWebClient.registry))
			.build()) {
			other.complete(REQUEST).block(LIMIT);
		}
		assertThat(ofWebClient.exchanges()).hasSize(1);
		assertThat(ofWebClient.calls()).isEmpty();
		assertThat(this.observations.exchanges()).isEmpty();
		assertThat(this.observations.calls()).hasSize(1);
	}

	/**
	 * Has a name and a key value of its own.
	 */
	private static final class TeamConvention extends DefaultCompletionObservationConvention
			implements GlobalObservationConvention<CompletionObservationContext> {

		private final String team;

		private TeamConvention(String team) {
			this.team = team;
		}

		@Override
		public String getName() {
			return "custom";
		}

		@Override
		public KeyValues getLowCardinalityKeyValues(CompletionObservationContext context) {
			return super.getLowCardinalityKeyValues(context).and("team", this.team);
		}

	}

}
