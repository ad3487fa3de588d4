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

package dev.completion.server;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * HTTP server in this JVM that behaves as Anthropic's API does, for tests and for
 * development without a key.
 * <p>
 * It listens on the loopback address. Unscripted it checks requests as the API does, and
 * answers with text that depends on the prompt and is the same every time. Scripted it
 * plays the {@linkplain #enqueue(Reply...) queued replies}, and the faults of a network
 * and of a broken server with them.
 * <p>
 * It serves {@code POST /v1/complete}, {@code POST /v1/messages},
 * {@code POST /v1/messages/count_tokens}, {@code GET /v1/models} and {@code GET
 * /v1/models/{id}}. Of the models, {@code claude-2.1}, {@code claude-2.0},
 * {@code claude-2} and {@code claude-instant-1.2} are served on {@code /v1/complete}
 * only; newer ones are served on {@code /v1/messages} only, and refused on the other with
 * the API's own error. Some that the vendor has retired are served too; unknown ones are
 * not found. A token of its answers is a word with its leading space. Rate limits that
 * are set with the builder are enforced for all requests together. By default, they are
 * only reported.
 * <p>
 * Both APIs answer the same conversation with the same text, which in a completion has a
 * leading space. Messages are text: tools, images and documents are refused. Models from
 * Claude 5 on begin with a thought, a short one that does not count against
 * {@code max_tokens}, unless thinking is turned off; older ones when it is asked for.
 * <p>
 * Safe for use by many threads. Its own threads are daemons and end with
 * {@link #close()}.
 *
 * @since 0.1.0
 */
public final class CompletionServer implements AutoCloseable {

	/**
	 * API key of a server that was given none.
	 */
	static final String DEFAULT_API_KEY = "embedded-server-key";

	private final String apiKey;

	private final Script script = new Script();

	private final RequestLog requestLog = new RequestLog();

	private final RateLimits rateLimits;

	private final PromptCache cache = new PromptCache(Clock.systemUTC());

	private final RequestHandler handler;

	private final HttpListener listener;

	private CompletionServer(Builder builder) {
		this.apiKey = builder.apiKey;
		this.rateLimits = new RateLimits(Clock.systemUTC(), builder::limits);
		ApiRouter router = new ApiRouter(new Authentication(builder.apiKey), builder.chunkDelay, this.cache);
		this.handler = new RequestHandler(this.requestLog, this.script, router, this.rateLimits, this.cache);
		this.listener = HttpListener.bind(builder.port, this.handler::handle);
	}

	/**
	 * Start a server on a free port of the loopback address, with a default API key.
	 * @return the running server
	 */
	public static CompletionServer start() {
		return builder().start();
	}

	/**
	 * Return a builder for a server with other settings.
	 * @return the builder
	 */
	public static Builder builder() {
		return new Builder();
	}

	/**
	 * Run a server until the process is killed. Options are {@code --port}, 8089 if
	 * absent, {@code --api-key}, {@code --requests-per-minute},
	 * {@code --input-tokens-per-minute}, {@code --output-tokens-per-minute} and
	 * {@code --burst}. Prints the base URL, the key and a command to try. Bad arguments
	 * end the process with status 2, a port that cannot be bound with status 1.
	 * @param args the options, each followed by its value
	 */
	public static void main(String... args) {
		int status = CommandLine.run(System.out, System.err, args);
		if (status != 0) {
			System.exit(status);
		}
	}

	/**
	 * Return the URL under which the API is served, such as
	 * {@code http://127.0.0.1:8089}.
	 * @return the URL without a path
	 */
	public String baseUrl() {
		return "http://" + HttpListener.HOST + ":" + port();
	}

	/**
	 * Return the port the server listens on, or listened on before it was closed.
	 * @return the port
	 */
	public int port() {
		return this.listener.port();
	}

	/**
	 * Return the key that requests have to carry, as {@code x-api-key} or as a bearer
	 * token.
	 * @return the API key
	 */
	public String apiKey() {
		return this.apiKey;
	}

	/**
	 * Return the requests received so far, in the order of their arrival, those that were
	 * refused included. A request counts as received when its body has arrived. Only the
	 * newest 10,000 are kept.
	 * @return a snapshot of the requests
	 */
	public List<RecordedRequest> requests() {
		return this.requestLog.snapshot();
	}

	/**
	 * Add replies to the end of the queue. Each is played once, for the next request
	 * received, whatever its path; nothing about that request is checked, and no rate
	 * limit refuses it. When the queue is empty, the server answers as the API does.
	 * <p>
	 * A request to {@code /v1/complete} for a model that is served on
	 * {@code /v1/messages} is rejected, as in the API, and does not use a reply. The
	 * reply is used for the next request to {@code /v1/messages}. A request that counts
	 * tokens does not use a reply with text.
	 * @param replies the replies, in the order they are to be played
	 */
	public void enqueue(Reply... replies) {
		this.script.add(replies);
	}

	/**
	 * Remove the recorded requests, enqueued replies and cached prompts, and reset the
	 * rate limits. Responses in progress are not affected.
	 */
	public void reset() {
		this.script.clear();
		this.requestLog.clear();
		this.rateLimits.reset();
		this.cache.clear();
	}

	/**
	 * Close the port and all connections, and end the server's threads. Does nothing if
	 * the server is closed.
	 */
	@Override
	public void close() {
		this.handler.stop();
		this.listener.close();
	}

	/**
	 * Wait until the server is closed.
	 */
	void awaitClose() {
		this.listener.awaitClose();
	}

	@Override
	public String toString() {
		return "CompletionServer[" + baseUrl() + "]";
	}

	/**
	 * Builder of a {@link CompletionServer}. Not safe for use by many threads.
	 */
	public static final class Builder {

		private int port;

		private String apiKey = DEFAULT_API_KEY;

		private Duration chunkDelay = Duration.ofMillis(15);

		private @Nullable Long requestsPerMinute;

		private @Nullable Long inputTokensPerMinute;

		private @Nullable Long outputTokensPerMinute;

		private @Nullable Long burst;

		private Builder() {
		}

		/**
		 * Set the port to listen on.
		 * <p>
		 * The default is 0, a free port.
		 * @param port the port
		 * @return this builder
		 */
		public Builder port(int port) {
			this.port = Arguments.inRange(port, 0, 65535, "port");
			return this;
		}

		/**
		 * Set the key that requests have to carry.
		 * @param apiKey the key, of visible ASCII characters
		 * @return this builder
		 */
		public Builder apiKey(String apiKey) {
			this.apiKey = Arguments.visibleAscii(apiKey, "apiKey");
			return this;
		}

		/**
		 * Set the pause before each event of an unscripted stream.
		 * <p>
		 * The default is 15 milliseconds, so that streaming can be seen.
		 * @param chunkDelay the pause; zero for none
		 * @return this builder
		 */
		public Builder chunkDelay(Duration chunkDelay) {
			this.chunkDelay = Arguments.notNegative(chunkDelay, "chunkDelay");
			return this;
		}

		/**
		 * Set the number of requests that are accepted per minute. Requests that exceed
		 * the limit are refused with status 429 and {@code retry-after}.
		 * <p>
		 * There is no limit by default.
		 * @param requestsPerMinute the number of requests
		 * @return this builder
		 */
		public Builder requestsPerMinute(long requestsPerMinute) {
			this.requestsPerMinute = Arguments.limit(requestsPerMinute, "requestsPerMinute");
			return this;
		}

		/**
		 * Set the number of input tokens that are accepted per minute. A request that
		 * exceeds the limit by itself is accepted only if no tokens are in use.
		 * <p>
		 * There is no limit by default.
		 * @param inputTokensPerMinute the number of tokens
		 * @return this builder
		 */
		public Builder inputTokensPerMinute(long inputTokensPerMinute) {
			this.inputTokensPerMinute = Arguments.limit(inputTokensPerMinute, "inputTokensPerMinute");
			return this;
		}

		/**
		 * Set the number of output tokens that are accepted per minute. A request is
		 * accepted if any tokens are left, because its output tokens are not known in
		 * advance.
		 * <p>
		 * There is no limit by default.
		 * @param outputTokensPerMinute the number of tokens
		 * @return this builder
		 */
		public Builder outputTokensPerMinute(long outputTokensPerMinute) {
			this.outputTokensPerMinute = Arguments.limit(outputTokensPerMinute, "outputTokensPerMinute");
			return this;
		}

		/**
		 * Set the maximum number of requests that are accepted without a pause. The API
		 * may enforce 60 requests per minute as one request per second, while its headers
		 * report the limit per minute.
		 * <p>
		 * The default is {@link #requestsPerMinute(long)}.
		 * @param burst the number of requests, at most those of a minute
		 * @return this builder
		 */
		public Builder burst(long burst) {
			this.burst = Arguments.limit(burst, "burst");
			return this;
		}

		private List<EnforcedLimit> limits(Instant now) {
			List<EnforcedLimit> limits = new ArrayList<>();
			if (this.requestsPerMinute != null) {
				long atOnce = (this.burst != null) ? this.burst : this.requestsPerMinute;
				limits.add(new EnforcedLimit(EnforcedLimit.Kind.REQUESTS, this.requestsPerMinute, atOnce, now));
			}
			add(limits, EnforcedLimit.Kind.INPUT_TOKENS, this.inputTokensPerMinute, now);
			add(limits, EnforcedLimit.Kind.OUTPUT_TOKENS, this.outputTokensPerMinute, now);
			return limits;
		}

		private static void add(List<EnforcedLimit> limits, EnforcedLimit.Kind kind, @Nullable Long perMinute,
				Instant now) {
			if (perMinute != null) {
				limits.add(new EnforcedLimit(kind, perMinute, perMinute, now));
			}
		}

		/**
		 * Start the server.
		 * @return the running server
		 * @throws IllegalArgumentException if {@code burst} is set without
		 * {@code requestsPerMinute}, or exceeds it
		 * @throws IllegalStateException if the port cannot be bound
		 */
		public CompletionServer start() {
			Long burst = this.burst;
			if (burst != null) {
				Long limit = this.requestsPerMinute;
				Arguments.check(limit != null, () -> "'burst' requires 'requestsPerMinute'");
				Arguments.check(limit == null || burst <= limit,
						() -> "'burst' (" + burst + ") must not exceed 'requestsPerMinute' (" + limit + ")");
			}
			return new CompletionServer(this);
		}

	}

}
