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
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.UnknownHostException;
import java.nio.channels.UnresolvedAddressException;
import java.security.cert.CertPathBuilderException;
import java.util.Objects;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import javax.net.ssl.SSLException;

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

	private static final String SEE_BASE_URL = "; see 'completion.base-url'";

	private static final Pattern PROXY_STATUS = Pattern.compile("status: (\\d{3}[^,]*)");

	private TransportFailures() {
	}

	/**
	 * Translate an exception of an attempt.
	 * @param request the request of the attempt
	 * @param server the host and port of the server
	 */
	static AttemptFailure translate(Throwable failure, Attempt attempt, ApiRequest request, String server) {
		Throwable ex = unwrap(Exceptions.unwrap(failure));
		if (ex instanceof AttemptFailure known) {
			return known.withRequest(request);
		}
		if (attempt.response() != null) {
			return responseFailure(ex, attempt.isStream(), server);
		}
		// without TLS, a request is written before the proxy has connected, and is held
		// back
		boolean sent = attempt.isSent() && !has(ProxyConnectException.class, ex);
		return sent ? requestFailure(ex, server) : connectFailure(ex, attempt, server);
	}

	/**
	 * Return the cause of an exception of WebClient, which is the reason for it.
	 */
	private static Throwable unwrap(Throwable ex) {
		return (ex instanceof WebClientException && ex.getCause() != null) ? ex.getCause() : ex;
	}

	private static AttemptFailure connectFailure(Throwable ex, Attempt attempt, String server) {
		if (has(ConnectTimeoutException.class, ex) || has(SslHandshakeTimeoutException.class, ex)
				|| isProxyTimeout(ex)) {
			return AttemptFailure.connectTimeout(server, attempt.timeouts().connect());
		}
		if (has(ProxyConnectException.class, ex)) {
			return AttemptFailure.notConnected(
					"The proxy could not connect to " + server + proxyStatus(ex) + "; see 'completion.proxy.host'",
					false, serializable(ProxyConnectException.class, ProxyConnectException::new, ex));
		}
		if (has(NotSslRecordException.class, ex)) {
			// not chained: its message has the bytes that the server sent
			return AttemptFailure.notConnected("The server does not use TLS: " + server + SEE_BASE_URL, false, null);
		}
		if (has(SSLException.class, ex)) {
			return AttemptFailure.notConnected("The TLS handshake failed: " + server + tlsReason(ex), false, ex);
		}
		AttemptFailure known = poolFailure(ex);
		if (known == null) {
			known = resolutionFailure(ex, server);
		}
		if (known != null) {
			return known;
		}
		return isLost(ex) ? AttemptFailure.notConnected(reason(ex) + ": " + server, true, ex)
				: AttemptFailure.unexpected(ex);
	}

	private static @Nullable AttemptFailure resolutionFailure(Throwable ex, String server) {
		if (has(UnknownHostException.class, ex)) {
			return AttemptFailure.notConnected("The host name could not be resolved: " + server + SEE_BASE_URL, true,
					serializable(UnknownHostException.class, UnknownHostException::new, ex));
		}
		// a proxy resolves the name of the server, so this is about the proxy
		return (ex instanceof UnresolvedAddressException) ? AttemptFailure.notConnected(
				"The host name of the proxy could not be resolved; check the proxy settings, such as 'completion.proxy.host'",
				true, ex) : null;
	}

	// Netty reports this in the message only
	private static String proxyStatus(Throwable ex) {
		Throwable proxy = Objects.requireNonNull(find(ProxyConnectException.class, ex));
		Matcher status = PROXY_STATUS.matcher(String.valueOf(proxy.getMessage()));
		return status.find() ? " (" + status.group(1) + ")" : "";
	}

	private static String tlsReason(Throwable ex) {
		Throwable root = root(ex);
		String message = (root.getMessage() != null) ? ": " + root.getMessage() : "";
		String setting = has(CertPathBuilderException.class, ex) ? "; see 'completion.ssl.bundle'" : "";
		return " (" + root.getClass().getSimpleName() + message + ")" + setting;
	}

	private static String reason(Throwable ex) {
		if (has(NoRouteToHostException.class, ex)) {
			return "No route to host";
		}
		boolean refused = has(ConnectException.class, ex) && String.valueOf(ex.getMessage()).contains("refused");
		return refused ? "Connection refused" : "Could not connect (" + ex.getClass().getSimpleName() + ")";
	}

	private static @Nullable AttemptFailure poolFailure(Throwable ex) {
		if (ex instanceof PoolAcquirePendingLimitException) {
			return AttemptFailure.notConnected(
					"Too many calls are waiting for a connection; see 'completion.pool.max-pending-acquires'", false,
					ex);
		}
		if (ex instanceof PoolAcquireTimeoutException) {
			return AttemptFailure.notConnected(
					"No connection became available in time; see 'completion.pool.max-connections' and 'completion.pool.acquire-timeout'",
					true, ex);
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

	private static AttemptFailure requestFailure(Throwable ex, String server) {
		if (ex instanceof AbortedException && AbortedException.isConnectionReset(ex)) {
			return AttemptFailure.notConnected("The connection was lost before the request was sent: " + server, true,
					ex);
		}
		if (isBadFraming(ex)) {
			return badFraming(ex, server);
		}
		return isLost(ex)
				? AttemptFailure.connectionLost("The connection was lost before a response was received: " + server, ex)
				: AttemptFailure.unexpected(ex);
	}

	private static AttemptFailure responseFailure(Throwable ex, boolean stream, String server) {
		if (isBadFraming(ex)) {
			return badFraming(ex, server);
		}
		if (!isLost(ex)) {
			return AttemptFailure.unexpected(ex);
		}
		return stream ? AttemptFailure.truncated("The connection was lost while reading the stream: " + server, ex)
				: AttemptFailure.connectionLost("The connection was lost while reading the response: " + server, ex);
	}

	private static boolean isLost(Throwable ex) {
		return ex instanceof IOException || ex instanceof AbortedException
				|| ex instanceof PrematureChannelClosureException || has(SSLException.class, ex);
	}

	private static boolean isBadFraming(Throwable ex) {
		return ex instanceof DecoderException && !has(SSLException.class, ex);
	}

	private static AttemptFailure badFraming(Throwable ex, String server) {
		// not chained: its message quotes what the server sent
		return AttemptFailure
			.malformed("The response is not valid HTTP: " + server + " (" + ex.getClass().getSimpleName() + ")");
	}

	// causes may form a cycle
	private static Throwable root(Throwable failure) {
		Throwable root = failure;
		try {
			for (int i = 0; i < MAX_CAUSES && root.getCause() != null; i++) {
				root = root.getCause();
			}
		}
		catch (RuntimeException ex) {
			// the causes cannot be read any further
		}
		return root;
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
