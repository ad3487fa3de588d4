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

import java.util.Iterator;
import java.util.NoSuchElementException;

import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.http.HttpHeaders;

/**
 * The event stream of one answer, from bytes to completions. Not safe for use by several
 * threads.
 */
final class CompletionStream implements Iterable<Completion> {

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
	 * reason, or with a {@link CallFailure#truncated() truncation}.
	 */
	Flux<Completion> read(Flux<DataBuffer> body) {
		// one buffer at a time, and the next only when this one is used up and more is
		// wanted: so a slow subscriber slows the server down
		return body.concatMapIterable(this::decode, 1)
			.concatWith(Mono.error(CallFailure::truncated))
			.takeUntil((completion) -> completion.stopReason() != null);
	}

	private Iterable<Completion> decode(DataBuffer bytes) {
		try {
			this.decoder.append(bytes);
		}
		finally {
			DataBufferUtils.release(bytes);
		}
		return this;
	}

	@Override
	public Iterator<Completion> iterator() {
		return new Iterator<>() {

			private @Nullable Completion next;

			@Override
			public boolean hasNext() {
				if (this.next == null) {
					this.next = nextCompletion();
				}
				return this.next != null;
			}

			@Override
			public Completion next() {
				Completion result = hasNext() ? this.next : null;
				if (result == null) {
					throw new NoSuchElementException();
				}
				this.next = null;
				return result;
			}

		};
	}

	private @Nullable Completion nextCompletion() {
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
		catch (TextCompletionReader.UnreadableException ex) {
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
