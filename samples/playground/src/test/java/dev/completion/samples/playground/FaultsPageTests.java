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

package dev.completion.samples.playground;

import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for the page of {@link PlaygroundApplication}: faults, and what becomes of them.
 */
class FaultsPageTests extends AbstractPageTests {

	private static final String START = "This answer stops in the";

	@ParameterizedTest
	@CsvSource({ "OVERLOAD, OverloadedException, 529 overloaded_error, costs nothing, Try again later, 3, no",
			"STALL, CallTimeoutException, for 5000 ms, A part came, raise completion.timeout.idle, 1, yes",
			"CUT, StreamTruncatedException, stream, A part came, Keep the text so far, 1, no" })
	void faultIsShownAsWhatItIs(Fault fault, String kind, String message, String fate, String advice, int requests,
			String closedByUs) {
		choose(fault);
		assertThat(text("chosen-fault")).startsWith("with the fault: ");
		element("ask").click();
		awaitState("failed");
		assertThat(text("failure-kind")).isEqualTo(kind);
		assertThat(text("failure-message")).contains(message);
		assertThat(text("failure-fate")).contains(fate);
		assertThat(text("failure-advice")).contains(advice);
		assertThat(text("attempts")).isEqualTo(String.valueOf(requests));
		await(() -> cells(2).size() == requests && cells(4).get(requests - 1).equals(closedByUs));
		assertThat(cells(2)).allMatch("POST /v1/messages"::equals);
		assertThat(this.server.requests()).isEmpty();
		assertNothingWentWrong();
	}

	@ParameterizedTest
	@CsvSource({ "STALL", "CUT" })
	void textSoFarStays(Fault fault) {
		choose(fault);
		element("ask").click();
		awaitState("failed");
		assertThat(text("answer")).startsWith(START);
	}

	@Test
	void retriesAreSeenWhileTheyAreMade() {
		choose(Fault.OVERLOAD);
		element("ask").click();
		await(() -> cells(2).size() == 2);
		assertThat(text("state")).isEqualTo("asking");
		awaitState("failed");
		await(() -> cells(1).size() == 3);
		assertThat(cells(1)).doesNotHaveDuplicates().allMatch((cell) -> cell.toString().matches("\\d\\.\\d s"));
		assertNothingWentWrong();
	}

	@Test
	void callSurvivesAnOverload() {
		choose(Fault.OVERLOAD_ONCE);
		element("ask").click();
		awaitState("done");
		assertThat(text("attempts")).isEqualTo("2");
		assertThat(text("answer")).isNotEmpty();
		assertNothingWentWrong();
	}

	@Test
	void callWaitsForARateLimit() {
		choose(Fault.RATE_LIMIT);
		element("ask").click();
		await(() -> cells(2).size() >= 5);
		awaitState("done");
		assertThat(text("answer")).isNotEmpty();
		assertThat(Integer.parseInt(text("attempts"))).isGreaterThan(1);
		await(() -> cells(2).size() > 5);
		assertNothingWentWrong();
	}

	@Test
	void slowAnswerIsStopped() {
		choose(Fault.SLOW);
		element("ask").click();
		await(() -> text("answer").length() > 10);
		element("stop").click();
		awaitState("stopped");
		await(() -> cells(4).equals(List.of("yes")));
		assertNothingWentWrong();
	}

}
