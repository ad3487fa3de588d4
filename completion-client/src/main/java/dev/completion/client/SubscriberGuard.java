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

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.Exceptions;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Operators;
import reactor.util.context.Context;

/**
 * Ends the stream of a subscriber that throws. The operators before it do not expect
 * that, and would take neither an error nor the end of the stream any more.
 *
 * @param <T> the type of the elements
 */
final class SubscriberGuard<T> implements CoreSubscriber<T> {

	private static final Log logger = LogFactory.getLog(SubscriberGuard.class);

	private final CoreSubscriber<? super T> subscriber;

	private @Nullable Subscription subscription;

	private boolean ended;

	private SubscriberGuard(CoreSubscriber<? super T> subscriber) {
		this.subscriber = subscriber;
	}

	static <T> Flux<T> guard(Flux<T> stream) {
		return Flux
			.from(Operators.<T, T>lift((scannable, subscriber) -> new SubscriberGuard<>(subscriber)).apply(stream));
	}

	@Override
	public Context currentContext() {
		return this.subscriber.currentContext();
	}

	@Override
	public void onSubscribe(Subscription subscription) {
		this.subscription = subscription;
		this.subscriber.onSubscribe(subscription);
	}

	@Override
	public void onNext(T element) {
		if (this.ended) {
			return;
		}
		try {
			this.subscriber.onNext(element);
		}
		catch (Throwable ex) {
			end(ex);
		}
	}

	private void end(Throwable thrown) {
		this.ended = true;
		if (this.subscription != null) {
			this.subscription.cancel();
		}
		Exceptions.throwIfJvmFatal(thrown);
		logger.warn("Subscriber failed", thrown);
		this.subscriber.onError(thrown);
	}

	@Override
	public void onError(Throwable error) {
		if (!this.ended) {
			this.subscriber.onError(error);
		}
	}

	@Override
	public void onComplete() {
		if (!this.ended) {
			this.subscriber.onComplete();
		}
	}

}
