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
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.function.Predicate;
import java.util.zip.GZIPOutputStream;

import dev.completion.client.error.CompletionClientException;
import dev.completion.server.CompletionServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.Parameter;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What the tests of errors share: a server, a client, and how to look at a failure.
 */
abstract class AbstractCompletionClientTests {

	static final Duration LIMIT = Duration.ofSeconds(30);

	static final String KEY = "sk-very-secret-key";

	static final String PROMPT_TEXT = "a private question";

	/**
	 * A request without a model: each client has that of its API as its default.
	 */
	static final CompletionRequest REQUEST = CompletionRequest.builder()
		.prompt(Prompt.human(PROMPT_TEXT))
		.maxTokensToSample(100)
		.build();

	/**
	 * The API that is spoken. A class that has {@link BothApis} sets each in turn.
	 */
	@Parameter
	ApiFixture api = ApiFixture.TEXT_COMPLETIONS;

	final CompletionServer server = CompletionServer.builder().apiKey(KEY).chunkDelay(Duration.ZERO).start();

	CompletionClient client;

	@BeforeEach
	void open() {
		this.client = client(this.server.baseUrl());
	}

	@AfterEach
	void close() {
		this.client.close();
		this.server.close();
	}

	/**
	 * Create a client that makes one attempt only.
	 */
	CompletionClient client(String baseUrl) {
		return CompletionClient.builder()
			.baseUrl(baseUrl)
			.api(this.api.api)
			.apiKey(KEY)
			.defaults((request) -> request.model(this.api.model))
			.retry(RetryPolicy.builder().maxRetries(0).build())
			.pacing(Pacing.builder().enabled(false).build())
			.build();
	}

	/**
	 * Return a provider of the given credential.
	 * @param invalidate decides whether a refused credential is renewed
	 */
	static CredentialProvider provider(Mono<Credential> credential, Predicate<Credential> invalidate) {
		return new CredentialProvider() {

			@Override
			public Mono<Credential> credential() {
				return credential;
			}

			@Override
			public boolean invalidate(Credential refused) {
				return invalidate.test(refused);
			}

		};
	}

	/**
	 * Return an event with the text " Hello".
	 */
	String delta() {
		return this.api.delta(" Hello");
	}

	/**
	 * Return the end of a stream with stop reason {@code stop_sequence}.
	 */
	String last() {
		return this.api.last("stop_sequence");
	}

	/**
	 * Return the beginning of an event with text.
	 */
	String half() {
		return this.api.delta(" half").replaceFirst("(?s)half.*", "half");
	}

	/**
	 * Return a whole answer, with the text " Hi" and stop reason {@code max_tokens}.
	 */
	String answer() {
		return this.api.answer(" Hi", "max_tokens");
	}

	/**
	 * Return the response with {@link #answer()}.
	 */
	RawResponse completion() {
		return RawResponse.of(200, "application/json", answer());
	}

	/**
	 * Run a call that must fail with the given exception, and with no secret in it, in
	 * what caused it, in what it suppressed, or in what is left when it is serialized.
	 */
	static <T extends CompletionClientException> T failure(Class<T> type, Flux<?> call) {
		Throwable error = call.ignoreElements().materialize().block(LIMIT).getThrowable();
		assertThat(error).isInstanceOf(type);
		StringWriter everything = new StringWriter();
		error.printStackTrace(new PrintWriter(everything));
		assertThat(everything.toString() + serialized(error)).doesNotContain(KEY).doesNotContain(PROMPT_TEXT);
		for (Throwable cause = error; cause != null; cause = cause.getCause()) {
			assertThat(cause.getClass().getName()).doesNotContain("org.springframework.web");
		}
		return type.cast(error);
	}

	private static String serialized(Throwable error) {
		ByteArrayOutputStream bytes = new ByteArrayOutputStream();
		try (ObjectOutputStream stream = new ObjectOutputStream(bytes)) {
			stream.writeObject(error);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		return bytes.toString(StandardCharsets.ISO_8859_1);
	}

	static byte[] gzipResponse(String contentType, String encoding, byte[] content) throws IOException {
		ByteArrayOutputStream compressed = new ByteArrayOutputStream();
		try (GZIPOutputStream gzip = new GZIPOutputStream(compressed)) {
			gzip.write(content);
		}
		ByteArrayOutputStream response = new ByteArrayOutputStream();
		response.write("HTTP/1.1 200 OK\r\nContent-Type: %s\r\nContent-Encoding: %s\r\nContent-Length: %d\r\n\r\n"
			.formatted(contentType, encoding, compressed.size())
			.getBytes(StandardCharsets.UTF_8));
		compressed.writeTo(response);
		return response.toByteArray();
	}

}
