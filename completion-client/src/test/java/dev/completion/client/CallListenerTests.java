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
import java.util.concurrent.CopyOnWriteArrayList;

import dev.completion.client.error.CompletionClientException;
import dev.completion.client.error.ConnectionException;
import dev.completion.client.error.InvalidRequestException;
import dev.completion.client.error.UnsupportedRequestException;
import dev.completion.server.Reply;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import reactor.core.publisher.Flux;

import org.springframework.http.HttpHeaders;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link CallListener}.
 */
class CallListenerTests extends AbstractCompletionClientTests {

	private final List<Object> notified = new CopyOnWriteArrayList<>();

	private CompletionClient observed;

	@BeforeEach
	void openVariant() {
		this.observed = this.client.mutate().listener(new CallListener() {

			@Override
			public void onSuccess(HttpHeaders headers) {
				CallListenerTests.this.notified.add(String.valueOf(headers.getFirst("request-id")));
			}

			@Override
			public void onError(CompletionClientException error) {
				CallListenerTests.this.notified.add(error);
			}

		}).build();
	}

	@AfterEach
	void closeVariant() {
		this.observed.close();
	}

	@Test
	void listenerIsNotifiedHowCallsEnd() {
		String requestId = this.observed.exchange(REQUEST).block(LIMIT).requestId();
		String streamId = this.observed.exchangeStream(REQUEST).blockLast(LIMIT).requestId();
		this.server.enqueue(Reply.error(400, "invalid_request_error", "No"));
		Throwable error = this.observed.complete(REQUEST).materialize().block(LIMIT).getThrowable();
		assertThat(this.notified).containsExactly(requestId, streamId, error);
	}

	@Test
	void jsonResponseToAStreamRequestIsASuccess() {
		this.server
			.enqueue(Reply.body(200, "application/json", "{\"completion\":\" Hi\"}").header("request-id", "req_1"));
		Completion completion = this.observed.stream(REQUEST).single().block(LIMIT);
		assertThat(completion.completion()).isEqualTo(" Hi");
		assertThat(completion.stopReason()).isEqualTo(StopReason.STOP_SEQUENCE);
		assertThat(this.notified).containsExactly("req_1");
	}

	@Test
	void listenerIsNotifiedOfAStreamThatIsCancelledWithItsLastDeltaInHand() {
		this.observed.stream(REQUEST).takeUntil((delta) -> delta.stopReason() != null).blockLast(LIMIT);
		assertThat(this.notified).hasSize(1);
		this.observed.stream(REQUEST).blockFirst(LIMIT);
		assertThat(this.notified).hasSize(1);
	}

	@Test
	void listenerIsNotNotifiedOfARequestThatIsRefusedHere() {
		try (CompletionClient messages = this.observed.mutate().api(CompletionApi.MESSAGES).build()) {
			CompletionRequest bare = REQUEST.toBuilder().prompt(Prompt.raw("Hello")).build();
			failure(UnsupportedRequestException.class, messages.stream(bare));
			failure(UnsupportedRequestException.class, messages.complete(bare).flux());
		}
		assertThat(this.notified).isEmpty();
	}

	@Test
	void listenerIsNotNotifiedOfCallsThatEndWithTheClient() {
		this.server.enqueue(Reply.text("Hello").chunkSizes(1).chunkDelay(Duration.ofSeconds(5)));
		Flux<Completion> stream = this.observed.stream(REQUEST).doOnNext((delta) -> this.observed.close());
		assertThat(failure(ConnectionException.class, stream)).hasMessageContaining("The client was closed");
		failure(ConnectionException.class, this.observed.stream(REQUEST));
		assertThat(this.notified).isEmpty();
	}

	@ParameterizedTest
	@MethodSource("dev.completion.client.CompletionClientSubscriberTests#thrown")
	void listenerThatThrowsCostsNobodyAnAnswer(Throwable thrown) {
		CallListener failing = new CallListener() {

			@Override
			public void onSuccess(HttpHeaders headers) {
				CompletionClientSubscriberTests.sneakyThrow(thrown);
			}

			@Override
			public void onError(CompletionClientException error) {
				CompletionClientSubscriberTests.sneakyThrow(thrown);
			}

		};
		try (CompletionClient other = this.client.mutate().listener(failing).build()) {
			assertThat(other.complete(REQUEST).block(LIMIT)).isNotNull();
			assertThat(other.stream(REQUEST).blockLast(LIMIT).stopReason()).isNotNull();
			this.server.enqueue(Reply.error(400, "invalid_request_error", "No"));
			failure(InvalidRequestException.class, other.stream(REQUEST));
		}
	}

}
