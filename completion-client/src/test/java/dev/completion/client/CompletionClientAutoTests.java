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
import java.util.stream.Stream;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.completion.client.error.InvalidRequestException;
import dev.completion.client.error.NotFoundException;
import dev.completion.client.error.Outcome;
import dev.completion.client.error.OverloadedException;
import dev.completion.server.CompletionServer;
import dev.completion.server.RecordedRequest;
import dev.completion.server.Reply;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link CompletionClient}: how it finds the API that serves a model.
 */
class CompletionClientAutoTests extends AbstractCompletionClientTests {

	private static final String COMPLETE = "/v1/complete";

	private static final String MESSAGES = "/v1/messages";

	private static final String REFUSAL = "\"m\" is not supported on this API. Please use the Messages API instead.";

	private static final CompletionRequest MODERN = REQUEST.toBuilder().model(Model.of("claude-sonnet-4-5")).build();

	// the server has no model of this name, so all requests receive enqueued replies
	private static final CompletionRequest UNKNOWN = REQUEST.toBuilder().model("m").build();

	private final ListAppender<ILoggingEvent> log = new ListAppender<>();

	private final Logger logger = (Logger) LoggerFactory.getLogger(ApiSelector.class);

	private CompletionClient auto;

	@BeforeEach
	void openAuto() {
		this.auto = this.client.mutate().api(CompletionApi.AUTO).build();
		this.log.start();
		this.logger.addAppender(this.log);
	}

	@AfterEach
	void closeAuto() {
		this.logger.detachAppender(this.log);
		this.auto.close();
	}

	@Test
	void emptyCompletionDoesNotDetermineTheApi() {
		this.server.enqueue(Reply.body(200, "application/json", "{\"completion\":null}"),
				Reply.body(404, "text/plain", "Not Found"), Reply.text("Hi"));
		assertThat(this.auto.complete(UNKNOWN).block(LIMIT).completion()).isEmpty();
		assertThat(this.auto.complete(UNKNOWN).block(LIMIT).completion()).isNotEmpty();
		assertThat(paths()).containsExactly("/v1/complete", "/v1/complete", "/v1/messages");
	}

	private List<String> paths() {
		return this.server.requests().stream().map(RecordedRequest::path).toList();
	}

	private List<String> infos() {
		return this.log.list.stream()
			.filter((event) -> event.getLevel() == Level.INFO)
			.map(ILoggingEvent::getFormattedMessage)
			.toList();
	}

