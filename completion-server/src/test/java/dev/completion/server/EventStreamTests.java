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

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link EventStream}.
 */
class EventStreamTests {

	@Test
	void splitEndsPartsAtBlankLines() {
		assertThat(EventStream.split("a\nb\n\nc\r\nd\r\n\r\ne\r\rf")).containsExactly("a\nb\n\n", "c\r\nd\r\n\r\n",
				"e\r\r", "f");
	}

	@Test
	void splitKeepsEveryCharacter() {
		String stream = "\n\n\na\r\n\n\rb\n \n\nc\r\n";
		assertThat(String.join("", EventStream.split(stream))).isEqualTo(stream);
		assertThat(EventStream.split("")).isEmpty();
	}

}
