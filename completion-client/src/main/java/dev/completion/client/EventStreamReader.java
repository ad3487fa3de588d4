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
import org.springframework.http.InvalidMediaTypeException;
import org.springframework.http.MediaType;

/**
 * Reads the response to a stream request and converts it to completions: an event stream,
 * or a JSON document. Not thread-safe.
 */
final class EventStreamReader {

	// the size of {"type":"a"}
	private static final int MIN_TYPED_SIZE = 12;

	// larger data may be an error
	private static final int MAX_PING_SIZE = 32;

	private final SseDecoder decoder;

	private final int maxEventSize;

	private final CompletionReader reader;

	private final ApiErrorReader errors;

	private final Supplier<HttpHeaders> headers;

	private final int maxBodySize;

	private @Nullable BodyFormat format;

	// some servers do not support streams, or report errors as JSON
	private final BodyCollector document = new BodyCollector(0);

	private boolean apiEventReceived;

	private int events;

	private boolean progress;

	private boolean work;

	EventStreamReader(CompletionReader reader, ApiErrorReader errors, Supplier<HttpHeaders> headers, Limits limits) {
		this.maxEventSize = limits.event();
		this.maxBodySize = limits.body();
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
			if (this.format == null) {
				this.format = BodyFormat.of(bytes);
			}
			if (this.format == BodyFormat.JSON) {
				this.document.append(bytes, this.maxBodySize);
			}
			else {
				this.decoder.append(bytes);
			}
		}
		finally {
			DataBufferUtils.release(bytes);
		}
	}

	/**
	 * Return the next completion, or {@code null} if more bytes are needed.
	 */
	@Nullable Completion next() {
		checkFormat();
		while (nextEvent()) {
			this.events++;
			String event = event();
			if (event.equals("error")) {
				throw error();
			}
			if (event.equals("ping")) {
				continue;
			}
			this.progress = true;
			this.apiEventReceived |= this.reader.isKnown(event);
			Completion completion = completion(event);
			this.work |= this.reader.mayShowWork(event);
			if (completion != null) {
				return completion;
			}
		}
		return null;
	}

	// fails early, because a body of another format may never end
	private void checkFormat() {
		if (this.format == BodyFormat.OTHER && !isEventStream()) {
			throw noEvents();
		}
		if (this.document.size() > this.maxBodySize) {
			throw AttemptFailure.limitExceeded("body", this.maxBodySize);
		}
	}

	private String event() {
		String name = this.decoder.event();
		int size = this.decoder.dataLength();
		if (size < MIN_TYPED_SIZE || name.equals("error") || this.reader.isKnown(name)) {
			return name;
		}
		String type = name.equals("ping") ? name
				: this.reader.typeOf(name, this.decoder.buffer(), this.decoder.dataOffset(), size);
		boolean ping = type.equals("ping") && size <= MAX_PING_SIZE;
		AttemptFailure error = (ping || this.reader.isKnown(type)) ? null : envelope();
		if (error != null) {
			throw error;
		}
		return type;
	}

	/**
	 * Return the last completion of the stream if its stop reason has been received, or
	 * else {@code null}. More data may follow.
	 */
	@Nullable Completion end() {
		return this.reader.end();
	}

	/**
	 * Return the last completion of a body that has ended.
	 * @throws AttemptFailure if the body is truncated, or is not a response of the API
	 */
	Completion last() {
		if (this.format == BodyFormat.JSON) {
			return document(this.document.toByteArray());
		}
		Completion end = this.reader.end();
		if (end != null) {
			return end;
		}
		boolean stream = this.events == 0 && isEventStream() && this.format != BodyFormat.OTHER;
		throw (this.apiEventReceived || stream)
				? AttemptFailure.truncated("The stream ended without a stop reason", null) : noEvents();
	}

	private AttemptFailure noEvents() {
		return AttemptFailure.malformed("The response contains no events of the " + this.reader.apiName() + " ("
				+ ApiErrorDescription.contentType(this.headers.get()) + "); see 'completion.base-url'");
	}

	private boolean isEventStream() {
		return MediaType.TEXT_EVENT_STREAM.isCompatibleWith(contentType());
	}

	private Completion document(byte[] json) {
		try {
			Completion completion = this.reader.read(json);
			return (completion.stopReason() != null) ? completion : completion.withStopReason(StopReason.STOP_SEQUENCE);
		}
		catch (UnreadableException ex) {
			AttemptFailure error = this.errors.readEnvelope(this.headers.get(), json, 0, json.length, false);
			throw (error != null) ? error : AttemptFailure.malformed("The response " + ex.getMessage() + " ("
					+ ApiErrorDescription.contentType(this.headers.get()) + ")");
		}
	}

	private @Nullable MediaType contentType() {
		try {
			return this.headers.get().getContentType();
		}
		catch (InvalidMediaTypeException ex) {
			return null;
		}
	}

	private boolean nextEvent() {
		try {
			return this.decoder.next();
		}
		catch (DataBufferLimitException ex) {
			throw AttemptFailure.limitExceeded("event", this.maxEventSize);
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
			AttemptFailure error = envelope();
			throw (error != null) ? error
					: AttemptFailure.malformed("Event " + this.events + " of the stream " + ex.getMessage());
		}
	}

	private AttemptFailure error() {
		AttemptFailure error = this.errors.readEvent(this.headers.get(), this.decoder.buffer(),
				this.decoder.dataOffset(), this.decoder.dataLength());
		return this.work ? error.afterWork() : error;
	}

	private @Nullable AttemptFailure envelope() {
		AttemptFailure error = this.errors.readEnvelope(this.headers.get(), this.decoder.buffer(),
				this.decoder.dataOffset(), this.decoder.dataLength(), true);
		return (error != null && this.work) ? error.afterWork() : error;
	}

}
