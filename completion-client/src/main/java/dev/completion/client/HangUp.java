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

import java.util.Map;

import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.netty.Connection;
import reactor.netty.channel.ChannelOperations;

import org.springframework.http.client.reactive.ReactorClientHttpConnector;

/**
 * Closes the connection of an attempt that is given up. When that is just as the response
 * arrives, and nobody reads its body yet, WebClient would read it to its end, however
 * long that takes, and a filter may drop it. Safe for use by many threads.
 */
final class HangUp {

	/**
	 * The attribute of a request that has the hang-up of its attempt.
	 */
	static final String ATTRIBUTE = HangUp.class.getName();

	private volatile @Nullable Connection connection;

	private volatile boolean givenUp;

	/**
	 * Return the given exchange, which closes its connection when it fails, or when it is
	 * cancelled, be it after its response.
	 */
	<T> Mono<T> limit(Mono<T> exchange) {
		return exchange.doOnCancel(this::giveUp).doOnError((ex) -> giveUp());
	}

	/**
	 * Note that the headers of a response have arrived, before anybody else knows.
	 */
	static void answered(Connection connection) {
		Map<String, Object> attributes = connection.channel().attr(ReactorClientHttpConnector.ATTRIBUTES_KEY).get();
		if (attributes != null && attributes.get(ATTRIBUTE) instanceof HangUp hangUp) {
			hangUp.connection = connection;
			if (hangUp.givenUp) {
				hangUp.close();
			}
		}
	}

	/**
	 * Leave the connection alone from now on: the answer is complete, and whoever has
	 * read it sees to its rest.
	 */
	void release() {
		this.connection = null;
	}

	private void giveUp() {
		this.givenUp = true;
		close();
	}

	// does nothing once the response has ended, when the connection may be another call's
	private void close() {
		if (this.connection instanceof ChannelOperations<?, ?> exchange) {
			exchange.discard();
		}
	}

}
