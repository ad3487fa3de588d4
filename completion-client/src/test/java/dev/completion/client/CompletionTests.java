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
import java.util.Map;

import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.test.StepVerifier;
import reactor.test.publisher.TestPublisher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link Completion}.
 */
class CompletionTests {

	private static final Duration TIMEOUT = Duration.ofSeconds(10);

	private static final Completion LAST = new Completion("compl_1", "", StopReason.STOP_SEQUENCE,
			Model.of("claude-2.1"), "completion", "\n\nHuman:", Map.of());

	@Test
	void ofIsACompleteCompletion() {
		Completion completion = Completion.of("Hello");
		assertThat(completion.completion()).isEqualTo("Hello");
		assertThat(completion.stopReason()).isEqualTo(StopReason.STOP_SEQUENCE);
		assertThat(completion.type()).isEqualTo("completion");
		assertThat(join(completion, Completion.of(" world")).completion()).isEqualTo("Hello world");
		assertThatIllegalArgumentException().isThrownBy(() -> Completion.of(null));
	}

	@Test
	void responseOfACompletionHasItsText() {
		CompletionResponse response = CompletionResponse.of(Completion.of("Hello"));
		assertThat(response.text()).isEqualTo("Hello");
		assertThat(response.attempts()).isOne();
		assertThat(response.api()).isEqualTo(CompletionApi.MESSAGES);
		assertThat(response.usage()).isNull();
		assertThat(response.requestId()).isNull();
		assertThat(response.rateLimits().requests().limit()).isNull();
	}

	@Test
	void joinAppendsTextsAndKeepsTheLastOfTheRest() {
		Completion completion = join(delta(" Hello"), delta(","), delta(""), delta(" world"), LAST);
		assertThat(completion).isEqualTo(new Completion("compl_1", " Hello, world", StopReason.STOP_SEQUENCE,
				Model.of("claude-2.1"), "completion", "\n\nHuman:", Map.of()));
	}

	@Test
	void joinWhenLastDeltaHasTextAppendsIt() {
		Completion last = new Completion("compl_2", "b", StopReason.MAX_TOKENS, Model.of("claude-2.0"), "other", null,
				Map.of());
		assertThat(join(delta("a"), last)).isEqualTo(new Completion("compl_2", "ab", StopReason.MAX_TOKENS,
				Model.of("claude-2.0"), "other", null, Map.of()));
	}

	@Test
	void joinMergesAdditionalProperties() {
		Completion completion = join(delta("a", Map.of("log_id", "1", "first", 1)), delta("b", Map.of("log_id", "2")),
				delta("c", Map.of("last", 3)), LAST);
		assertThat(completion.additionalProperties()).isEqualTo(Map.of("log_id", "2", "first", 1, "last", 3));
		assertThatExceptionOfType(UnsupportedOperationException.class)
			.isThrownBy(() -> completion.additionalProperties().put("x", 1));
	}

	@Test
	void joinWhenSurrogatePairIsSplitJoinsIt() {
		Completion completion = join(delta("a\ud83d"), delta("\ude00b"), LAST);
		assertThat(completion.completion()).isEqualTo("a\ud83d\ude00b");
		assertThat(completion.completion().codePointCount(0, 4)).isEqualTo(3);
	}

	@Test
	void joinWhenStreamIsEmptyIsEmpty() {
		StepVerifier.create(Completion.join(Flux.empty())).expectComplete().verify(TIMEOUT);
	}

	@Test
	void joinWhenStreamFailsFails() {
		Flux<Completion> deltas = Flux.just(delta("a")).concatWith(Flux.error(new IllegalStateException("cut")));
		StepVerifier.create(Completion.join(deltas)).expectErrorMessage("cut").verify(TIMEOUT);
	}

	@Test
	void joinWhenSubscribedTwiceBeginsAnew() {
		var joined = Flux.just(delta("a"), LAST).as(Completion::join);
		for (int i = 0; i < 2; i++) {
			StepVerifier.create(joined.map(Completion::completion)).expectNext("a").expectComplete().verify(TIMEOUT);
		}
	}

	@Test
	void joinWhenCancelledCancelsStream() {
		TestPublisher<Completion> deltas = TestPublisher.create();
		StepVerifier.create(Completion.join(deltas.flux()))
			.then(() -> deltas.next(delta("a")))
			.thenCancel()
			.verify(TIMEOUT);
		deltas.assertCancelled();
	}

	private static Completion join(Completion... deltas) {
		return Completion.join(Flux.just(deltas)).block(TIMEOUT);
	}

	private static Completion delta(String text) {
		return delta(text, Map.of());
	}

	private static Completion delta(String text, Map<String, Object> additionalProperties) {
		return new Completion("compl_1", text, null, Model.of("claude-2.1"), "completion", null, additionalProperties);
	}

	@Test
	void joinWhenLastDeltaLacksIdKeepsTheOneBefore() {
		Flux<Completion> deltas = Flux.just(
				new Completion("compl_1", "a", null, Model.of("claude-2.1"), "completion", null, Map.of()),
				new Completion("", "b", StopReason.MAX_TOKENS, Model.of("claude-2.1"), "completion", null, Map.of()));
		assertThat(Completion.join(deltas).block(Duration.ofSeconds(10)).id()).isEqualTo("compl_1");
	}

}
