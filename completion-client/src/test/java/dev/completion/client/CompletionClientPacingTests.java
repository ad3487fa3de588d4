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
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;

import dev.completion.client.error.CallTimeoutException;
import dev.completion.client.error.CompletionClientException;
import dev.completion.client.error.ConnectionException;
import dev.completion.client.error.Outcome;
import dev.completion.client.error.OverloadedException;
import dev.completion.client.error.RateLimitException;
import dev.completion.server.CompletionServer;
import dev.completion.server.Reply;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link CompletionClient}: calls that a rate limit refuses.
 */
class CompletionClientPacingTests extends AbstractCompletionClientTests {

	private static final Reply REFUSAL = Reply.error(429, "rate_limit_error", "Slow down");

	private static final Duration SECOND = Duration.ofSeconds(1);

	private CompletionClient paced;

	private CompletionClient paced() {
		if (this.paced == null) {
			this.paced = this.client.mutate().pacing(Pacing.defaults()).build();
		}
		return this.paced;
	}

	@AfterEach
	void closePaced() {
		if (this.paced != null) {
			this.paced.close();
		}
	}

	private void awaitWaiting(int calls) {
		DefaultCompletionClient waiting = (DefaultCompletionClient) paced();
		CompletionClientResourcesTests.await(() -> waiting.pacers().waiting() == calls);
	}

	private static long elapsedMillis(Runnable action) {
		long start = System.nanoTime();
		action.run();
		return Duration.ofNanos(System.nanoTime() - start).toMillis();
	}

	@Test
	void noCallIsLostAgainstATokenBucket() {
		int calls = 300;
		try (CompletionServer limited = CompletionServer.builder().requestsPerMinute(6000).burst(20).start();
				CompletionClient other = paced().mutate().baseUrl(limited.baseUrl()).apiKey(limited.apiKey()).build()) {
			List<CompletionResponse> responses = Flux.range(0, calls)
				.flatMap((i) -> other.exchange(REQUEST), 20)
				.collectList()
				.block(LIMIT);
			int requests = limited.requests().size();
			assertThat(responses).hasSize(calls);
			assertThat(responses.stream().mapToInt(CompletionResponse::attempts).sum()).isEqualTo(requests);
			assertThat((double) requests / calls).isGreaterThan(1).isLessThanOrEqualTo(1.3);
		}
	}

	@Test
	void callsThatAreRefusedAtOnceAllSucceed() {
		int calls = 20;
		Reply refusal = REFUSAL.header("retry-after", "1").delay(Duration.ofMillis(100));
		for (int i = 0; i < calls; i++) {
			this.server.enqueue(refusal);
		}
		List<CompletionResponse> responses = Flux.range(0, calls)
			.flatMap((i) -> paced().exchange(REQUEST), calls)
			.collectList()
			.block(LIMIT);
		assertThat(responses).hasSize(calls).allMatch((response) -> response.attempts() == 2);
	}

	@Test
	void refusedCallWaitsWithoutARetryAndOthersWaitBehindIt() {
		this.server.enqueue(REFUSAL.header("retry-after", "1"), Reply.text(" first"), Reply.text(" second"));
		long waited = elapsedMillis(() -> {
			Mono<Completion> first = paced().complete(REQUEST).cache();
			first.subscribe();
			awaitWaiting(1);
			assertThat(paced().complete(REQUEST).block(LIMIT).completion()).contains("second");
			assertThat(first.block(LIMIT).completion()).contains("first");
		});
		assertThat(waited).isGreaterThanOrEqualTo(SECOND.toMillis());
		assertThat(this.server.requests()).hasSize(3);
	}

	@ParameterizedTest
	@CsvSource({ "503, api_error", "529, overloaded_error" })
	void overloadWithRetryAfterIsPaced(int status, String type) {
		this.server.enqueue(Reply.error(status, type, "Later").header("retry-after", "1"));
		assertThat(elapsedMillis(() -> assertThat(paced().exchange(REQUEST).block(LIMIT).attempts()).isEqualTo(2)))
			.isGreaterThanOrEqualTo(SECOND.toMillis());
		this.server.enqueue(Reply.error(status, type, "Later"));
		assertThat(failure(CompletionClientException.class, paced().complete(REQUEST).flux()).attempts()).isOne();
	}

