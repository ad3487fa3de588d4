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

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.function.UnaryOperator;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;
import reactor.test.StepVerifier;
import reactor.test.publisher.TestPublisher;
import reactor.test.scheduler.VirtualTimeScheduler;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import org.springframework.http.HttpHeaders;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link EventStreamSubscriber} in virtual time: the last completion is held
 * back, because the usage can follow the stop reason.
 */
@Tag("E2")
class EventStreamEndTests {

	private static final Duration LIMIT = Duration.ofSeconds(30);

	private static final String TEXT = MessageEvents.START + MessageEvents.text(0, "Hello");

	private static final String STOP = "event: message_delta\ndata: {\"delta\":{\"stop_reason\":\"max_tokens\"}}\n\n";

	private static final String USAGE = "event: message_delta\ndata: {\"delta\":{},\"usage\":{\"output_tokens\":7}}\n\n";

	private static final String MESSAGE_STOP = "event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n";

	private final VirtualTimeScheduler time = VirtualTimeScheduler.create();

	private final TestPublisher<DataBuffer> body = TestPublisher.create();

	private Flux<Completion> stream() {
		MessageReader reader = new MessageReader(JsonMapper.shared(), Model.of("m"), UnaryOperator.identity(), 1024);
		return new EventStreamReader(reader, new ApiErrorReader(JsonMapper.shared(), 1024), HttpHeaders::new,
				Limits.defaults())
			.read(this.body.flux(), Timeouts.defaults(), this.time);
	}

	private StepVerifier.Step<Completion> afterText(String events) {
		return StepVerifier.create(stream())
			.then(() -> receive(TEXT + events))
			.assertNext((text) -> assertThat(text.completion()).isEqualTo("Hello"));
	}

	private void receive(String events) {
		this.body.next(DefaultDataBufferFactory.sharedInstance.wrap(events.getBytes(StandardCharsets.UTF_8)));
	}

	private static void assertEnd(Completion end, long outputTokens) {
		assertThat(end.completion()).isEmpty();
		assertThat(end.stopReason()).isEqualTo(StopReason.MAX_TOKENS);
		assertThat(Usage.of(end)).extracting(Usage::outputTokens).isEqualTo(outputTokens);
	}

	@Test
	void usageThatFollowsTheStopReasonIsMerged() {
		afterText(STOP).then(() -> receive(USAGE))
			.then(() -> receive(MESSAGE_STOP))
			.assertNext((end) -> assertEnd(end, 7))
			.then(this.body::complete)
			.expectComplete()
			.verify(LIMIT);
	}

	@Test
	void textThatFollowsTheStopReasonIsDelivered() {
		afterText(STOP).then(() -> receive(MessageEvents.text(0, "!") + MESSAGE_STOP))
			.assertNext((text) -> assertThat(text.completion()).isEqualTo("!"))
			.assertNext((end) -> assertEnd(end, 1))
			.then(this.body::complete)
			.expectComplete()
			.verify(LIMIT);
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void lastCompletionIsDeliveredAtEndOfBody(boolean failing) {
		afterText(STOP).then(() -> {
			if (failing) {
				this.body.error(new IOException("Connection reset"));
			}
			else {
				this.body.complete();
			}
		}).assertNext((end) -> assertEnd(end, 1)).expectComplete().verify(LIMIT);
	}

	@Test
	void lastCompletionIsHeldForAtMost100Milliseconds() {
		afterText(STOP).then(() -> advanceTime(60))
			.then(() -> receive(USAGE + "event: ping\ndata: {}\n\n"))
			.then(() -> advanceTime(39))
			.then(this.body::assertNotCancelled)
			.then(() -> advanceTime(1))
			.assertNext((end) -> assertEnd(end, 7))
			.then(() -> advanceTime(100))
			.then(this.body::assertCancelled)
			.thenCancel()
			.verify(LIMIT);
	}

	@ParameterizedTest
	@ValueSource(strings = { "event: error\ndata: {\"error\":{\"type\":\"api_error\"}}\n\n",
			"event: content_block_delta\ndata: oops\n\n", "data: {\"error\":\"timed out\"}\n\n" })
	void failureAfterStopReasonIsIgnored(String events) {
		afterText(STOP).then(() -> receive(USAGE + events))
			.assertNext((end) -> assertEnd(end, 7))
			.then(this.body::complete)
			.expectComplete()
			.verify(LIMIT);
	}

	@Test
	void lastCompletionIsDeliveredOnDemand() {
		StepVerifier.create(stream(), 1)
			.then(() -> receive(TEXT + STOP))
			.expectNextCount(1)
			.then(this.body::complete)
			.then(() -> advanceTime(200))
			.thenRequest(1)
			.assertNext((end) -> assertEnd(end, 1))
			.expectComplete()
			.verify(LIMIT);
	}

	private void advanceTime(int milliseconds) {
		this.time.advanceTimeBy(Duration.ofMillis(milliseconds));
	}

}
