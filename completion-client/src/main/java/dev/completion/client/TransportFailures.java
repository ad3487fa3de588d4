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

import java.io.IOException;
import java.net.UnknownHostException;
import java.util.Objects;
import java.util.function.Function;

import javax.net.ssl.SSLException;

import dev.completion.client.error.CallTimeoutException.Phase;
import io.netty.channel.ConnectTimeoutException;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.codec.PrematureChannelClosureException;
import io.netty.handler.proxy.ProxyConnectException;
import io.netty.handler.ssl.NotSslRecordException;
import io.netty.handler.ssl.SslHandshakeTimeoutException;
import org.jspecify.annotations.Nullable;
import reactor.core.Exceptions;
import reactor.netty.channel.AbortedException;
import reactor.netty.internal.shaded.reactor.pool.PoolAcquirePendingLimitException;
import reactor.netty.internal.shaded.reactor.pool.PoolAcquireTimeoutException;
import reactor.netty.internal.shaded.reactor.pool.PoolShutdownException;

import org.springframework.web.reactive.function.client.WebClientException;

/**
 * Translates exceptions of WebClient, Reactor Netty and Netty to an
 * {@link AttemptFailure}.
 */
final class TransportFailures {

	private static final int MAX_CAUSES = 100;

	private TransportFailures() {
	}

	/**
	 * Translate an exception of an attempt.
	 */
	static AttemptFailure translate(Throwable failure, Attempt attempt) {
		Throwable ex = unwrap(Exceptions.unwrap(failure));
		if (ex instanceof AttemptFailure known) {
			return known;
		}
		if (attempt.response() != null) {
			return responseFailure(ex, attempt.isStream());
		}
		// without TLS, a request is written before the proxy has connected, and is held
		// back
		boolean sent = attempt.isSent() && !has(ProxyConnectException.class, ex);
		return sent ? requestFailure(ex) : connectFailure(ex, attempt);
	}

	/**
	 * Return the cause of an exception of WebClient, which is the reason for it.
	 */
	private static Throwable unwrap(Throwable ex) {
		return (ex instanceof WebClientException && ex.getCause() != null) ? ex.getCause() : ex;
	}

	private static AttemptFailure connectFailure(Throwable ex, Attempt attempt) {
		if (has(ConnectTimeoutException.class, ex) || has(SslHandshakeTimeoutException.class, ex)
				|| isProxyTimeout(ex)) {
			return AttemptFailure.timeout(Phase.CONNECT, attempt.timeouts().connect());
		}
		if (has(ProxyConnectException.class, ex)) {
			return AttemptFailure.notConnected("The proxy did not connect", false,
					serializable(ProxyConnectException.class, ProxyConnectException::new, ex));
		}
		if (has(NotSslRecordException.class, ex)) {
			// not chained: its message has the bytes that the server sent
			return AttemptFailure.notConnected("The server does not speak TLS", false, null);
		}
		if (has(SSLException.class, ex)) {
			return AttemptFailure.notConnected("The TLS handshake failed", false, ex);
		}
		AttemptFailure pool = poolFailure(ex);
		if (pool != null) {
			return pool;
		}
		if (has(UnknownHostException.class, ex)) {
			return AttemptFailure.notConnected("The name of the server could not be resolved", true,
					serializable(UnknownHostException.class, UnknownHostException::new, ex));
		}
		return isLost(ex)
				? AttemptFailure.notConnected("Could not connect (" + ex.getClass().getSimpleName() + ")", true, ex)
				: AttemptFailure.unexpected(ex);
	}

	private static @Nullable AttemptFailure poolFailure(Throwable ex) {
		if (ex instanceof PoolAcquirePendingLimitException) {
			return AttemptFailure.notConnected("Too many calls wait for a connection", false, ex);
		}
		if (ex instanceof PoolAcquireTimeoutException) {
			return AttemptFailure.notConnected("No connection came free in time", true, ex);
		}
		if (ex instanceof PoolShutdownException) {
			return AttemptFailure.notConnected("The connection pool was closed", true, ex);
		}
		return null;
	}

	// exceptions of HTTP proxies and of DNS have fields that cannot be serialized
	private static <T extends Throwable> Throwable serializable(Class<T> type, Function<String, T> copy, Throwable ex) {
		Throwable original = Objects.requireNonNull(find(type, ex));
		Throwable result = copy.apply(String.valueOf(original.getMessage()));
		result.setStackTrace(original.getStackTrace());
		if (original.getCause() != null) {
			result.initCause(new IOException(original.getCause().toString()));
		}
		return result;
	}

	// Netty reports this in the message only
	private static boolean isProxyTimeout(Throwable ex) {
		ProxyConnectException proxy = find(ProxyConnectException.class, ex);
		return proxy != null && String.valueOf(proxy.getMessage()).endsWith(", timeout");
	}

	private static AttemptFailure requestFailure(Throwable ex) {
		if (ex instanceof AbortedException && AbortedException.isConnectionReset(ex)) {
			return AttemptFailure.notConnected("The connection was lost before the request was sent", true, ex);
		}
		if (isBadFraming(ex)) {
			return badFraming(ex);
		}
		return isLost(ex) ? AttemptFailure.connectionLost("The connection was lost before a response was received", ex)
				: AttemptFailure.unexpected(ex);
	}

	private static AttemptFailure responseFailure(Throwable ex, boolean stream) {
		if (isBadFraming(ex)) {
			return badFraming(ex);
		}
		if (!isLost(ex)) {
			return AttemptFailure.unexpected(ex);
		}
		return stream ? AttemptFailure.truncated("The connection was lost while reading the stream", ex)
				: AttemptFailure.connectionLost("The connection was lost while reading the response", ex);
	}

	private static boolean isLost(Throwable ex) {
		return ex instanceof IOException || ex instanceof AbortedException
				|| ex instanceof PrematureChannelClosureException || has(SSLException.class, ex);
	}

	private static boolean isBadFraming(Throwable ex) {
		return ex instanceof DecoderException && !has(SSLException.class, ex);
	}

	private static AttemptFailure badFraming(Throwable ex) {
		// not chained: its message quotes what the server sent
		return AttemptFailure
			.malformed("The response of the server is not valid HTTP (" + ex.getClass().getSimpleName() + ")");
	}

	private static boolean has(Class<? extends Throwable> type, Throwable ex) {
		return find(type, ex) != null;
	}

	// an exception of the application may be its own cause, or fail to return it
	private static <T extends Throwable> @Nullable T find(Class<T> type, Throwable failure) {
		try {
			Throwable ex = failure;
			for (int i = 0; i < MAX_CAUSES && ex != null && !type.isInstance(ex); i++) {
				ex = ex.getCause();
			}
			return type.isInstance(ex) ? type.cast(ex) : null;
		}
		catch (RuntimeException ex) {
			return null;
		}
	}

}
