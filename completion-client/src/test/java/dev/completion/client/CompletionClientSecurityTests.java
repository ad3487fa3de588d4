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
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

import dev.completion.client.error.AuthenticationException;
import dev.completion.client.error.CompletionApiException;
import dev.completion.client.error.CompletionClientException;
import dev.completion.client.error.MalformedResponseException;
import dev.completion.client.error.ServerException;
import dev.completion.server.CompletionServer;
import dev.completion.server.RecordedRequest;
import dev.completion.server.Reply;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.observation.ObservationRegistry;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.http.client.HttpClient;
import reactor.netty.resources.ConnectionProvider;
import reactor.netty.transport.ProxyProvider;

import org.springframework.web.reactive.function.client.ClientRequest;
import org.springframework.web.reactive.function.client.ExchangeFilterFunction;
import org.springframework.web.reactive.function.client.WebClient;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link CompletionClient}: nobody but the server learns the credential and the
 * prompt, and the server learns one credential only.
 */
class CompletionClientSecurityTests extends AbstractCompletionClientTests {

	@ParameterizedTest
	@ValueSource(ints = { 301, 302, 303, 307, 308 })
	@Tag("G1")
	@Tag("G2")
	void redirectIsFollowedNowhere(int status) {
		try (CompletionServer target = CompletionServer.start()) {
			String port = ":" + target.port();
			List<String> targets = List.of("http://127.0.0.1" + port, "http://localhost" + port,
					"https://127.0.0.1" + port, "//127.0.0.1" + port);
			for (String url : targets) {
				Reply redirect = Reply.body(status, "text/plain", "").header("location", url + this.api.path);
				this.server.enqueue(redirect, redirect, redirect);
				assertThat(failure(MalformedResponseException.class, this.client.complete(REQUEST).flux()))
					.hasMessageContaining(String.valueOf(status));
				failure(MalformedResponseException.class, this.client.stream(REQUEST));
				failure(MalformedResponseException.class, this.client.models());
			}
			assertThat(target.requests()).isEmpty();
			assertThat(this.server.requests()).hasSize(3 * targets.size());
		}
	}

	@Test
	@Tag("G5")
	void nothingShowsASecretWhenPrinted() {
		Object[] printed = { this.client, this.client.mutate(), Credential.apiKey(KEY), Credential.bearer(KEY), REQUEST,
				REQUEST.toBuilder(), Timeouts.defaults(), Limits.defaults(), RetryPolicy.defaults() };
		assertThat(Stream.of(printed).map(Object::toString)).noneMatch((text) -> text.contains(KEY))
			.noneMatch((text) -> text.contains(PROMPT_TEXT));
	}

	@Test
	@Tag("G6")
	void applicationThatLogsItsRequestsDoesNotLogOurs() {
		WebClient.Builder talkative = WebClient.builder()
			.codecs((codecs) -> codecs.defaultCodecs().enableLoggingRequestDetails(true));
		try (CompletionClient other = this.client.mutate().webClientBuilder(talkative).build()) {
			other.complete(REQUEST).block(LIMIT);
			other.stream(REQUEST).blockLast(LIMIT);
			this.server.enqueue(Reply.error(500, "api_error", "x"));
			failure(CompletionClientException.class, other.complete(REQUEST).flux());
		}
		assertThat(LogScanner.takeFound()).isEmpty();
	}

	@Test
	@Tag("G4")
	void filtersSeeNoCredential() {
		List<String> seen = new CopyOnWriteArrayList<>();
		ExchangeFilterFunction filter = ExchangeFilterFunction.ofRequestProcessor((request) -> {
			seen.add(request.headers().toString());
			return Mono.just(request);
		});
		try (CompletionClient other = this.client.mutate()
			.webClientBuilder(WebClient.builder().filter(filter))
			.build()) {
			other.stream(REQUEST).blockLast(LIMIT);
		}
		assertThat(seen).singleElement().asString().contains("anthropic-version").doesNotContain(KEY);
	}

	@Test
	@Tag("G3")
	void applicationCanNeitherAddACredentialNorSendOursElsewhere() {
		WebClient.Builder other = WebClient.builder()
			.baseUrl("http://elsewhere.invalid")
			.defaultHeader("Authorization", "Bearer other")
			.defaultRequest((request) -> request.header("x-api-key", "other").header("Authorization", "Bearer other"))
			.filter((request, next) -> next
				.exchange(ClientRequest.from(request).header("Authorization", "Basic other").build()));
		HttpClient httpClient = HttpClient.create().headers((headers) -> headers.add("Authorization", "Basic other"));
		try (CompletionClient mixed = this.client.mutate().webClientBuilder(other).httpClient(httpClient).build()) {
			mixed.complete(REQUEST).block(LIMIT);
		}
		RecordedRequest request = this.server.requests().get(0);
		assertThat(request.headers().get("x-api-key")).containsExactly(KEY);
		assertThat(request.headers()).doesNotContainKey("authorization");
	}

