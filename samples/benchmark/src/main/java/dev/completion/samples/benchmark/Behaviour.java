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

import java.util.stream.IntStream;

/**
 * How the server answers, as the path of a request has it.
 *
 * @param pace how the events are sent
 * @param events the number of events
 * @param characters the length of the text of each, or 0 for {@link Payload#TEXTS}
 */
record Behaviour(Pace pace, int events, int characters) {

	static Behaviour of(Pace pace, int events) {
		return new Behaviour(pace, events, 0);
	}

	/**
	 * Return what a request's path begins with for it to be answered like this.
	 */
	String path() {
		return "/" + this.pace + "/" + this.events + "/" + this.characters;
	}

	static Behaviour parse(String path) {
		String[] parts = path.split("/", -1);
		return new Behaviour(Pace.valueOf(parts[1]), Integer.parseInt(parts[2]), Integer.parseInt(parts[3]));
	}

	/**
	 * Return the text of the event with the given index.
	 */
	String text(int index) {
		return (this.characters > 0) ? "x".repeat(this.characters) : Payload.TEXTS.get(index % Payload.TEXTS.size());
	}

	/**
	 * Return the number of characters in the text of all events.
	 */
	long textLength() {
		return IntStream.range(0, this.events).mapToLong((index) -> text(index).length()).sum();
	}

	/**
	 * How events are sent.
	 */
	enum Pace {

		/**
		 * As many to a chunk as fit.
		 */
		BULK,

		/**
		 * Each is flushed.
		 */
		FLUSHED,

		/**
		 * Each 50 milliseconds after the one before.
		 */
		PACED,

		/**
		 * Nothing comes after the events.
		 */
		IDLE,

		/**
		 * The answer is not a stream.
		 */
		WHOLE

	}

}
