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

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.function.UnaryOperator;

import dev.completion.client.error.CallDetails;
import dev.completion.client.error.CallTimeoutException;
import dev.completion.client.error.CallTimeoutException.Phase;
import dev.completion.client.error.Outcome;
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
 * Tests for {@link IdleTimer}: streams that are quiet for minutes, in virtual time.
 */
class QuietStreamTests {

	private static final Duration LIMIT = Duration.ofSeconds(30);

	private static final Duration MILLISECOND = Duration.ofMillis(1);

	private static final String DELTA = "event: completion\ndata: {\"completion\":\"a\"}\n\n";

	private static final String LAST = "event: completion\ndata: {\"completion\":\"\",\"stop_reason\":\"max_tokens\"}\n\n";

	private static final String PING = "event: ping\ndata: {}\n\n";

	private final VirtualTimeScheduler time = VirtualTimeScheduler.create();

	private final TestPublisher<DataBuffer> body = TestPublisher.create();

	private Flux<Completion> stream(Timeouts timeouts) {
		return new EventStreamReader(
				new TextCompletionReader(JsonMapper.shared(), Model.of("claude-2.1"), UnaryOperator.identity(), 1024),
				new ApiErrorReader(JsonMapper.shared(), 64 * 1024), HttpHeaders::new, Limits.defaults())
			.read(this.body.flux(), timeouts, this.time);
	}

	private StepVerifier.FirstStep<Completion> verifier(Timeouts timeouts) {
		return StepVerifier.create(stream(timeouts));
	}

	private void receive(String events) {
		this.body.next(DefaultDataBufferFactory.sharedInstance.wrap(events.getBytes(StandardCharsets.UTF_8)));
	}

	private void receiveEach(Duration interval, int count, String events) {
		for (int i = 0; i < count; i++) {
			pass(interval);
			receive(events);
		}
	}

	private void pass(Duration duration) {
		this.time.advanceTimeBy(duration);
	}

	private static void isTimeout(Throwable failure, Phase phase, String message) {
		assertThat(failure).isInstanceOf(AttemptFailure.class);
		assertThat(((AttemptFailure) failure).toException(new CallDetails(Outcome.UNKNOWN, 1, null), null))
			.isInstanceOfSatisfying(CallTimeoutException.class, (ex) -> assertThat(ex.phase()).isEqualTo(phase))
			.hasMessageContaining(message);
	}

	@ParameterizedTest
	@Tag("E6")
	@ValueSource(strings = { PING, ": keep-alive\n\n" })
	void streamOfPingsForMinutesCompletes(String ping) {
		verifier(Timeouts.defaults()).then(() -> receive(DELTA))
			.expectNextCount(1)
			.then(() -> receiveEach(Duration.ofSeconds(15), 16, ping))
			.then(() -> receive(LAST))
			.then(this.body::complete)
			.expectNextCount(1)
			.expectComplete()
			.verify(LIMIT);
	}

	@ParameterizedTest
	@Tag("E5")
	@ValueSource(strings = { DELTA, "event: comp" })
	void streamThatIsSilentForMinutesCompletes(String beginning) {
		String rest = (DELTA + DELTA).substring(beginning.length());
		verifier(Timeouts.defaults()).then(() -> receive(beginning))
			.then(() -> pass(Duration.ofMinutes(4)))
			.then(() -> receive(rest + LAST))
			.then(this.body::complete)
			.expectNextCount(3)
			.expectComplete()
			.verify(LIMIT);
	}

	@Test
	@Tag("E5")
	void silenceIsLimited() {
		verifier(Timeouts.defaults()).then(() -> receiveEach(Duration.ofMinutes(4), 2, PING))
			.then(() -> pass(Duration.ofMinutes(5).minus(MILLISECOND)))
			.then(this.body::assertNotCancelled)
			.then(() -> pass(MILLISECOND))
			.expectErrorSatisfies((ex) -> isTimeout(ex, Phase.IDLE,
					"The stream has sent nothing, not even a ping, for 300000 ms; see 'completion.timeout.idle'"))
			.verify(LIMIT);
		this.body.assertCancelled();
	}

