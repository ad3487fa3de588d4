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
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.http.HttpHeaders;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link CompletionRequest}.
 */
class CompletionRequestTests {

	private static final CompletionRequest NOTHING = CompletionRequest.builder().build();

	private static final CompletionRequest COMPLETE = CompletionRequest.builder()
		.model(Model.of("claude-2.1"))
		.prompt("the prompt")
		.maxTokensToSample(10)
		.build();

	@ParameterizedTest
	@MethodSource("badValues")
	void builderWhenValueIsBadFails(String message, Consumer<CompletionRequest.Builder> bad) {
		CompletionRequest.Builder builder = CompletionRequest.builder();
		assertThatIllegalArgumentException().isThrownBy(() -> bad.accept(builder)).withMessageContaining(message);
		assertThat(builder.build()).usingRecursiveComparison().isEqualTo(NOTHING);
	}

	static Stream<Arguments> badValues() {
		return Stream.of(bad("'model' must not be null", (builder) -> builder.model((Model) null)),
				bad("'model' must not be blank", (builder) -> builder.model((String) null)),
				bad("'model' must not be blank", (builder) -> builder.model("")),
				bad("'model' must not be blank", (builder) -> builder.model(" \t")),
				bad("'prompt' must not be null", (builder) -> builder.prompt((Prompt) null)),
				bad("'prompt' must not be blank", (builder) -> builder.prompt((String) null)),
				bad("'prompt' must not be blank", (builder) -> builder.prompt("")),
				bad("'prompt' must not be blank", (builder) -> builder.prompt("\n\n")),
				bad("'maxTokensToSample' must be at least 1, not 0", (builder) -> builder.maxTokensToSample(0)),
				bad("'maxTokensToSample' must be at least 1, not -1", (builder) -> builder.maxTokensToSample(-1)),
				bad("'stopSequences' must not hold an empty", (builder) -> builder.stopSequences("a", "")),
				bad("'stopSequences' must not hold an empty", (builder) -> builder.stopSequences("a", null)),
				bad("'userId' must not be blank", (builder) -> builder.userId(null)),
				bad("'userId' must not be blank", (builder) -> builder.userId(" ")),
				bad("'userId' must not be longer than 512", (builder) -> builder.userId("x".repeat(513))),
				bad("'timeout' must not be null", (builder) -> builder.timeout(null)),
				bad("'timeout' must be at least one millisecond, not PT0S",
						(builder) -> builder.timeout(Duration.ZERO)),
				bad("'timeout' must be at least", (builder) -> builder.timeout(Duration.ofNanos(999_999))),
				bad("'timeout' must be at least", (builder) -> builder.timeout(Duration.ofSeconds(-1))),
				bad("'header' must not be 'Host'", (builder) -> builder.header("Host", "example.com")),
				bad("must not be blank", (builder) -> builder.header("x-tenant", null)));
	}

	@ParameterizedTest
	@ValueSource(doubles = { -0.0001, 1.0001, Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY })
	void builderWhenFractionIsOutOfRangeFails(double value) {
		assertThatIllegalArgumentException().isThrownBy(() -> CompletionRequest.builder().temperature(value))
			.withMessage("'temperature' must be from 0 to 1, not " + value);
		assertThatIllegalArgumentException().isThrownBy(() -> CompletionRequest.builder().topP(value))
			.withMessage("'topP' must be from 0 to 1, not " + value);
	}

	@ParameterizedTest
	@ValueSource(ints = { -1, Integer.MIN_VALUE })
	void builderWhenTopKIsNegativeFails(int value) {
		assertThatIllegalArgumentException().isThrownBy(() -> CompletionRequest.builder().topK(value))
			.withMessage("'topK' must not be negative, but is " + value);
	}

	@ParameterizedTest
	@CsvSource({ "model, model()", "prompt, prompt()", "max_tokens_to_sample, maxTokensToSample()",
			"stop_sequences, stopSequences()", "temperature, temperature()", "top_p, topP()", "top_k, topK()",
			"metadata, userId()", "stream, CompletionClient.stream()" })
	void additionalPropertyWhenItHasAMethodFails(String name, String method) {
		assertThatIllegalArgumentException()
			.isThrownBy(() -> CompletionRequest.builder().additionalProperty(name, "SECRET"))
			.withMessage("'additionalProperty' must not be '" + name + "': use " + method + " instead");
	}

	@ParameterizedTest
	@MethodSource
	void additionalPropertyWhenNameOrValueIsMissingFails(String name, Object value, String message) {
		assertThatIllegalArgumentException()
			.isThrownBy(() -> CompletionRequest.builder().additionalProperty(name, value))
			.withMessage(message);
	}

	static Stream<Arguments> additionalPropertyWhenNameOrValueIsMissingFails() {
		return Stream.of(Arguments.arguments(null, "x", "'additionalProperty' must have a name"),
				Arguments.arguments(" ", "x", "'additionalProperty' must have a name"),
				Arguments.arguments("seed", null, "'additionalProperty' must have a value, but 'seed' has none"));
	}

