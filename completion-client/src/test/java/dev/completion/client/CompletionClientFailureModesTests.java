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

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;

import dev.completion.client.error.CallTimeoutException;
import dev.completion.client.error.CallTimeoutException.Phase;
import dev.completion.client.error.CompletionClientException;
import dev.completion.client.error.LimitExceededException;
import dev.completion.client.error.MalformedResponseException;
import dev.completion.client.error.Outcome;
import dev.completion.client.error.OverloadedException;
import dev.completion.server.Reply;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.http.client.HttpClient;

import org.springframework.web.reactive.function.client.ClientResponse;
import org.springframework.web.reactive.function.client.ExchangeFilterFunction;
import org.springframework.web.reactive.function.client.WebClient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link CompletionClient}: what comes of filters, listeners and credential
 * providers that fail, of models that cannot be read, and of unusual answers.
 */
class CompletionClientFailureModesTests extends AbstractCompletionClientTests {

	private static final Duration SHORT = Duration.ofSeconds(2);

	@ParameterizedTest
	@ValueSource(strings = { "oops SECRET", "{}", "", "[]" })
	void modelsThatCannotBeReadAreMalformed(String body) {
		this.server.enqueue(Reply.body(200, "application/json", body), Reply.body(200, "application/json", body));
		assertThat(failure(MalformedResponseException.class, this.client.models())).hasMessageNotContaining("SECRET");
		failure(MalformedResponseException.class, this.client.model(Model.of("claude-2.1")).flux());
	}

	@Test
	void modelsUnderAnErrorEnvelopeAreTheError() {
		this.server.enqueue(Reply.error(529, "overloaded_error", "Overloaded").status(200));
		failure(OverloadedException.class, this.client.models());
	}

	@Test
	void modelsThatRepeatAPageEnd() {
		Reply page = Reply.body(200, "application/json",
				"{\"data\":[{\"id\":\"a\"}],\"has_more\":true,\"last_id\":\"a\"}");
		this.server.enqueue(page, page, page);
		assertThat(this.client.models().collectList().block(LIMIT)).hasSize(2);
		assertThat(this.server.requests()).hasSize(2);
	}

	@Test
	void filterThatThrowsTheRequestAtUsDoesNotLeakTheKey() throws IOException {
		ExchangeFilterFunction standard = ExchangeFilterFunction
			.ofResponseProcessor((response) -> response.createException().flatMap(Mono::<ClientResponse>error));
		ExchangeFilterFunction wrapping = (request, next) -> next.exchange(request)
			.flatMap((response) -> response.createException()
				.flatMap((ex) -> Mono.<ClientResponse>error(new IllegalStateException("wrapped", ex))));
		ExchangeFilterFunction asLostConnection = (request, next) -> next.exchange(request)
			.flatMap((response) -> response.createException()
				.flatMap((ex) -> Mono.<ClientResponse>error(new IOException("lost", ex))));
		for (ExchangeFilterFunction filter : List.of(standard, wrapping, asLostConnection)) {
			try (CompletionClient other = this.client.mutate()
				.webClientBuilder(WebClient.builder().filter(filter))
				.build()) {
				this.server.enqueue(Reply.error(529, "overloaded_error", "Overloaded"));
				CompletionClientException ex = failure(CompletionClientException.class, other.stream(REQUEST));
				ByteArrayOutputStream serialized = new ByteArrayOutputStream();
				new ObjectOutputStream(serialized).writeObject(ex);
				assertThat(serialized.toString(StandardCharsets.ISO_8859_1)).doesNotContain(KEY);
			}
		}
	}

	@Test
	void timeoutOfAFilterIsNotOurs() {
		ExchangeFilterFunction filter = (request, next) -> Mono.error(new TimeoutException("of the filter"));
		try (CompletionClient other = this.client.mutate()
			.webClientBuilder(WebClient.builder().filter(filter))
			.build()) {
			assertThat(failure(CompletionClientException.class, other.stream(REQUEST)))
				.isNotInstanceOf(CallTimeoutException.class)
				.hasCauseInstanceOf(TimeoutException.class);
		}
	}

	@Test
	void credentialThatNeverComesIsATimeout() {
		try (CompletionClient other = hasty().credential(Mono::never).build()) {
			for (Flux<?> call : new Flux<?>[] { other.complete(REQUEST).flux(), other.stream(REQUEST) }) {
				assertThat(failure(CallTimeoutException.class, call).phase()).isEqualTo(Phase.RESPONSE);
			}
		}
	}

	@Test
	void errorWhoseBodyStallsIsToldByItsStatus() {
		String head = "HTTP/1.1 529 Overloaded\r\nContent-Length: 100\r\n\r\n{";
		try (RawServer raw = RawServer.start((request, socket) -> {
			socket.getOutputStream().write(head.getBytes(StandardCharsets.UTF_8));
			socket.getInputStream().readAllBytes();
		}); CompletionClient other = hasty().baseUrl(raw.baseUrl()).build()) {
			assertThat(failure(OverloadedException.class, other.stream(REQUEST)).outcome()).isEqualTo(Outcome.REJECTED);
		}
	}

	private CompletionClient.Builder hasty() {
		return this.client.mutate().timeouts(Timeouts.builder().response(SHORT).build());
	}

	@Test
	void bodyThatIsTooLargeIsALimitExceeded() {
		this.server.enqueue(Reply.body(200, "application/json", "x".repeat(17 * 1024 * 1024)));
		assertThat(failure(LimitExceededException.class, this.client.complete(REQUEST).flux()).limit())
			.isEqualTo("body");
	}

