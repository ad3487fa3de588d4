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

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * Scripted reply of a {@link CompletionServer}: text, an error, any body, or a fault. A
 * fault is one of the whole reply, such as {@link #reset()} or {@link #raw(String)}, or
 * one that befalls any reply, such as {@link #cutAfter(int)} or {@link #drip(Duration)}.
 * <p>
 * Every reply that has headers carries a {@code request-id}, one with text the rate-limit
 * headers too, unless {@link #header(String, String)} sets them. Replies are immutable,
 * safe for use by many threads, and can be queued any number of times.
 *
 * @since 0.1.0
 */
public final class Reply {

	private final Function<Exchange, Answer> content;

	private final Map<String, String> headers;

	private final Function<Answer, Answer> changes;

	private Reply(Answer answer) {
		this((exchange) -> answer);
	}

	private Reply(Function<Exchange, Answer> content) {
		this(content, Map.of(), Function.identity());
	}

	private Reply(Function<Exchange, Answer> content, Map<String, String> headers, Function<Answer, Answer> changes) {
		this.content = content;
		this.headers = headers;
		this.changes = changes;
	}

	/**
	 * Return a reply with the given text: as a message if the path of the request is
	 * {@code /v1/messages}, else as a completion, and as JSON or as an event stream, as
	 * the body of the request asks. A stream has a ping near its start. Deltas are the
	 * text's words, each with its leading space.
	 * @param text the text, used as it is: a leading space, as completions have it, is
	 * not added, nor is a thought; an empty text is a message without content
	 * @return the reply, with status 200
	 */
	public static Reply text(String text) {
		return new Reply(new ScriptedText(Arguments.notNull(text, "text")));
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
		return new Reply((exchange) -> Answer.error(error, exchange.requestId()));
	}

	/**
	 * Return a reply with the given body, whatever the request asks.
	 * @param status the status, from 200 to 599
	 * @param contentType the value of the {@code content-type} header
	 * @param body the body, sent as UTF-8
	 * @return the reply
	 */
	public static Reply body(int status, String contentType, String body) {
		return new Reply(Answer.literal(Arguments.status(status, "status"),
				Arguments.headerValue(contentType, "contentType"), Arguments.notNull(body, "body")));
	}

	/**
	 * Return a reply with the given event stream, whatever the request asks. Each event,
	 * up to and including its blank line, is sent on its own.
	 * @param eventStream the text of the stream, which need not be well formed
	 * @return the reply, with status 200 and content type
	 * {@code text/event-stream; charset=utf-8}
	 */
	public static Reply events(String eventStream) {
		return new Reply(Answer.events(EventStream.split(Arguments.notNull(eventStream, "eventStream"))));
	}

	/**
	 * Return a reply that is an event stream of pings without end and without text,
	 * whatever the request asks.
	 * @param interval the time to wait before each ping; zero for as fast as the client
	 * takes them
	 * @return the reply, with status 200
	 */
	public static Reply pings(Duration interval) {
		return new Reply(Answer.events(EventStream.pings()).withPause(Arguments.notNegative(interval, "interval")));
	}

	/**
	 * Return a reply that sends the client elsewhere, with an empty body.
	 * @param status the status, from 300 to 399
	 * @param location the value of the {@code location} header
	 * @return the reply
	 */
	public static Reply redirect(int status, String location) {
		return new Reply(Answer.redirect(Arguments.inRange(status, 300, 399, "status"),
				Arguments.headerValue(location, "location")));
	}

	/**
	 * Return a reply that is the given text in place of an HTTP answer, after which the
	 * connection is closed. Status and headers of the reply are not sent.
	 * @param text the text, sent as UTF-8
	 * @return the reply
	 */
	public static Reply raw(String text) {
		return raw(Arguments.notNull(text, "text").getBytes(StandardCharsets.UTF_8));
	}

	/**
	 * Return a reply that is the given bytes in place of an HTTP answer, after which the
	 * connection is closed. Status and headers of the reply are not sent.
	 * @param bytes the bytes
	 * @return the reply
	 */
	public static Reply raw(byte[] bytes) {
		return new Reply(Answer.raw(Arguments.notNull(bytes, "bytes")));
	}

	/**
	 * Return a reply that closes the connection with no byte of an answer, once the
	 * request was read.
	 * @return the reply
	 */
	public static Reply cut() {
		return raw("");
	}

	/**
	 * Return a reply that resets the connection with no byte of an answer, once the
	 * request was read.
	 * @return the reply
	 */
	public static Reply reset() {
		return cut().resetAfter(0);
	}

	/**
	 * Return a reply that never sends a byte, and leaves the connection open until the
	 * client closes it, or the server is closed.
	 * @return the reply
	 */
	public static Reply stall() {
		return cut().stallAfter(0);
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
	 * The default is {@code stop_sequence}, the natural end of a completion, and the only
	 * one that comes with a {@code stop}. A message says {@code end_turn} instead. Any
	 * other value is sent as it is.
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
		Arguments.notNegative(delay, "delay");
		return with((answer) -> answer.withDelay(delay));
	}

	/**
	 * Return a copy that sends status and headers at once, and then waits before each
	 * event. In any body, what ends with a blank line counts as an event, and so does the
	 * rest.
	 * @param chunkDelay the time to wait before each event
	 * @return the copy
	 */
	public Reply chunkDelay(Duration chunkDelay) {
		Arguments.notNegative(chunkDelay, "chunkDelay");
		return with((answer) -> answer.withPause(chunkDelay));
	}

	/**
	 * Return a copy that sends all its bytes one by one, those of status line and headers
	 * too.
	 * @param interval the time to wait between two bytes
	 * @return the copy
	 */
	public Reply drip(Duration interval) {
		Arguments.notNegative(interval, "interval");
		return with((answer) -> answer.withDrip(interval));
	}

	/**
	 * Return a copy that sends interim responses first, before any
	 * {@link #delay(Duration)}. They have no headers.
	 * @param statuses the status of each, such as 103, from 100 to 199 but not 101
	 * @return the copy
	 */
	public Reply interim(int... statuses) {
		List<Integer> interim = Arguments.interim(statuses, "statuses");
		return with((answer) -> answer.withInterim(interim));
	}

	/**
	 * Return a copy whose body ends early as if it were complete: with the last chunk of
	 * the chunked encoding.
	 * <p>
	 * Of this method, {@link #cutAfter(int)}, {@link #resetAfter(int)} and
	 * {@link #stallAfter(int)} the last call counts.
	 * @param parts the number of parts to send, which are the events that
	 * {@link #chunkDelay(Duration)} waits for; of a body with fewer, all are sent
	 * @return the copy
	 */
	public Reply endAfter(int parts) {
		return endingWith(Answer.Ending.CLEAN, parts);
	}

	/**
	 * Return a copy that closes the connection before its body is complete: the last
	 * chunk of the chunked encoding is not sent.
	 * @param parts the number of parts to send before; zero for headers only
	 * @return the copy
	 * @see #endAfter(int)
	 */
	public Reply cutAfter(int parts) {
		return endingWith(Answer.Ending.CUT, parts);
	}

	/**
	 * Return a copy that resets the connection before its body is complete. What the
	 * client has not read by then may be lost to it.
	 * @param parts the number of parts to send before; zero for headers only
	 * @return the copy
	 * @see #endAfter(int)
	 */
	public Reply resetAfter(int parts) {
		return endingWith(Answer.Ending.RESET, parts);
	}

	/**
	 * Return a copy that sends nothing more before its body is complete, and leaves the
	 * connection open until the client closes it, or the server is closed.
	 * @param parts the number of parts to send before; zero for headers only
	 * @return the copy
	 * @see #endAfter(int)
	 */
	public Reply stallAfter(int parts) {
		return endingWith(Answer.Ending.STALL, parts);
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
		return new Reply(this.content, Collections.unmodifiableMap(copy), this.changes);
	}

	/**
	 * Return a copy with another status.
	 * @param status the status, from 200 to 599
	 * @return the copy
	 */
	public Reply status(int status) {
		Arguments.status(status, "status");
		return with((answer) -> answer.withStatus(status));
	}

	Answer answer(Exchange exchange) {
		String requestId = this.headers.getOrDefault("request-id", exchange.requestId());
		Answer answer = this.changes
			.apply(this.content.apply(exchange.withRequestId(requestId)).withHeaders(this.headers));
		return (answer.status() != 401) ? answer.orHeader(ApiRouter.ORGANIZATION_HEADER, ApiRouter.ORGANIZATION)
				: answer;
	}

	boolean isText() {
		return this.content instanceof ScriptedText;
	}

	private ScriptedText text() {
		if (this.content instanceof ScriptedText text) {
			return text;
		}
		throw new IllegalStateException("Only a reply made by Reply.text(String) has deltas and a stop reason");
	}

	private Reply withContent(Function<Exchange, Answer> content) {
		return new Reply(content, this.headers, this.changes);
	}

	private Reply endingWith(Answer.Ending ending, int parts) {
		Arguments.notNegative(parts, "parts");
		return with((answer) -> answer.withEnding(ending, parts));
	}

	private Reply with(Function<Answer, Answer> change) {
		return new Reply(this.content, this.headers, this.changes.andThen(change));
	}

}