	@Test
	void builderTakesValuesAtTheirLimits() {
		CompletionRequest least = CompletionRequest.builder()
			.maxTokensToSample(1)
			.temperature(0)
			.topP(0)
			.topK(0)
			.timeout(Duration.ofMillis(1))
			.stopSequences()
			.build();
		CompletionRequest most = CompletionRequest.builder().temperature(1).topP(1).userId("x".repeat(512)).build();
		assertThat(least.maxTokensToSample()).isOne();
		assertThat(least.temperature()).isZero();
		assertThat(least.topP()).isZero();
		assertThat(least.topK()).isZero();
		assertThat(least.timeout()).hasMillis(1);
		assertThat(least.stopSequences()).isNotNull().isEmpty();
		assertThat(most.temperature()).isOne();
		assertThat(most.topP()).isOne();
		assertThat(most.userId()).hasSize(512);
	}

	@Test
	void buildWhenNothingIsSetHasNothing() {
		assertThat(FIELDS).allSatisfy((field) -> assertThat(field.getter().apply(NOTHING)).as(field.name()).isNull());
		assertThat(NOTHING.headers()).isEmpty();
		assertThat(NOTHING.additionalProperties()).isEmpty();
	}

	@ParameterizedTest
	@MethodSource("fields")
	void toBuilderKeepsEveryField(Field field) {
		assertThat(field.getter().apply(field.request(field.setter()).toBuilder().build())).isEqualTo(field.value());
	}

	@ParameterizedTest
	@MethodSource("fields")
	void withDefaultsWhenOnlyDefaultIsSetUsesIt(Field field) {
		CompletionRequest defaults = field.request(field.setter());
		assertThat(field.getter().apply(field.completed().withDefaults(defaults))).isEqualTo(field.value());
	}

	@ParameterizedTest
	@MethodSource("fields")
	void withDefaultsWhenBothAreSetUsesRequest(Field field) {
		CompletionRequest request = field.completed().toBuilder().build();
		CompletionRequest.Builder builder = request.toBuilder();
		field.setter().accept(builder);
		CompletionRequest merged = builder.build().withDefaults(field.request(field.otherSetter()));
		assertThat(field.getter().apply(merged)).isEqualTo(field.value());
	}

	static List<Field> fields() {
		return FIELDS;
	}

	@Test
	void withDefaultsMergesHeadersAndAdditionalProperties() {
		CompletionRequest defaults = CompletionRequest.builder()
			.header("x-default", "default")
			.header("x-both", "default")
			.additionalProperty("default", 1)
			.additionalProperty("both", 1)
			.build();
		CompletionRequest merged = COMPLETE.toBuilder()
			.header("x-both", "request")
			.header("x-request", "request")
			.additionalProperty("both", 2)
			.additionalProperty("request", 2)
			.build()
			.withDefaults(defaults);
		assertThat(merged.headers())
			.isEqualTo(Map.of("x-default", "default", "x-both", "request", "x-request", "request"));
		assertThat(merged.additionalProperties()).isEqualTo(Map.of("default", 1, "both", 2, "request", 2));
		assertThat(defaults.headers()).containsEntry("x-both", "default");
		assertThat(defaults.additionalProperties()).containsEntry("both", 1);
	}

	@Test
	void withDefaultsWhenStopSequencesAreSetToNoneUsesNone() {
		CompletionRequest defaults = CompletionRequest.builder().stopSequences("END").build();
		CompletionRequest merged = COMPLETE.toBuilder().stopSequences().build().withDefaults(defaults);
		assertThat(merged.stopSequences()).isNotNull().isEmpty();
	}

	@ParameterizedTest
	@MethodSource
	void withDefaultsWhenRequiredFieldIsMissingNamesIt(CompletionRequest request, String message) {
		assertThatIllegalArgumentException().isThrownBy(() -> request.withDefaults(NOTHING)).withMessage(message);
	}

	static Stream<Arguments> withDefaultsWhenRequiredFieldIsMissingNamesIt() {
		return Stream.of(
				Arguments.arguments(CompletionRequest.builder().prompt("p").maxTokensToSample(1).build(),
						"'model' must be set: on the request, in the client's defaults, or by the property "
								+ "completion.defaults.model"),
				Arguments.arguments(CompletionRequest.builder().model("m").maxTokensToSample(1).build(),
						"'prompt' must be set: on the request"),
				Arguments.arguments(CompletionRequest.builder().model("m").prompt("p").build(),
						"'maxTokensToSample' must be set: on the request, in the client's defaults, or by the property "
								+ "completion.defaults.max-tokens-to-sample"));
	}

	@Test
	void promptIsOneHumanTurnOrTheWireForm() {
		assertThat(CompletionRequest.builder().prompt(" Human: x ").build().prompt())
			.isEqualTo(Prompt.human(" Human: x "));
		assertThat(CompletionRequest.builder().prompt("\n\nHuman:x\n\nAssistant: ").build().prompt())
			.hasToString("\n\nHuman:x\n\nAssistant: ");
		assertThat(CompletionRequest.builder().prompt(Prompt.human("Hi")).build().prompt())
			.isEqualTo(Prompt.human("Hi"));
	}

