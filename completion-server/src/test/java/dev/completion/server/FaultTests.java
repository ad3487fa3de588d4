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
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Test;
import reactor.netty.resources.LoopResources;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for replies that are no answer of the API.
 */
class FaultTests extends AbstractFaultTests {

	private static final String PING = "event: ping\ndata: {\"type\": \"ping\"}\n\n";

	@Test
	void resetSendsNoByte() throws IOException {
		try (RawConnection connection = ask(Reply.reset())) {
			assertThat(connection.readToReset()).isEmpty();
		}
		assertNoClientClosed();
	}

	@Test
	void resetCanBeDelayed() throws IOException {
		try (RawConnection connection = ask(Reply.reset().delay(Duration.ofMillis(1)))) {
			assertThat(connection.readToReset()).isEmpty();
		}
		assertNoClientClosed();
	}

	@Test
	void cutSendsNoByte() throws IOException {
		try (RawConnection connection = ask(Reply.cut())) {
			assertThat(connection.readToEnd()).isEmpty();
		}
		assertNoClientClosed();
	}

	@Test
	void stallSendsNoByteUntilClientCloses() throws IOException {
		try (RawConnection connection = ask(Reply.stall())) {
			assertThat(connection.isSilent()).isTrue();
			assertThat(lastRequest().clientClosed()).isFalse();
		}
		awaitClientClosed();
	}

	@Test
	void stallEndsWithServer() throws IOException {
		try (RawConnection connection = ask(Reply.stall())) {
			awaitRequests(2);
			this.server.close();
			assertThat(connection.readToEnd()).isEmpty();
		}
		assertThat(lastRequest().clientClosed()).isFalse();
	}

	@Test
	void pingsGoOnUntilClientCloses() throws IOException {
		try (RawConnection connection = ask(Reply.pings(Duration.ofMillis(5)))) {
			assertThat(connection.readUntil("\r\n\r\n")).startsWith("HTTP/1.1 200 OK\r\n")
				.contains("\r\ncontent-type: text/event-stream; charset=utf-8\r\n");
			String size = Integer.toHexString(PING.length());
			for (int i = 0; i < 20; i++) {
				assertThat(connection.readUntil(PING + "\r\n")).isEqualTo(size + "\r\n" + PING + "\r\n");
			}
			assertThat(lastRequest().clientClosed()).isFalse();
		}
		awaitClientClosed();
	}

	@Test
	void pingsThatAreReadAsFastAsTheyComeLeaveServerUsable() throws IOException {
		List<Thread> readers = new ArrayList<>();
		List<RawConnection> connections = new ArrayList<>();
		for (int i = 0; i < LoopResources.DEFAULT_IO_WORKER_COUNT; i++) {
			RawConnection connection = ask(Reply.pings(Duration.ZERO));
			connection.readUntil(PING);
			connections.add(connection);
			Thread reader = new Thread(connection::readAndDrop);
			reader.start();
			readers.add(reader);
		}
		try (RawConnection connection = new RawConnection(this.server)) {
			askAgain(connection);
		}
		for (RawConnection connection : connections) {
			connection.close();
		}
		Await.until("noticed",
				() -> this.server.requests().stream().filter(RecordedRequest::clientClosed).count() == readers.size());
		Await.until("ended", () -> readers.stream().noneMatch(Thread::isAlive));
	}

	@Test
	void pingsEndWithServer() throws IOException {
		try (RawConnection connection = ask(Reply.pings(Duration.ZERO))) {
			assertThat(connection.readUntil(PING)).contains(PING);
			this.server.close();
			assertThat(connection.readToEnd()).doesNotContain("\r\n0\r\n\r\n");
		}
		assertThat(lastRequest().clientClosed()).isFalse();
	}

