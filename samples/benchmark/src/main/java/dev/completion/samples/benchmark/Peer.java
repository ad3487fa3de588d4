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

package dev.completion.samples.benchmark;

/**
 * A client that is measured. It is made by a constructor that takes the base URL of the
 * server, and uses nothing of the other peers' class paths.
 */
public interface Peer extends AutoCloseable {

	/**
	 * Begin a stream.
	 * @param firstChunk run when the first text arrives
	 * @param receiver told how much came in all, in {@linkplain #countsBytes() bytes or
	 * characters}
	 */
	void stream(Runnable firstChunk, Receiver receiver);

	/**
	 * Ask for a whole answer.
	 * @param receiver told how much came, in {@linkplain #countsBytes() bytes or
	 * characters}
	 */
	void complete(Receiver receiver);

	/**
	 * Return whether bytes of the body are counted, by a peer that does not read them,
	 * rather than characters of the text.
	 * @return whether bytes are counted
	 */
	default boolean countsBytes() {
		return false;
	}

	@Override
	void close();

	/**
	 * Told what came of a call.
	 */
	interface Receiver {

		/**
		 * The call succeeded.
		 * @param count how much came
		 */
		void received(long count);

		/**
		 * The call failed.
		 * @param error why
		 */
		void failed(Throwable error);

	}

}
