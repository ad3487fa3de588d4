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

package dev.completion.samples.benchmark;

import java.util.function.ToIntFunction;

import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;

/**
 * Counts what a stream delivers, with as little ado as can be.
 *
 * @param <T> the type of the elements
 */
final class StreamCounter<T> implements CoreSubscriber<T> {

	private final ToIntFunction<T> length;

	private final Runnable firstChunk;

	private final Peer.Receiver receiver;

	private boolean begun;

	private long count;

	StreamCounter(ToIntFunction<T> length, Runnable firstChunk, Peer.Receiver receiver) {
		this.length = length;
		this.firstChunk = firstChunk;
		this.receiver = receiver;
	}

	@Override
	public void onSubscribe(Subscription subscription) {
		subscription.request(Long.MAX_VALUE);
	}

	@Override
	public void onNext(T element) {
		if (!this.begun) {
			this.begun = true;
			this.firstChunk.run();
		}
		this.count += this.length.applyAsInt(element);
	}

	@Override
	public void onError(Throwable error) {
		this.receiver.failed(error);
	}

	@Override
	public void onComplete() {
		this.receiver.received(this.count);
	}

}
