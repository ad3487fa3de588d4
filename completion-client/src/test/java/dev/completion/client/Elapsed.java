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

import java.time.Duration;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Measures how long something takes.
 */
final class Elapsed {

	private Elapsed() {
	}

	/**
	 * Assert that a task takes the given time or longer. How much longer depends on what
	 * else the machine does.
	 */
	static void assertAtLeast(Duration time, Runnable task) {
		assertThat(measure(task)).isGreaterThanOrEqualTo(time);
	}

	/**
	 * Assert that a task takes the given time or longer, and less than another limit
	 * would.
	 */
	static void assertBetween(Duration time, Duration other, Runnable task) {
		assertThat(measure(task)).isBetween(time, other.minusMillis(1));
	}

	static Duration measure(Runnable task) {
		long start = System.nanoTime();
		task.run();
		return Duration.ofNanos(System.nanoTime() - start);
	}

}
