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
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link Utf8}.
 */
class Utf8Tests {

	private static final byte INVALID = (byte) 0xFF;

	@ParameterizedTest
	@ValueSource(strings = { "C3", "C328", "E282", "E28228", "EDA080", "F09F98", "F4908080", "FF", "C080", "F09F9880",
			"EFBFBD", "41" })
	@Timeout(value = 20, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
	void isValidWhereTheDecoderOfTheJdkReplacesNothing(String hex) {
		byte[] last = HexFormat.of().parseHex(hex);
		for (String filler : new String[] { "a", "\u00e9", "\u20ac", "\ud83d\ude00" }) {
			byte[] fill = filler.getBytes(StandardCharsets.UTF_8);
			for (int count = 0; count < 600; count++) {
				ByteBuffer text = ByteBuffer.allocate(1 + count * fill.length + last.length).put((byte) 'a');
				for (int i = 0; i < count; i++) {
					text.put(fill);
				}
				text.put(last);
				ByteBuffer buffer = ByteBuffer.allocate(text.capacity() + 2).put(INVALID).put(text.flip()).put(INVALID);
				assertThat(Utf8.isValid(buffer.array(), 1, text.capacity())).isEqualTo(isDecodable(text.array()));
			}
		}
	}

	private static boolean isDecodable(byte[] bytes) {
		try {
			StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
			return true;
		}
		catch (CharacterCodingException ex) {
			return false;
		}
	}

}
