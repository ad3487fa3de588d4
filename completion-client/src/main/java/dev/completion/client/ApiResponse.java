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

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Signal;

import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.InvalidMediaTypeException;
import org.springframework.http.MediaType;
import org.springframework.web.reactive.function.client.ClientResponse;

/**
 * HTTP response of the API. Only a response with a status from 200 to 202 is read as a
 * result. Any other response is reported as an error.
 */
final class ApiResponse {

	// the key that Reactor looks up before its global hook
	private static final String ON_NEXT_DROPPED = "reactor.onNextDropped.local";

	private static final Duration MAX_ERROR_BODY_TIME = Duration.ofSeconds(5);

	// a content length is no proof that as many bytes arrive
	private static final int MAX_INITIAL_BODY_SIZE = 64 * 1024;

	private final ClientResponse response;

	// a view of the connector's headers
	private final HttpHeaders received;

	private final ApiErrorReader errors;

	private final Limits limits;

	private final Deadline deadline;

	private volatile @Nullable HttpHeaders headers;

	private @Nullable RateLimits rateLimits;

	/**
	 * Create a response.
	 * @param response the response
	 * @param errors the reader of error responses
	 * @param limits the limits of the body
	 * @param deadline the deadline for the body of an error response
	 */
	ApiResponse(ClientResponse response, ApiErrorReader errors, Limits limits, Deadline deadline) {
		this.response = response;
		this.errors = errors;
		this.limits = limits;
		this.deadline = deadline;
		this.received = response.headers().asHttpHeaders();
	}

	/**
	 * Return a copy of the headers that the caller may retain.
	 */
	HttpHeaders headers() {
		HttpHeaders headers = this.headers;
		if (headers == null) {
			HttpHeaders copy = new HttpHeaders();
			this.received.forEach((name, values) -> copy.put(name, redacted(values)));
			headers = HttpHeaders.readOnlyHttpHeaders(copy);
			this.headers = headers;
		}
		return headers;
	}

	@Nullable String header(String name) {
		return this.received.getFirst(name);
	}

	private List<String> redacted(List<String> values) {
		return (values.size() == 1) ? List.of(this.errors.redact(values.get(0)))
				: values.stream().map(this.errors::redact).toList();
	}

	@Nullable String requestId() {
		String requestId = this.errors.requestId(this.received.getFirst("request-id"));
		return (requestId != null) ? requestId : this.errors.requestId(this.received.getFirst("x-request-id"));
	}

	CompletionResponse wrap(Completion completion, int attempts, CompletionApi api) {
		return new CompletionResponse(completion, requestId(), headers().getFirst("anthropic-organization-id"),
				rateLimits(), attempts, api, Usage.of(completion), headers());
	}

	private RateLimits rateLimits() {
		if (this.rateLimits == null) {
			this.rateLimits = RateLimits.from(headers());
		}
		return this.rateLimits;
	}

	/**
	 * Read a JSON response, regardless of its content type.
	 * @param reader the function that reads the complete body
	 */
	<T> Mono<T> json(Function<byte[], T> reader) {
		return isOk() ? releasing(json(body(), reader)) : failure();
	}

	private <T> Mono<T> json(Flux<DataBuffer> body, Function<byte[], T> reader) {
		return body.collect(this::collector, this::appendJson).map((bytes) -> read(bytes.toByteArray(), reader));
	}

	private void appendJson(BodyCollector body, DataBuffer buffer) {
		if (body.size() == 0 && !isJson() && isOther(buffer)) {
			// the body may never end
			throw AttemptFailure.malformed(notJson());
		}
		append(body, buffer);
	}

	/**
	 * Read a completion from a JSON response, or from an event stream if the server sends
	 * one, regardless of the content type.
	 * @param reader the reader of the response
	 * @param timeouts the timeouts of an event stream
	 */
	Mono<Completion> completion(CompletionReader reader, Timeouts timeouts) {
		return isOk() ? releasing(body().skipWhile(ApiResponse::isBlank)
			.switchOnFirst(
					(first, body) -> isEventStream(first) ? joined(body, reader, timeouts) : json(body, reader::read),
					false)
			.single()) : failure();
	}

