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

import java.util.Arrays;

import org.jspecify.annotations.Nullable;

import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferLimitException;

/**
 * Splits the bytes of an event stream into events, by the rules of the
 * <a href="https://html.spec.whatwg.org/multipage/server-sent-events.html">WHATWG
 * standard</a>. It knows bytes, and nothing of HTTP or JSON.
 * <p>
 * Bytes are {@linkplain #append(DataBuffer) appended} as they arrive, then
 * {@link #next()} steps from one complete event to the next. The data of the current
 * event is a range of {@link #buffer()}, which holds until either is called again: an
 * event costs no copy and no {@link String}. Not safe for use by several threads.
 */
final class SseDecoder {

	private static final int INITIAL_CAPACITY = 1024;

	private static final int MAX_PIECE = 64 * 1024;

	private static final int MAX_KNOWN_NAMES = 8;

	// of names and ids that are kept longer than the event
	private static final int MAX_KEPT_LENGTH = 256;

	private static final byte[] BYTE_ORDER_MARK = { (byte) 0xEF, (byte) 0xBB, (byte) 0xBF };

	// the name of events that have none
	static final String UNNAMED = "message";

	private final int maxEventSize;

	private byte[] buffer = new byte[INITIAL_CAPACITY];

	// the undispatched event starts at start; bytes before position have been looked at
	private int start;

	private int lineStart;

	private int position;

	private int end;

	private boolean started;

	private boolean skipLineFeed;

	private boolean dispatched;

	private String event = "";

	private int dataStart = -1;

	private int dataEnd;

	private String lastEventId = "";

	private String nextEventId = "";

	private @Nullable Long retry;

	private final String[] knownNames = new String[MAX_KNOWN_NAMES];

	private int knownNameCount;

	/**
	 * Create a decoder.
	 * @param maxEventSize the most bytes that one event may have, from its name or first
	 * data on, field names and line ends included
	 */
	SseDecoder(int maxEventSize) {
		this.maxEventSize = maxEventSize;
	}

	/**
	 * Append the next bytes of the stream. The given buffer is read, but not released.
	 */
	void append(DataBuffer bytes) {
		forgetDispatched();
		int count = bytes.readableByteCount();
		makeRoom(count);
		bytes.read(this.buffer, this.end, count);
		this.end += count;
	}

	/**
	 * Step to the next complete event.
	 * @return whether there is one; if not, more bytes are needed
	 * @throws DataBufferLimitException if the event has too many bytes
	 */
	boolean next() {
		forgetDispatched();
		if (!this.started && !skipByteOrderMark()) {
			return false;
		}
		while (nextLine()) {
			int lineEnd = this.position - 1;
			boolean blank = (lineEnd == this.lineStart);
			if (!blank) {
				field(this.lineStart, lineEnd);
			}
			this.lineStart = this.position;
			checkSize();
			if (blank && dispatch()) {
				return true;
			}
			if (this.dataStart < 0 && this.event.isEmpty()) {
				this.start = this.position;
			}
		}
		checkSize();
		return false;
	}

	/**
	 * Return the name of the current event.
	 */
	String event() {
		return this.event.isEmpty() ? UNNAMED : this.event;
	}

	byte[] buffer() {
		return this.buffer;
	}

	int dataOffset() {
		return this.dataStart;
	}

	int dataLength() {
		return this.dataEnd - this.dataStart;
	}

	/**
	 * Return the data of the current event, with U+FFFD in place of invalid UTF-8.
	 */
	String data() {
		return string(this.dataStart, this.dataEnd);
	}

	/**
	 * Return the last event id in force.
	 */
	String lastEventId() {
		return this.lastEventId;
	}

	/**
	 * Return the last valid reconnection time, in milliseconds.
	 */
	@Nullable Long retry() {
		return this.retry;
	}

	private void forgetDispatched() {
		if (this.dispatched) {
			this.dispatched = false;
			this.start = this.position;
			this.dataStart = -1;
			this.event = "";
		}
	}

	// moves what is kept to the front only when it is at most half of the array, so that
	// the cost stays linear however small the pieces are
	private void makeRoom(int count) {
		if (this.end + count <= this.buffer.length) {
			return;
		}
		int kept = this.end - this.start;
		byte[] target = this.buffer;
		if (kept > this.buffer.length / 2 || kept + count > this.buffer.length) {
			target = new byte[capacity(kept, count)];
		}
		System.arraycopy(this.buffer, this.start, target, 0, kept);
		this.buffer = target;
		this.lineStart -= this.start;
		this.position -= this.start;
		this.end -= this.start;
		if (this.dataStart >= 0) {
			this.dataStart -= this.start;
			this.dataEnd -= this.start;
		}
		this.start = 0;
	}

