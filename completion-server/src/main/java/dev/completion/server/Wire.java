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

import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import java.util.function.Consumer;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import reactor.core.publisher.Mono;
import reactor.netty.Connection;
import reactor.netty.FutureMono;
import reactor.netty.NettyPipeline;
import reactor.netty.http.server.HttpServerResponse;

/**
 * Connection of an answer, below HTTP.
 */
final class Wire {

	private static final String DRIP = "completion.drip";

	private final Mono<Connection> lookup;

	Wire(HttpServerResponse response) {
		this.lookup = connection(response);
	}

	static Mono<Connection> connection(HttpServerResponse response) {
		return Mono.create((sink) -> response.withConnection(sink::success));
	}

	/**
	 * Send bytes past the HTTP codec.
	 */
	Mono<Void> send(byte[] bytes) {
		return this.lookup.flatMap((connection) -> FutureMono.from(write(connection.channel(), bytes)));
	}

	private static ChannelFuture write(Channel channel, byte[] bytes) {
		ChannelHandlerContext codec = channel.pipeline().context(NettyPipeline.HttpCodec);
		// a closed connection has no handlers
		return (codec != null) ? codec.writeAndFlush(Unpooled.wrappedBuffer(bytes))
				: channel.newFailedFuture(new ClosedChannelException());
	}

	/**
	 * Send all further bytes of the answer one by one.
	 */
	Mono<Void> drip(Duration interval) {
		return this.lookup.doOnNext((connection) -> {
			Channel channel = connection.channel();
			channel.pipeline().addFirst(DRIP, new DripHandler(channel, interval));
			connection.onTerminate().subscribe(null, null, () -> connection.removeHandler(DRIP));
		}).then();
	}

	/**
	 * Close the connection. The returned Mono never completes, so that HTTP adds nothing.
	 */
	Mono<Void> close() {
		return close((channel) -> {
		});
	}

	/**
	 * Reset the connection. The returned Mono never completes, so that HTTP adds nothing.
	 */
	Mono<Void> reset() {
		return close((channel) -> channel.config().setOption(ChannelOption.SO_LINGER, 0));
	}

	private Mono<Void> close(Consumer<Channel> preparation) {
		return this.lookup.doOnNext((connection) -> connection.channel().eventLoop().execute(() -> {
			// the client may have been faster, which a cancellation will tell then
			if (connection.channel().isActive()) {
				preparation.accept(connection.channel());
				// unlike a close by the client, this cancels nothing
				connection.dispose();
			}
		})).then(Mono.never());
	}

}
