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

import dev.completion.server.CompletionServer;
import dev.completion.server.RecordedRequest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Mono;
import reactor.netty.http.client.HttpClient;

import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.http.HttpHeaders;
import org.springframework.http.client.reactive.ClientHttpRequest;
import org.springframework.http.client.reactive.ClientHttpRequestDecorator;
import org.springframework.web.reactive.function.client.ClientRequest;
import org.springframework.web.reactive.function.client.WebClient;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link CompletionClient} with filters of the application.
 */
class CompletionClientFilterTests {

	private final CompletionServer server = CompletionServer.builder().chunkDelay(Duration.ZERO).start();

	@AfterEach
	void close() {
		this.server.close();
	}

	private RecordedRequest sent(WebClient.Builder application) {
		try (CompletionClient client = CompletionClient.builder()
			.baseUrl(this.server.baseUrl())
			.apiKey(this.server.apiKey())
			.httpClient(HttpClient.create().headers((headers) -> headers.add("Authorization", "Basic of-another")))
			.webClientBuilder(application)
			.build()) {
			client
				.complete(CompletionRequest.builder()
					.model(Model.of("claude-2.1"))
					.prompt(Prompt.human("Hi"))
					.maxTokensToSample(100)
					.build())
				.block(Duration.ofSeconds(10));
		}
		assertThat(this.server.requests()).singleElement()
			.satisfies(
					(request) -> assertThat(request.headers().get("x-api-key")).containsExactly(this.server.apiKey()))
			.satisfies((request) -> assertThat(request.headers()).doesNotContainKey("authorization"));
		return this.server.requests().get(0);
	}

	@Test
	void filtersAreKeptAndCredentialsAreNot() {
		RecordedRequest request = sent(WebClient.builder()
			.baseUrl("http://192.0.2.1")
			.defaultHeader(HttpHeaders.AUTHORIZATION, "Bearer of-another-service")
			.defaultHeader("x-trace", "1")
			.filter((shown, next) -> next.exchange(ClientRequest.from(shown).header("x-filter", "2").build())));
		assertThat(request.header("x-trace")).isEqualTo("1");
		assertThat(request.header("x-filter")).isEqualTo("2");
	}

	@Test
	void filterThatSignsTheBodySeesTheHeaders() {
		RecordedRequest request = sent(WebClient.builder()
			.filter((shown,
					next) -> next.exchange(ClientRequest.from(shown)
						.body((output, context) -> shown.body().insert(new SignedRequest(output), context))
						.build())));
		String length = String.valueOf(request.body().getBytes(StandardCharsets.UTF_8).length);
		assertThat(request.header("x-signature")).isEqualTo("application/json " + length);
		assertThat(request.headers().get("content-length")).containsExactly(length);
	}

	/**
	 * A request that an application signs.
	 */
	private static final class SignedRequest extends ClientHttpRequestDecorator {

		SignedRequest(ClientHttpRequest delegate) {
			super(delegate);
		}

		@Override
		public Mono<Void> writeWith(Publisher<? extends DataBuffer> body) {
			HttpHeaders headers = getHeaders();
			headers.set("x-signature", headers.getContentType() + " " + headers.getContentLength());
			return super.writeWith(body);
		}

	}

}
