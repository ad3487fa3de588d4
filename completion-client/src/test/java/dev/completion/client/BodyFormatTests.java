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

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link BodyFormat}.
 */
class BodyFormatTests {

	private static BodyFormat format(String text) {
		DataBuffer bytes = DefaultDataBufferFactory.sharedInstance.wrap(("#" + text).getBytes(StandardCharsets.UTF_8));
		bytes.readPosition(1);
		return BodyFormat.of(bytes);
	}

	@ParameterizedTest
	@ValueSource(strings = { "", " ", "\r\n \t\n", "\uFEFF", "\uFEFF\n" })
	void whiteSpaceHasNoFormat(String text) {
		assertThat(format(text)).isNull();
	}

	@ParameterizedTest
	@ValueSource(strings = { "{", "{}", " \n{\"a\":1}", "\uFEFF{" })
	void objectIsJson(String text) {
		assertThat(format(text)).isEqualTo(BodyFormat.JSON);
	}

	@ParameterizedTest
	@ValueSource(strings = { "event: completion\n", "event:", "data: {}", "data:{", "id: 1", "retry: 1000", ": ping",
			":", "\n\nevent: a", "\uFEFFdata: {}", "e", "event", "dat", "i", "retry" })
	void fieldIsAnEventStream(String text) {
		assertThat(format(text)).isEqualTo(BodyFormat.EVENT_STREAM);
	}

	@ParameterizedTest
	@ValueSource(strings = { "<html>", "[]", "\"a\"", "OK", "internal error", "error", "events: 1", "dataset:",
			"Data: 1", "null", "1", "\u001f\u008b", "é" })
	void anythingElseIsOther(String text) {
		assertThat(format(text)).isEqualTo(BodyFormat.OTHER);
	}

	@Test
	void bytesAreNotConsumed() {
		DataBuffer bytes = DefaultDataBufferFactory.sharedInstance.wrap(new byte[] { ' ', '{', '}' });
		assertThat(BodyFormat.of(bytes)).isEqualTo(BodyFormat.JSON);
		assertThat(bytes.readPosition()).isZero();
	}

}
