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

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;

import dev.completion.client.error.CompletionClientException;
import dev.completion.client.error.ConnectionException;
import dev.completion.client.error.InvalidRequestException;
import dev.completion.client.error.OverloadedException;
import dev.completion.client.error.ServerException;
import dev.completion.server.Reply;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.http.client.HttpClient;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link CompletionClient}: how many requests an outage costs, and what comes
 * after it.
 */
class CompletionClientOutageTests extends AbstractCompletionClientTests {

	private static final int BUDGETED_RETRIES = 6;

	private CompletionClient retrying;

	@BeforeEach
	void openRetrying() {
		this.retrying = retrying(Duration.ofMillis(5));
	}

	private CompletionClient retrying(Duration delay) {
		return this.client.mutate().retry(RetryPolicy.builder().delay(delay).build()).build();
	}

	private void overload(int times) {
		this.server.enqueue(IntStream.range(0, times)
			.mapToObj((i) -> Reply.error(529, "overloaded_error", "Overloaded"))
			.toArray(Reply[]::new));
	}

	private static Mono<Integer> attempts(CompletionClient client) {
		return client.exchange(REQUEST)
			.map(CompletionResponse::attempts)
			.onErrorResume(OverloadedException.class, (ex) -> Mono.just(ex.attempts()));
	}

	@Tag("D5")
	@Test
	void serverThatInvitesToComeBackAtOnceIsAskedThreeTimes() {
		List<String> connections = new CopyOnWriteArrayList<>();
		try (RawServer raw = RawServer.start((request, socket) -> {
			connections.add(socket.getRemoteSocketAddress().toString());
			RawResponse.error(503, "api_error", "Retry-After: 0").writeTo(socket);
		});
				CompletionClient other = this.client.mutate()
					.baseUrl(raw.baseUrl())
					.httpClient(HttpClient.create())
					.retry(RetryPolicy.defaults())
					.build()) {
			ServerException ex = failure(ServerException.class, other.stream(REQUEST));
			assertThat(ex.retryAfter()).isZero();
			assertThat(ex.attempts()).isEqualTo(3);
			assertThat(raw.requests()).hasSize(3);
			assertThat(connections).hasSize(3);
		}
	}

	@Tag("D8")
	@Test
	void totalOutageUnderLoadCostsOneRequestPerCall() {
		overload(1110);
		List<Integer> attempts = Flux.range(0, 1000)
			.flatMap((i) -> attempts(this.retrying), 50)
			.collectList()
			.block(LIMIT);
		assertThat(attempts).hasSize(1000);
		assertThat(attempts.stream().mapToInt(Integer::intValue).sum()).isEqualTo(this.server.requests().size());
		assertThat(this.server.requests()).hasSize(1000 + BUDGETED_RETRIES);
	}

	@Tag("D8")
	@Test
	void exceptionReportsAnExhaustedRetryBudget() {
		String reason = "(not retried because the retry budget of the client is exhausted)";
		overload(BUDGETED_RETRIES + 4);
		for (int i = 0; i < BUDGETED_RETRIES / 2; i++) {
			assertThat(failure(OverloadedException.class, this.retrying.stream(REQUEST)))
				.hasMessageNotContaining(reason);
		}
		assertThat(failure(OverloadedException.class, this.retrying.stream(REQUEST))).hasMessageEndingWith(reason)
			.hasMessageStartingWith("529 overloaded_error from /v1/complete: Overloaded (request req_");
		this.server.reset();
		this.server.enqueue(Reply.error(400, "invalid_request_error", "Wrong"));
		assertThat(failure(InvalidRequestException.class, this.retrying.stream(REQUEST)))
			.hasMessageNotContaining(reason);
		try (CompletionClient unreachable = this.retrying.mutate()
			.baseUrl("http://127.0.0.1:1")
			.retry(RetryPolicy.builder().maxRetries(1000).delay(Duration.ofMillis(1)).build())
			.build()) {
			assertThat(failure(ConnectionException.class, unreachable.stream(REQUEST))).hasMessageEndingWith(reason);
		}
	}