	private static Flux<CompletionResponse> call(CompletionClient client, CompletionRequest request, boolean stream) {
		return stream ? client.exchangeStream(request) : client.exchange(request).flux();
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void modelThatNeedsTheMessagesApiCostsOneMoreRequestOnce(boolean stream) {
		List<CompletionResponse> first = call(this.auto, MODERN, stream).collectList().block(LIMIT);
		assertThat(first).allSatisfy((response) -> {
			assertThat(response.api()).isEqualTo(CompletionApi.MESSAGES);
			assertThat(response.attempts()).isEqualTo(2);
		});
		for (int i = 0; i < 3; i++) {
			assertThat(call(this.auto, MODERN, stream).collectList().block(LIMIT)).allSatisfy((response) -> {
				assertThat(response.api()).isEqualTo(CompletionApi.MESSAGES);
				assertThat(response.attempts()).isOne();
			});
		}
		assertThat(paths()).containsExactly(COMPLETE, MESSAGES, MESSAGES, MESSAGES, MESSAGES);
		assertThat(infos()).containsExactly("Using the Messages API for model 'claude-sonnet-4-5' from now on");
	}

	@Test
	void autoIsTheDefault() {
		try (CompletionClient other = CompletionClient.builder().baseUrl(this.server.baseUrl()).apiKey(KEY).build()) {
			other.complete(MODERN).block(LIMIT);
			other.complete(REQUEST.toBuilder().model(Model.of("claude-2.1")).build()).block(LIMIT);
		}
		assertThat(paths()).containsExactly(COMPLETE, MESSAGES, COMPLETE);
	}

	@Test
	void bothApisGiveTheSameText() {
		Completion old = this.auto.complete(REQUEST).block(LIMIT);
		Completion modern = this.auto.complete(MODERN).block(LIMIT);
		assertThat(old.completion()).isEqualTo(" " + modern.completion());
		assertThat(modern.type()).isEqualTo(old.type());
		assertThat(modern.stopReason()).isEqualTo(old.stopReason());
		assertThat(modern.stop()).isEqualTo(old.stop());
		assertThat(this.auto.stream(MODERN).as(Completion::join).block(LIMIT).completion())
			.isEqualTo(modern.completion());
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void modelOfTheTextCompletionsApiStaysThere(boolean stream) {
		for (int i = 0; i < 5; i++) {
			assertThat(call(this.auto, REQUEST, stream).collectList().block(LIMIT))
				.allSatisfy((response) -> assertThat(response.api()).isEqualTo(CompletionApi.TEXT_COMPLETIONS));
		}
		assertThat(paths()).hasSize(5).containsOnly(COMPLETE);
		assertThat(infos()).isEmpty();
	}

	@Test
	void eachModelIsAskedForByItself() {
		CompletionRequest other = MODERN.toBuilder().model(Model.CLAUDE_OPUS_5).build();
		Stream.of(MODERN, other, MODERN, other).forEach((request) -> this.auto.complete(request).block(LIMIT));
		assertThat(paths()).containsExactly(COMPLETE, MESSAGES, COMPLETE, MESSAGES, MESSAGES, MESSAGES);
		assertThat(infos()).hasSize(2);
	}

	@ParameterizedTest
	@EnumSource(value = CompletionApi.class, names = "AUTO", mode = EnumSource.Mode.EXCLUDE)
	void apiThatIsSetIsNeverLeft(CompletionApi api) {
		try (CompletionClient fixed = this.client.mutate().api(api).build()) {
			this.server.enqueue(Reply.error(400, "invalid_request_error", REFUSAL),
					Reply.error(404, "not_found_error", "Not found"));
			failure(InvalidRequestException.class, fixed.stream(UNKNOWN));
			failure(NotFoundException.class, fixed.complete(UNKNOWN).flux());
		}
		assertThat(paths()).hasSize(2).containsOnly((api == CompletionApi.MESSAGES) ? MESSAGES : COMPLETE);
	}

	@Test
	void errorOfTheMessagesApiTellsOfTheRefusalToo() {
		this.server.enqueue(Reply.error(529, "overloaded_error", "Overloaded"));
		OverloadedException ex = failure(OverloadedException.class, this.auto.stream(MODERN));
		assertThat(ex.attempts()).isEqualTo(2);
		assertThat(ex.outcome()).isEqualTo(Outcome.REJECTED);
		assertThat(ex.getSuppressed()).hasExactlyElementsOfTypes(InvalidRequestException.class);
		this.auto.complete(MODERN).block(LIMIT);
		assertThat(paths()).containsExactly(COMPLETE, MESSAGES, MESSAGES);
	}

	@Test
	void retriesAreCountedOverBothApis() {
		Reply overloaded = Reply.error(529, "overloaded_error", "Overloaded").header("retry-after-ms", "1");
		this.server.enqueue(overloaded, Reply.error(400, "invalid_request_error", REFUSAL), overloaded, overloaded);
		try (CompletionClient retrying = this.auto.mutate().retry(RetryPolicy.defaults()).build()) {
			assertThat(failure(OverloadedException.class, retrying.stream(UNKNOWN)).attempts()).isEqualTo(4);
		}
		assertThat(paths()).containsExactly(COMPLETE, COMPLETE, MESSAGES, MESSAGES);
	}

	@Test
	void modelThatRefusesPrefillGivesTheRuleOfTheServer() {
		CompletionRequest prefilled = REQUEST.toBuilder()
			.model(Model.CLAUDE_OPUS_5)
			.prompt(Prompt.builder().human("Hi").prefill("Well").build())
			.build();
		assertThat(failure(InvalidRequestException.class, this.auto.complete(prefilled).flux()))
			.hasMessageContaining("This model does not support assistant message prefill");
	}

	@Test
	void variantKnowsWhatItsOriginalHasLearned() {
		this.auto.complete(MODERN).block(LIMIT);
		try (CompletionClient variant = this.auto.mutate().build()) {
			variant.complete(MODERN).block(LIMIT);
		}
		assertThat(paths()).containsExactly(COMPLETE, MESSAGES, MESSAGES);
	}

	@Test
	void variantForAnotherServerLearnsForItself() {
		this.auto.complete(MODERN).block(LIMIT);
		try (CompletionServer other = CompletionServer.start();
				CompletionClient variant = this.auto.mutate().baseUrl(other.baseUrl()).apiKey(other.apiKey()).build()) {
			variant.complete(MODERN).block(LIMIT);
			assertThat(other.requests()).extracting(RecordedRequest::path).containsExactly(COMPLETE, MESSAGES);
		}
	}

	@Test
	void variantForAnotherApiAsksThat() {
		this.auto.complete(MODERN).block(LIMIT);
		try (CompletionClient variant = this.auto.mutate().api(CompletionApi.TEXT_COMPLETIONS).build()) {
			failure(InvalidRequestException.class, variant.complete(MODERN).flux());
		}
		assertThat(paths()).containsExactly(COMPLETE, MESSAGES, COMPLETE);
	}

	@Test
	void nameOfAModelCannotForgeLogLines() {
		this.server.enqueue(Reply.error(400, "invalid_request_error", REFUSAL), Reply.text("Hi"));
		this.auto.complete(MODERN.toBuilder().model("m\nERROR \u001b[31m" + "x".repeat(100)).build()).block(LIMIT);
		assertThat(infos()).singleElement()
			.asString()
			.hasSizeLessThan(300)
			.startsWith("Using the Messages API for model 'm?ERROR ?[31mxxx");
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void usageIsToldWhereTheApiReportsIt(boolean stream) {
		List<CompletionResponse> modern = call(this.auto, MODERN, stream).collectList().block(LIMIT);
		List<CompletionResponse> old = call(this.auto, REQUEST, stream).collectList().block(LIMIT);
		assertThat(old).extracting(CompletionResponse::usage).containsOnlyNulls();
		CompletionResponse last = modern.get(modern.size() - 1);
		assertThat(last.usage().inputTokens()).isPositive();
		assertThat(last.usage().outputTokens()).isPositive();
		assertThat(last.body().additionalProperties()).containsKey("usage");
		assertThat(modern.subList(0, modern.size() - 1)).extracting(CompletionResponse::usage)
			.allSatisfy((usage) -> assertThat(usage).isNull());
	}

	@Test
	void apiMustNotBeNull() {
		assertThatExceptionOfType(IllegalArgumentException.class).isThrownBy(() -> CompletionClient.builder().api(null))
			.withMessage("'api' must not be null");
	}

}
