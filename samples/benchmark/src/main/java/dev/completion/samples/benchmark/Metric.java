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
 * What is measured of a scenario.
 */
enum Metric {

	/**
	 * CPU time of an event or a call, in nanoseconds, without the JIT's threads.
	 */
	CPU("CPU ns"),

	/**
	 * Bytes allocated for an event or a call.
	 */
	ALLOCATED("bytes allocated"),

	/**
	 * Time from asking until the first text, in microseconds.
	 */
	LATENCY("µs"),

	/**
	 * Bytes of heap for each open stream, after a collection.
	 */
	HEAP("bytes of heap"),

	/**
	 * Number of threads.
	 */
	THREADS("threads"),

	/**
	 * Number of streams that were open at once.
	 */
	OPEN("streams open"),

	/**
	 * Time in milliseconds.
	 */
	TIME("ms");

	private final String unit;

	Metric(String unit) {
		this.unit = unit;
	}

	String unit() {
		return this.unit;
	}

}
