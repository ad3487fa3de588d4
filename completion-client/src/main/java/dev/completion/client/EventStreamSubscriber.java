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

import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLongFieldUpdater;

import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Operators;
import reactor.core.scheduler.Scheduler;
import reactor.util.context.Context;

import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;

/**
 * Delivers completions from an {@link EventStreamReader} to a subscriber. A buffer is
 * requested only when the previous one is consumed and there is demand. A slow subscriber
 * therefore slows down the server, and buffers are never queued.
 */
final class EventStreamSubscriber implements CoreSubscriber<DataBuffer>, Subscription {

	private static final AtomicLongFieldUpdater<EventStreamSubscriber> REQUESTED = AtomicLongFieldUpdater
		.newUpdater(EventStreamSubscriber.class, "requested");

	private static final int MAX_DRAINED = 8 * 1024;

	private static final Duration MAX_END_TIME = Duration.ofMillis(100);

	private final EventStreamReader stream;

	private final CoreSubscriber<? super Completion> downstream;

	// the thread that increments it from 0 also performs the work that other threads add
	// in the meantime
	private final AtomicInteger work = new AtomicInteger();

	private final Scheduler scheduler;

	private final IdleTimer idleTimer;

	// limits the time to wait for data after the stop reason
	private final Disposable.Swap endTimer = Disposables.swap();

	private @Nullable Subscription upstream;

	@SuppressWarnings("UnusedVariable") // see REQUESTED
	private volatile long requested;

	private volatile boolean ended;

	// the stop reason has been delivered; the rest of the body is read and discarded
	private volatile boolean finished;

	private boolean completed;

	private int drained;

	private volatile boolean upstreamEnded;

	// the last completion, delivered if no more data arrives in time
	private volatile @Nullable Completion end;

	private volatile boolean endDue;

	private @Nullable Throwable upstreamError;

	// while a buffer is awaited, only onNext accesses the stream; otherwise, only the
	// thread that does the work
	private volatile boolean awaiting;

	/**
	 * Create a subscriber.
	 * @param stream the reader that converts bytes to completions
	 * @param downstream the subscriber to the completions
	 * @param timeouts the timeouts of the stream
	 * @param scheduler the scheduler of the timeouts
	 */
	EventStreamSubscriber(EventStreamReader stream, CoreSubscriber<? super Completion> downstream, Timeouts timeouts,
			Scheduler scheduler) {
		this.stream = stream;
		this.downstream = downstream;
		this.scheduler = scheduler;
		this.idleTimer = new IdleTimer(timeouts, this::work, scheduler);
	}

	@Override
	public Context currentContext() {
		return this.downstream.currentContext();
	}

	@Override
	public void onSubscribe(Subscription upstream) {
		if (Operators.validate(this.upstream, upstream)) {
			this.upstream = upstream;
			this.downstream.onSubscribe(this);
		}
	}

	@Override
	public void onNext(DataBuffer bytes) {
		if (this.ended) {
			drain(bytes);
			return;
		}
		this.idleTimer.pause();
		this.stream.append(bytes);
		this.awaiting = false;
		work();
	}

	private void drain(DataBuffer bytes) {
		this.drained += bytes.readableByteCount();
		DataBufferUtils.release(bytes);
		if (this.drained > MAX_DRAINED) {
			upstream().cancel();
		}
	}

	@Override
	public void onError(Throwable error) {
		this.upstreamError = error;
		onComplete();
	}

	@Override
	public void onComplete() {
		this.upstreamEnded = true;
		this.endTimer.dispose();
		work();
	}

	@Override
	public void request(long count) {
		if (Operators.validate(count)) {
			Operators.addCap(REQUESTED, this, count);
			work();
		}
	}

	@Override
	public void cancel() {
		this.ended = true;
		this.idleTimer.stop();
		if (!this.finished) {
			this.endTimer.dispose();
			upstream().cancel();
		}
	}

	private void work() {
		if (this.work.getAndIncrement() != 0) {
			return;
		}
		int missed = 1;
		while (missed != 0) {
			deliver();
			missed = this.work.addAndGet(-missed);
		}
	}

	private void deliver() {
		long delivered = 0;
		while (!this.ended && !this.awaiting && delivered < this.requested) {
			Completion completion = next();
			if (completion != null) {
				delivered++;
				deliver(completion);
			}
		}
		Operators.produced(REQUESTED, this, delivered);
		// must be read before 'awaiting': no buffer arrives after the end of the body
		boolean over = this.upstreamEnded;
		if (!this.ended && this.awaiting) {
			endIfDue(over);
		}
		if (over && this.finished && !this.completed) {
			this.completed = true;
			this.downstream.onComplete();
		}
	}

	private void deliver(Completion completion) {
		this.finished = completion.stopReason() != null;
		this.downstream.onNext(completion);
		if (this.finished) {
			finish();
		}
	}

	private void endIfDue(boolean over) {
		Completion end = this.end;
		if (end != null && (over || this.endDue)) {
			deliverEnd(over ? null : end);
		}
		else if (over) {
			if (this.upstreamError != null) {
				end(this.upstreamError);
			}
			else {
				deliverEnd(null);
			}
		}
		else {
			AttemptFailure timeout = this.idleTimer.failure();
			if (timeout != null) {
				end(timeout);
			}
		}
	}

	/**
	 * Deliver the last completion.
	 * @param end the completion, or {@code null} to obtain it from the body, which has
	 * ended
	 */
	private void deliverEnd(@Nullable Completion end) {
		Completion last;
		try {
			last = (end != null) ? end : this.stream.last();
		}
		catch (RuntimeException ex) {
			end(ex);
			return;
		}
		Operators.produced(REQUESTED, this, 1);
		this.finished = true;
		this.downstream.onNext(last);
		finish();
	}

	/**
	 * Return the next completion, or request the next buffer if there is none yet.
	 */
	private @Nullable Completion next() {
		try {
			Completion completion = this.stream.next();
			if (completion == null) {
				this.idleTimer.waiting(this.stream.takeProgress());
				awaitEnd();
				this.awaiting = true;
				upstream().request(1);
			}
			return completion;
		}
		catch (RuntimeException ex) {
			fail(ex);
			return null;
		}
	}

	// failures after the stop reason are ignored, because the completion is complete
	private void fail(RuntimeException ex) {
		Completion end = this.stream.end();
		if (end != null) {
			deliverEnd(end);
		}
		else {
			end(ex);
		}
	}

	private void awaitEnd() {
		Completion end = this.stream.end();
		if (end != null && this.end == null) {
			schedule(this::endNow);
		}
		this.end = end;
	}

	private void endNow() {
		this.endDue = true;
		work();
	}

	private void schedule(Runnable task) {
		this.endTimer.replace(this.scheduler.schedule(task, MAX_END_TIME.toNanos(), TimeUnit.NANOSECONDS));
	}

	/**
	 * Drain the rest of the body after the stop reason has been delivered, so that the
	 * connection can be reused. A body that does not end within the limits of time and
	 * size is cancelled.
	 */
	private void finish() {
		this.ended = true;
		this.idleTimer.stop();
		if (!this.upstreamEnded) {
			schedule(this::leave);
			upstream().request(Long.MAX_VALUE);
		}
	}

	/**
	 * Cancel a body that does not end in time.
	 */
	private void leave() {
		try {
			upstream().cancel();
		}
		catch (RejectedExecutionException ex) {
			// the client was closed: the event loop has terminated and the connection is
			// closed
		}
	}

	private void end(Throwable error) {
		cancel();
		this.downstream.onError(error);
	}

	private Subscription upstream() {
		return Objects.requireNonNull(this.upstream);
	}

}
