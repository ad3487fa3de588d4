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
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

import reactor.core.scheduler.Scheduler;

/**
 * The pacers of a server. Idle pacers are removed. If there are too many, for example one
 * per user, those that delay no requests are removed, and if that is not enough, all
 * those without waiting calls. Thread-safe.
 */
final class Pacers {

	private static final long MAX_IDLE_TIME = Duration.ofMinutes(10).toNanos();

	private static final int MAX_PACERS = 10_000;

	private static final long CLEANING_INTERVAL = Duration.ofMinutes(1).toNanos();

	private static final long DROPPING_INTERVAL = Duration.ofMillis(100).toNanos();

	private final String baseUrl;

	private final Scheduler scheduler;

	private final Map<Key, Pacer> pacers = new ConcurrentHashMap<>();

	private final AtomicLong cleanedAt = new AtomicLong(System.nanoTime());

	private final AtomicLong droppedAt = new AtomicLong(System.nanoTime() - DROPPING_INTERVAL);

	/**
	 * Create pacers.
	 * @param baseUrl the base URL of the server
	 * @param scheduler the scheduler of delays
	 */
	Pacers(String baseUrl, Scheduler scheduler) {
		this.baseUrl = baseUrl;
		this.scheduler = scheduler;
	}

	boolean isOf(String baseUrl) {
		return this.baseUrl.equals(baseUrl);
	}

	/**
	 * Return the pacer of the requests with the given credential, model and path.
	 */
	Pacer get(Credential credential, String model, String path) {
		dropIdle();
		Key key = new Key(credential, model, path);
		Pacer pacer = this.pacers.get(key);
		return (pacer != null) ? pacer : add(key);
	}

	private Pacer add(Key key) {
		if (this.pacers.size() >= MAX_PACERS && isTime(this.droppedAt, DROPPING_INTERVAL)) {
			this.pacers.values().removeIf(Pacer::isUnused);
			if (this.pacers.size() >= MAX_PACERS) {
				this.pacers.values().removeIf((pacer) -> pacer.isIdle(0));
			}
		}
		return this.pacers.computeIfAbsent(key, (added) -> new Pacer(this.scheduler));
	}

	/**
	 * Return the number of pacers.
	 */
	int size() {
		return this.pacers.size();
	}

	/**
	 * Return the number of calls that wait.
	 */
	int waiting() {
		return this.pacers.values().stream().mapToInt(Pacer::waiting).sum();
	}

	/**
	 * Return the sum of the estimated maximum rates, in requests per second, or
	 * {@code NaN} if there are none.
	 */
	double rate() {
		return this.pacers.values()
			.stream()
			.mapToDouble(Pacer::rate)
			.filter(Double::isFinite)
			.reduce(Double::sum)
			.orElse(Double.NaN);
	}

	/**
	 * Return the number of gates that are closed.
	 */
	long closed() {
		return this.pacers.values().stream().filter(Pacer::isClosed).count();
	}

	private void dropIdle() {
		if (isTime(this.cleanedAt, CLEANING_INTERVAL)) {
			this.pacers.values().removeIf((pacer) -> pacer.isIdle(MAX_IDLE_TIME));
		}
	}

	// limits how often all pacers are scanned
	private static boolean isTime(AtomicLong lastTime, long interval) {
		long now = System.nanoTime();
		long last = lastTime.get();
		return now - last > interval && lastTime.compareAndSet(last, now);
	}

	private record Key(Credential credential, String model, String path) {
	}

}
