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
import java.util.Arrays;
import java.util.Objects;

import com.sun.management.ThreadMXBean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.util.unit.DataSize;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for what a stream costs: the bytes that the threads of its connection allocate,
 * which are steadier than time.
 */
@BothApis
class AllocationTests extends AbstractCompletionClientTests {

	private static final int EVENTS = 20_000;

	private static final int MAX_BYTES_PER_EVENT = 150;

	private static final int MAX_BYTES_PER_ESCAPED_EVENT = 400;

	private String response(int events, String text) {
		String delta = this.api.delta(text);
		return "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n" + delta.repeat(events) + last();
	}

	/**
	 * Return the bytes that are allocated to read a stream, the least of several times:
	 * what the compiler has not got at yet allocates more.
	 */
	private long allocated(String response, int times) {
		long least = Long.MAX_VALUE;
		try (RawServer raw = RawServer.answering(response);
				CompletionClient reading = this.client.mutate()
					.baseUrl(raw.baseUrl())
					.limits(Limits.builder().event(DataSize.ofMegabytes(20)).text(DataSize.ofMegabytes(40)).build())
					.build()) {
			for (int i = 0; i < times; i++) {
				long before = allocatedSoFar();
				assertThat(reading.stream(REQUEST).count().block(LIMIT)).isPositive();
				least = Math.min(least, allocatedSoFar() - before);
			}
		}
		return least;
	}

	private static long allocatedSoFar() {
		ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
		return Arrays.stream(threads.getThreadInfo(threads.getAllThreadIds()))
			.filter(Objects::nonNull)
			.filter((thread) -> thread.getThreadName().startsWith("completion-"))
			.mapToLong((thread) -> Math.max(0, threads.getThreadAllocatedBytes(thread.getThreadId())))
			.sum();
	}

	@Test
	void eventCostsLittle() {
		assertThat(allocatedByAnEvent(" word")).isLessThanOrEqualTo(MAX_BYTES_PER_EVENT);
	}

	@Test
	void eventWhoseTextIsEscapedCostsLittleMore() {
		assertThat(allocatedByAnEvent(" \\\"word\\\"\\n")).isLessThanOrEqualTo(MAX_BYTES_PER_ESCAPED_EVENT);
	}

	private long allocatedByAnEvent(String text) {
		long more = allocated(response(2 * EVENTS, text), 10);
		long less = allocated(response(EVENTS, text), 10);
		return (more - less) / EVENTS;
	}

	@ParameterizedTest
	@ValueSource(ints = { 5_000, 20_000 })
	void costGrowsWithTheLengthOfTheStream(int events) {
		assertLinear(allocated(response(events, " word"), 5), allocated(response(2 * events, " word"), 5));
	}

	@ParameterizedTest
	@ValueSource(ints = { 500_000, 4_000_000 })
	void costGrowsWithTheSizeOfAnEvent(int characters) {
		assertLinear(allocated(response(1, "x".repeat(characters)), 3),
				allocated(response(1, "x".repeat(2 * characters)), 3));
	}

	private static void assertLinear(long one, long two) {
		assertThat((double) two / one).isLessThanOrEqualTo(2.2);
	}

}
