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

import java.io.IOException;
import java.io.InputStream;
import java.util.zip.DataFormatException;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/**
 * Decompresses the first member of a gzip stream, as HTTP responses have only one.
 * {@link GZIPInputStream} reads further members recursively, so that empty ones exhaust
 * the stack. The checksum is not verified.
 */
final class GzipMemberInputStream extends GZIPInputStream {

	/**
	 * Create a stream, and read the header.
	 * @param compressed the compressed bytes
	 * @throws IOException if they do not begin with the header of gzip
	 */
	GzipMemberInputStream(InputStream compressed) throws IOException {
		super(compressed);
	}

	@Override
	public int read(byte[] target, int offset, int length) throws IOException {
		try {
			int count = this.inf.inflate(target, offset, length);
			while (count == 0 && !this.inf.finished() && length > 0) {
				if (this.inf.needsDictionary()) {
					throw new ZipException("A dictionary is required");
				}
				fill();
				count = this.inf.inflate(target, offset, length);
			}
			return (count > 0 || length == 0) ? count : -1;
		}
		catch (DataFormatException ex) {
			throw new ZipException(ex.getMessage());
		}
	}

}
