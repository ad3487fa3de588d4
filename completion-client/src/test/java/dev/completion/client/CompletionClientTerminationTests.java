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
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

import javax.net.ssl.SSLException;

import dev.completion.client.error.CallTimeoutException;
import dev.completion.client.error.CompletionClientException;
import dev.completion.client.error.LimitExceededException;
import dev.completion.client.error.RateLimitException;
import dev.completion.server.Reply;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

import org.springframework.web.reactive.function.client.WebClient;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link CompletionClient}: every call ends, and what fails in one affects no
 * other.
 */
class CompletionClientTerminationTests extends AbstractCompletionClientTests {

	static Stream<Throwable> exceptionsThatAreHardToRead() {
		IllegalStateException suppressing = new IllegalStateException("suppressing");
		suppressing.addSuppressed(new IllegalStateException("suppressed", suppressing));
		IllegalStateException cause = new IllegalStateException("cause");
		IllegalStateException cycle = new IllegalStateException("cycle", cause);
		cause.initCause(cycle);
		Throwable deep = new IllegalStateException("deep");
		for (int i = 0; i < 100_000; i++) {
			deep = new IllegalStateException("deep", deep);
		}
		Throwable tls = new SSLException("tls", cycle);
		return Stream.of(suppressing, cycle, deep, tls, new UnreadableCauseException());
	}

	@ParameterizedTest
	@MethodSource("exceptionsThatAreHardToRead")
	void exceptionOfTheCredentialProviderEndsTheCall(Throwable thrown) {
		try (CompletionClient other = this.client.mutate().credential(() -> Mono.error(thrown)).build()) {
			Stream.of(other.complete(REQUEST).flux(), other.stream(REQUEST), other.models())
				.forEach((call) -> assertThat(call.ignoreElements().materialize().block(LIMIT).getThrowable())
					.isExactlyInstanceOf(CompletionClientException.class)
					.hasMessageContaining("The credential provider failed"));
		}
	}

	@ParameterizedTest
	@MethodSource("exceptionsThatAreHardToRead")
	void exceptionOfAFilterEndsTheCall(Throwable thrown) {
		try (CompletionClient other = this.client.mutate()
			.webClientBuilder(WebClient.builder().filter((request, next) -> Mono.error(thrown)))
			.build()) {
			Stream.of(other.complete(REQUEST).flux(), other.stream(REQUEST))
				.forEach((call) -> assertThat(call.ignoreElements().materialize().block(LIMIT).getThrowable())
					.isInstanceOf(CompletionClientException.class));
		}
	}

	@Test
	void closeEndsAllCallsThoughTheirSubscribersThrow() throws InterruptedException {
		int calls = 10;
		CountDownLatch started = new CountDownLatch(calls);
		List<Throwable> errors = new ArrayList<>();
		for (int i = 0; i < calls; i++) {
			this.server.enqueue(Reply.events(delta() + last()).stallAfter(1));
		}
		CompletionClient other = this.client.mutate().build();
		for (int i = 0; i < calls; i++) {
			other.stream(REQUEST).subscribe((delta) -> started.countDown(), (error) -> {
				errors.add(error);
				throw new IllegalStateException("mine");
			});
		}
		assertThat(started.await(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
		other.close();
		assertThat(errors).hasSize(calls);
	}

	@Test
	void deadlinesDoNotWaitForThreadsOfTheApplication() {
		AtomicBoolean released = new AtomicBoolean();
		AtomicInteger spun = new AtomicInteger();
		for (int i = 0; i < 2 * Schedulers.DEFAULT_POOL_SIZE; i++) {
			Schedulers.parallel().schedule(() -> {
				while (!released.get()) {
					spun.incrementAndGet();
				}
			});
		}
		this.server.enqueue(Reply.stall(), Reply.events(delta()).stallAfter(1),
				Reply.error(429, "rate_limit_error", "Slow down").stallAfter(0),
				Reply.error(529, "overloaded_error", "Overloaded"), Reply.text(" Hi"));
		try (CompletionClient other = this.client.mutate()
			.timeouts(Timeouts.builder().response(Duration.ofSeconds(1)).idle(Duration.ofMillis(300)).build())
			.build()) {
			failure(CallTimeoutException.class, other.complete(REQUEST).flux());
			failure(CallTimeoutException.class, other.stream(REQUEST));
			failure(RateLimitException.class, other.stream(REQUEST));
			CompletionClient retrying = other.mutate()
				.retry(RetryPolicy.builder().delay(Duration.ofMillis(1)).build())
				.build();
			assertThat(retrying.complete(REQUEST).block(LIMIT).completion()).isEqualTo(" Hi");
		}
		finally {
			released.set(true);
		}
	}

	@ParameterizedTest
	@MethodSource("errors")
	void errorOfASubscriberEndsItsCall(Error thrown) {
		Stream.of(this.client.complete(REQUEST).flux(), this.client.stream(REQUEST))
			.forEach((call) -> assertThat(call.map((completion) -> {
				throw thrown;
			}).materialize().blockLast(LIMIT).getThrowable()).isSameAs(thrown));
	}

	@ParameterizedTest
	@MethodSource("errors")
	void errorOfARenewalEndsTheCall(Error thrown) {
		this.server.enqueue(Reply.error(401, "authentication_error", "revoked"));
		CredentialProvider provider = provider(Mono.just(Credential.apiKey(KEY)), (refused) -> {
			throw thrown;
		});
		try (CompletionClient other = this.client.mutate().credential(provider).build()) {
			assertThat(failure(CompletionClientException.class, other.stream(REQUEST)))
				.hasMessageContaining("The credential provider failed");
		}
	}

	static Stream<Error> errors() {
		return Stream.of(new NoClassDefFoundError("mine"), new ExceptionInInitializerError("mine"),
				new StackOverflowError("mine"), new AssertionError("mine"));
	}

	private static RawServer endlessModels(AtomicInteger pages) {
		return RawServer.start((request, socket) -> {
			while (true) {
				String page = "{\"data\":[{\"id\":\"m\"}],\"has_more\":true,\"last_id\":\"%d\"}"
					.formatted(pages.incrementAndGet());
				RawStreams.write(socket, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: "
						+ page.length() + "\r\n\r\n" + page);
				RawServer.read(socket.getInputStream());
			}
		});
	}

	@Test
	void pagesOfModelsAreLimited() {
		AtomicInteger pages = new AtomicInteger();
		try (RawServer raw = endlessModels(pages); CompletionClient other = client(raw.baseUrl())) {
			LimitExceededException ex = failure(LimitExceededException.class, other.models());
			assertThat(ex.limit()).isEqualTo("pages");
			assertThat(pages).hasValue(1000);
		}
	}

	@Test
	void pagesOfModelsHaveOneDeadline() {
		AtomicInteger pages = new AtomicInteger();
		try (RawServer raw = endlessModels(pages);
				CompletionClient other = client(raw.baseUrl()).mutate()
					.timeouts(Timeouts.builder().total(Duration.ofMillis(300)).build())
					.build()) {
			CallTimeoutException ex = failure(CallTimeoutException.class,
					other.models().delayElements(Duration.ofMillis(50)));
			assertThat(ex.phase()).isEqualTo(CallTimeoutException.Phase.TOTAL);
			assertThat(ex).hasMessageContaining("300 ms");
			assertThat(pages).hasValueLessThan(20);
		}
	}

	private static final class UnreadableCauseException extends RuntimeException {

		@Override
		public synchronized Throwable getCause() {
			throw new IllegalStateException("mine");
		}

	}

}
