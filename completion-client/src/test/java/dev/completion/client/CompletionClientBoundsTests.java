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
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.zip.GZIPOutputStream;

import dev.completion.client.error.LimitExceededException;
import dev.completion.client.error.MalformedResponseException;
import dev.completion.client.error.ServerException;
import dev.completion.server.Reply;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.util.unit.DataSize;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link CompletionClient}: what a response makes the client keep is bounded
 * over the whole call.
 */
class CompletionClientBoundsTests extends AbstractCompletionClientTests {

	private static final String STREAM = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n";

	private final AtomicInteger sent = new AtomicInteger();

	private RawServer streaming(IntFunction<String> event) {
		return RawServer.start((request, socket) -> {
			RawStreams.write(socket, STREAM);
			for (int i = 0; i < 2000; i++) {
				RawStreams.write(socket, event.apply(i));
				this.sent.incrementAndGet();
			}
		});
	}

	private CompletionClient limited(RawServer raw, ApiFixture api, int body) {
		return this.client.mutate()
			.baseUrl(raw.baseUrl())
			.api(api.api)
			.defaults((request) -> request.model(api.model))
			.limits(Limits.builder().body(DataSize.ofBytes(body)).build())
			.build();
	}

	private static String messageDelta(String properties) {
		return ApiFixture.event("message_delta", "{\"type\":\"message_delta\",\"delta\":{}," + properties + "}");
	}

	@ParameterizedTest
	@ValueSource(strings = { "\"p%d\":\"%s\"", "\"usage\":{\"u%d\":\"%s\"}", "\"p%d\":[[[\"%s\"]]]" })
	void propertiesOfAMessageAreLimitedOverTheStream(String property) {
		String filler = "x".repeat(90_000);
		try (RawServer raw = streaming((i) -> messageDelta(property.formatted(i, filler)));
				CompletionClient other = limited(raw, ApiFixture.MESSAGES, 1_000_000)) {
			LimitExceededException ex = failure(LimitExceededException.class, other.stream(REQUEST));
			assertThat(ex.limit()).isEqualTo("body");
			assertThat(this.sent).hasValueLessThan(1000);
		}
	}

	@Test
	void propertiesOfAMessageAreLimitedByWhatTheyTakeInMemory() {
		String arrays = "[]" + ",[]".repeat(999);
		try (RawServer raw = streaming((i) -> messageDelta("\"p%d\":[%s]".formatted(i, arrays)));
				CompletionClient other = limited(raw, ApiFixture.MESSAGES, 10_000_000)) {
			assertThat(failure(LimitExceededException.class, other.stream(REQUEST)).limit()).isEqualTo("body");
			assertThat(this.sent).hasValueLessThan(2000);
		}
	}

	@Test
	void propertyThatIsReplacedIsNotCountedTwice() {
		String filler = "x".repeat(90_000);
		try (RawServer raw = RawServer.start((request, socket) -> {
			RawStreams.write(socket, STREAM);
			for (int i = 0; i < 100; i++) {
				RawStreams.write(socket,
						messageDelta("\"p\":\"%s\",\"usage\":{\"u\":\"%s\"}".formatted(filler, filler)));
			}
			RawStreams.write(socket, ApiFixture.MESSAGES.last("stop_sequence"));
		}); CompletionClient other = limited(raw, ApiFixture.MESSAGES, 1_000_000)) {
			assertThat(other.stream(REQUEST).blockLast(LIMIT).additionalProperties()).containsEntry("p", filler);
		}
	}

	@Test
	void propertiesThatAreJoinedAreLimited() {
		String filler = "x".repeat(90_000);
		ApiFixture api = ApiFixture.TEXT_COMPLETIONS;
		IntFunction<String> delta = (i) -> ApiFixture.event(api.textEvent,
				api.deltaData(" a").replaceFirst("\\{", "{\"p%d\":\"%s\",".formatted(i, filler)));
		try (RawServer raw = streaming(delta); CompletionClient other = limited(raw, api, 1_000_000)) {
			LimitExceededException ex = failure(LimitExceededException.class,
					other.stream(REQUEST).as(Completion::join).flux());
			assertThat(ex.limit()).isEqualTo("body");
			assertThat(this.sent).hasValueLessThan(1000);
			assertThat(other.stream(REQUEST).take(100).count().block(LIMIT)).isEqualTo(100);
		}
	}

