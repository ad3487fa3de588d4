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
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.completion.client.error.CallTimeoutException;
import dev.completion.client.error.CallTimeoutException.Phase;
import dev.completion.client.error.CompletionApiException;
import dev.completion.client.error.CompletionClientException;
import dev.completion.client.error.ConnectionException;
import dev.completion.client.error.Outcome;
import dev.completion.client.error.OverloadedException;
import dev.completion.client.error.RateLimitException;
import dev.completion.client.error.ServerException;
import dev.completion.server.Reply;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.netty.http.client.HttpClient;
import reactor.netty.resources.ConnectionProvider;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link CompletionClient}: what it tries again, and when.
 */
class CompletionClientRetryTests extends AbstractCompletionClientTests {

	private static final Duration NEVER = Duration.ofMinutes(10);

	private CompletionClient retrying;

	@BeforeEach
	void openRetrying() {
		this.retrying = retrying(RetryPolicy.builder().delay(Duration.ofMillis(20)));
	}

	private CompletionClient retrying(RetryPolicy.Builder policy) {
		return this.client.mutate().retry(policy.build()).build();
	}

	private static Reply overloaded() {
		return Reply.error(529, "overloaded_error", "Overloaded");
	}

	@Test
	void overloadIsTriedAgainUntilItSucceeds() {
		this.server.enqueue(overloaded(), overloaded());
		assertThat(this.retrying.exchange(REQUEST).block(LIMIT).attempts()).isEqualTo(3);
		this.server.enqueue(overloaded());
		assertThat(this.retrying.exchangeStream(REQUEST).blockLast(LIMIT).attempts()).isEqualTo(2);
		assertThat(this.server.requests()).hasSize(5);
	}

	@Test
	void eachRetryIsLogged() {
		ListAppender<ILoggingEvent> log = new ListAppender<>();
		Logger logger = (Logger) LoggerFactory.getLogger(Call.class);
		log.start();
		logger.addAppender(log);
		this.server.enqueue(overloaded(), Reply.error(503, "api_error", "Down").header("retry-after", "1"));
		this.retrying.complete(REQUEST).block(LIMIT);
		this.server.enqueue(Reply.error(429, "rate_limit_error", "Slow down").header("retry-after", "1"));
		this.retrying.complete(REQUEST.toBuilder().model(Model.of("claude-instant-1.2")).build()).block(LIMIT);
		logger.detachAppender(log);
		assertThat(log.list).extracting(ILoggingEvent::getLevel).containsOnly(Level.DEBUG);
		assertThat(log.list).extracting(ILoggingEvent::getFormattedMessage)
			.satisfiesExactly(
					(first) -> assertThat(first).matches("Attempt 1 failed, retrying after at least \\d+ ms: "
							+ "529 overloaded_error from /v1/complete: Overloaded \\(request req_\\w+\\)"),
					(second) -> assertThat(second).matches("Attempt 2 failed, retrying after at least 1\\d{3} ms: "
							+ "503 api_error from /v1/complete: Down \\(request req_\\w+\\)"),
					(third) -> assertThat(third)
						.matches("Attempt 1 failed, retrying after at least 1\\d{3} ms: 429 rate_limit_error from .*"));
	}

	@Test
	void lastErrorIsThrownWithTheEarlierOnesSuppressed() {
		this.server.enqueue(overloaded(), Reply.error(503, "api_error", "Down"), overloaded());
		OverloadedException ex = failure(OverloadedException.class, this.retrying.stream(REQUEST));
		assertThat(ex.attempts()).isEqualTo(3);
		assertThat(ex.outcome()).isEqualTo(Outcome.REJECTED);
		assertThat(ex.getSuppressed()).hasSize(2);
		assertThat(ex.getSuppressed()[0]).isInstanceOf(OverloadedException.class);
		assertThat(ex.getSuppressed()[1]).isInstanceOf(ServerException.class)
			.extracting((earlier) -> ((CompletionClientException) earlier).attempts())
			.isEqualTo(2);
	}

	@Test
	@Tag("E4")
	void inStreamOverloadBeforeTextIsTriedAgain() {
		this.server.enqueue(Reply.events("""
				event: error
				data: {"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}

				"""));
		assertThat(this.retrying.stream(REQUEST).as(Completion::join).block(LIMIT).completion()).isNotEmpty();
		assertThat(this.server.requests()).hasSize(2);
	}

