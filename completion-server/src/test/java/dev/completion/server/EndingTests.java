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

import java.io.IOException;
import java.time.Duration;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for answers that end early.
 */
class EndingTests extends AbstractFaultTests {

	private static final Reply EVENTS = Reply.events("data: 1\n\ndata: 2\n\ndata: 3\n\n");

	private static final String FIRST_TWO = "\r\n\r\n9\r\ndata: 1\n\n\r\n9\r\ndata: 2\n\n\r\n";

	@Test
	void streamThatIsCutLacksLastChunk() throws IOException {
		try (RawConnection connection = ask(EVENTS.cutAfter(2))) {
			assertThat(connection.readToEnd()).startsWith("HTTP/1.1 200 OK\r\n").endsWith(FIRST_TWO);
		}
		assertNoClientClosed();
	}

	@Test
	void streamThatIsResetLacksLastChunk() throws IOException {
		try (RawConnection connection = ask(EVENTS.resetAfter(2))) {
			assertThat(connection.readToReset()).startsWith("HTTP/1.1 200 OK\r\n").endsWith(FIRST_TWO);
		}
		assertNoClientClosed();
	}

	@Test
	void streamThatStallsStaysOpenUntilClientCloses() throws IOException {
		try (RawConnection connection = ask(EVENTS.stallAfter(2))) {
			assertThat(connection.readUntil("data: 2\n\n\r\n")).endsWith(FIRST_TWO);
			assertThat(connection.isSilent()).isTrue();
			assertThat(lastRequest().clientClosed()).isFalse();
		}
		awaitClientClosed();
	}

	@Test
	void streamThatEndsCleanlyHasLastChunk() throws IOException {
		try (RawConnection connection = ask(EVENTS.endAfter(2))) {
			assertThat(connection.readUntil("\r\n0\r\n\r\n")).endsWith(FIRST_TWO + "0\r\n\r\n");
			askAgain(connection);
		}
		assertNoClientClosed();
	}

	@Test
	void answerCanEndAfterHead() throws IOException {
		try (RawConnection connection = ask(Reply.text("dropped").cutAfter(0))) {
			assertThat(connection.readToEnd()).startsWith("HTTP/1.1 200 OK\r\n")
				.containsOnlyOnce("\r\ntransfer-encoding: chunked\r\n")
				.doesNotContain("content-length")
				.endsWith("\r\n\r\n");
		}
		try (RawConnection connection = askForStream(Reply.text("dropped").resetAfter(0))) {
			assertThat(connection.readToReset()).startsWith("HTTP/1.1 200 OK\r\n").endsWith("\r\n\r\n");
		}
		try (RawConnection connection = ask(Reply.text("dropped").stallAfter(0))) {
			assertThat(connection.readUntil("\r\n\r\n")).startsWith("HTTP/1.1 200 OK\r\n");
			assertThat(connection.isSilent()).isTrue();
		}
		awaitClientClosed();
	}

	@Test
	void textEndsBetweenEvents() throws IOException {
		try (RawConnection connection = askForStream(Reply.text("one two three").cutAfter(3))) {
			assertThat(connection.readToEnd()).contains("\"one\"", "event: ping", "\" two\"")
				.doesNotContain("three", "\r\n0\r\n\r\n");
		}
	}

	@Test
	void textAsJsonIsOnePart() throws IOException {
		try (RawConnection connection = ask(Reply.text("all of it").cutAfter(1))) {
			assertThat(connection.readToEnd()).contains("\r\ncontent-type: application/json\r\n", "\"all of it\"")
				.endsWith("}\r\n");
		}
	}

	@Test
	void errorAndBodyCanEndEarly() throws IOException {
		try (RawConnection connection = ask(Reply.error(529, "overloaded_error", "Overloaded").cutAfter(1))) {
			assertThat(connection.readToEnd()).startsWith("HTTP/1.1 529 ").endsWith("}\r\n");
		}
		try (RawConnection connection = ask(Reply.body(200, "text/plain", "1\n\n2").resetAfter(1))) {
			assertThat(connection.readToReset()).endsWith("\r\n\r\n3\r\n1\n\n\r\n");
		}
		assertNoClientClosed();
	}

	@Test
	void bodyWithFewerPartsIsSentAsFarAsItGoes() throws IOException {
		try (RawConnection connection = ask(EVENTS.cutAfter(9))) {
			assertThat(connection.readToEnd()).endsWith("9\r\ndata: 3\n\n\r\n");
		}
	}

	@Test
	void lastEndingCounts() throws IOException {
		try (RawConnection connection = ask(EVENTS.resetAfter(1).endAfter(0).cutAfter(2))) {
			assertThat(connection.readToEnd()).endsWith(FIRST_TWO);
		}
	}

	@Test
	void endingGoesWithPauseInAnyOrder() throws IOException {
		Duration pause = Duration.ofMillis(1);
		try (RawConnection connection = ask(EVENTS.cutAfter(2).chunkDelay(pause))) {
			assertThat(connection.readToEnd()).endsWith(FIRST_TWO);
		}
		try (RawConnection connection = ask(EVENTS.chunkDelay(pause).resetAfter(2))) {
			assertThat(connection.readToReset()).endsWith(FIRST_TWO);
		}
		assertNoClientClosed();
	}

	@Test
	void clientThatClosesBeforeEndingIsNoticed() throws IOException {
		try (RawConnection connection = ask(EVENTS.chunkDelay(Duration.ofMinutes(5)).cutAfter(2))) {
			connection.readUntil("\r\n\r\n");
		}
		awaitClientClosed();
	}

}
