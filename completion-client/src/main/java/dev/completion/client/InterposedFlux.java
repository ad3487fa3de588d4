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

import java.util.function.BiConsumer;

import reactor.core.CoreSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.FluxOperator;

/**
 * Puts a subscriber of ours between a Flux and whoever subscribes. Reactor's own way to
 * do so would promise the one after it that the two can be fused.
 *
 * @param <I> the type of the elements that our subscriber gets
 * @param <O> the type of those that it passes on
 */
final class InterposedFlux<I, O> extends FluxOperator<I, O> {

	private final BiConsumer<Flux<? extends I>, CoreSubscriber<? super O>> subscription;

	/**
	 * Create a Flux.
	 * @param source the elements
	 * @param subscription subscribes to them on behalf of the given subscriber
	 */
	InterposedFlux(Flux<? extends I> source, BiConsumer<Flux<? extends I>, CoreSubscriber<? super O>> subscription) {
		super(source);
		this.subscription = subscription;
	}

	@Override
	public void subscribe(CoreSubscriber<? super O> subscriber) {
		this.subscription.accept(this.source, subscriber);
	}

}