	@Test
	@Tag("G8")
	void observationsHoldNoSecret() {
		List<String> observed = new CopyOnWriteArrayList<>();
		ObservationRegistry registry = ObservationRegistry.create();
		registry.observationConfig().observationHandler(new ObservationHandler<Observation.Context>() {

			@Override
			public void onStop(Observation.Context context) {
				observed.add(context.getName() + context.getAllKeyValues() + context);
			}

			@Override
			public boolean supportsContext(Observation.Context context) {
				return true;
			}

		});
		try (CompletionClient other = this.client.mutate()
			.webClientBuilder(WebClient.builder().observationRegistry(registry))
			.build()) {
			other.stream(REQUEST).blockLast(LIMIT);
			other.models().blockLast(LIMIT);
		}
		assertThat(observed).hasSize(2)
			.allSatisfy((text) -> assertThat(text).startsWith("http.client.requests")
				.doesNotContain(KEY)
				.doesNotContain(PROMPT_TEXT));
	}

	@Test
	@Tag("G10")
	void proxyOfTheSystemIsNotPickedUp() {
		try (RawServer proxy = RawServer.answering("")) {
			System.setProperty("http.proxyHost", "127.0.0.1");
			System.setProperty("http.proxyPort", proxy.baseUrl().replaceAll(".*:", ""));
			System.setProperty("http.nonProxyHosts", "");
			try (CompletionClient other = client(this.server.baseUrl())) {
				other.complete(REQUEST).block(LIMIT);
			}
			finally {
				Stream.of("http.proxyHost", "http.proxyPort", "http.nonProxyHosts").forEach(System::clearProperty);
			}
			assertThat(proxy.requests()).isEmpty();
		}
	}

	@Test
	@Tag("G11")
	void tenantsOnSharedConnectionsGetTheirOwn() {
		ConnectionProvider connections = ConnectionProvider.create("tenants", 4);
		HttpClient httpClient = HttpClient.create(connections);
		try (CompletionServer otherServer = CompletionServer.builder()
			.apiKey("other-key")
			.chunkDelay(Duration.ZERO)
			.start();
				CompletionClient one = this.client.mutate().httpClient(httpClient).build();
				CompletionClient two = one.mutate().baseUrl(otherServer.baseUrl()).apiKey("other-key").build()) {
			Mono.when(ask(one, "apples"), ask(two, "oranges")).block(LIMIT.multipliedBy(3));
			assertThat(this.server.requests()).hasSize(200)
				.allMatch((request) -> KEY.equals(request.header("x-api-key")) && request.body().contains("apples "));
			assertThat(otherServer.requests()).hasSize(200)
				.allMatch((request) -> "other-key".equals(request.header("x-api-key"))
						&& request.body().contains("oranges "));
		}
		connections.disposeLater().block(LIMIT);
	}

	private static Mono<Void> ask(CompletionClient client, String tenant) {
		return Flux.range(0, 200)
			.flatMap((number) -> client.stream(REQUEST.toBuilder().prompt(Prompt.human(tenant + " " + number)).build())
				.as(Completion::join), 8)
			.doOnNext((completion) -> assertThat(completion.completion()).contains(tenant))
			.then();
	}