	@Tag("D8")
	@Test
	void totalOutageCostsOneRequestPerCall() {
		List<Reply> replies = IntStream.range(0, 1110).mapToObj((i) -> overloaded()).toList();
		this.server.enqueue(replies.toArray(Reply[]::new));
		for (int i = 0; i < 1000; i++) {
			failure(OverloadedException.class, this.retrying.complete(REQUEST).flux());
		}
		assertThat(this.server.requests()).hasSizeBetween(1001, 1110);
	}

	@Tag("D13")
	@Test
	void deadlineInBackOffFailsWithTheLastError() {
		this.server.enqueue(overloaded());
		try (CompletionClient slow = retrying(RetryPolicy.builder().delay(NEVER).maxDelay(NEVER))) {
			CompletionRequest hasty = REQUEST.toBuilder().timeout(LIMIT.multipliedBy(2)).build();
			CallTimeoutException ex = failure(CallTimeoutException.class, slow.stream(hasty));
			assertThat(ex.phase()).isEqualTo(Phase.TOTAL);
			assertThat(ex).hasCauseInstanceOf(OverloadedException.class);
			assertThat(ex.outcome()).isEqualTo(Outcome.REJECTED);
			assertThat(this.server.requests()).hasSize(1);
		}
	}

	@Tag("D2")
	@Test
	void longRetryAfterFailsAtOnce() {
		this.server.enqueue(Reply.error(429, "rate_limit_error", "Slow").header("retry-after", "3600"));
		RateLimitException ex = failure(RateLimitException.class, this.retrying.stream(REQUEST));
		assertThat(ex.retryAfter()).hasHours(1);
		assertThat(this.server.requests()).hasSize(1);
	}

	@Tag("D6")
	@Test
	void serverDecidesWhetherToTryAgain() {
		this.server.enqueue(overloaded().header("x-should-retry", "false"));
		failure(OverloadedException.class, this.retrying.stream(REQUEST));
		this.server.enqueue(Reply.error(500, "api_error", "x").header("x-should-retry", "true"));
		assertThat(this.retrying.exchange(REQUEST).block(LIMIT).attempts()).isEqualTo(2);
		this.server.enqueue(Reply.error(400, "invalid_request_error", "x").header("x-should-retry", "true"));
		failure(CompletionApiException.class, this.retrying.stream(REQUEST));
	}

	@Tag("D12")
	@Test
	@Tag("B3")
	void lostAnswerIsRunOnceUnlessAllowed() {
		try (RawServer raw = RawServer.answering("");
				CompletionClient other = this.retrying.mutate().baseUrl(raw.baseUrl()).build();
				CompletionClient daring = retrying(
						RetryPolicy.builder().delay(Duration.ofMillis(1)).retryAmbiguous(true))
					.mutate()
					.baseUrl(raw.baseUrl())
					.build()) {
			assertThat(failure(ConnectionException.class, other.stream(REQUEST)).outcome()).isEqualTo(Outcome.UNKNOWN);
			assertThat(raw.requests()).hasSize(1);
			assertThat(failure(ConnectionException.class, other.complete(REQUEST).flux()).attempts()).isOne();
			assertThat(raw.requests()).hasSize(2);
			assertThat(failure(ConnectionException.class, daring.stream(REQUEST)).attempts()).isEqualTo(2);
			assertThat(raw.requests()).hasSize(4);
		}
	}

	@Tag("D12")
	@Test
	void lostAnswerOnAUsedConnectionIsRunOnce() {
		List<String> runs = new CopyOnWriteArrayList<>();
		byte[] answer = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s"
			.formatted(answer().length(), answer())
			.getBytes(StandardCharsets.UTF_8);
		try (RawServer raw = RawServer.start((request, socket) -> {
			runs.add(request);
			socket.getOutputStream().write(answer);
			runs.add(RawServer.read(socket.getInputStream()));
			socket.setSoLinger(true, 0);
			socket.close();
		});
				CompletionClient other = this.retrying.mutate()
					.baseUrl(raw.baseUrl())
					.httpClient(HttpClient.create(ConnectionProvider.create("one", 1)))
					.build()) {
			assertThat(other.exchange(REQUEST).block(LIMIT).attempts()).isOne();
			ConnectionException ex = failure(ConnectionException.class, other.complete(REQUEST).flux());
			assertThat(ex.outcome()).isEqualTo(Outcome.UNKNOWN);
			assertThat(ex.attempts()).isOne();
			assertThat(runs).hasSize(2);
			assertThat(raw.requests()).hasSize(1);
		}
	}