	@Test
	void documentOfMillionsOfValuesIsMalformed() throws IOException {
		byte[] body = gzip("{\"x\":[[]" + ",[]".repeat(5_500_000) + "]," + answer().substring(1));
		assertThat(body).hasSizeLessThan(64 * 1024);
		try (RawServer raw = RawServer.start((request, socket) -> respond(socket, body));
				CompletionClient other = client(raw.baseUrl())) {
			failure(MalformedResponseException.class, other.complete(REQUEST).flux());
			failure(MalformedResponseException.class, other.models());
		}
	}

	@Test
	void membersOfGzipAfterTheFirstAreIgnored() throws IOException {
		byte[] empty = gzip("");
		ByteArrayOutputStream members = new ByteArrayOutputStream();
		for (int i = 0; i < 20_000; i++) {
			members.write(empty);
		}
		byte[] onlyEmpty = members.toByteArray();
		try (RawServer raw = RawServer.start((request, socket) -> respond(socket, onlyEmpty));
				CompletionClient other = client(raw.baseUrl())) {
			failure(MalformedResponseException.class, other.complete(REQUEST).flux());
		}
		members.reset();
		members.write(gzip(answer()));
		members.write(onlyEmpty);
		byte[] first = members.toByteArray();
		try (RawServer raw = RawServer.start((request, socket) -> respond(socket, first));
				CompletionClient other = client(raw.baseUrl())) {
			assertThat(other.complete(REQUEST).block(LIMIT).completion()).isEqualTo(" Hi");
		}
	}

	@Test
	void objectsThatAreMergedTakeTimeByTheirSize() {
		String keys = IntStream.range(0, 50_000)
			.mapToObj((i) -> "\"k%d\":0".formatted(i))
			.collect(Collectors.joining(","));
		String body = "{\"usage\":{%s}%s,%s".formatted(keys, ",\"usage\":{}".repeat(18_000),
				ApiFixture.MESSAGES.answer(" Hi", "max_tokens").substring(1));
		try (RawServer raw = RawServer
			.start((request, socket) -> RawResponse.of(200, "application/json", body).writeTo(socket));
				CompletionClient other = limited(raw, ApiFixture.MESSAGES, 16_000_000)) {
			Completion completion = other.complete(REQUEST).block(LIMIT);
			assertThat(completion.additionalProperties().get("usage")).asInstanceOf(InstanceOfAssertFactories.MAP)
				.hasSize(50_002);
		}
	}

	@Test
	void lastIdOfModelsIsLimited() {
		String page = "{\"data\":[],\"has_more\":true,\"last_id\":\"%s\"}".formatted("x".repeat(1000));
		this.server.enqueue(Reply.body(200, "application/json", page));
		assertThat(failure(MalformedResponseException.class, this.client.models())).hasMessageContaining("'last_id'");
	}

	@Test
	void wordsOfAnErrorAreLimited() {
		String words = "x".repeat(1_000_000);
		this.server.enqueue(Reply.body(200, "application/json",
				"{\"error\":{\"type\":\"%s\",\"message\":\"%s\"}}".formatted(words, words)));
		ServerException ex = failure(ServerException.class, this.client.complete(REQUEST).flux());
		assertThat(ex.apiMessage()).hasSize(64 * 1024);
		assertThat(ex.errorType()).hasSize(64 * 1024);
	}

	private static byte[] gzip(String text) throws IOException {
		ByteArrayOutputStream bytes = new ByteArrayOutputStream();
		try (OutputStream gzip = new GZIPOutputStream(bytes)) {
			gzip.write(text.getBytes(StandardCharsets.UTF_8));
		}
		return bytes.toByteArray();
	}

	private static void respond(Socket socket, byte[] body) throws IOException {
		RawStreams.write(socket, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Encoding: gzip\r\n"
				+ "Connection: close\r\nContent-Length: " + body.length + "\r\n\r\n");
		socket.getOutputStream().write(body);
	}

}