	@ParameterizedTest
	@ValueSource(strings = { "127.0.0.1", "localhost" })
	void loopbackServerIsNotCalledThroughAProxy(String host) {
		try (RawServer proxy = RawServer.answering("");
				CompletionClient other = this.client.mutate()
					.baseUrl("http://" + host + ":" + this.server.port())
					.httpClient(HttpClient.create()
						.proxy((spec) -> spec.type(ProxyProvider.Proxy.HTTP).host("127.0.0.1").port(proxy.port())))
					.build()) {
			assertThat(other.complete(REQUEST).block(LIMIT)).isNotNull();
			assertThat(proxy.requests()).isEmpty();
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { KEY, "sk-very\\u002dsecret-key" })
	void keyThatTheServerQuotesIsRedacted(String quoted) {
		String envelope = """
				{"type":"error","error":{"type":"%1$s_error","message":"Key %1$s is invalid"},"request_id":"req_%1$s"}"""
			.formatted(quoted);
		String body = "HTTP/1.1 401 X\r\nContent-Type: application/json\r\nrequest-id: %1$s\r\nx-key: a %1$s b\r\n"
			.formatted(KEY) + "Content-Length: " + envelope.length() + "\r\n\r\n" + envelope;
		String event = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n"
				+ ApiFixture.event("error", envelope);
		String type = "HTTP/1.1 200 OK\r\nContent-Type: text/" + KEY + "\r\n\r\n";
		for (String response : List.of(body, event, type)) {
			try (RawServer raw = RawServer.answering(response); CompletionClient other = client(raw.baseUrl())) {
				for (Flux<?> call : List.of(other.complete(REQUEST).flux(), other.stream(REQUEST))) {
					CompletionClientException ex = failure(CompletionClientException.class, call);
					assertThat(ex.requestId()).isNull();
					if (ex instanceof CompletionApiException api) {
						assertThat(api.errorType()).isEqualTo("***_error");
						assertThat(api.apiMessage()).isEqualTo("Key *** is invalid");
						assertThat(api.headers().toString()).doesNotContain(KEY);
					}
				}
			}
		}
	}

	@Test
	void keyThatTheServerQuotesInACompletionIsRedacted() {
		String completion = """
				{"type":"completion","id":"compl_%1$s","completion":" Hi","stop_reason":"because_%1$s","model":"m-%1$s"}"""
			.formatted(KEY.replace("-", "\\u002d"));
		this.server.enqueue(Reply.body(200, "application/json", completion),
				Reply.events(ApiFixture.event("completion", completion)));
		CompletionClient variant = this.client.mutate().api(CompletionApi.TEXT_COMPLETIONS).build();
		for (Flux<Completion> call : List.of(variant.complete(REQUEST).flux(), variant.stream(REQUEST))) {
			Completion result = Objects.requireNonNull(call.blockLast(LIMIT));
			assertThat(result.id()).isEqualTo("compl_***");
			assertThat(result.model().id()).isEqualTo("m-***");
			assertThat(result.stopReason()).isEqualTo(StopReason.of("because_***"));
		}
	}

	@Test
	void keyThatWasRenewedIsRedacted() {
		AtomicInteger renewals = new AtomicInteger();
		CredentialProvider provider = provider(Mono.fromSupplier(() -> Credential.apiKey(KEY + renewals.get())),
				(refused) -> renewals.incrementAndGet() > 0);
		this.server.enqueue(Reply.error(401, "authentication_error", "Renew"),
				Reply.error(401, "authentication_error", "Neither %1$s0 nor %1$s1 nor key-%1$s0".formatted(KEY)));
		try (CompletionClient other = this.client.mutate().credential(provider).build()) {
			CompletionApiException ex = failure(AuthenticationException.class, other.complete(REQUEST).flux());
			assertThat(ex.apiMessage()).isEqualTo("Neither *** nor *** nor key-***");
		}
	}

	@ParameterizedTest
	@CsvSource({ "req_1, , req_1", "'', req_2, req_2", "a b, req_2, req_2", "LONG, , ", "req_1, req_2, req_1" })
	void requestIdIsShortVisibleAscii(String requestId, String alternative, String expected) {
		String id = "LONG".equals(requestId) ? "x".repeat(129) : requestId;
		try (RawServer raw = RawServer.answering("HTTP/1.1 500 X\r\nrequest-id: %s\r\nx-request-id: %s\r\n"
			.formatted(id, (alternative != null) ? alternative : "") + "Content-Length: 0\r\n\r\n");
				CompletionClient other = client(raw.baseUrl())) {
			assertThat(failure(ServerException.class, other.stream(REQUEST)).requestId()).isEqualTo(expected);
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "a\\nb", "\\u00e9", "LONG" })
	void requestIdOfAnEnvelopeIsShortVisibleAscii(String requestId) {
		String id = requestId.equals("LONG") ? "x".repeat(50_000) : requestId;
		String envelope = "{\"error\":{\"type\":\"api_error\",\"message\":\"m\"},\"request_id\":\"" + id + "\"}";
		try (RawServer raw = RawServer.answering("HTTP/1.1 500 X\r\nContent-Type: application/json\r\nContent-Length: "
				+ envelope.length() + "\r\n\r\n" + envelope); CompletionClient other = client(raw.baseUrl())) {
			assertThat(failure(ServerException.class, other.stream(REQUEST)).requestId()).isNull();
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "%s\r\n\r\n", "HTTP/%s 200 OK\r\n\r\n", "HTTP/1.1 %s\r\n\r\n",
			"HTTP/1.1 200 OK\r\n%s\r\n\r\n", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n%s\r\n" })
	void serverThatIsNotHttpIsNotQuotedInLogs(String response) {
		try (RawServer raw = RawServer.answering(response.formatted(KEY));
				CompletionClient other = client(raw.baseUrl())) {
			failure(CompletionClientException.class, other.complete(REQUEST).flux());
			failure(CompletionClientException.class, other.stream(REQUEST));
		}
		// LogScanner fails if the key is logged
	}

	@Test
	void keyThatStandsWhereABodyIsCutIsRedacted() {
		String body = "x".repeat(64 * 1024 - 10) + KEY;
		this.server.enqueue(Reply.body(500, "text/plain", body));
		assertThat(failure(ServerException.class, this.client.complete(REQUEST).flux()).responseBody())
			.doesNotContain(KEY.substring(0, 5));
	}

}
