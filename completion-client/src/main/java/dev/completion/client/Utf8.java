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

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Decodes UTF-8 as the <a href="https://encoding.spec.whatwg.org/#utf-8-decoder">WHATWG
 * standard</a> does: invalid bytes become U+FFFD, and decoding never fails.
 */
final class Utf8 {

	private static final int MAX_DROPPED = 64;

	private static final char REPLACEMENT = '\uFFFD';

	private Utf8() {
	}

	/**
	 * Return whether there is nothing to replace.
	 */
	static boolean isValid(byte[] bytes, int offset, int length) {
		int position = offset;
		int end = offset + length;
		while (position < end && bytes[position] >= 0) {
			position++;
		}
		return position == end || isDecodable(ByteBuffer.wrap(bytes, position, end - position));
	}

	private static boolean isDecodable(ByteBuffer bytes) {
		CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
		CharBuffer dropped = CharBuffer.allocate(Math.min(bytes.remaining(), MAX_DROPPED));
		CoderResult result = decoder.decode(bytes, dropped, true);
		while (result.isOverflow()) {
			dropped.clear();
			result = decoder.decode(bytes, dropped, true);
		}
		return !result.isError();
	}

	static String decode(byte[] bytes, int offset, int length) {
		String text = new String(bytes, offset, length, StandardCharsets.UTF_8);
		return (text.indexOf(REPLACEMENT) != -1) ? decodeInvalid(Arrays.copyOfRange(bytes, offset, offset + length))
				: text;
	}

	// the JDK replaces an encoded surrogate as one, the standard each of its three bytes
	private static String decodeInvalid(byte[] bytes) {
		for (int i = 0; i < bytes.length - 1; i++) {
			if (bytes[i] == (byte) 0xED && (bytes[i + 1] & 0xE0) == 0xA0) {
				bytes[i] = (byte) 0xFF;
			}
		}
		return new String(bytes, StandardCharsets.UTF_8);
	}

}
