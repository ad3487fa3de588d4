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

package dev.completion.samples.benchmark.anthropicjava;

import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;

import com.anthropic.client.AnthropicClient;
import com.anthropic.client.okhttp.AnthropicOkHttpClient;
import com.anthropic.core.http.StreamResponse;
import com.anthropic.models.completions.Completion;
import com.anthropic.models.completions.CompletionCreateParams;
import dev.completion.samples.benchmark.Peer;

/**
 * The vendor's SDK, blocking: a thread for each call.
 */
// the vendor wants to be rid of the endpoint
@SuppressWarnings("deprecation")
public final class SyncPeer implements Peer {

	static final CompletionCreateParams REQUEST = CompletionCreateParams.builder()
		.model("claude-2.1")
		.prompt("\n\nHuman: Hi\n\nAssistant:")
		.maxTokensToSample(100)
		.build();

	private final ExecutorService threads = Executors.newCachedThreadPool();

	private final AnthropicClient client;

	/**
	 * Create a peer.
	 * @param baseUrl the base URL of the server
	 */
	public SyncPeer(String baseUrl) {
		this.client = AnthropicOkHttpClient.builder()
			.baseUrl(baseUrl)
			.apiKey("key")
			.maxIdleConnections(10_000)
			.keepAliveDuration(Duration.ofMinutes(5))
			.build();
	}

	@Override
	public void stream(Runnable firstChunk, Receiver receiver) {
		this.threads.execute(() -> {
			AtomicBoolean begun = new AtomicBoolean();
			try (StreamResponse<Completion> response = this.client.completions().createStreaming(REQUEST)) {
				receiver.received(response.stream().mapToLong((completion) -> {
					if (begun.compareAndSet(false, true)) {
						firstChunk.run();
					}
					return completion.completion().length();
				}).sum());
			}
			catch (RuntimeException ex) {
				receiver.failed(ex);
			}
		});
	}

	@Override
	public void complete(Receiver receiver) {
		this.threads.execute(() -> {
			try {
				receiver.received(this.client.completions().create(REQUEST).completion().length());
			}
			catch (RuntimeException ex) {
				receiver.failed(ex);
			}
		});
	}

	@Override
	public void close() {
		this.threads.shutdownNow();
		this.client.close();
	}

}
