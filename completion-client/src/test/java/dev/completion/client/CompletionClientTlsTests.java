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

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;

import dev.completion.client.error.CallTimeoutException;
import dev.completion.client.error.CallTimeoutException.Phase;
import dev.completion.client.error.ConnectionException;
import dev.completion.client.error.Outcome;
import dev.completion.client.error.StreamTruncatedException;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.netty.http.client.HttpClient;
import reactor.netty.transport.ProxyProvider;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link CompletionClient}: what comes of TLS that fails, and of proxies.
 */
class CompletionClientTlsTests extends AbstractCompletionClientTests {

	private static final String HEAD = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n";

	// a server's first answer, which chooses TLS 1.1
	private static final byte[] HELLO_OF_TLS_1_1 = HexFormat.of()
		.parseHex("160302002a" + "02000026" + "0302" + "5a".repeat(32) + "00" + "c013" + "00");

	@TempDir
	private static Path directory;

	private static TestKeys keys;

	@BeforeAll
	static void generateKeys() {
		keys = new TestKeys(directory);
		keys.generate("good", "ip:127.0.0.1", List.of());
		keys.generate("other", "dns:other.test", List.of());
		keys.generate("expired", "ip:127.0.0.1", List.of("-startdate", "-3d", "-validity", "1"));
	}

	private static RawServer serving(String alias, String answer) {
		return RawServer.accepting((request, socket) -> {
			var secure = keys.secure(socket, alias);
			RawServer.read(secure.getInputStream());
			secure.getOutputStream().write(answer.getBytes(StandardCharsets.UTF_8));
		});
	}

	private CompletionClient.Builder retrying(int port) {
		return this.client.mutate()
			.baseUrl("https://127.0.0.1:" + port)
			.retry(RetryPolicy.builder().delay(Duration.ofMillis(20)).build());
	}

	private CompletionClient trusting(int port) {
		return retrying(port).httpClient(keys.trusting(HttpClient.create())).build();
	}

	private static ConnectionException assertNotConnected(CompletionClient client, RawServer server) {
		ConnectionException ex = failure(ConnectionException.class, client.stream(REQUEST));
		assertThat(ex.outcome()).isEqualTo(Outcome.NOT_SENT);
		assertThat(ex.attempts()).isOne();
		assertThat(server.requests()).hasSize(1);
		return ex;
	}

	@Test
	@Tag("A7")
	@Tag("A8")
	void certificateThatIsTrustedAndOfTheHostIsTaken() {
		try (RawServer raw = serving("good", HEAD + delta() + last()); CompletionClient other = trusting(raw.port())) {
			assertThat(other.stream(REQUEST).as(Completion::join).block(LIMIT).completion()).isEqualTo(" Hello");
		}
	}

	@Test
	@Tag("A7")
	void certificateOfAnotherHostIsRefused() {
		try (RawServer raw = serving("other", HEAD + delta() + last()); CompletionClient other = trusting(raw.port())) {
			assertThat(assertNotConnected(other, raw))
				.hasMessageStartingWith("The TLS handshake failed: 127.0.0.1:" + raw.port() + " (")
				.hasMessageContaining("No subject alternative names");
		}
	}

	@Test
	@Tag("A8")
	void certificateThatHasExpiredIsRefused() {
		try (RawServer raw = serving("expired", HEAD + delta() + last());
				CompletionClient other = trusting(raw.port())) {
			assertThat(assertNotConnected(other, raw))
				.hasMessageStartingWith("The TLS handshake failed: 127.0.0.1:" + raw.port() + " (")
				.hasMessageContaining("CertificateExpiredException");
		}
	}

	@Test
	@Tag("A8")
	void certificateOfAnUnknownAuthorityIsRefused() {
		try (RawServer raw = serving("good", HEAD + delta() + last());
				CompletionClient other = retrying(raw.port()).build()) {
			assertThat(assertNotConnected(other, raw))
				.hasMessageStartingWith("The TLS handshake failed: 127.0.0.1:" + raw.port() + " (")
				.hasMessageContaining(
						"unable to find valid certification path to requested target); see 'completion.ssl.bundle'");
		}
	}

	@Test
	@Tag("A8")
	void serverThatOnlySpeaksOldTlsIsRefused() {
		try (RawServer raw = RawServer.accepting((request, socket) -> {
			socket.getOutputStream().write(HELLO_OF_TLS_1_1);
			socket.getInputStream().readAllBytes();
		}); CompletionClient other = retrying(raw.port()).build()) {
			assertThat(assertNotConnected(other, raw))
				.hasMessageStartingWith("The TLS handshake failed: 127.0.0.1:" + raw.port() + " (")
				.hasMessageContaining("TLS11");
		}
	}

	@Test
	@Tag("A8")
	void serverThatSpeaksNoTlsIsRefusedAndNotQuoted() {
		String text = "HTTP/1.1 400 Bad Request\r\n\r\nSECRET";
		try (RawServer raw = RawServer.accepting((request, socket) -> RawServer.write(socket, text));
				CompletionClient other = retrying(raw.port()).build()) {
			assertThat(assertNotConnected(other, raw))
				.hasMessage("The server does not use TLS: 127.0.0.1:%d; see 'completion.base-url'", raw.port())
				.hasNoCause();
		}
	}