	@ParameterizedTest
	@ValueSource(strings = { "application/json", "application/json; charset=utf-8", "application/problem+json" })
	void anyJsonIsAnAnswer(String contentType) {
		this.server.enqueue(Reply.body(200, contentType, answer()).header("content-encoding", "identity"));
		assertThat(this.client.complete(REQUEST).block(LIMIT).completion()).isEqualTo(" Hi");
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "json", "text/plain;;" })
	void invalidContentTypeIsIgnored(String contentType) {
		String response = "HTTP/1.1 200 OK\r\nContent-Type: %s\r\nConnection: close\r\nContent-Length: %d\r\n\r\n%s"
			.formatted(contentType, answer().length(), answer());
		try (RawServer raw = RawServer.answering(response); CompletionClient other = client(raw.baseUrl())) {
			assertThat(other.complete(REQUEST).block(LIMIT).completion()).isEqualTo(" Hi");
			assertThat(other.stream(REQUEST).blockLast(LIMIT).completion()).isEqualTo(" Hi");
		}
	}

	@Test
	@Tag("B13")
	void uncompressedStreamWithGzipEncodingIsMalformed() {
		this.server.enqueue(Reply.events(delta() + last()).header("content-encoding", "gzip"));
		failure(MalformedResponseException.class, this.client.stream(REQUEST));
	}

	@Test
	void httpClientThatCompressesAndFollowsRedirectsIsTamed() {
		try (CompletionClient other = this.client.mutate()
			.httpClient(HttpClient.create().compress(true).followRedirect(true))
			.build()) {
			this.server.enqueue(Reply.events(delta() + last()),
					Reply.body(307, "text/plain", "").header("location", this.server.baseUrl() + "/elsewhere"));
			other.stream(REQUEST).blockLast(LIMIT);
			assertThat(this.server.requests().get(0).headers().get("accept-encoding")).containsExactly("identity");
			failure(MalformedResponseException.class, other.stream(REQUEST));
			assertThat(this.server.requests()).hasSize(2);
		}
	}

	@Test
	@Tag("B13")
	void compressedStreamIsDecompressed() throws IOException {
		byte[] events = (delta() + last()).getBytes(StandardCharsets.UTF_8);
		try (RawServer raw = RawServer.answering(gzipResponse("text/event-stream", "gzip", events));
				CompletionClient other = this.client.mutate()
					.baseUrl(raw.baseUrl())
					.httpClient(HttpClient.create().compress(true))
					.build()) {
			assertThat(other.stream(REQUEST).as(Completion::join).block(LIMIT).completion()).isEqualTo(" Hello");
		}
	}

	@Test
	void closeClosesIdleConnections() {
		byte[] answer = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s"
			.formatted(answer().length(), answer())
			.getBytes(StandardCharsets.UTF_8);
		CompletableFuture<Integer> endOfStream = new CompletableFuture<>();
		try (RawServer raw = RawServer.start((request, socket) -> {
			socket.getOutputStream().write(answer);
			endOfStream.complete(socket.getInputStream().read());
		})) {
			CompletionClient other = client(raw.baseUrl());
			other.complete(REQUEST).block(LIMIT);
			assertThat(endOfStream).isNotDone();
			other.close();
			assertThat(endOfStream).succeedsWithin(LIMIT).isEqualTo(-1);
		}
	}

	@ParameterizedTest
	@CsvSource({ "60000, 10, true", "70000, 10, false", "10, 5000, false" })
	void responseHeadersAreLimited(int headers, int reason, boolean accepted) {
		try (RawServer raw = RawServer.answering(largeResponse(headers, reason));
				CompletionClient other = client(raw.baseUrl())) {
			assertAccepted(other, accepted);
		}
	}

	@Test
	void settingsOfAnHttpClientForLargerHeadersAreKept() {
		HttpClient large = HttpClient.create()
			.httpResponseDecoder((decoder) -> decoder.maxHeaderSize(100_000).maxInitialLineLength(8000));
		HttpClient longLine = HttpClient.create().httpResponseDecoder((decoder) -> decoder.maxInitialLineLength(8000));
		try (RawServer raw = RawServer.answering(largeResponse(70_000, 5000));
				RawServer smaller = RawServer.answering(largeResponse(60_000, 5000));
				CompletionClient first = client(raw.baseUrl()).mutate().httpClient(large).build();
				CompletionClient second = client(smaller.baseUrl()).mutate().httpClient(longLine).build()) {
			assertAccepted(first, true);
			assertAccepted(second, true);
		}
	}

	private String largeResponse(int headers, int reason) {
		return "HTTP/1.1 200 %s\r\nX-Large: %s\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s"
			.formatted("K".repeat(reason), "x".repeat(headers), answer().length(), answer());
	}

	private static void assertAccepted(CompletionClient client, boolean accepted) {
		if (accepted) {
			assertThat(client.complete(REQUEST).block(LIMIT).completion()).isEqualTo(" Hi");
		}
		else {
			failure(MalformedResponseException.class, client.complete(REQUEST).flux());
		}
	}

	@Test
	void nullIsRefused() {
		assertThatIllegalArgumentException().isThrownBy(() -> this.client.complete((CompletionRequest) null));
		assertThatIllegalArgumentException().isThrownBy(() -> this.client.stream((CompletionRequest) null));
		assertThatIllegalArgumentException().isThrownBy(() -> this.client.exchange((CompletionRequest) null));
		assertThatIllegalArgumentException().isThrownBy(() -> this.client.exchangeStream((CompletionRequest) null));
		assertThatIllegalArgumentException().isThrownBy(() -> this.client.model(null));
		assertThatIllegalArgumentException().isThrownBy(() -> this.client.mutate().defaults(null));
	}

}