	// also releases buffers that arrive after a cancellation
	private static <T> Mono<T> releasing(Mono<T> result) {
		return result.doOnDiscard(DataBuffer.class, DataBufferUtils::release);
	}

	private static boolean isBlank(DataBuffer bytes) {
		return BodyFormat.of(bytes) == null;
	}

	private static boolean isEventStream(Signal<? extends DataBuffer> first) {
		DataBuffer bytes = first.get();
		return bytes != null && BodyFormat.of(bytes) == BodyFormat.EVENT_STREAM;
	}

	private Mono<Completion> joined(Flux<DataBuffer> body, CompletionReader reader, Timeouts timeouts) {
		AtomicLong size = new AtomicLong();
		return events(body.doOnNext((bytes) -> {
			if (size.addAndGet(bytes.readableByteCount()) > this.limits.body()) {
				DataBufferUtils.release(bytes);
				throw bodyTooLarge();
			}
		}), reader, timeouts).takeUntil((completion) -> completion.stopReason() != null).as(Completion::join);
	}

	/**
	 * Return the body, decompressed if necessary. A compressed body is collected first.
	 */
	private Flux<DataBuffer> body() {
		Flux<DataBuffer> body = bytes();
		if (encoding() != null) {
			body = body.collect(this::collector, this::append)
				.map((bytes) -> DefaultDataBufferFactory.sharedInstance.wrap(decompressed(bytes.toByteArray())))
				.cast(DataBuffer.class)
				.flux();
		}
		return body;
	}

	private BodyCollector collector() {
		long length = Math.min(this.received.getContentLength(), MAX_INITIAL_BODY_SIZE);
		return new BodyCollector((int) Math.max(length, 0));
	}

	// if this fails, the operator discards, and thereby releases, the buffer
	private void append(BodyCollector body, DataBuffer buffer) {
		if (buffer.readableByteCount() > this.limits.body() - body.size()) {
			throw bodyTooLarge();
		}
		body.append(buffer, this.limits.body());
		DataBufferUtils.release(buffer);
	}

	private static boolean isOther(DataBuffer start) {
		BodyFormat format = BodyFormat.of(start);
		return format != null && format != BodyFormat.JSON;
	}

	private <T> T read(byte[] json, Function<byte[], T> reader) {
		try {
			return reader.apply(json);
		}
		catch (UnreadableException ex) {
			AttemptFailure error = this.errors.readEnvelope(headers(), json, 0, json.length, false);
			throw (error != null) ? error : AttemptFailure
				.malformed("The response " + ex.getMessage() + " (" + ApiErrorDescription.contentType(headers()) + ")");
		}
	}

	/**
	 * Read the response to a stream request, regardless of its content type. A compressed
	 * body is read completely before its events are delivered.
	 * @param reader the reader of the events
	 * @param timeouts the timeouts of the stream
	 */
	Flux<Completion> eventStream(CompletionReader reader, Timeouts timeouts) {
		if (!isOk()) {
			return this.<Completion>failure().flux();
		}
		return events(body(), reader, timeouts);
	}

	private Flux<Completion> events(Flux<DataBuffer> body, CompletionReader reader, Timeouts timeouts) {
		return new EventStreamReader(reader, this.errors, this::headers, this.limits).read(body, timeouts,
				DeadlineScheduler.shared());
	}

	private <T> Mono<T> failure() {
		HttpStatusCode status = this.response.statusCode();
		if (!status.isError()) {
			return malformed(unexpectedStatus());
		}
		return errorBody().flatMap((body) -> Mono.error(this.errors.read(status, headers(), body)));
	}

	/**
	 * Fail without reading the body. It contains no relevant information and may be
	 * endless, so the connection is closed.
	 */
	private <T> Mono<T> malformed(String message) {
		return Mono.defer(() -> {
			bytes().onErrorComplete().subscribe(DataBufferUtils.releaseConsumer()).dispose();
			return Mono.error(AttemptFailure.malformed(message));
		});
	}