	// twice what is kept, until that reaches what an event may have and one more piece;
	// the pieces of a stream have much the same size, and between them a part of an event
	private int capacity(int kept, int count) {
		long wanted = 2L * kept + count + INITIAL_CAPACITY;
		return (int) ((wanted < this.maxEventSize) ? wanted : Math.max(kept + count, this.maxEventSize + MAX_PIECE));
	}

	private boolean skipByteOrderMark() {
		int length = Math.min(this.end, BYTE_ORDER_MARK.length);
		boolean matches = Arrays.equals(this.buffer, 0, length, BYTE_ORDER_MARK, 0, length);
		if (matches && length < BYTE_ORDER_MARK.length) {
			return false;
		}
		if (matches) {
			this.position = length;
			this.lineStart = length;
			this.start = length;
		}
		this.started = true;
		return true;
	}

	/**
	 * Step behind the next line end. A CR ends its line at once; a LF that follows it is
	 * skipped when it comes.
	 */
	private boolean nextLine() {
		if (this.skipLineFeed && this.position < this.end) {
			this.skipLineFeed = false;
			if (this.buffer[this.position] == '\n') {
				this.position++;
				this.lineStart++;
			}
		}
		for (int i = this.position; i < this.end; i++) {
			byte b = this.buffer[i];
			if (b == '\n' || b == '\r') {
				this.skipLineFeed = (b == '\r');
				this.position = i + 1;
				return true;
			}
		}
		this.position = this.end;
		return false;
	}

	private void field(int from, int to) {
		int colon = from;
		while (colon < to && this.buffer[colon] != ':') {
			colon++;
		}
		int value = Math.min(colon + 1, to);
		if (value < to && this.buffer[value] == ' ') {
			value++;
		}
		if (matches("data", from, colon)) {
			data(value, to);
		}
		else if (matches("event", from, colon)) {
			this.event = name(value, to);
		}
		else if (matches("id", from, colon)) {
			id(value, to);
		}
		else if (matches("retry", from, colon)) {
			retry(value, to);
		}
	}

	// lines of data are joined where they stand: what they leave out makes room enough
	private void data(int from, int to) {
		if (this.dataStart < 0) {
			this.dataStart = from;
			this.dataEnd = to;
			return;
		}
		this.buffer[this.dataEnd++] = '\n';
		System.arraycopy(this.buffer, from, this.buffer, this.dataEnd, to - from);
		this.dataEnd += to - from;
	}

	private void id(int from, int to) {
		if (to - from > MAX_KEPT_LENGTH) {
			return;
		}
		for (int i = from; i < to; i++) {
			if (this.buffer[i] == 0) {
				return;
			}
		}
		this.nextEventId = string(from, to);
	}

	private void retry(int from, int to) {
		long value = 0;
		for (int i = from; i < to; i++) {
			int digit = this.buffer[i] - '0';
			if (digit < 0 || digit > 9 || value > (Long.MAX_VALUE - digit) / 10) {
				return;
			}
			value = 10 * value + digit;
		}
		if (to > from) {
			this.retry = value;
		}
	}

	private boolean dispatch() {
		this.lastEventId = this.nextEventId;
		if (this.dataStart >= 0) {
			this.dispatched = true;
			return true;
		}
		this.event = "";
		return false;
	}

	private void checkSize() {
		if (this.position - this.start > this.maxEventSize) {
			throw new DataBufferLimitException("The event is larger than " + this.maxEventSize + " bytes");
		}
	}

	private String name(int from, int to) {
		for (int i = 0; i < this.knownNameCount; i++) {
			if (matches(this.knownNames[i], from, to)) {
				return this.knownNames[i];
			}
		}
		String name = string(from, to);
		if (to - from <= MAX_KEPT_LENGTH && this.knownNameCount < MAX_KNOWN_NAMES) {
			this.knownNames[this.knownNameCount++] = name;
		}
		return name;
	}

	private boolean matches(String text, int from, int to) {
		if (text.length() != to - from) {
			return false;
		}
		for (int i = 0; i < text.length(); i++) {
			if (this.buffer[from + i] != text.charAt(i)) {
				return false;
			}
		}
		return true;
	}

	private String string(int from, int to) {
		return Utf8.decode(this.buffer, from, to - from);
	}

}