	@Test
	void errorWithinAStreamIsNotPaced() {
		this.server.enqueue(Reply
			.events(ApiFixture.event("error", "{\"error\":{\"type\":\"overloaded_error\",\"message\":\"Overloaded\"}}"))
			.header("retry-after", "1"));
		assertThat(failure(OverloadedException.class, paced().stream(REQUEST)).attempts()).isOne();
		paced().complete(REQUEST).block(LIMIT);
	}

	@Test
	void refusalThatNamesTooLongATimeFailsItsCallAtOnce() {
		this.server.enqueue(REFUSAL.header("retry-after", "61"));
		RateLimitException ex = failure(RateLimitException.class, paced().complete(REQUEST).flux());
		assertThat(ex.retryAfter()).hasSeconds(61);
		assertThat(ex.attempts()).isOne();
		assertThat(ex.outcome()).isEqualTo(Outcome.REJECTED);
	}

	@Test
	void spendLimitFailsImmediately() {
		String error = """
				{"type":"error","error":{"type":"rate_limit_error","message":"Spend limit reached",
				"details":{"error_code":"enforced_spend_limit_reached"}}}""";
		for (CompletionClient client : List.of(paced(), this.client.mutate().retry(RetryPolicy.defaults()).build())) {
			this.server.enqueue(Reply.body(429, "application/json", error).header("x-should-retry", "true"));
			RateLimitException ex = failure(RateLimitException.class, client.complete(REQUEST).flux());
			assertThat(ex.attempts()).isOne();
			assertThat(client.exchange(REQUEST).block(LIMIT).attempts()).isOne();
		}
	}

	@Test
	void requestIsNotResentIfTheServerForbidsRetries() {
		this.server.enqueue(REFUSAL.header("x-should-retry", "false"));
		assertThat(failure(RateLimitException.class, paced().complete(REQUEST).flux()).attempts()).isOne();
	}

	@Test
	void callFailsAfterMaxRefusals() {
		for (int i = 0; i < 3; i++) {
			this.server.enqueue(REFUSAL.header("retry-after-ms", "10"));
		}
		try (CompletionClient other = this.client.mutate().pacing(Pacing.builder().maxRefusals(3).build()).build()) {
			RateLimitException ex = failure(RateLimitException.class, other.complete(REQUEST).flux());
			assertThat(ex.attempts()).isEqualTo(3);
			assertThat(ex.responseBody()).isNotEmpty();
			assertThat(ex.getSuppressed()).hasSize(2)
				.allMatch((refusal) -> ((RateLimitException) refusal).responseBody().isEmpty());
			assertThat(this.server.requests()).hasSize(3);
		}
	}

	@Test
	void callThatWaitsUntilItsDeadlineFailsWithTheLastRefusal() {
		this.server.enqueue(REFUSAL.header("retry-after", "30"));
		Disposable first = paced().complete(REQUEST).subscribe();
		awaitWaiting(1);
		CompletionRequest request = REQUEST.toBuilder().timeout(Duration.ofMillis(500)).build();
		RateLimitException ex = failure(RateLimitException.class, paced().complete(request).flux());
		assertThat(ex.outcome()).isEqualTo(Outcome.NOT_SENT);
		assertThat(ex.attempts()).isZero();
		awaitWaiting(1);
		first.dispose();
		assertThat(this.server.requests()).hasSize(1);
	}

	@Test
	void waitingCallsEndWhenTheyAreCancelledOrTheClientIsClosed() {
		this.server.enqueue(REFUSAL.header("retry-after", "30"));
		Disposable first = paced().complete(REQUEST).subscribe();
		awaitWaiting(1);
		AtomicInteger closed = new AtomicInteger();
		int calls = 100;
		for (int i = 0; i < calls; i++) {
			Disposable cancelled = paced().complete(REQUEST).subscribe();
			paced().complete(REQUEST)
				.subscribe(null, (error) -> closed.addAndGet((error instanceof ConnectionException) ? 1 : 0));
			cancelled.dispose();
		}
		awaitWaiting(calls + 1);
		paced().close();
		CompletionClientResourcesTests.await(() -> closed.get() == calls);
		awaitWaiting(0);
		assertThat(first.isDisposed()).isTrue();
		assertThat(this.server.requests()).hasSize(1);
	}