	@Test
	void pingsCanBeEnded() throws IOException {
		try (RawConnection connection = ask(Reply.pings(Duration.ZERO).endAfter(2))) {
			assertThat(connection.readUntil("\r\n0\r\n\r\n")).containsSubsequence(PING, PING)
				.doesNotContainPattern("(?s)(event: ping.*){3}");
			askAgain(connection);
		}
	}

	@Test
	void redirectHasLocationAndNoBody() throws IOException {
		try (RawConnection connection = ask(Reply.redirect(307, "http://127.0.0.1:1/elsewhere?a=b"))) {
			assertThat(connection.readAnswer()).startsWith("HTTP/1.1 307 Temporary Redirect\r\n")
				.contains("\r\nlocation: http://127.0.0.1:1/elsewhere?a=b\r\n", "\r\ncontent-length: 0\r\n",
						"\r\nrequest-id: req_")
				.doesNotContain("content-type")
				.endsWith("\r\n\r\n");
			askAgain(connection);
		}
		assertNoClientClosed();
	}

	@Test
	void rawTextIsAllThatIsSent() throws IOException {
		try (RawConnection connection = ask(Reply.raw("HTTP/9.9 2OO Okay\n\ngrün").header("x-more", "dropped"))) {
			assertThat(connection.readToEnd()).isEqualTo("HTTP/9.9 2OO Okay\n\ngr\u00C3\u00BCn");
		}
		assertNoClientClosed();
	}

	@Test
	void rawBytesAreAllThatIsSent() throws IOException {
		byte[] bytes = new byte[256];
		for (int i = 0; i < bytes.length; i++) {
			bytes[i] = (byte) i;
		}
		Reply reply = Reply.raw(bytes);
		String before = new String(bytes, StandardCharsets.ISO_8859_1);
		bytes[0] = 1;
		try (RawConnection connection = ask(reply)) {
			assertThat(connection.readToEnd()).isEqualTo(before);
		}
	}

	@Test
	void rawTextCanBeFollowedBySilence() throws IOException {
		String text = "HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhalf";
		try (RawConnection connection = ask(Reply.raw(text).stallAfter(2))) {
			assertThat(connection.readUntil("half")).isEqualTo(text);
			assertThat(connection.isSilent()).isTrue();
		}
		awaitClientClosed();
	}

	@Test
	void rawTextCanBeFollowedByReset() throws IOException {
		try (RawConnection connection = ask(Reply.raw("HTTP/1.1 2").resetAfter(1))) {
			assertThat(connection.readToReset()).isEqualTo("HTTP/1.1 2");
		}
		assertNoClientClosed();
	}

	@Test
	void rawTextThatEndsEarlyIsClosed() throws IOException {
		try (RawConnection connection = ask(Reply.raw("HTTP/1.1 200 OK\r\n\r\nmore").endAfter(1))) {
			assertThat(connection.readToEnd()).isEqualTo("HTTP/1.1 200 OK\r\n\r\n");
		}
	}

	@Test
	void interimResponsesComeBeforeAnswer() throws IOException {
		try (RawConnection connection = ask(Reply.text("last").interim(102, 103, 199))) {
			for (String status : List.of("102 Processing", "103 Early Hints")) {
				assertThat(connection.readUntil("\r\n\r\n")).isEqualTo("HTTP/1.1 " + status + "\r\n\r\n");
			}
			assertThat(connection.readUntil("\r\n\r\n")).startsWith("HTTP/1.1 199 ");
			assertThat(connection.readAnswer()).startsWith("HTTP/1.1 200 OK\r\n").contains("\"last\"");
			askAgain(connection);
		}
	}

	@Test
	void interimResponsesComeBeforeDelay() throws IOException {
		try (RawConnection connection = ask(Reply.text("late").interim(103).delay(Duration.ofMinutes(5)))) {
			assertThat(connection.readUntil("\r\n\r\n")).isEqualTo("HTTP/1.1 103 Early Hints\r\n\r\n");
			assertThat(connection.isSilent()).isTrue();
		}
		awaitClientClosed();
	}

}