	@Test
	void buildCopiesWhatTheBuilderHas() {
		String[] stopSequences = { "a" };
		CompletionRequest.Builder builder = CompletionRequest.builder().stopSequences(stopSequences).header("x-a", "1");
		CompletionRequest request = builder.build();
		stopSequences[0] = "b";
		builder.header("x-b", "2").additionalProperty("c", 3).stopSequences("d");
		assertThat(request.stopSequences()).containsExactly("a");
		assertThat(request.headers()).containsOnlyKeys("x-a");
		assertThat(request.additionalProperties()).isEmpty();
	}

	@Test
	void mapsAreNotModifiable() {
		assertThatExceptionOfType(UnsupportedOperationException.class)
			.isThrownBy(() -> NOTHING.headers().put("x-a", "1"));
		assertThatExceptionOfType(UnsupportedOperationException.class)
			.isThrownBy(() -> NOTHING.additionalProperties().put("a", "1"));
	}

	@Test
	void toStringHidesPromptUserAndValues() {
		CompletionRequest request = CompletionRequest.builder()
			.model("claude-2.1")
			.prompt(Prompt.raw("SECRET prompt"))
			.maxTokensToSample(10)
			.stopSequences("SECRET stop")
			.userId("SECRET user")
			.header("x-tenant", "SECRET header")
			.additionalProperty("seed", "SECRET property")
			.build();
		assertThat(request.toString()).doesNotContain("SECRET")
			.contains("claude-2.1", "13 characters", "maxTokensToSample=10", "x-tenant", "seed");
		assertThat(NOTHING.toString()).contains("model=null", "prompt=null");
	}

	private static Arguments bad(String message, Consumer<CompletionRequest.Builder> bad) {
		return Arguments.arguments(message, bad);
	}

	private static final List<Field> FIELDS = List.of(
			new Field("model", (b) -> b.model("a"), (b) -> b.model("b"), CompletionRequest::model, Model.of("a")),
			new Field("prompt", (b) -> b.prompt("a"), (b) -> b.prompt("b"), CompletionRequest::prompt,
					Prompt.human("a")),
			new Field("maxTokensToSample", (b) -> b.maxTokensToSample(1), (b) -> b.maxTokensToSample(2),
					CompletionRequest::maxTokensToSample, 1),
			new Field("stopSequences", (b) -> b.stopSequences("a", "b"), (b) -> b.stopSequences("c"),
					CompletionRequest::stopSequences, List.of("a", "b")),
			new Field("temperature", (b) -> b.temperature(0.1), (b) -> b.temperature(0.2),
					CompletionRequest::temperature, 0.1),
			new Field("topP", (b) -> b.topP(0.3), (b) -> b.topP(0.4), CompletionRequest::topP, 0.3),
			new Field("topK", (b) -> b.topK(5), (b) -> b.topK(6), CompletionRequest::topK, 5),
			new Field("userId", (b) -> b.userId("a"), (b) -> b.userId("b"), CompletionRequest::userId, "a"),
			new Field("timeout", (b) -> b.timeout(Duration.ofSeconds(1)), (b) -> b.timeout(Duration.ofSeconds(2)),
					CompletionRequest::timeout, Duration.ofSeconds(1)));

	@Test
	void builderWhenValueIsNullFails() {
		assertThatIllegalArgumentException().isThrownBy(() -> CustomHeaders.check(null, "x"));
		assertThatIllegalArgumentException()
			.isThrownBy(() -> CompletionRequest.builder().stopSequences((String[]) null));
		assertThatIllegalArgumentException().isThrownBy(() -> Prompt.builder().prefill(null));
	}

	@Test
	void headerWhenNameDiffersInCaseOnlyReplacesIt() {
		CompletionRequest request = CompletionRequest.builder()
			.header("X-A", "1")
			.header("x-a", "2")
			.header("X-A", "3")
			.build();
		HttpHeaders sent = new HttpHeaders();
		request.headers().forEach(sent::set);
		assertThat(sent.getFirst("x-a")).isEqualTo("3");
	}

	record Field(String name, Consumer<CompletionRequest.Builder> setter,
			Consumer<CompletionRequest.Builder> otherSetter, Function<CompletionRequest, Object> getter, Object value) {

		private CompletionRequest request(Consumer<CompletionRequest.Builder> setter) {
			CompletionRequest.Builder builder = CompletionRequest.builder();
			setter.accept(builder);
			return builder.build();
		}

		/**
		 * Return a request that has the required fields, except this one.
		 */
		private CompletionRequest completed() {
			CompletionRequest.Builder builder = CompletionRequest.builder();
			if (!this.name.equals("model")) {
				builder.model("required");
			}
			if (!this.name.equals("prompt")) {
				builder.prompt("required");
			}
			if (!this.name.equals("maxTokensToSample")) {
				builder.maxTokensToSample(100);
			}
			return builder.build();
		}

		@Override
		public String toString() {
			return this.name;
		}

	}

}
