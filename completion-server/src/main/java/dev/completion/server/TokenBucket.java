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

package dev.completion.server;

import java.time.Duration;
import java.time.Instant;

/**
 * Bucket that is refilled continuously, and may be overdrawn. Not thread-safe.
 */
final class TokenBucket {

	private static final double NANOS_PER_SECOND = 1e9;

	private final double perSecond;

	private final double capacity;

	private double level;

	private Instant time;

	/**
	 * Create a bucket that is full.
	 * @param perMinute the number of tokens added per minute
	 * @param capacity the maximum number of tokens
	 * @param now the current time
	 */
	TokenBucket(long perMinute, long capacity, Instant now) {
		this.perSecond = perMinute / 60.0;
		this.capacity = capacity;
		this.level = capacity;
		this.time = now;
	}

	private void refill(Instant now) {
		if (now.isBefore(this.time)) {
			// the clock was set back
			return;
		}
		double seconds = Duration.between(this.time, now).toNanos() / NANOS_PER_SECOND;
		this.level = Math.min(this.capacity, this.level + seconds * this.perSecond);
		this.time = now;
	}

	/**
	 * Return the time until the given amount can be taken, in seconds, or 0 if it can be
	 * taken now. More than the capacity can be taken from a full bucket.
	 */
	double secondsUntil(long amount, Instant now) {
		refill(now);
		return Math.max(0, (Math.min((double) amount, this.capacity) - this.level) / this.perSecond);
	}

	/**
	 * Take the given amount, even if it exceeds the current level.
	 */
	void take(long amount, Instant now) {
		refill(now);
		this.level -= amount;
	}

	/**
	 * Return the number of remaining tokens, rounded down.
	 */
	long remaining(Instant now) {
		refill(now);
		return Math.max(0, (long) Math.floor(this.level));
	}

	/**
	 * Return the time at which the bucket is full.
	 */
	Instant fullAt(Instant now) {
		refill(now);
		return now.plusNanos((long) ((this.capacity - this.level) / this.perSecond * NANOS_PER_SECOND));
	}

}
