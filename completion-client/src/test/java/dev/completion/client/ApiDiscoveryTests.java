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
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Test;
import reactor.core.Disposable;
import reactor.test.scheduler.VirtualTimeScheduler;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link ApiDiscovery}.
 */
class ApiDiscoveryTests {

	private static final Model MODEL = Model.of("claude-sonnet-4-5");

	private final VirtualTimeScheduler time = VirtualTimeScheduler.create();

	private final ApiDiscovery discovery = new ApiDiscovery(this.time);

	private final List<String> events = new ArrayList<>();

	private Disposable await(String name, ApiDiscovery.Participant participant) {
		return participant.await()
			.doOnCancel(participant::leave)
			.subscribe((api) -> this.events.add(name + ":" + api), (ex) -> this.events.add(name + ":" + ex),
					() -> this.events.add(name));
	}

	private ApiDiscovery.Participant join(String name) {
		ApiDiscovery.Participant participant = this.discovery.join(MODEL);
		await(name, participant);
		return participant;
	}

	private List<String> takeEvents() {
		List<String> events = List.copyOf(this.events);
		this.events.clear();
		return events;
	}

	@Test
	void onlyTheFirstDoesNotWait() {
		join("a");
		join("b");
		join("c");
		assertThat(takeEvents()).containsExactly("a");
		this.discovery.found(MODEL, CompletionApi.MESSAGES);
		assertThat(takeEvents()).containsExactly("b:MESSAGES", "b", "c:MESSAGES", "c");
	}

	@Test
	void modelsAreIndependent() {
		join("a");
		await("b", this.discovery.join(Model.CLAUDE_OPUS_5));
		assertThat(takeEvents()).containsExactly("a", "b");
		this.discovery.found(Model.CLAUDE_OPUS_5, CompletionApi.MESSAGES);
		join("c");
		assertThat(takeEvents()).isEmpty();
	}

	@Test
	void nextTakesThePlaceOfOneThatEndsWithoutAResult() {
		ApiDiscovery.Participant a = join("a");
		join("b");
		ApiDiscovery.Participant c = join("c");
		join("d");
		c.leave();
		a.leave();
		assertThat(takeEvents()).containsExactly("a", "b");
		this.discovery.found(MODEL, CompletionApi.TEXT_COMPLETIONS);
		assertThat(takeEvents()).containsExactly("d:TEXT_COMPLETIONS", "d");
	}

	@Test
	void noneWaitsForMoreThanTwoSeconds() {
		join("a");
		this.time.advanceTimeBy(Duration.ofMillis(500));
		join("b");
		this.time.advanceTimeBy(Duration.ofMillis(1499));
		assertThat(takeEvents()).containsExactly("a");
		this.time.advanceTimeBy(Duration.ofMillis(1));
		assertThat(takeEvents()).containsExactly("b");
		join("c");
		assertThat(takeEvents()).containsExactly("c");
		this.time.advanceTimeBy(Duration.ofSeconds(28));
		this.discovery.found(MODEL, CompletionApi.MESSAGES);
		assertThat(takeEvents()).isEmpty();
	}

	@Test
	void oneThatWaitsForSeveralDoesNotWaitLonger() {
		ApiDiscovery.Participant a = join("a");
		ApiDiscovery.Participant b = join("b");
		join("c");
		this.time.advanceTimeBy(Duration.ofMillis(1500));
		a.leave();
		this.time.advanceTimeBy(Duration.ofMillis(499));
		assertThat(takeEvents()).containsExactly("a", "b");
		this.time.advanceTimeBy(Duration.ofMillis(1));
		assertThat(takeEvents()).containsExactly("c");
		b.leave();
	}

	@Test
	void cancelledOneIsPassedOver() {
		ApiDiscovery.Participant a = join("a");
		Disposable b = await("b", this.discovery.join(MODEL));
		join("c");
		b.dispose();
		a.leave();
		assertThat(takeEvents()).containsExactly("a", "c");
	}

	@Test
	void discoveryBeginsAgainAfterAllHaveLeft() {
		ApiDiscovery.Participant a = join("a");
		a.leave();
		a.leave();
		join("b");
		join("c");
		assertThat(takeEvents()).containsExactly("a", "b");
	}

	@Test
	void leavingAfterTheResultDoesNotAffectLaterCalls() {
		ApiDiscovery.Participant a = join("a");
		this.discovery.found(MODEL, CompletionApi.MESSAGES);
		join("b");
		join("c");
		a.leave();
		assertThat(takeEvents()).containsExactly("a", "b");
	}

	@Test
	void othersContinueWithTheApiOfTheFirstUntilItEnds() {
		ApiDiscovery.Participant a = join("a");
		ApiDiscovery.Participant b = join("b");
		a.continuesWith(CompletionApi.MESSAGES);
		ApiDiscovery.Participant c = join("c");
		assertThat(takeEvents()).containsExactly("a", "b:MESSAGES", "b", "c:MESSAGES", "c");
		a.leave();
		join("d");
		assertThat(takeEvents()).isEmpty();
		b.leave();
		c.leave();
		assertThat(takeEvents()).containsExactly("d");
	}

}
