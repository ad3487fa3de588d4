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
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;
import java.util.function.Supplier;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import reactor.core.scheduler.Schedulers;
import reactor.netty.http.client.HttpClient;
import reactor.netty.resources.ConnectionProvider;

import org.springframework.boot.ssl.SslBundle;

/**
 * The HTTP client of a completion client. It is replaced, together with its connection
 * pool, when its SSL bundle is reloaded and when the application is started again.
 */
final class ReloadingHttpClient implements Supplier<HttpClient> {

	private static final Log logger = LogFactory.getLog(ReloadingHttpClient.class);

	private static final Duration MARGIN = Duration.ofSeconds(1);

	private final ConnectionPool pool;

	private final @Nullable String bundleName;

	private final BiFunction<ConnectionProvider, @Nullable SslBundle, HttpClient> factory;

	// also those of replaced HTTP clients that calls may still wait for
	private final Set<ConnectionProvider> pools = ConcurrentHashMap.newKeySet();

	private @Nullable SslBundle bundle;

	private boolean closed;

	private volatile HttpClient current;

	/**
	 * Create an HTTP client.
	 * @param pool the settings of its connection pool
	 * @param bundleName the name of the SSL bundle, or {@code null} if it is not reloaded
	 * @param bundle the SSL bundle, if there is one
	 * @param factory creates an HTTP client with the given pool and SSL bundle
	 */
	ReloadingHttpClient(ConnectionPool pool, @Nullable String bundleName, @Nullable SslBundle bundle,
			BiFunction<ConnectionProvider, @Nullable SslBundle, HttpClient> factory) {
		this.pool = pool;
		this.bundleName = bundleName;
		this.bundle = bundle;
		this.factory = factory;
		this.current = create(bundle);
	}

	private HttpClient create(@Nullable SslBundle bundle) {
		ConnectionProvider connections = this.pool.open();
		this.pools.add(connections);
		try {
			return this.factory.apply(connections, bundle);
		}
		catch (RuntimeException ex) {
			close(connections);
			throw ex;
		}
	}

	/**
	 * Use a reloaded SSL bundle, if it is the one of this client and valid. Otherwise,
	 * calls continue to use the previous one. The previous pool is closed after the
	 * acquire timeout, so that calls that wait for one of its connections can acquire it.
	 */
	synchronized void reload(String name, SslBundle bundle) {
		if (this.closed || !name.equals(this.bundleName)) {
			return;
		}
		try {
			ConnectionProvider previous = connections();
			this.current = create(bundle);
			this.bundle = bundle;
			Schedulers.parallel()
				.schedule(() -> close(previous), this.pool.acquireTimeout().plus(MARGIN).toMillis(),
						TimeUnit.MILLISECONDS);
			logger.info("Using the reloaded SSL bundle '%s' for new connections".formatted(name));
		}
		catch (RuntimeException ex) {
			logger.error("Could not use the reloaded SSL bundle '%s'. The previous one remains in use.".formatted(name),
					ex);
		}
	}

	/**
	 * Create the HTTP client again, because the event loops and connections of the
	 * previous one may have ended.
	 */
	synchronized void restart() {
		if (this.closed) {
			return;
		}
		ConnectionProvider previous = connections();
		this.current = create(this.bundle);
		close(previous);
	}

	private ConnectionProvider connections() {
		return this.current.configuration().connectionProvider();
	}

	@Override
	public HttpClient get() {
		return this.current;
	}

	/**
	 * Close the connections.
	 */
	synchronized void close() {
		this.closed = true;
		this.pools.forEach(this::close);
	}

	private void close(ConnectionProvider pool) {
		if (this.pools.remove(pool)) {
			pool.disposeLater().subscribe(null, ReloadingHttpClient::logNotClosed);
		}
	}

	private static void logNotClosed(Throwable ex) {
		String message = "Could not close the connection pool";
		if (ex instanceof RejectedExecutionException) {
			// the event loops have already ended, which closed the connections
			logger.debug(message, ex);
		}
		else {
			logger.warn(message, ex);
		}
	}

}