	@Test
	@Tag("A9")
	void handshakeThatStallsIsAConnectTimeout() {
		Duration limit = Duration.ofSeconds(1);
		Timeouts timeouts = Timeouts.builder().connect(limit).build();
		try (RawServer raw = RawServer.accepting((request, socket) -> socket.getInputStream().readAllBytes());
				CompletionClient own = retrying(raw.port()).timeouts(timeouts)
					.retry(RetryPolicy.builder().maxRetries(0).build())
					.build();
				CompletionClient configured = retrying(raw.port()).timeouts(timeouts)
					.httpClient(keys.trusting(HttpClient.create()))
					.build()) {
			// less than the default
			Elapsed.assertBetween(limit, Duration.ofSeconds(5), () -> assertConnectTimeout(own, 1));
			assertConnectTimeout(configured, 3);
			assertThat(raw.requests()).hasSize(4);
		}
	}

	private static void assertConnectTimeout(CompletionClient client, int attempts) {
		CallTimeoutException ex = failure(CallTimeoutException.class, client.stream(REQUEST));
		assertThat(ex.phase()).isEqualTo(Phase.CONNECT);
		assertThat(ex.outcome()).isEqualTo(Outcome.NOT_SENT);
		assertThat(ex.attempts()).isEqualTo(attempts);
	}

	@ParameterizedTest
	@ValueSource(strings = { "HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic\r\n",
			"HTTP/1.1 403 Forbidden\r\n", "HTTP/1.1 502 Bad Gateway\r\n" })
	@Tag("A12")
	void proxyThatRefusesIsNamedAndSeesNoKey(String refusal) {
		try (RawServer proxy = RawServer.answering(refusal + "Content-Length: 0\r\n\r\n");
				CompletionClient other = proxied(proxy)) {
			ConnectionException ex = assertNotConnected(other, proxy);
			assertThat(ex)
				.hasMessage("The proxy could not connect to completion.test:443 ("
						+ refusal.lines().findFirst().orElseThrow().substring(9) + "); see 'completion.proxy.host'")
				.hasStackTraceContaining("127.0.0.1:" + proxy.port());
			assertThat(proxy.requests().get(0)).startsWith("CONNECT completion.test:443 ")
				.doesNotContain(KEY)
				.doesNotContain(PROMPT_TEXT);
		}
	}

	private CompletionClient proxied(RawServer proxy) {
		return retrying(443).baseUrl("https://completion.test")
			.httpClient(HttpClient.create()
				.proxy((spec) -> spec.type(ProxyProvider.Proxy.HTTP).host("127.0.0.1").port(proxy.port())))
			.build();
	}

	@Test
	@Tag("A12")
	void proxyThatHangsUpIsNamed() {
		try (RawServer proxy = RawServer.answering(""); CompletionClient other = proxied(proxy)) {
			assertThat(assertNotConnected(other, proxy))
				.hasMessage("The proxy could not connect to completion.test:443; see 'completion.proxy.host'");
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "https", "http" })
	@Tag("A12")
	void proxyThatStallsIsAConnectTimeout(String scheme) {
		Duration limit = Duration.ofSeconds(1);
		try (RawServer proxy = RawServer.accepting((request, socket) -> socket.getInputStream().readAllBytes());
				CompletionClient other = proxied(proxy).mutate()
					.baseUrl(scheme + "://completion.test")
					.allowInsecure(true)
					.timeouts(Timeouts.builder().connect(limit).build())
					.retry(RetryPolicy.builder().maxRetries(0).build())
					.build()) {
			// less than the timeout that Netty has for proxies
			Elapsed.assertBetween(limit, Duration.ofSeconds(10), () -> assertConnectTimeout(other, 1));
		}
	}

	@Test
	void serverThatDoesNotUseTlsIsNotQuotedInLogs() {
		String banner = "SSH-2.0-" + KEY;
		String hex = HexFormat.of().formatHex(KEY.getBytes(StandardCharsets.US_ASCII));
		try (RawServer raw = RawServer.accepting((request, socket) -> RawStreams.write(socket, banner + "\r\n"));
				CompletionClient other = trusting(raw.port())) {
			assertThat(assertNotConnected(other, raw))
				.hasMessage("The server does not use TLS: 127.0.0.1:%d; see 'completion.base-url'", raw.port());
			CompletionClientResourcesTests.await(() -> LogScanner.warnings()
				.stream()
				.anyMatch((message) -> message.contains("The server does not use TLS")));
			assertThat(LogScanner.warnings()).noneMatch((message) -> message.contains(hex));
		}
	}

	@Test
	@Tag("B11")
	void connectionThatIsCutUnderTlsTruncatesTheStream() throws IOException {
		// the server closes the socket and says nothing in TLS
		try (RawServer raw = serving("good", HEAD + delta()); CompletionClient other = trusting(raw.port())) {
			StreamTruncatedException ex = failure(StreamTruncatedException.class, other.stream(REQUEST));
			assertThat(ex.partialText()).isEqualTo(" Hello");
			assertThat(ex.outcome()).isEqualTo(Outcome.PARTIAL);
			assertThat(raw.requests()).hasSize(1);
		}
	}

}
