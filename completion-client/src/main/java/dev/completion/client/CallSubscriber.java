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

import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import java.util.function.Consumer;

import dev.completion.client.error.CompletionClientException;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.Exceptions;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Operators;
import reactor.util.context.Context;

/**
 * Stands between the attempts of a call and its subscriber until the call ends: with its
 * last result, whatever its connection has yet to do, with a failure, because the
 * subscriber cancels or throws, or because it is {@linkplain #abort aborted}.
 *
 * @param <T> the type of the results
 */
final class CallSubscriber<T> implements CoreSubscriber<T>, Subscription {

	private static final Log logger = LogFactory.getLog(CallSubscriber.class);

	@SuppressWarnings("rawtypes")
	private static final AtomicIntegerFieldUpdater<CallSubscriber> STATE = AtomicIntegerFieldUpdater
		.newUpdater(CallSubscriber.class, "state");

	private static final int WAITING = 0;

	private static final int DELIVERING = 1;

	private static final int DELIVERING_LAST = 2;

	// during a delivery, after which the subscriber receives the failure
	private static final int ABORTED = 3;

	private static final int ENDED = 4;

	// the key that Reactor looks up before its global hook
	private static final String ON_ERROR_DROPPED = "reactor.onErrorDropped.local";

	private static final Consumer<Throwable> LOG_LATE_ERROR = CallSubscriber::logLateError;

	private final Call call;

	private final CallRetry retry;

	private final CallPacing pacing;

	private final ActiveCalls calls;

	private final CallListeners listeners;

	private final CoreSubscriber<? super T> downstream;

	private final Context context;

	private final Operators.DeferredSubscription attempts = new Operators.DeferredSubscription();

	private volatile Disposable timer = Disposables.disposed();

	private volatile int state = WAITING;

	/**
	 * Create a subscriber.
	 * @param call the call
	 * @param retry notified if the call succeeds
	 * @param pacing notified if the call succeeds
	 * @param calls has the call while it is under way
	 * @param listeners notified of the end of the call
	 * @param downstream gets the results
	 */
	CallSubscriber(Call call, CallRetry retry, CallPacing pacing, ActiveCalls calls, CallListeners listeners,
			CoreSubscriber<? super T> downstream) {
		this.call = call;
		this.retry = retry;
		this.pacing = pacing;
		this.calls = calls;
		this.listeners = listeners;
		this.downstream = downstream;
		this.context = downstream.currentContext().put(ON_ERROR_DROPPED, LOG_LATE_ERROR);
	}

	/**
	 * Begin the call, unless it ends at once.
	 * @param attempts what gets the results
	 */
	void begin(Flux<? extends T> attempts) {
		this.downstream.onSubscribe(this);
		this.calls.add(this);
		this.timer = this.call.total().whenReached((failure) -> abort(this.call.late(failure)));
		if (this.state == WAITING) {
			subscribe(attempts);
		}
		else {
			leave();
		}
	}

	private void subscribe(Flux<? extends T> attempts) {
		try {
			attempts.subscribe(this);
		}
		catch (VirtualMachineError ex) {
			leave();
			throw ex;
		}
		catch (Throwable ex) {
			// one that Reactor throws, as of a class that is missing
			onError(ex);
		}
	}

	@Override
	public Context currentContext() {
		return this.context;
	}

	@Override
	public void onSubscribe(Subscription attempts) {
		this.attempts.set(attempts);
	}

	@Override
	public void request(long count) {
		if (Operators.validate(count)) {
			this.attempts.request(count);
		}
	}

	@Override
	public void onNext(T result) {
		boolean last = this.call.isLast(result);
		int delivering = last ? DELIVERING_LAST : DELIVERING;
		if (!STATE.compareAndSet(this, WAITING, delivering)) {
			return;
		}
		try {
			this.call.delivered(result);
		}
		catch (AttemptFailure ex) {
			int before = STATE.getAndSet(this, ENDED);
			cancelAttempts();
			if (before != ENDED) {
				fail(ex);
			}
			return;
		}
		if (last) {
			succeed(result);
		}
		deliver(result);
		if (!STATE.compareAndSet(this, delivering, last ? ENDED : WAITING)) {
			failIfAborted();
		}
		else if (last) {
			this.downstream.onComplete();
		}
	}

	private void succeed(T last) {
		leave();
		this.retry.succeeded();
		this.pacing.succeeded(last);
		this.listeners.succeeded(this.call);
	}

	// what comes before does not expect a subscriber to throw, and would take neither an
	// error nor the end of the stream any more
	private void deliver(T result) {
		try {
			this.downstream.onNext(result);
		}
		catch (Throwable ex) {
			cancel();
			logger.warn("Subscriber failed", ex);
			this.downstream.onError(ex);
			FatalErrors.throwIfFatal(ex);
		}
	}

	@Override
	public void onError(Throwable error) {
		if (STATE.compareAndSet(this, WAITING, ENDED)) {
			fail(error);
		}
		else {
			Operators.onErrorDropped(error, this.context);
		}
	}

	@Override
	public void onComplete() {
		if (STATE.compareAndSet(this, WAITING, ENDED)) {
			leave();
			this.downstream.onComplete();
		}
	}

	/**
	 * End the call for the given reason, whatever it is doing.
	 */
	void abort(AttemptFailure failure) {
		this.call.abort(failure);
		int before = STATE.getAndUpdate(this, CallSubscriber::aborted);
		if (before == WAITING || before == DELIVERING) {
			cancelAttempts();
		}
		if (before == WAITING) {
			fail(failure);
		}
	}

	private static int aborted(int state) {
		return (state == WAITING) ? ENDED : (state == DELIVERING) ? ABORTED : state;
	}

	private void failIfAborted() {
		if (STATE.compareAndSet(this, ABORTED, ENDED)) {
			fail(this.call.reason(AttemptFailure.closed()));
		}
	}

	@Override
	public void cancel() {
		int before = STATE.getAndSet(this, ENDED);
		leave();
		if (before == WAITING || before == DELIVERING) {
			cancelAttempts();
		}
	}

	// who is cancelled may throw: a source of the application's, or threads that have
	// ended
	private void cancelAttempts() {
		this.pacing.cancelled();
		try {
			this.attempts.cancel();
		}
		catch (Throwable ex) {
			Exceptions.throwIfJvmFatal(ex);
			logger.warn("Could not cancel what a call was doing", ex);
		}
	}

	private void fail(Throwable error) {
		leave();
		AttemptFailure failure = (error instanceof AttemptFailure known) ? known
				: AttemptFailure.unexpected(Exceptions.unwrap(error));
		CompletionClientException exception = this.call.toException(this.call.reason(failure));
		if (!this.calls.isClosed()) {
			this.listeners.failed(exception);
		}
		this.downstream.onError(exception);
	}

	/**
	 * Log an error that is no news: the connection that is closed at the end of a call
	 * fails what still waits on it. Reactor would log it as an error.
	 */
	private static void logLateError(Throwable error) {
		logger.debug("Failed after the call had ended: " + error.getClass().getName());
	}

	private void leave() {
		this.timer.dispose();
		this.calls.remove(this);
	}

}
