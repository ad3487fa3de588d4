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
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

import com.anthropic.client.AnthropicClientAsync;
import com.anthropic.client.okhttp.AnthropicOkHttpClientAsync;
import com.anthropic.core.http.AsyncStreamResponse;
import com.anthropic.models.completions.Completion;
import dev.completion.samples.benchmark.Peer;

/**
 * The vendor's SDK, with callbacks.
 */
// the vendor wants to be rid of the endpoint
@SuppressWarnings("deprecation")
public final class AsyncPeer implements Peer {

	private final ExecutorService threads = Executors.newCachedThreadPool();

	private final AnthropicClientAsync client;

	/**
	 * Create a peer.
	 * @param baseUrl the base URL of the server
	 */
	public AsyncPeer(String baseUrl) {
		this.client = AnthropicOkHttpClientAsync.builder()
			.baseUrl(baseUrl)
			.apiKey("key")
			.maxIdleConnections(10_000)
			.keepAliveDuration(Duration.ofMinutes(5))
			.streamHandlerExecutor(this.threads)
			.build();
	}

	@Override
	public void stream(Runnable firstChunk, Receiver receiver) {
		this.client.completions().createStreaming(SyncPeer.REQUEST).subscribe(new AsyncStreamResponse.Handler<>() {

			private long characters;

			@Override
			public void onNext(Completion completion) {
				if (this.characters == 0) {
					firstChunk.run();
				}
				this.characters += completion.completion().length();
			}

			@Override
			public void onComplete(Optional<Throwable> error) {
				error.ifPresentOrElse(receiver::failed, () -> receiver.received(this.characters));
			}

		});
	}

	@Override
	@SuppressWarnings({ "FutureReturnValueIgnored", "deprecation" })
	public void complete(Receiver receiver) {
		this.client.completions().create(SyncPeer.REQUEST).whenComplete((completion, error) -> {
			if (completion != null) {
				receiver.received(completion.completion().length());
			}
			else {
				receiver.failed(Objects.requireNonNull(error));
			}
		});
	}

	@Override
	public void close() {
		this.threads.shutdownNow();
		this.client.close();
	}

}
