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

import dev.completion.samples.benchmark.Behaviour.Pace;

/**
 * What the peers are made to do.
 */
enum Scenario {

	/**
	 * One stream of 100,000 events.
	 */
	ONE_BULK("1 stream, bulk", 1, Behaviour.of(Pace.BULK, 100_000)),

	/**
	 * 64 streams of 2,000 events.
	 */
	BULK_64("64 streams, bulk", 64, Behaviour.of(Pace.BULK, 2_000)),

	/**
	 * 1,000 streams of 200 events.
	 */
	BULK_1000("1000 streams, bulk", 1000, Behaviour.of(Pace.BULK, 200)),

	/**
	 * 64 streams, of which each event is flushed.
	 */
	FLUSHED_64("64 streams, one flush per event", 64, Behaviour.of(Pace.FLUSHED, 500)),

	/**
	 * 1,000 streams with an event each 50 milliseconds.
	 */
	PACED_1000("1000 streams, an event each 50 ms", 1000, Behaviour.of(Pace.PACED, 40)),

	/**
	 * Whole answers, one after another.
	 */
	UNARY_1("unary, 1 in flight", 1, Behaviour.of(Pace.WHOLE, 1)),

	/**
	 * Whole answers, 16 at a time.
	 */
	UNARY_16("unary, 16 in flight", 16, Behaviour.of(Pace.WHOLE, 1)),

	/**
	 * Whole answers, 256 at a time.
	 */
	UNARY_256("unary, 256 in flight", 256, Behaviour.of(Pace.WHOLE, 1)),

	/**
	 * Streams of one event, one after another.
	 */
	FIRST_CHUNK("first chunk", 1, Behaviour.of(Pace.BULK, 1)),

	/**
	 * Streams of 100 events, one after another: to compare with longer ones.
	 */
	SHORT("streams of 100 events", 1, Behaviour.of(Pace.BULK, 100)),

	/**
	 * Streams of one event of 4 million characters.
	 */
	EVENT_4M("event of 4 MB", 1, new Behaviour(Pace.BULK, 1, 4_000_000)),

	/**
	 * Streams of one event of 8 million characters.
	 */
	EVENT_8M("event of 8 MB", 1, new Behaviour(Pace.BULK, 1, 8_000_000)),

	/**
	 * 1,000 streams that are open, and silent after their first event.
	 */
	IDLE_1000("1000 idle streams", 1000, Behaviour.of(Pace.IDLE, 1)),

	/**
	 * 5,000 streams that are open, and silent after their first event.
	 */
	IDLE_5000("5000 idle streams", 5000, Behaviour.of(Pace.IDLE, 1)),

	/**
	 * The first answer of a JVM.
	 */
	COLD("main() to first completion", 1, Behaviour.of(Pace.WHOLE, 1));

	private final String title;

	private final int concurrency;

	@SuppressWarnings("ImmutableEnumChecker")
	private final Behaviour behaviour;

	Scenario(String title, int concurrency, Behaviour behaviour) {
		this.title = title;
		this.concurrency = concurrency;
		this.behaviour = behaviour;
	}

	String title() {
		return this.title;
	}

	int concurrency() {
		return this.concurrency;
	}

	Behaviour behaviour() {
		return this.behaviour;
	}

	boolean isUnary() {
		return this.behaviour.pace() == Pace.WHOLE;
	}

	/**
	 * Return whether it takes a JVM of its own: that shall know nothing yet, or run as
	 * many streams at once as it is told to.
	 */
	boolean isAlone() {
		return !isWarm() || this.behaviour.pace() == Pace.PACED;
	}

	/**
	 * Return whether its code is to be compiled before.
	 */
	boolean isWarm() {
		return this != COLD && this.behaviour.pace() != Pace.IDLE;
	}

}
