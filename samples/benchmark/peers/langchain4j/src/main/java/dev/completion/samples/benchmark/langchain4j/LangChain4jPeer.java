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

package dev.completion.samples.benchmark.langchain4j;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

import dev.completion.samples.benchmark.Peer;
import dev.langchain4j.model.anthropic.AnthropicChatModel;
import dev.langchain4j.model.anthropic.AnthropicStreamingChatModel;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;

/**
 * LangChain4j, over the Messages API.
 */
public final class LangChain4jPeer implements Peer {

	private final ExecutorService threads = Executors.newCachedThreadPool();

	private final AnthropicStreamingChatModel streaming;

	private final AnthropicChatModel blocking;

	/**
	 * Create a peer.
	 * @param baseUrl the base URL of the server
	 */
	public LangChain4jPeer(String baseUrl) {
		this.streaming = AnthropicStreamingChatModel.builder()
			.baseUrl(baseUrl + "/v1")
			.apiKey("key")
			.modelName("claude-haiku-5-5")
			.maxTokens(100)
			.build();
		this.blocking = AnthropicChatModel.builder()
			.baseUrl(baseUrl + "/v1")
			.apiKey("key")
			.modelName("claude-haiku-5-5")
			.maxTokens(100)
			.build();
	}

	@Override
	public void stream(Runnable firstChunk, Receiver receiver) {
		StreamingChatResponseHandler handler = new StreamingChatResponseHandler() {

			private long characters;

			@Override
			public void onPartialResponse(String text) {
				if (this.characters == 0) {
					firstChunk.run();
				}
				this.characters += text.length();
			}

			@Override
			public void onCompleteResponse(ChatResponse response) {
				receiver.received(this.characters);
			}

			@Override
			public void onError(Throwable error) {
				receiver.failed(error);
			}

		};
		// a response that comes soon is read to its end by whoever asked for it
		this.threads.execute(() -> this.streaming.chat("Hi", handler));
	}

	@Override
	public void complete(Receiver receiver) {
		this.threads.execute(() -> {
			try {
				receiver.received(this.blocking.chat("Hi").length());
			}
			catch (RuntimeException ex) {
				receiver.failed(ex);
			}
		});
	}

	@Override
	public void close() {
		this.threads.shutdownNow();
	}

}
