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

import dev.completion.server.Reply;
import io.micrometer.common.KeyValue;
import io.micrometer.observation.Observation;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link DefaultCompletionObservationConvention}: the content of calls.
 */
@BothApis
class DefaultCompletionObservationConventionTests extends AbstractCompletionClientTests {

	private static final String TEXT = "one \"two\" three";

	private static final String INPUT = "gen_ai.input.messages";

	private static final String OUTPUT = "gen_ai.output.messages";

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

	private void call(int maxContentLength, boolean stream) {
		this.server.enqueue(Reply.text(TEXT).chunkSizes(6, 4, 5));
		try (CompletionClient client = this.observed.mutate()
			.observationConvention(new DefaultCompletionObservationConvention(maxContentLength))
			.build()) {
			(stream ? client.stream(REQUEST) : client.complete(REQUEST).flux()).blockLast(LIMIT);
		}
	}

	private JsonNode json(String key) {
		return JsonMapper.shared().readTree(RecordedObservations.value(this.observations.call(), key));
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void contentIsLeftOut(boolean stream) {
		this.server.enqueue(Reply.text(TEXT).chunkSizes(6, 4, 5));
		Flux<Completion> call = stream ? this.observed.stream(REQUEST) : this.observed.complete(REQUEST).flux();
		call.blockLast(LIMIT);
		assertThat(this.observations.call().getText()).contains("two");
		assertThat(this.observations.call().getPrompt()).contains(PROMPT_TEXT);
		assertThat(this.observations.stopped.stream()
			.flatMap((context) -> context.getAllKeyValues().stream())
			.map(KeyValue::getValue)).contains("text_completion")
			.noneMatch((value) -> value.contains("two") || value.contains(PROMPT_TEXT));
		assertThat(this.observations.stopped.toString()).doesNotContain("two").doesNotContain(PROMPT_TEXT);
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void contentIsThereWhereItIsAskedFor(boolean stream) {
		call(1000, stream);
		JsonNode input = json(INPUT);
		assertThat(input.at("/0/role").asString()).isEqualTo("user");
		assertThat(input.at("/0/parts/0/type").asString()).isEqualTo("text");
		assertThat(input.at("/0/parts/0/content").asString()).isEqualTo("\n\nHuman: " + PROMPT_TEXT + "\n\nAssistant:");
		JsonNode output = json(OUTPUT);
		assertThat(output.at("/0/role").asString()).isEqualTo("assistant");
		assertThat(output.at("/0/parts/0/content").asString()).endsWith(TEXT);
		assertThat(output.at("/0/finish_reason").asString()).isEqualTo("stop_sequence");
		assertThat(this.observations.call().getLowCardinalityKeyValues()).extracting(KeyValue::getValue)
			.noneMatch((value) -> value.contains("two") || value.contains(PROMPT_TEXT));
	}

	@Test
	void contentIsCut() {
		call(10, true);
		assertThat(json(INPUT).at("/0/parts/0/content").asString()).isEqualTo("\n\nHuman: a");
		assertThat(json(OUTPUT).at("/0/parts/0/content").asString()).hasSize(10).contains("\"two");
	}

	@Test
	void charactersAreNotParted() {
		CompletionRequest request = REQUEST.toBuilder().prompt("\n\nHuman: \ud83d\ude00\n\nAssistant:").build();
		try (CompletionClient client = this.observed.mutate()
			.observationConvention(new DefaultCompletionObservationConvention(10))
			.build()) {
			client.complete(request).block(LIMIT);
		}
		assertThat(json(INPUT).at("/0/parts/0/content").asString()).isEqualTo("\n\nHuman: ");
	}

	@Test
	void valuesOfTheServerAreCut() {
		String id = "i".repeat(1000);
		this.server
			.enqueue(Reply.body(200, "application/json", answer().replaceAll("\"(compl|msg)_1\"", '"' + id + '"')));
		this.observed.complete(REQUEST).block(LIMIT);
		assertThat(RecordedObservations.value(this.observations.call(), "gen_ai.response.id")).hasSize(256);
	}

	@Test
	void tokensOfACacheAreCounted() {
		this.server.enqueue(Reply.body(200, "application/json", answer().replace("\"input_tokens\":3",
				"\"input_tokens\":3,\"cache_read_input_tokens\":100,\"cache_creation_input_tokens\":20")));
		this.observed.complete(REQUEST).block(LIMIT);
		assertThat(RecordedObservations.value(this.observations.call(), "gen_ai.usage.input_tokens"))
			.isEqualTo((this.api == ApiFixture.MESSAGES) ? "123" : null);
	}

	@Test
	void lengthMustNotBeNegative() {
		assertThatExceptionOfType(IllegalArgumentException.class)
			.isThrownBy(() -> new DefaultCompletionObservationConvention(-1))
			.withMessage("'maxContentLength' must not be negative");
	}

	@Test
	void conventionIsForCallsOnly() {
		assertThat(new DefaultCompletionObservationConvention().supportsContext(new Observation.Context())).isFalse();
	}

	@Test
	void serverIsThatOfTheBaseUrl() {
		ModelTags models = new ModelTags();
		assertThat(ServerAddress.of("https://api.anthropic.com", models))
			.isEqualTo(new ServerAddress("api.anthropic.com", 443, models));
		assertThat(ServerAddress.of("http://[::1]/claude", models)).isEqualTo(new ServerAddress("::1", 80, models));
		assertThat(ServerAddress.of("http://localhost:8080", models))
			.isEqualTo(new ServerAddress("localhost", 8080, models));
	}

}