	boolean isOk() {
		int status = this.response.statusCode().value();
		return status >= 200 && status <= 202;
	}

	/**
	 * Return whether this is an HTML response with a status from 200 to 202.
	 */
	boolean isWebPage() {
		return isOk() && MediaType.TEXT_HTML.isCompatibleWith(contentType());
	}

	private boolean isJson() {
		MediaType type = contentType();
		return MediaType.APPLICATION_JSON.isCompatibleWith(type)
				|| (type != null && type.getSubtype().endsWith("+json"));
	}

	private @Nullable MediaType contentType() {
		try {
			return this.received.getContentType();
		}
		catch (InvalidMediaTypeException ex) {
			return null;
		}
	}

	private @Nullable String encoding() {
		String encoding = this.received.getFirst(HttpHeaders.CONTENT_ENCODING);
		return (encoding == null || encoding.isBlank() || encoding.equalsIgnoreCase("identity")) ? null
				: encoding.toLowerCase(Locale.ROOT);
	}

	private String unexpectedStatus() {
		String rule = this.response.statusCode().is3xxRedirection()
				? ": redirects are not followed, so that the credential is not sent to another location; see 'completion.base-url'"
				: ", but a status from 200 to 202 is required";
		return "The server responded with status " + this.response.statusCode().value() + rule;
	}

	private String notJson() {
		return "The response is not JSON (" + ApiErrorDescription.contentType(headers())
				+ "); see 'completion.base-url'";
	}

	private Flux<DataBuffer> bytes() {
		return this.response.body((message, context) -> message.getBody());
	}

	/**
	 * Read the body of an error response up to the size limit, then close the connection.
	 * A body that is truncated, stalls, or cannot be decompressed is used as it is,
	 * because the status is sufficient.
	 */
	private Mono<byte[]> errorBody() {
		Flux<DataBuffer> bytes = bytes().onErrorComplete()
			.takeUntilOther(Mono.delay(this.deadline.atMost(MAX_ERROR_BODY_TIME), DeadlineScheduler.shared()));
		return DataBufferUtils.join(DataBufferUtils.takeUntilByteCount(bytes, this.errors.maxBytesRead()))
			.contextWrite((context) -> context.put(ON_NEXT_DROPPED, (Consumer<Object>) ApiResponse::release))
			.map(ApiResponse::takeAll)
			.map(this::decompressedIfPossible)
			.defaultIfEmpty(new byte[0]);
	}

	// an operator that is complete drops buffers that arrive at that time, and does not
	// discard them
	private static void release(Object dropped) {
		if (dropped instanceof DataBuffer buffer) {
			DataBufferUtils.release(buffer);
		}
	}

	private byte[] decompressedIfPossible(byte[] body) {
		try {
			return decompress(body, this.errors.maxBytesRead());
		}
		catch (IOException ex) {
			return body;
		}
	}

	private byte[] decompressed(byte[] body) {
		try {
			byte[] decompressed = decompress(body, this.limits.body() + 1);
			if (decompressed.length > this.limits.body()) {
				throw bodyTooLarge();
			}
			return decompressed;
		}
		catch (IOException ex) {
			throw AttemptFailure.malformed(
					this.errors.redact("The response cannot be decompressed, content encoding is " + encoding()));
		}
	}

	private AttemptFailure bodyTooLarge() {
		return AttemptFailure.limitExceeded("body", this.limits.body());
	}

	private byte[] decompress(byte[] body, int maxSize) throws IOException {
		String encoding = encoding();
		if (encoding == null || body.length == 0) {
			return body;
		}
		if (!encoding.equals("gzip")) {
			throw new IOException("Only gzip was requested");
		}
		try (InputStream stream = new GzipMemberInputStream(new ByteArrayInputStream(body))) {
			return stream.readNBytes(maxSize);
		}
	}

	private static byte[] takeAll(DataBuffer buffer) {
		byte[] bytes = new byte[buffer.readableByteCount()];
		buffer.read(bytes);
		DataBufferUtils.release(buffer);
		return bytes;
	}

}