	@ParameterizedTest
	@Tag("E6")
	@ValueSource(strings = { PING, ": keep-alive\n\n", "data: {\"type\":\"ping\"}\n\n" })
	void pingsAreLimited(String ping) {
		verifier(Timeouts.defaults()).then(() -> receive(DELTA))
			.expectNextCount(1)
			.then(() -> receiveEach(Duration.ofMinutes(4), 3, ping))
			.then(() -> pass(Duration.ofMinutes(3).minus(MILLISECOND)))
			.then(this.body::assertNotCancelled)
			.then(() -> pass(MILLISECOND))
			.expectErrorSatisfies((ex) -> isTimeout(ex, Phase.PROGRESS,
					"The stream has sent no event other than pings for 900000 ms; see 'completion.timeout.progress'"))
			.verify(LIMIT);
		this.body.assertCancelled();
	}

	@Test
	@Tag("E8")
	void eventsThatAreNotPingsAreNotLimited() {
		verifier(Timeouts.defaults())
			.then(() -> receiveEach(Duration.ofMinutes(4), 100, "event: of_the_future\ndata: {}\n\n"))
			.then(() -> receive(LAST))
			.then(this.body::complete)
			.expectNextCount(1)
			.expectComplete()
			.verify(LIMIT);
	}

	@Test
	@Tag("E5")
	void progressTimeoutAppliesWithoutData() {
		verifier(Timeouts.builder().progress(Duration.ofMinutes(1)).build()).then(() -> receive(DELTA))
			.expectNextCount(1)
			.then(() -> pass(Duration.ofMinutes(1)))
			.expectErrorSatisfies((ex) -> isTimeout(ex, Phase.PROGRESS,
					"The stream has sent nothing, not even a ping, for 60000 ms; see 'completion.timeout.progress'"))
			.verify(LIMIT);
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void limitThatIsNotSetIsNotApplied(boolean idle) {
		Timeouts timeouts = idle ? Timeouts.builder().progress(null).build()
				: Timeouts.builder().idle(null).progress(Duration.ofMinutes(15)).build();
		Duration quiet = idle ? Duration.ofMinutes(5) : Duration.ofMinutes(15);
		verifier(timeouts).then(() -> receiveEach(quiet.minus(MILLISECOND), idle ? 10 : 1, PING))
			.then(() -> pass(idle ? quiet : MILLISECOND))
			.expectErrorSatisfies((ex) -> isTimeout(ex, idle ? Phase.IDLE : Phase.PROGRESS, " ms"))
			.verify(LIMIT);
	}

	@Test
	void streamWithoutTimeoutsNeverTimesOut() {
		verifier(Timeouts.builder().idle(null).progress(null).build()).then(() -> pass(Duration.ofDays(1000)))
			.then(() -> receive(LAST))
			.then(this.body::complete)
			.expectNextCount(1)
			.expectComplete()
			.verify(LIMIT);
	}

	@Test
	@Tag("E18")
	void timeDoesNotPassWhileNothingIsRequested() {
		StepVerifier.create(stream(Timeouts.defaults()), 0)
			.then(() -> pass(Duration.ofHours(1)))
			.thenRequest(1)
			.then(() -> receive(DELTA))
			.expectNextCount(1)
			.then(() -> pass(Duration.ofHours(1)))
			.thenRequest(1)
			.then(() -> receiveEach(Duration.ofMinutes(4), 3, PING))
			.then(() -> pass(Duration.ofMinutes(3).minus(MILLISECOND)))
			.then(this.body::assertNotCancelled)
			.then(() -> pass(MILLISECOND))
			.expectErrorSatisfies((ex) -> isTimeout(ex, Phase.PROGRESS, "no event other than pings"))
			.verify(LIMIT);
	}

}
