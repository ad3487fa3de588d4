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

import java.util.concurrent.atomic.AtomicInteger;

import reactor.core.publisher.Mono;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;

/**
 * Server with a rate limit that responds to refused requests with {@code retry-after: 1}.
 */
final class TokenBucketServer implements AutoCloseable {

	private final AtomicInteger refused = new AtomicInteger();

	private final double rate;

	private final double burst;

	private final DisposableServer server;

	private volatile String blockedKey = "";

	private double level;

	private long time = System.nanoTime();

	/**
	 * Start a server.
	 * @param rate the number of requests per second that are admitted
	 * @param burst the number of requests that are admitted at once
	 * @param answer the body of a response
	 */
	TokenBucketServer(double rate, double burst, String answer) {
		this.rate = rate;
		this.burst = burst;
		this.level = burst;
		this.server = HttpServer.create()
			.host("127.0.0.1")
			.port(0)
			.handle((request, response) -> request.receive().then(Mono.defer(() -> {
				boolean blocked = this.blockedKey.equals(request.requestHeaders().get("x-api-key"));
				if (!blocked && take()) {
					return response.header("content-type", "application/json").sendString(Mono.just(answer)).then();
				}
				this.refused.incrementAndGet();
				return response.status(429).header("retry-after", blocked ? "30" : "1").send();
			})))
			.bindNow();
	}

	private synchronized boolean take() {
		long now = System.nanoTime();
		this.level = Math.min(this.burst, this.level + (now - this.time) / 1e9 * this.rate);
		this.time = now;
		boolean admitted = this.level >= 1;
		this.level -= admitted ? 1 : 0;
		return admitted;
	}

	/**
	 * Refuse all requests with the given key, with {@code retry-after: 30}.
	 */
	void block(String key) {
		this.blockedKey = key;
	}

	/**
	 * Return the number of requests that were refused.
	 */
	int refused() {
		return this.refused.get();
	}

	String baseUrl() {
		return "http://127.0.0.1:" + this.server.port();
	}

	@Override
	public void close() {
		this.server.disposeNow();
	}

}
