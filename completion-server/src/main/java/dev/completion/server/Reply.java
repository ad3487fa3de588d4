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

import java.time.Duration;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;

/**
 * Scripted reply of a {@link CompletionServer}.
 * <p>
 * Every reply carries a {@code request-id}, one with text the rate-limit headers too,
 * unless {@link #header(String, String)} sets them. Replies are immutable, safe for use
 * by many threads, and can be queued any number of times.
 *
 * @since 0.1.0
 */
public final class Reply {

	private final Function<Exchange, Answer> content;

	private final @Nullable Integer status;

	private final Map<String, String> headers;

	private final Duration delay;

	private final @Nullable Duration chunkDelay;

	private Reply(Function<Exchange, Answer> content) {
		this(content, null, Map.of(), Duration.ZERO, null);
	}

	private Reply(Function<Exchange, Answer> content, @Nullable Integer status, Map<String, String> headers,
			Duration delay, @Nullable Duration chunkDelay) {
		this.content = content;
		this.status = status;
		this.headers = headers;
		this.delay = delay;
		this.chunkDelay = chunkDelay;
	}

	/**
	 * Return a reply with the given text as the completion, as JSON or as an event
	 * stream, as the body of the request asks. A stream has a ping after its first delta,
	 * and ends with an event that has the stop reason and no text. Deltas are the text's
	 * words, each with its leading space.
	 * @param text the completion, used as it is: a leading space, as the API sends it, is
	 * not added
	 * @return the reply, with status 200
	 */
	public static Reply text(String text) {
		return new Reply(new ReplyText(Arguments.notNull(text, "text")));
	}

	/**
	 * Return a reply with the API's error envelope. Its {@code request_id} is the value
	 * of the {@code request-id} header.
	 * @param status the status, from 200 to 599
	 * @param type the type of the error, such as {@code overloaded_error}
	 * @param message the message of the error
	 * @return the reply
	 */
	public static Reply error(int status, String type, String message) {
		ApiException error = new ApiException(Arguments.status(status, "status"), Arguments.notNull(type, "type"),
				Arguments.notNull(message, "message"));
		return new Reply(error::answer);
	}

	/**
	 * Return a reply with the given body, whatever the request asks.
	 * @param status the status, from 200 to 599
	 * @param contentType the value of the {@code content-type} header
	 * @param body the body, sent as UTF-8
	 * @return the reply
	 */
	public static Reply body(int status, String contentType, String body) {
		Answer answer = Answer.literal(Arguments.status(status, "status"),
				Arguments.headerValue(contentType, "contentType"), Arguments.notNull(body, "body"));
		return new Reply((exchange) -> answer);
	}

	/**
	 * Return a reply with the given event stream, whatever the request asks. Each event,
	 * up to and including its blank line, is sent on its own.
	 * @param eventStream the text of the stream, which need not be well formed
	 * @return the reply, with status 200 and content type
	 * {@code text/event-stream; charset=utf-8}
	 */
	public static Reply events(String eventStream) {
		Answer answer = Answer.events(EventStream.split(Arguments.notNull(eventStream, "eventStream")));
		return new Reply((exchange) -> answer);
	}

	/**
	 * Return a copy that splits its text into deltas of the given sizes. The last size
	 * holds for the rest of the text. A character is a Unicode code point, so no
	 * surrogate pair is ever split.
	 * @param characters the sizes in characters, each at least 1
	 * @return the copy
	 * @throws IllegalStateException if this is not a reply made by {@link #text(String)}
	 */
	public Reply chunkSizes(int... characters) {
		int[] sizes = Arguments.notNull(characters, "characters").clone();
		Arguments.check(sizes.length > 0, () -> "'characters' must not be empty");
		for (int size : sizes) {
			Arguments.check(size > 0, () -> "'characters' must be positive, not " + size);
		}
		return withContent(text().withChunkSizes(sizes));
	}

	/**
	 * Return a copy with another stop reason.
	 * <p>
	 * The default is {@code stop_sequence}, the only one that comes with a {@code stop}.
	 * @param value the stop reason
	 * @return the copy
	 * @throws IllegalStateException if this is not a reply made by {@link #text(String)}
	 */
	public Reply stopReason(String value) {
		return withContent(text().withStopReason(Arguments.notNull(value, "value")));
	}

	/**
	 * Return a copy that waits before it sends the status line.
	 * @param delay the time to wait
	 * @return the copy
	 */
	public Reply delay(Duration delay) {
		return new Reply(this.content, this.status, this.headers, Arguments.notNegative(delay, "delay"),
				this.chunkDelay);
	}

	/**
	 * Return a copy that sends status and headers at once, and then waits before each
	 * event. In any body, what ends with a blank line counts as an event, and so does the
	 * rest.
	 * @param chunkDelay the time to wait before each event
	 * @return the copy
	 */
	public Reply chunkDelay(Duration chunkDelay) {
		return new Reply(this.content, this.status, this.headers, this.delay,
				Arguments.notNegative(chunkDelay, "chunkDelay"));
	}

	/**
	 * Return a copy with a header added, or replaced if it is there.
	 * @param name the name of the header; {@code content-length} and
	 * {@code transfer-encoding} are up to the server
	 * @param value the value of the header
	 * @return the copy
	 */
	public Reply header(String name, String value) {
		Map<String, String> copy = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
		copy.putAll(this.headers);
		copy.put(Arguments.headerName(name, "name"), Arguments.headerValue(value, "value"));
		return new Reply(this.content, this.status, Collections.unmodifiableMap(copy), this.delay, this.chunkDelay);
	}

	/**
	 * Return a copy with another status.
	 * @param status the status, from 200 to 599
	 * @return the copy
	 */
	public Reply status(int status) {
		return new Reply(this.content, Arguments.status(status, "status"), this.headers, this.delay, this.chunkDelay);
	}

	Answer answer(Exchange exchange) {
		String requestId = this.headers.getOrDefault("request-id", exchange.requestId());
		Answer answer = this.content.apply(exchange.withRequestId(requestId)).withHeaders(this.headers);
		if (this.status != null) {
			answer = answer.withStatus(this.status);
		}
		if (this.chunkDelay != null) {
			answer = answer.withPause(this.chunkDelay);
		}
		if (answer.status() != 401) {
			answer = answer.orHeader(ApiRouter.ORGANIZATION_HEADER, ApiRouter.ORGANIZATION);
		}
		return answer.withDelay(this.delay);
	}

	private ReplyText text() {
		if (this.content instanceof ReplyText text) {
			return text;
		}
		throw new IllegalStateException("Only a reply made by Reply.text(String) has deltas and a stop reason");
	}

	private Reply withContent(Function<Exchange, Answer> content) {
		return new Reply(content, this.status, this.headers, this.delay, this.chunkDelay);
	}

}
