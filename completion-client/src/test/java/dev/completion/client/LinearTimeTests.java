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

import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.core.io.buffer.DefaultDataBufferFactory;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link SseDecoder} and {@link Prompt}: twice the input takes twice the time,
 * whatever it is.
 */
@Tag("slow")
class LinearTimeTests {

	private static final int MEGABYTE = 1024 * 1024;

	private static final int PIECE = 1400;

	@ParameterizedTest
	@ValueSource(strings = { "\r", ":", " ", "\n", "data:\n", "data: x\n\n", ": comment\n", "event: x\n", "id\n" })
	@Tag("G13")
	void timeGrowsWithTheNumberOfBytes(String pattern) {
		double ratio = Double.MAX_VALUE;
		// the least of several, since other processes only ever add to the time
		for (int i = 0; i < 10 && ratio > 2.2; i++) {
			ratio = Math.min(ratio, (double) nanos(pattern, 8 * MEGABYTE) / nanos(pattern, 4 * MEGABYTE));
		}
		assertThat(ratio).isLessThanOrEqualTo(2.2);
	}

	@ParameterizedTest
	@ValueSource(strings = { "\n\nHuman: x", "\n\nAssistant:", "\n", "{", "{a", "\\{" })
	void timeGrowsWithTheLengthOfAPrompt(String pattern) {
		double ratio = Double.MAX_VALUE;
		for (int i = 0; i < 10 && ratio > 3; i++) {
			ratio = Math.min(ratio, (double) promptNanos(pattern, 2 * MEGABYTE) / promptNanos(pattern, MEGABYTE));
		}
		assertThat(ratio).isLessThanOrEqualTo(3);
	}

	private static long promptNanos(String pattern, int size) {
		String text = "\n\nHuman: " + pattern.repeat(size / pattern.length()) + "\n\nAssistant:";
		long start = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
		assertThat(Prompt.of(text).isAmbiguous()).isFalse();
		assertThat(TemplateText.of(text).literals()).isNotEmpty();
		return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - start;
	}

	private static long nanos(String pattern, int size) {
		byte[] bytes = pattern.repeat(size / pattern.length()).getBytes(StandardCharsets.US_ASCII);
		SseDecoder decoder = new SseDecoder(Integer.MAX_VALUE / 4);
		long start = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
		for (int from = 0; from < bytes.length; from += PIECE) {
			byte[] piece = Arrays.copyOfRange(bytes, from, Math.min(from + PIECE, bytes.length));
			decoder.append(DefaultDataBufferFactory.sharedInstance.wrap(piece));
			while (decoder.next()) {
				assertThat(decoder.dataLength()).isNotNegative();
			}
		}
		return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - start;
	}

}
