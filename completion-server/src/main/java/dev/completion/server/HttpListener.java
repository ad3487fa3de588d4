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
import java.util.Objects;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.ImmediateEventExecutor;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;
import reactor.netty.resources.LoopResources;
import reactor.util.Logger;
import reactor.util.Loggers;

/**
 * Port, connections and threads of a server.
 */
final class HttpListener {

	private static final Logger logger = Loggers.getLogger(HttpListener.class);

	static final String HOST = "127.0.0.1";

	private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(5);

	private final AtomicBoolean closed = new AtomicBoolean();

	private final ChannelGroup connections = new DefaultChannelGroup(ImmediateEventExecutor.INSTANCE, true);

	private final EventLoopGroup threads;

	private final DisposableServer server;

	private HttpListener(int port, EventLoopGroup threads, Handler handler) {
		this.threads = threads;
		// not bindNow: the thread may be one that Reactor does not allow to block
		this.server = Objects.requireNonNull(HttpServer.create()
			.host(HOST)
			.port(port)
			.runOn(threads)
			.channelGroup(this.connections)
			.handle((request, response) -> timer(response).flatMap((timer) -> handler.handle(request, response, timer)))
			.bind()
			.toFuture()
			.join());
	}

	/**
	 * Return the timer of a connection: its own thread, so that no timer outlives it.
	 */
	private static Mono<Scheduler> timer(HttpServerResponse response) {
		return Wire.connection(response)
			.map((connection) -> Schedulers.fromExecutorService(connection.channel().eventLoop()));
	}

	static HttpListener bind(int port, Handler handler) {
		EventLoopGroup threads = new MultiThreadIoEventLoopGroup(LoopResources.DEFAULT_IO_WORKER_COUNT,
				new DefaultThreadFactory("completion-server", true), NioIoHandler.newFactory());
		try {
			return new HttpListener(port, threads, handler);
		}
		catch (RuntimeException ex) {
			await(shutDown(threads));
			throw new IllegalStateException("Port " + port + " of " + HOST + " cannot be bound",
					(ex instanceof CompletionException) ? ex.getCause() : ex);
		}
	}

	int port() {
		return this.server.port();
	}

	void close() {
		if (this.closed.compareAndSet(false, true)) {
			this.server.dispose();
			await(this.server.onDispose().toFuture());
			// before the threads, since a thread that is busy ends without closing them
			await(this.connections.close());
			await(shutDown(this.threads));
		}
	}

	void awaitClose() {
		this.server.onDispose().block();
	}

	private static Future<?> shutDown(EventLoopGroup threads) {
		return threads.shutdownGracefully(0, CLOSE_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
	}

	private static void await(Future<?> future) {
		try {
			future.get(CLOSE_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		catch (ExecutionException | TimeoutException ex) {
			// not thrown: it would hide what a test that closes the server has found
			logger.warn("The server did not close in time", ex);
		}
	}

	/**
	 * Answers requests.
	 */
	@FunctionalInterface
	interface Handler {

		Mono<Void> handle(HttpServerRequest request, HttpServerResponse response, Scheduler timer);

	}

}
