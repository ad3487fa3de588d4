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

package dev.completion.server;

import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link Dialogue}.
 */
class DialogueTests {

	@Test
	void parseSplitsTurns() {
		assertThat(Dialogue.parse("Be brief.\n\nHuman: a\n\nAssistant: b\n\nHuman: c\n\nAssistant: My answer "))
			.isEqualTo(new Dialogue("Be brief.",
					List.of(new Dialogue.Turn(true, "a"), new Dialogue.Turn(false, "b"), new Dialogue.Turn(true, "c")),
					"My answer"));
	}

	@Test
	void turnsOfSameSideAreOne() {
		assertThat(Dialogue.parse("\n\nHuman: a\n\nHuman: b\n\nAssistant: c\n\nAssistant:"))
			.isEqualTo(new Dialogue("", List.of(new Dialogue.Turn(true, "a\n\nb")), "c"));
	}

	@Test
	@Timeout(20)
	void anyNumberOfTurnsIsMergedInTime() {
		int turns = 200_000;
		Dialogue dialogue = Dialogue.parse("\n\nHuman: a question".repeat(turns) + Dialogue.ASSISTANT);
		assertThat(dialogue.turns()).hasSize(1);
		assertThat(dialogue.tokens()).isEqualTo(2 * turns);
	}

	@Test
	void tokensAreThoseOfAllTexts() {
		assertThat(Dialogue.parse("Be brief.\n\nHuman: a b\n\nAssistant: c d e").tokens()).isEqualTo(7);
	}

	@Test
	void parseKeepsMarkersWithinLine() {
		Dialogue dialogue = Dialogue.parse("\n\nHuman: What is \"Human:\"?\nAssistant: no\n\nAssistant:");
		assertThat(dialogue.turns()).containsExactly(new Dialogue.Turn(true, "What is \"Human:\"?\nAssistant: no"));
		assertThat(dialogue.question()).isEqualTo("What is \"Human:\"?\nAssistant: no");
	}

}
