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

import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Operators;

import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.http.HttpHeaders;

/**
 * The event stream of one answer, from bytes to completions. Not safe for use by several
 * threads.
 */
final class CompletionStream {

	private static final int MAX_EVENT_SIZE = 1024 * 1024;

	private final SseDecoder decoder = new SseDecoder(MAX_EVENT_SIZE);

	private final TextCompletionReader reader;

	private final ApiErrorReader errors;

	private final HttpHeaders headers;

	private int events;

	CompletionStream(TextCompletionReader reader, ApiErrorReader errors, HttpHeaders headers) {
		this.reader = reader;
		this.errors = errors;
		this.headers = headers;
	}

	/**
	 * Return the completions of the given body. They end with the first that has a stop
	 * reason, or with a {@linkplain CallFailure#truncated() truncation}.
	 */
	Flux<Completion> read(Flux<DataBuffer> body) {
		return Flux.from(Operators
			.<DataBuffer, Completion>lift((scannable, subscriber) -> new CompletionSubscriber(this, subscriber))
			.apply(body));
	}

	/**
	 * Take the next bytes, and release their buffer.
	 */
	void append(DataBuffer bytes) {
		try {
			this.decoder.append(bytes);
		}
		finally {
			DataBufferUtils.release(bytes);
		}
	}

	/**
	 * Return the next completion, or {@code null} if more bytes are needed.
	 */
	@Nullable Completion next() {
		while (this.decoder.next()) {
			this.events++;
			// the name decides, whatever the data says; names to come are to be ignored
			switch (this.decoder.event()) {
				case "completion" -> {
					return completion();
				}
				case "error" -> throw error();
				default -> {
				}
			}
		}
		return null;
	}

	private Completion completion() {
		try {
			return this.reader.read(this.decoder.buffer(), this.decoder.dataOffset(), this.decoder.dataLength());
		}
		catch (UnreadableException ex) {
			throw CallFailure.malformed("Event " + this.events + " of the stream " + ex.getMessage());
		}
	}

	private CallFailure error() {
		byte[] buffer = this.decoder.buffer();
		int offset = this.decoder.dataOffset();
		int length = this.decoder.dataLength();
		CallFailure error = this.errors.readEnvelope(this.headers, buffer, offset, length, true);
		return (error != null) ? error : this.errors.unreadableEvent(this.headers, buffer, offset, length);
	}

}
