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
import org.springframework.util.ClassUtils;

/**
 * Settings of the connection pool of a client. Each client has its own pool, so that it
 * does not compete for connections with other clients of the application.
 */
final class ConnectionPool {

	private static final boolean METRICS_PRESENT = ClassUtils.isPresent("io.micrometer.core.instrument.MeterRegistry",
			ConnectionPool.class.getClassLoader());

	private static final Duration EVICTION_INTERVAL = Duration.ofSeconds(30);

	private final ClientProperties client;

	private final ConnectionProvider.Builder builder;

	private ConnectionPool(ClientProperties client) {
		this.client = client;
		this.builder = ConnectionProvider.builder(client.isDefault() ? "completion" : "completion." + client.name());
	}

	/**
	 * Return the pool of a client, after a check of its properties.
	 */
	static ConnectionPool of(ClientProperties client) {
		ConnectionPool pool = new ConnectionPool(client);
		pool.configure();
		return pool;
	}

	private void configure() {
		CompletionProperties.Pool pool = this.client.values().pool();
		count("max-connections", pool.maxConnections(), 1, this.builder::maxConnections);
		count("max-pending-acquires", pool.maxPendingAcquires(), 0, this.builder::pendingAcquireMaxCount);
		time("acquire-timeout", pool.acquireTimeout(), this.builder::pendingAcquireTimeout);
		time("max-idle-time", pool.maxIdleTime(), this.builder::maxIdleTime);
		time("max-life-time", pool.maxLifeTime(), this.builder::maxLifeTime);
		SettingMapper.check(nameOf("metrics"), !pool.metrics() || METRICS_PRESENT,
				"it requires the dependency 'io.micrometer:micrometer-core'");
		Duration interval = (EVICTION_INTERVAL.compareTo(pool.maxIdleTime()) < 0) ? EVICTION_INTERVAL
				: pool.maxIdleTime();
		this.builder.evictInBackground(interval, Schedulers.parallel()).metrics(pool.metrics());
	}

	/**
	 * Open a pool with these settings.
	 */
	ConnectionProvider open() {
		return this.builder.build();
	}

	/**
	 * Return the maximum time that a call waits for a connection.
	 */
	Duration acquireTimeout() {
		return this.client.values().pool().acquireTimeout();
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
