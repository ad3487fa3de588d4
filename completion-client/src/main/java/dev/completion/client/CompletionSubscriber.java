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

import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLongFieldUpdater;

import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Operators;
import reactor.util.context.Context;

import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;

/**
 * Carries completions from a {@link CompletionStream} to whoever subscribed to them. A
 * buffer is asked for only when the last one is used up and more is wanted, so a slow
 * subscriber slows the server down, and no buffer is ever queued.
 */
final class CompletionSubscriber implements CoreSubscriber<DataBuffer>, Subscription {

	private static final AtomicLongFieldUpdater<CompletionSubscriber> REQUESTED = AtomicLongFieldUpdater
		.newUpdater(CompletionSubscriber.class, "requested");

	private final CompletionStream stream;

	private final CoreSubscriber<? super Completion> downstream;

	// whoever raises it from 0 does the work of all who raise it meanwhile
	private final AtomicInteger work = new AtomicInteger();

	private @Nullable Subscription upstream;

	@SuppressWarnings("UnusedVariable") // see REQUESTED
	private volatile long requested;

	private volatile boolean ended;

	private volatile boolean upstreamEnded;

	private @Nullable Throwable upstreamError;

	// the stream belongs to onNext while a buffer is awaited, else to whoever does the
	// work
	private volatile boolean awaiting;

	CompletionSubscriber(CompletionStream stream, CoreSubscriber<? super Completion> downstream) {
		this.stream = stream;
		this.downstream = downstream;
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
			DataBufferUtils.release(bytes);
			return;
		}
		this.stream.append(bytes);
		this.awaiting = false;
		work();
	}

	@Override
	public void onError(Throwable error) {
		this.upstreamError = error;
		onComplete();
	}

	@Override
	public void onComplete() {
		this.upstreamEnded = true;
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
		upstream().cancel();
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
				this.downstream.onNext(completion);
				if (completion.stopReason() != null) {
					end(null);
				}
			}
		}
		Operators.produced(REQUESTED, this, delivered);
		if (!this.ended && this.upstreamEnded && this.awaiting) {
			end((this.upstreamError != null) ? this.upstreamError : CallFailure.truncated());
		}
	}

	/**
	 * Return the next completion, or see to it that there will be one.
	 */
	private @Nullable Completion next() {
		try {
			Completion completion = this.stream.next();
			if (completion == null) {
				this.awaiting = true;
				upstream().request(1);
			}
			return completion;
		}
		catch (RuntimeException ex) {
			end(ex);
			return null;
		}
	}

	private void end(@Nullable Throwable error) {
		cancel();
		if (error != null) {
			this.downstream.onError(error);
		}
		else {
			this.downstream.onComplete();
		}
	}

	private Subscription upstream() {
		return Objects.requireNonNull(this.upstream);
	}

}