	@Test
	void cancelledCallsDoNotRaiseTheRate() {
		int calls = 100;
		for (int i = 0; i < calls; i++) {
			this.server.enqueue(Reply.stall());
		}
		this.server.enqueue(Reply.text(" Hi"), REFUSAL.header("retry-after", "1"));
		List<Disposable> stalled = Stream.generate(() -> paced().complete(REQUEST).subscribe()).limit(calls).toList();
		CompletionClientResourcesTests.await(() -> this.server.requests().size() == calls);
		stalled.forEach(Disposable::dispose);
		paced().complete(REQUEST).block(LIMIT);
		assertThat(paced().exchange(REQUEST).block(LIMIT).attempts()).isEqualTo(2);
		assertThat(((DefaultCompletionClient) paced()).pacers().rate()).isLessThan(50);
	}

	@Test
	void limitOfOneTenantDoesNotStopAnother() {
		CredentialProvider provider = () -> Mono
			.deferContextual((context) -> Mono.just(Credential.apiKey(context.<String>get("key"))));
		try (RawServer raw = RawServer.start((request,
				socket) -> (request.contains(KEY + "-a") ? RawResponse.error(429, "rate_limit_error", "Retry-After: 30")
						: completion())
					.writeTo(socket));
				CompletionClient other = paced().mutate().baseUrl(raw.baseUrl()).credential(provider).build()) {
			Disposable limited = other.complete(REQUEST)
				.contextWrite((context) -> context.put("key", KEY + "-a"))
				.subscribe();
			CompletionClientResourcesTests.await(() -> ((DefaultCompletionClient) other).pacers().waiting() == 1);
			for (int i = 0; i < 10; i++) {
				assertThat(other.exchange(REQUEST)
					.contextWrite((context) -> context.put("key", KEY + "-b"))
					.block(LIMIT)
					.attempts()).isOne();
			}
			assertThat(limited.isDisposed()).isFalse();
			limited.dispose();
		}
	}

	@Test
	void deadlineAfterTheWaitIsATimeout() {
		this.server.enqueue(REFUSAL.header("retry-after", "1"), REFUSAL.header("retry-after", "1"), Reply.stall());
		try (CompletionClient other = paced().mutate()
			.timeouts(Timeouts.builder().total(Duration.ofSeconds(5)).build())
			.build()) {
			CallTimeoutException ex = failure(CallTimeoutException.class, other.complete(REQUEST).flux());
			assertThat(ex.outcome()).isEqualTo(Outcome.UNKNOWN);
			assertThat(ex.attempts()).isEqualTo(3);
		}
	}

	@Test
	void sequentialCallsSucceedUnderASlowLimit() {
		try (CompletionServer limited = CompletionServer.builder().requestsPerMinute(12).burst(1).start();
				CompletionClient other = paced().mutate().baseUrl(limited.baseUrl()).apiKey(limited.apiKey()).build()) {
			for (int i = 0; i < 2; i++) {
				assertThat(other.exchange(REQUEST).block(LIMIT).attempts()).isLessThan(6);
			}
		}
	}

	@ParameterizedTest
	@CsvSource({ "400, invalid_request_error", "413, request_too_large" })
	void rejectedPromptDoesNotCount(int status, String type) {
		this.server.enqueue(
				Reply.text(" Hi")
					.header("anthropic-ratelimit-input-tokens-limit", "6000")
					.header("anthropic-ratelimit-input-tokens-remaining", "6000"),
				Reply.error(status, type, "Too large"));
		paced().complete(REQUEST).block(LIMIT);
		CompletionRequest large = REQUEST.toBuilder().prompt(Prompt.human("x".repeat(1_000_000))).build();
		failure(CompletionClientException.class, paced().complete(large).flux());
		try (CompletionClient impatient = paced().mutate()
			.timeouts(Timeouts.builder().total(Duration.ofSeconds(5)).build())
			.build()) {
			assertThat(impatient.complete(REQUEST).block(LIMIT)).isNotNull();
		}
	}

