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
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/**
 * Server whose responses for the two API paths are set by the test. Each response closes
 * its connection.
 */
final class TwoPathServer implements AutoCloseable {

	static final String REFUSAL = "\"claude-sonnet-4-5\" is not supported on this API. Please use the Messages API instead.";

	static final Response REFUSED = Response.error(400, "invalid_request_error", REFUSAL.replace("\"", "\\\""));

	static final Response NOT_FOUND = new Response(404, "text/plain", "404 page not found");

	private static final Pattern STREAM = Pattern.compile("\"stream\": ?true");

	private final RawServer server = RawServer.start(this::respond);

	private volatile Supplier<Response> textCompletions = () -> NOT_FOUND;

	private volatile Supplier<Response> messages = () -> NOT_FOUND;

	/**
	 * Return a supplier of the given responses, one after another. The last one is
	 * repeated.
	 */
	static Supplier<Response> each(Response... responses) {
		AtomicInteger number = new AtomicInteger();
		return () -> responses[Math.min(number.getAndIncrement(), responses.length - 1)];
	}

	/**
	 * Wait in a response.
	 */
	static void await(CountDownLatch latch) {
		try {
			latch.await();
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/**
	 * Create a client of this server that does not retry calls.
	 */
	CompletionClient client() {
		return CompletionClient.builder()
			.baseUrl(this.server.baseUrl())
			.apiKey(AbstractCompletionClientTests.KEY)
			.retry(RetryPolicy.builder().maxRetries(0).build())
			.build();
	}

	/**
	 * Set the responses of the Text Completions API. They may block.
	 */
	TwoPathServer textCompletions(Supplier<Response> responses) {
		this.textCompletions = responses;
		return this;
	}

	/**
	 * Set the responses of the Messages API. They may block.
	 */
	TwoPathServer messages(Supplier<Response> responses) {
		this.messages = responses;
		return this;
	}

	/**
	 * Return the paths of all requests so far.
	 */
	List<String> paths() {
		return this.server.requests().stream().map((request) -> request.split(" ", 3)[1]).toList();
	}

	private void respond(String request, Socket socket) throws IOException {
		ApiFixture api = request.startsWith("POST /v1/messages ") ? ApiFixture.MESSAGES : ApiFixture.TEXT_COMPLETIONS;
		Response response = ((api == ApiFixture.MESSAGES) ? this.messages : this.textCompletions).get();
		boolean stream = STREAM.matcher(request).find();
		RawServer.write(socket, (response.status != 0) ? response.http() : success(api, stream).http());
	}

	private static Response success(ApiFixture api, boolean stream) {
		return stream ? new Response(200, "text/event-stream", api.delta("Hello") + api.last("max_tokens"))
				: new Response(200, "application/json", api.answer("Hello", "max_tokens"));
	}

	@Override
	public void close() {
		this.server.close();
	}

	/**
	 * A response.
	 *
	 * @param status the HTTP status, or 0 for a completion
	 * @param contentType the content type
	 * @param body the body
	 */
	record Response(int status, String contentType, String body) {

		static final Response SUCCESS = new Response(0, "", "");

		static Response error(int status, String type, String message) {
			return new Response(status, "application/json",
					"{\"type\":\"error\",\"error\":{\"type\":\"%s\",\"message\":\"%s\"}}".formatted(type, message));
		}

		private String http() {
			return "HTTP/1.1 %d X\r\nContent-Type: %s\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s"
				.formatted(this.status, this.contentType, this.body.length(), this.body);
		}

	}

}
