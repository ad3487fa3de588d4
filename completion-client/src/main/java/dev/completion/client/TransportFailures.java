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
import java.net.UnknownHostException;

import javax.net.ssl.SSLHandshakeException;

import dev.completion.client.error.CallDetails;
import dev.completion.client.error.CallTimeoutException;
import dev.completion.client.error.CallTimeoutException.Phase;
import dev.completion.client.error.CompletionClientException;
import dev.completion.client.error.ConnectionException;
import dev.completion.client.error.MalformedResponseException;
import dev.completion.client.error.Outcome;
import dev.completion.client.error.StreamTruncatedException;
import io.netty.channel.ConnectTimeoutException;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.ssl.NotSslRecordException;
import reactor.core.Exceptions;
import reactor.netty.channel.AbortedException;
import reactor.netty.internal.shaded.reactor.pool.PoolAcquirePendingLimitException;
import reactor.netty.internal.shaded.reactor.pool.PoolAcquireTimeoutException;

import org.springframework.web.reactive.function.client.WebClientException;

/**
 * Turns what WebClient, Reactor Netty and Netty throw into the exceptions of the client.
 */
final class TransportFailures {

	private TransportFailures() {
	}

	/**
	 * Return the exception that the caller gets for the given failure.
	 * @param failure what went wrong
	 * @param call the call that failed
	 * @param stream whether the call is for a stream
	 */
	static CompletionClientException translate(Throwable failure, Call call, boolean stream) {
		Throwable ex = unwrap(Exceptions.unwrap(failure));
		if (ex instanceof CallFailure known) {
			return known.toException(call);
		}
		if (isBadFraming(ex)) {
			// not chained: its message quotes what the server sent
			return new MalformedResponseException(
					"The server's answer is not valid HTTP (" + ex.getClass().getSimpleName() + ")",
					call.details(Outcome.UNKNOWN), null);
		}
		return (call.answer() != null) ? answerFailure(ex, call, stream) : requestFailure(ex, call);
	}

	/**
	 * Return what lies beneath WebClient's own exceptions: it tells what went wrong.
	 */
	private static Throwable unwrap(Throwable ex) {
		return (ex instanceof WebClientException && ex.getCause() != null) ? ex.getCause() : ex;
	}

	private static CompletionClientException requestFailure(Throwable ex, Call call) {
		if (ex instanceof ConnectTimeoutException) {
			return new CallTimeoutException(Phase.CONNECT, "Connecting took too long", call.details(Outcome.NOT_SENT),
					ex);
		}
		if (isNotConnected(ex)) {
			return new ConnectionException("Could not connect (" + ex.getClass().getSimpleName() + ")",
					call.details(Outcome.NOT_SENT), ex);
		}
		if (isLost(ex)) {
			return new ConnectionException("The connection was lost before an answer came",
					call.details(Outcome.UNKNOWN), ex);
		}
		return unexpected(ex, call);
	}

	private static CompletionClientException answerFailure(Throwable ex, Call call, boolean stream) {
		if (!isLost(ex)) {
			return unexpected(ex, call);
		}
		CallDetails details = call.details(Outcome.UNKNOWN);
		return stream ? new StreamTruncatedException("The connection was lost in mid-stream", details, ex)
				: new ConnectionException("The connection was lost in mid-answer", details, ex);
	}

	private static boolean isNotConnected(Throwable ex) {
		return ex instanceof ConnectException || ex instanceof UnknownHostException
				|| ex instanceof SSLHandshakeException || ex instanceof NotSslRecordException
				|| ex instanceof PoolAcquireTimeoutException || ex instanceof PoolAcquirePendingLimitException;
	}

	private static boolean isLost(Throwable ex) {
		return ex instanceof IOException || ex instanceof AbortedException;
	}

	// Netty reports a bad chunk size as a bare NumberFormatException
	private static boolean isBadFraming(Throwable ex) {
		return (ex instanceof DecoderException || ex instanceof NumberFormatException)
				&& !(ex instanceof NotSslRecordException) && !(ex.getCause() instanceof SSLHandshakeException);
	}

	private static CompletionClientException unexpected(Throwable ex, Call call) {
		return new CompletionClientException("The call failed (" + ex.getClass().getName() + ")",
				call.details(call.outcomeWithoutAnswer()), ex);
	}

}