	@Test
	void refusedCallWaitsEvenIfTheProviderHasAnotherCredential() {
		AtomicInteger tokens = new AtomicInteger();
		long end = System.nanoTime() + Duration.ofMillis(2500).toNanos();
		try (RawServer raw = RawServer.start((request,
				socket) -> ((System.nanoTime() < end) ? RawResponse.error(429, "rate_limit_error", "Retry-After: 1")
						: completion())
					.writeTo(socket));
				CompletionClient other = paced().mutate()
					.baseUrl(raw.baseUrl())
					.credential(() -> Mono.fromSupplier(() -> Credential.bearer("t-" + tokens.incrementAndGet())))
					.build()) {
			assertThat(Flux.range(0, 20).flatMap((i) -> other.exchange(REQUEST)).collectList().block(LIMIT)).hasSize(20)
				.allMatch((response) -> response.attempts() < 8);
		}
	}

	@Test
	void waitingCallIsSentWithTheCredentialOfThatTime() {
		AtomicReference<String> key = new AtomicReference<>(KEY + "-old");
		this.server.enqueue(REFUSAL.header("retry-after", "1"));
		try (CompletionClient other = paced().mutate()
			.credential(() -> Mono.fromSupplier(() -> Credential.apiKey(key.get())))
			.build()) {
			Mono<CompletionResponse> response = other.exchange(REQUEST).cache();
			response.subscribe();
			CompletionClientResourcesTests.await(() -> ((DefaultCompletionClient) other).pacers().waiting() == 1);
			key.set(KEY);
			assertThat(response.block(LIMIT).attempts()).isEqualTo(2);
			assertThat(this.server.requests()).extracting((request) -> request.header("x-api-key"))
				.containsExactly(KEY + "-old", KEY);
		}
	}

	@Test
	void timeOfTheCredentialIsPartOfTheResponseTimeout() {
		this.server.enqueue(Reply.text(" Hi").delay(Duration.ofMillis(1500)));
		try (CompletionClient other = paced().mutate()
			.credential(() -> Mono.delay(Duration.ofMillis(1500)).map((waited) -> Credential.apiKey(KEY)))
			.timeouts(Timeouts.builder().response(Duration.ofMillis(2500)).build())
			.retry(RetryPolicy.builder().maxRetries(0).build())
			.build()) {
			CallTimeoutException ex = failure(CallTimeoutException.class, other.complete(REQUEST).flux());
			assertThat(ex.phase()).isEqualTo(CallTimeoutException.Phase.RESPONSE);
		}
	}

	@Test
	void timeOfWaitingIsNotPartOfTheResponseTimeout() {
		this.server.enqueue(REFUSAL.header("retry-after", "1"));
		try (CompletionClient other = paced().mutate()
			.timeouts(Timeouts.builder().response(Duration.ofMillis(900)).build())
			.build()) {
			assertThat(other.exchange(REQUEST).block(LIMIT).attempts()).isEqualTo(2);
		}
	}

	@Test
	void requestWaitsWhileHeadersShowThatALimitIsExhausted() {
		this.server.enqueue(Reply.text(" Hi")
			.header("anthropic-ratelimit-requests-limit", "60")
			.header("anthropic-ratelimit-requests-remaining", "0"));
		long elapsed = elapsedMillis(() -> {
			paced().complete(REQUEST).block(LIMIT);
			try (CompletionClient impatient = paced().mutate()
				.timeouts(Timeouts.builder().total(Duration.ofMillis(300)).build())
				.build()) {
				CallTimeoutException ex = failure(CallTimeoutException.class, impatient.complete(REQUEST).flux());
				assertThat(ex.outcome()).isEqualTo(Outcome.NOT_SENT);
			}
			paced().complete(REQUEST).block(LIMIT);
		});
		assertThat(elapsed).isGreaterThanOrEqualTo(SECOND.toMillis());
	}

	@ParameterizedTest
	@ValueSource(strings = { "-1", "-9223372036854775808", "many", "", "99999999999999999999" })
	void headersThatMakeNoSenseDelayNothing(String remaining) {
		this.server.enqueue(Reply.text(" Hi")
			.header("anthropic-ratelimit-requests-limit", "60")
			.header("anthropic-ratelimit-requests-remaining", remaining)
			.header("anthropic-ratelimit-input-tokens-limit", "-60")
			.header("anthropic-ratelimit-input-tokens-remaining", "0"));
		paced().complete(REQUEST).block(LIMIT);
		try (CompletionClient impatient = paced().mutate()
			.timeouts(Timeouts.builder().total(Duration.ofSeconds(5)).build())
			.build()) {
			impatient.complete(REQUEST).block(LIMIT);
		}
	}

}
