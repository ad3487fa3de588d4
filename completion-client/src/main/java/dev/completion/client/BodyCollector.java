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

import org.springframework.core.io.buffer.DataBuffer;

/**
 * Collects the bytes of a body. They are copied at once, since buffers of a few bytes
 * would take far more memory.
 */
final class BodyCollector {

	private byte[] bytes;

	private int size;

	BodyCollector(int initialSize) {
		this.bytes = new byte[initialSize];
	}

	/**
	 * Append the bytes of a buffer, which is not released.
	 * @param maxSize the size that the body is expected not to exceed, in bytes
	 */
	void append(DataBuffer buffer, int maxSize) {
		int count = buffer.readableByteCount();
		int newSize = this.size + count;
		if (newSize > this.bytes.length) {
			this.bytes = Arrays.copyOf(this.bytes, Math.max(newSize, (int) Math.min(2L * this.size, maxSize)));
		}
		buffer.read(this.bytes, this.size, count);
		this.size = newSize;
	}

	int size() {
		return this.size;
	}

	byte[] toByteArray() {
		return (this.size == this.bytes.length) ? this.bytes : Arrays.copyOf(this.bytes, this.size);
	}

}
