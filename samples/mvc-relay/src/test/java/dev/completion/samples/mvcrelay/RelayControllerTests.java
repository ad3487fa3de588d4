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

package dev.completion.samples.mvcrelay;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;

import dev.completion.server.CompletionServer;
import dev.completion.server.Reply;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Mono;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.test.web.server.LocalServerPort;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link RelayController}.
 */
@Timeout(value = 60, threadMode = ThreadMode.SEPARATE_THREAD)
@ExtendWith(OutputCaptureExtension.class)
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT, properties = { "completion.embedded-server.mode=on",
		"completion.api=messages", "completion.retry.max-retries=0", "server.tomcat.connection-timeout=60s" })
class RelayControllerTests {

	@LocalServerPort
	int port;

	@Autowired
	CompletionServer server;

	@BeforeEach
	void reset() {
		this.server.reset();
	}

	@Test
	void callerGetsTheWholeText() throws IOException {
		this.server.enqueue(Reply.text("Forty two.").chunkSizes(3));
		try (Socket socket = ask()) {
			assertThat(lines(socket).lines()
				.filter((line) -> line.startsWith("data:"))
				.map((line) -> JsonMapper.shared().readTree(line.substring("data:".length())))
				.map((json) -> json.get("completion").stringValue())
				.collect(Collectors.joining())).isEqualTo("Forty two.");
		}
	}

	@Test
	void callerIsToldOfAFailureAndTheLogTheRest(CapturedOutput output) throws IOException {
		this.server.enqueue(Reply.error(529, "overloaded_error", "Overloaded"));
		try (Socket socket = ask()) {
			assertThat(lines(socket).lines()).containsSubsequence("event:failure", "data:OverloadedException");
		}
		assertThat(output).contains("529 overloaded_error from /v1/messages: Overloaded (request req_");
	}

	@ParameterizedTest
	@ValueSource(strings = { "{}", "{\"text\":\" \"}", "[]" })
	void questionWithoutTextIsRefused(String body) throws IOException {
		try (Socket socket = post(body)) {
			assertThat(lines(socket).readLine()).isEqualTo("HTTP/1.1 400 ");
		}
		assertThat(this.server.requests()).isEmpty();
	}

	@Test
	void callersWhoDoNotReadStarveNobody() throws IOException {
		Reply large = Reply.text("x".repeat(10_000_000)).chunkSizes(10_000);
		List<Socket> deaf = new ArrayList<>();
		try {
			for (int i = 0; i < 20; i++) {
				this.server.enqueue(large);
				deaf.add(ask());
				await(() -> this.server.requests().size() == deaf.size());
			}
			this.server.enqueue(Reply.text("Forty two."));
			try (Socket socket = ask()) {
				// the callers who do not read are given up only later
				socket.setSoTimeout(30_000);
				assertThat(lines(socket).lines()).anyMatch((line) -> line.contains("Forty"));
			}
		}
		finally {
			for (Socket socket : deaf) {
				socket.close();
			}
		}
	}

	@Test
	void callerIsToldThatTheCallGoesOn() throws IOException {
		this.server.enqueue(Reply.text("Forty two.").delay(Duration.ofMillis(2500)));
		long start = System.nanoTime();
		try (Socket socket = ask()) {
			long comments = lines(socket).lines().filter(":still here"::equals).count();
			// one a second, however long the machine takes
			assertThat(comments).isBetween(2L, Duration.ofNanos(System.nanoTime() - start).toSeconds());
		}
	}

	static List<Reply> longAnswers() {
		Reply text = Reply.text("x".repeat(1000)).chunkSizes(1);
		return List.of(text.chunkDelay(Duration.ofMillis(100)), text.stallAfter(8));
	}

	@ParameterizedTest
	@MethodSource("longAnswers")
	void callIsCancelledWhenTheCallerHangsUp(Reply reply) throws IOException {
		this.server.enqueue(reply);
		try (Socket socket = ask()) {
			BufferedReader lines = lines(socket);
			while (!lines.readLine().startsWith("data:")) {
				assertThat(this.server.requests()).hasSizeLessThanOrEqualTo(1);
			}
			assertThat(this.server.requests().get(0).clientClosed()).isFalse();
		}
		await(() -> this.server.requests().get(0).clientClosed());
	}

	private static void await(BooleanSupplier condition) {
		Mono.fromSupplier(condition::getAsBoolean)
			.filter(Boolean::booleanValue)
			.repeatWhenEmpty((repeat) -> repeat.delayElements(Duration.ofMillis(10)))
			.block(Duration.ofSeconds(30));
	}

	private Socket ask() throws IOException {
		return post("{\"text\":\"Hi\"}");
	}

	private Socket post(String body) throws IOException {
		Socket socket = new Socket("localhost", this.port);
		socket.getOutputStream().write("""
				POST /relay HTTP/1.1\r
				Host: localhost\r
				Connection: close\r
				Content-Type: application/json\r
				Content-Length: %d\r
				\r
				%s""".formatted(body.length(), body).getBytes(StandardCharsets.US_ASCII));
		return socket;
	}

	private static BufferedReader lines(Socket socket) throws IOException {
		return new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
	}

}
