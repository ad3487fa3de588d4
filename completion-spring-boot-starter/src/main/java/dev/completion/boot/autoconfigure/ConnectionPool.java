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

package dev.completion.boot.autoconfigure;

import java.time.Duration;
import java.util.function.Consumer;

import reactor.core.scheduler.Schedulers;
import reactor.netty.resources.ConnectionProvider;

import org.springframework.util.Assert;

/**
 * Opens the connection pool of a client: its own, so that the application's other clients
 * neither fill it nor are kept waiting by it.
 */
final class ConnectionPool {

	private static final Duration EVICTION_INTERVAL = Duration.ofSeconds(30);

	private final ClientProperties client;

	private final ConnectionProvider.Builder builder;

	private ConnectionPool(ClientProperties client) {
		this.client = client;
		this.builder = ConnectionProvider.builder(client.isDefault() ? "completion" : "completion." + client.name());
	}

	/**
	 * Open the pool of a client.
	 */
	static ConnectionProvider open(ClientProperties client) {
		return new ConnectionPool(client).open();
	}

	private ConnectionProvider open() {
		CompletionProperties.Pool pool = this.client.values().pool();
		count("max-connections", pool.maxConnections(), 1, this.builder::maxConnections);
		count("max-pending-acquires", pool.maxPendingAcquires(), 0, this.builder::pendingAcquireMaxCount);
		time("acquire-timeout", pool.acquireTimeout(), this.builder::pendingAcquireTimeout);
		time("max-idle-time", pool.maxIdleTime(), this.builder::maxIdleTime);
		time("max-life-time", pool.maxLifeTime(), this.builder::maxLifeTime);
		Duration interval = (EVICTION_INTERVAL.compareTo(pool.maxIdleTime()) < 0) ? EVICTION_INTERVAL
				: pool.maxIdleTime();
		return this.builder.evictInBackground(interval, Schedulers.parallel())
			// what a reloaded SSL bundle leaves behind, with its keys
			.disposeInactivePoolsInBackground(interval, pool.maxIdleTime().multipliedBy(2))
			.metrics(pool.metrics())
			.build();
	}

	private void count(String name, int count, int least, Consumer<Integer> target) {
		SettingMapper.map(nameOf(name), count, (value) -> {
			Assert.isTrue(value >= least, () -> "it must be at least " + least + ", not " + value);
			target.accept(value);
		});
	}

	private void time(String name, Duration time, Consumer<Duration> target) {
		SettingMapper.map(nameOf(name), time, (value) -> {
			Assert.isTrue(value.toMillis() >= 1, () -> "it must be at least a millisecond, not " + value);
			target.accept(value);
		});
	}

	private String nameOf(String name) {
		return this.client.nameOf("pool." + name);
	}

}
