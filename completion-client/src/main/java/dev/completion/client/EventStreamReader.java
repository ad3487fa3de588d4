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

import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.scheduler.Scheduler;

import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferLimitException;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.http.HttpHeaders;

/**
 * Reads the event stream of a response and converts it to completions. Not thread-safe.
 */
final class EventStreamReader {

	private final SseDecoder decoder;

	private final int maxEventSize;

	private final CompletionReader reader;

	private final ApiErrorReader errors;

	private final Supplier<HttpHeaders> headers;

	private int events;

	private boolean progress;

	private boolean work;

	EventStreamReader(CompletionReader reader, ApiErrorReader errors, Supplier<HttpHeaders> headers, Limits limits) {
		this.maxEventSize = limits.event();
		this.decoder = new SseDecoder(this.maxEventSize);
		this.reader = reader;
		this.errors = errors;
		this.headers = headers;
	}

	/**
	 * Return the completions of the given body. The first completion with a stop reason
	 * is the last one, even if the body has not ended yet. A body that ends before is
	 * truncated.
	 * @param body the bytes
	 * @param timeouts the timeouts of the stream
	 * @param scheduler the scheduler of the timeouts
	 */
	Flux<Completion> read(Flux<DataBuffer> body, Timeouts timeouts, Scheduler scheduler) {
		return new InterposedFlux<>(body, (source, subscriber) -> source
			.subscribe(new EventStreamSubscriber(this, subscriber, timeouts, scheduler)));
	}

	/**
	 * Append the next bytes and release their buffer.
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
		while (nextEvent()) {
			this.events++;
			String event = this.decoder.event();
			if (event.equals("error")) {
				throw error();
			}
			if (event.equals("ping")) {
				continue;
			}
			Completion completion = completion(event);
			// an event without a name may be a ping
			this.progress |= completion != null || !event.equals(SseDecoder.UNNAMED);
			this.work |= this.reader.mayShowWork(event);
			if (completion != null) {
				return completion;
			}
		}
		return null;
	}

	private boolean nextEvent() {
		try {
			return this.decoder.next();
		}
		catch (DataBufferLimitException ex) {
			throw AttemptFailure.limitExceeded("event", this.maxEventSize + " bytes");
		}
	}

	/**
	 * Return whether an event other than a ping was read since the last call of this
	 * method.
	 */
	boolean takeProgress() {
		boolean progress = this.progress;
		this.progress = false;
		return progress;
	}

	private @Nullable Completion completion(String event) {
		try {
			return this.reader.readEvent(event, this.decoder.buffer(), this.decoder.dataOffset(),
					this.decoder.dataLength());
		}
		catch (UnreadableException ex) {
			throw AttemptFailure.malformed("Event " + this.events + " of the stream " + ex.getMessage());
		}
	}

	private AttemptFailure error() {
		byte[] buffer = this.decoder.buffer();
		int offset = this.decoder.dataOffset();
		int length = this.decoder.dataLength();
		HttpHeaders headers = this.headers.get();
		AttemptFailure error = this.errors.readEnvelope(headers, buffer, offset, length, true);
		AttemptFailure failure = (error != null) ? error : this.errors.unreadableEvent(headers, buffer, offset, length);
		return this.work ? failure.afterWork() : failure;
	}

}