	@Tag("C1")
	@Tag("C2")
	@Tag("C4")
	@Tag("C5")
	@Tag("C6")
	@Tag("C7")
	@ParameterizedTest
	@CsvSource({ "400, 1", "401, 1", "402, 1", "403, 1", "404, 1", "408, 3", "409, 3", "410, 1", "413, 1", "418, 1",
			"429, 3", "500, 1", "501, 1", "502, 1", "503, 3", "504, 1", "520, 1", "524, 1", "529, 3" })
	void statusDecidesWhetherToTryAgain(int status, int requests) {
		Reply refusal = Reply.body(status, "text/html", "<html>");
		for (Flux<?> call : List.of(this.retrying.complete(REQUEST).flux(), this.retrying.stream(REQUEST))) {
			this.server.reset();
			this.server.enqueue(refusal, refusal, refusal);
			assertThat(failure(CompletionApiException.class, call).attempts()).isEqualTo(requests);
			assertThat(this.server.requests()).hasSize(requests);
		}
	}

	@Tag("C5")
	@Tag("C6")
	@ParameterizedTest
	@ValueSource(ints = { 500, 502, 504, 520, 526 })
	void statusThatLeavesTheFateOpenIsTriedAgainOnceIfAllowed(int status) {
		Reply refusal = Reply.body(status, "text/html", "<html>");
		try (CompletionClient daring = retrying(
				RetryPolicy.builder().delay(Duration.ofMillis(1)).retryAmbiguous(true))) {
			this.server.enqueue(refusal, refusal, refusal);
			assertThat(failure(ServerException.class, daring.stream(REQUEST)).attempts()).isEqualTo(2);
			this.server.reset();
			this.server.enqueue(refusal);
			assertThat(daring.exchange(REQUEST).block(LIMIT).attempts()).isEqualTo(2);
		}
	}

	@Test
	void fateThatWasOpenOnceStaysOpen() {
		try (CompletionClient daring = retrying(
				RetryPolicy.builder().delay(Duration.ofMillis(1)).retryAmbiguous(true))) {
			this.server.enqueue(Reply.error(500, "api_error", "x"), overloaded(), overloaded());
			OverloadedException ex = failure(OverloadedException.class, daring.stream(REQUEST));
			assertThat(ex.outcome()).isEqualTo(Outcome.UNKNOWN);
			assertThat(ex.attempts()).isEqualTo(3);
			assertThat(ex.getSuppressed()).hasSize(2);
		}
	}

	@Tag("D6")
	@ParameterizedTest
	@CsvSource({ "400, 1", "401, 1", "403, 1", "404, 1", "413, 1", "408, 2", "409, 2", "429, 2", "500, 2", "502, 2",
			"504, 2", "522, 2", "529, 2" })
	void serverThatAsksForARetryIsObeyedWhereThatIsSafe(int status, int attempts) {
		this.server.enqueue(Reply.error(status, "x", "x").header("x-should-retry", "true"),
				Reply.error(status, "x", "x").header("x-should-retry", "false"));
		CompletionApiException ex = failure(CompletionApiException.class, this.retrying.stream(REQUEST));
		assertThat(ex.attempts()).isEqualTo(attempts);
		assertThat(this.server.requests()).hasSize(attempts);
	}

	@Tag("D6")
	@ParameterizedTest
	@ValueSource(ints = { 408, 409, 429, 503, 529 })
	void serverThatForbidsARetryIsObeyed(int status) {
		this.server.enqueue(Reply.error(status, "x", "x").header("x-should-retry", "false").header("retry-after", "0"));
		assertThat(failure(CompletionApiException.class, this.retrying.stream(REQUEST)).attempts()).isOne();
	}

	@Tag("D6")
	@Test
	void serverThatForbidsARetryInAStreamIsObeyed() {
		this.server.enqueue(Reply.events("""
				event: error
				data: {"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}

				""").header("x-should-retry", "false"));
		assertThat(failure(OverloadedException.class, this.retrying.stream(REQUEST)).attempts()).isOne();
	}

	@Test
	@Tag("E22")
	void closedClientEndsItsCallsAndRefusesNewOnes() {
		this.server.enqueue(Reply.text("abcdefgh").chunkSizes(1).chunkDelay(Duration.ofSeconds(1)));
		CompletionClient other = client(this.server.baseUrl());
		ConnectionException ex = failure(ConnectionException.class,
				other.stream(REQUEST).doOnNext((delta) -> other.close()));
		assertThat(ex).hasMessage("The client was closed");
		assertThat(ex.outcome()).isEqualTo(Outcome.PARTIAL);
		ConnectionException refused = failure(ConnectionException.class, other.complete(REQUEST).flux());
		assertThat(refused.outcome()).isEqualTo(Outcome.NOT_SENT);
		assertThat(this.server.requests()).hasSize(1);
	}

}