	@Tag("D8")
	@Test
	void outageOfOneClientCostsAnotherNothing() {
		overload(20);
		for (int i = 0; i < 10; i++) {
			attempts(this.retrying).block(LIMIT);
		}
		assertThat(attempts(this.retrying).block(LIMIT)).isOne();
		try (CompletionClient variant = this.retrying.mutate().build()) {
			assertThat(attempts(variant).block(LIMIT)).isEqualTo(3);
		}
	}

	@Tag("D9")
	@Test
	void budgetGrowsByHalfOfARetryWithEachSuccess() {
		overload(20);
		for (int i = 0; i < 10; i++) {
			attempts(this.retrying).block(LIMIT);
		}
		this.server.reset();
		for (int round = 0; round < 3; round++) {
			succeed(1);
			overload(1);
			assertThat(attempts(this.retrying).block(LIMIT)).isOne();
			succeed(1);
			overload(1);
			assertThat(this.retrying.exchange(REQUEST).block(LIMIT).attempts()).isEqualTo(2);
			// the success after the retry counts as well
			this.retrying.stream(REQUEST).take(1).blockLast(LIMIT);
			succeed(1);
			overload(2);
			assertThat(attempts(this.retrying).block(LIMIT)).isEqualTo(2);
		}
	}

	private void succeed(int times) {
		for (int i = 0; i < times; i++) {
			CompletionResponse last = this.retrying.exchangeStream(REQUEST).blockLast(LIMIT);
			assertThat(last.attempts()).isOne();
		}
	}

	@Tag("D9")
	@Test
	void retriesAreSpreadOverTheSecondHalfOfTheDelay() {
		Duration delay = Duration.ofSeconds(1);
		Map<String, List<Long>> arrivals = new ConcurrentHashMap<>();
		try (RawServer raw = RawServer.start((request, socket) -> {
			List<Long> times = arrivals.computeIfAbsent(caller(request), (name) -> new CopyOnWriteArrayList<>());
			times.add(System.nanoTime());
			((times.size() == 1) ? RawResponse.error(529, "overloaded_error") : completion()).writeTo(socket);
		})) {
			assertThat(Flux.range(0, 6).flatMap((i) -> callSixTimes(raw, i, delay)).collectList().block(LIMIT))
				.hasSize(36)
				.containsOnly(2);
		}
		List<Long> waits = new ArrayList<>();
		arrivals.values().forEach((times) -> waits.add((times.get(1) - times.get(0)) / 1_000_000));
		assertThat(waits).hasSize(36).allMatch((wait) -> wait >= 500);
		assertThat(Collections.max(waits) - Collections.min(waits)).isGreaterThan(250);
	}

	private static String caller(String request) {
		return request.replaceFirst("(?is).*x-caller: (\\S+).*", "$1");
	}

	// as often as the budget of one client allows
	private Flux<Integer> callSixTimes(RawServer raw, int number, Duration delay) {
		CompletionClient other = retrying(delay).mutate().baseUrl(raw.baseUrl()).build();
		return Flux.range(0, BUDGETED_RETRIES)
			.flatMap((i) -> other.exchange(REQUEST.toBuilder().header("x-caller", number + "-" + i).build()))
			.map(CompletionResponse::attempts)
			.doFinally((signal) -> other.close());
	}

	@Tag("D8")
	@Test
	void requestOfTheServerToRetryIsSubjectToTheBudget() {
		this.server.enqueue(IntStream.range(0, 60)
			.mapToObj((i) -> Reply.error(500, "api_error", "x").header("x-should-retry", "true"))
			.toArray(Reply[]::new));
		int attempts = 0;
		for (int i = 0; i < 20; i++) {
			CompletionClientException ex = failure(ServerException.class, this.retrying.complete(REQUEST).flux());
			attempts += ex.attempts();
		}
		assertThat(attempts).isEqualTo(20 + BUDGETED_RETRIES);
		assertThat(this.server.requests()).hasSize(attempts);
	}

}
