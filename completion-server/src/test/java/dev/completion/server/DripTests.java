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
import java.nio.channels.ClosedChannelException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.embedded.EmbeddedChannel;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for answers that come byte by byte.
 */
class DripTests extends AbstractFaultTests {

	private static final Duration FAST = Duration.ofNanos(100_000);

	@Test
	void wholeAnswerDripsAndConnectionStaysUsable() throws IOException {
		// the first bytes may be under way before anybody reads
		long start = System.nanoTime();
		try (RawConnection connection = ask(Reply.body(200, "text/plain", "body").drip(FAST))) {
			String answer = connection.readAnswer();
			assertThat(answer).startsWith("HTTP/1.1 200 OK\r\n").endsWith("\r\n\r\nbody");
			assertThat(System.nanoTime() - start).isGreaterThan(FAST.toNanos() * (answer.length() - 20));
			askAgain(connection);
			askAgain(connection);
		}
		assertNoClientClosed();
	}

	@Test
	void streamDrips() throws IOException {
		try (RawConnection connection = ask(Reply.events("data: 1\n\ndata: 2\n\n").drip(Duration.ZERO))) {
			assertThat(connection.readUntil("\r\n0\r\n\r\n"))
				.endsWith("\r\n\r\n9\r\ndata: 1\n\n\r\n9\r\ndata: 2\n\n\r\n0\r\n\r\n");
			askAgain(connection);
		}
		assertNoClientClosed();
	}

	@Test
	void nextAnswerDoesNotDrip() throws IOException {
		try (RawConnection connection = ask(Reply.body(200, "text/plain", "").drip(FAST))) {
			connection.readAnswer();
			this.server.enqueue(Reply.body(200, "text/plain", "x".repeat(1_000_000)));
			connection.send(RawConnection.completionRequest(this.server, "{}"));
			assertThat(connection.readAnswer()).endsWith("xxx");
		}
	}

	@Test
	void pipelinedAnswersDripInOrder() throws IOException {
		this.server.enqueue(Reply.text("first").drip(FAST), Reply.text("second").drip(FAST), Reply.text("third"));
		String request = RawConnection.completionRequest(this.server, TestClient.body().toString());
		try (RawConnection connection = new RawConnection(this.server)) {
			connection.send(request + request + request);
			assertThat(connection.readAnswer()).startsWith("HTTP/1.1 200 OK\r\n").contains("\"first\"");
			assertThat(connection.readAnswer()).startsWith("HTTP/1.1 200 OK\r\n").contains("\"second\"");
			assertThat(connection.readAnswer()).startsWith("HTTP/1.1 200 OK\r\n").contains("\"third\"");
		}
	}

	@Test
	void answersWithoutBodyDrip() throws IOException {
		for (int status : new int[] { 204, 304 }) {
			try (RawConnection connection = ask(Reply.body(status, "text/plain", "dropped").drip(FAST))) {
				assertThat(connection.readUntil("\r\n\r\n")).startsWith("HTTP/1.1 " + status + " ");
				askAgain(connection);
			}
		}
		this.server.enqueue(Reply.body(200, "text/plain", "dropped").drip(FAST));
		try (RawConnection connection = new RawConnection(this.server)) {
			connection.send(RawConnection.request(this.server, "HEAD", "/", ""));
			assertThat(connection.readUntil("\r\n\r\n")).contains("\r\ncontent-length: 7\r\n");
			askAgain(connection);
		}
		assertNoClientClosed();
	}

	@Test
	void faultsDrip() throws IOException {
		try (RawConnection connection = ask(Reply.raw("raw").interim(103).drip(FAST))) {
			assertThat(connection.readToEnd()).isEqualTo("HTTP/1.1 103 Early Hints\r\n\r\nraw");
		}
		try (RawConnection connection = ask(Reply.events("data: 1\n\ndata: 2").drip(FAST).resetAfter(1))) {
			assertThat(connection.readToReset()).endsWith("\r\n\r\n9\r\ndata: 1\n\n\r\n");
		}
		try (RawConnection connection = ask(Reply.events("data: 1\n\ndata: 2").drip(FAST).cutAfter(1))) {
			assertThat(connection.readToEnd()).endsWith("\r\n\r\n9\r\ndata: 1\n\n\r\n");
		}
		assertNoClientClosed();
	}

