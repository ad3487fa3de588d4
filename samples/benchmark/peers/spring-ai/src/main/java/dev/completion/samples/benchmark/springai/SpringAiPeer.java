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

package dev.completion.samples.benchmark.springai;

import java.util.Objects;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;

import dev.completion.samples.benchmark.Peer;

import org.springframework.ai.anthropic.AnthropicChatModel;
import org.springframework.ai.anthropic.AnthropicChatOptions;
import org.springframework.ai.chat.model.ChatResponse;
import org.springframework.ai.chat.prompt.Prompt;

/**
 * Spring AI, over the Messages API.
 */
public final class SpringAiPeer implements Peer {

	private final ExecutorService threads = Executors.newCachedThreadPool();

	private final AnthropicChatModel model;

	/**
	 * Create a peer.
	 * @param baseUrl the base URL of the server
	 */
	public SpringAiPeer(String baseUrl) {
		this.model = AnthropicChatModel.builder()
			.options(AnthropicChatOptions.builder()
				.baseUrl(baseUrl)
				.apiKey("key")
				.model("claude-haiku-5-5")
				.maxTokens(100)
				.build())
			.build();
	}

	private static long length(ChatResponse response) {
		String text = (response.getResult() != null) ? response.getResult().getOutput().getText() : null;
		return (text != null) ? text.length() : 0;
	}

	@Override
	public void stream(Runnable firstChunk, Receiver receiver) {
		AtomicBoolean begun = new AtomicBoolean();
		this.model.stream(new Prompt("Hi")).map((response) -> {
			long length = length(response);
			if (length > 0 && begun.compareAndSet(false, true)) {
				firstChunk.run();
			}
			return length;
		}).reduce(0L, Long::sum).subscribe(receiver::received, receiver::failed);
	}

	@Override
	public void complete(Receiver receiver) {
		this.threads.execute(() -> {
			try {
				receiver.received(length(Objects.requireNonNull(this.model.call(new Prompt("Hi")))));
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