	@Test
	void dripEndsWhenClientCloses() throws IOException {
		try (RawConnection connection = ask(Reply.text("never").drip(Duration.ofMinutes(5)))) {
			assertThat(connection.readUntil("H")).isEqualTo("H");
			assertThat(connection.isSilent()).isTrue();
		}
		awaitClientClosed();
	}

	@Test
	void dripOfStreamEndsWhenClientCloses() throws IOException {
		try (RawConnection connection = ask(Reply.pings(Duration.ZERO).drip(FAST))) {
			connection.readUntil("event: ping");
		}
		awaitClientClosed();
	}

	@Test
	void dripEndsWithServer() throws IOException {
		try (RawConnection connection = ask(Reply.text("never").drip(Duration.ofMinutes(5)))) {
			connection.readUntil("H");
			this.server.close();
			assertThat(connection.readToEnd()).isEmpty();
		}
		assertThat(lastRequest().clientClosed()).isFalse();
	}

	@Test
	void bytesAreApart() {
		EmbeddedChannel channel = new EmbeddedChannel();
		channel.freezeTime();
		channel.pipeline().addFirst(new DripHandler(channel, Duration.ofSeconds(1)));
		ByteBuf bytes = Unpooled.copiedBuffer("ab", StandardCharsets.US_ASCII);
		ChannelFuture written = channel.writeAndFlush(bytes);
		ChannelFuture writtenNext = channel.writeAndFlush(Unpooled.copiedBuffer("c", StandardCharsets.US_ASCII));
		assertThat(readAll(channel)).isEqualTo("a");
		advance(channel, 999);
		assertThat(readAll(channel)).isEmpty();
		advance(channel, 1);
		assertThat(readAll(channel)).isEqualTo("b");
		assertThat(written.isSuccess()).isTrue();
		assertThat(bytes.refCnt()).isZero();
		assertThat(writtenNext.isDone()).isFalse();
		advance(channel, 1000);
		assertThat(readAll(channel)).isEqualTo("c");
		assertThat(writtenNext.isSuccess()).isTrue();
		advance(channel, 1000);
		assertThat(channel.hasPendingTasks()).isFalse();
		assertThat(channel.finish()).isFalse();
	}

	@Test
	void removalReleasesBytesAndEndsTimer() {
		EmbeddedChannel channel = new EmbeddedChannel();
		channel.freezeTime();
		channel.pipeline().addFirst(new DripHandler(channel, Duration.ofSeconds(1)));
		ByteBuf bytes = Unpooled.copiedBuffer("ab", StandardCharsets.US_ASCII);
		ChannelFuture written = channel.writeAndFlush(bytes);
		assertThat(readAll(channel)).isEqualTo("a");
		channel.pipeline().remove(DripHandler.class);
		assertThat(written.cause()).isInstanceOf(ClosedChannelException.class);
		assertThat(bytes.refCnt()).isZero();
		assertThat(channel.hasPendingTasks()).isFalse();
		assertThat(channel.finish()).isFalse();
	}

	private static void advance(EmbeddedChannel channel, long millis) {
		channel.advanceTimeBy(millis, TimeUnit.MILLISECONDS);
		channel.runScheduledPendingTasks();
	}

	private static String readAll(EmbeddedChannel channel) {
		StringBuilder all = new StringBuilder();
		@Nullable ByteBuf next = channel.readOutbound();
		while (next != null) {
			all.append(next.toString(StandardCharsets.US_ASCII));
			next.release();
			next = channel.readOutbound();
		}
		return all.toString();
	}

}
