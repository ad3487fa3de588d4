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

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Flux;

/**
 * The calls of a client that have not ended. Safe for use by many threads.
 */
final class LiveCalls {

	private final @Nullable LiveCalls original;

	private final Set<Call> calls = ConcurrentHashMap.newKeySet();

	private volatile boolean closed;

	/**
	 * Create an empty set of calls.
	 * @param original the calls of the client whose variant this is, which closes with
	 * that one
	 */
	LiveCalls(@Nullable LiveCalls original) {
		this.original = original;
	}

	/**
	 * Return the given attempts, which end with the call.
	 */
	<T> Flux<T> whileLive(Call call, Flux<T> attempts) {
		return Flux.using(() -> begin(call),
				(timer) -> isClosed() ? Flux.<T>error(CallFailure.closed()) : untilEnd(call, attempts),
				(timer) -> end(call, timer));
	}

	private Disposable begin(Call call) {
		add(call);
		return call.startTimer();
	}

	private void end(Call call, Disposable timer) {
		timer.dispose();
		remove(call);
	}

	// takeUntilOther() leaves what it takes from alone when the other one fails
	private static <T> Flux<T> untilEnd(Call call, Flux<T> attempts) {
		Disposable.Swap running = Disposables.swap();
		return attempts.doOnSubscribe((subscription) -> running.replace(subscription::cancel))
			.takeUntilOther(call.end().doOnError((ex) -> running.dispose()));
	}

	void close() {
		this.closed = true;
		this.calls.forEach((call) -> call.abort(CallFailure.closed()));
	}

	private boolean isClosed() {
		return this.closed || (this.original != null && this.original.isClosed());
	}

	private void add(Call call) {
		this.calls.add(call);
		if (this.original != null) {
			this.original.add(call);
		}
	}

	private void remove(Call call) {
		this.calls.remove(call);
		if (this.original != null) {
			this.original.remove(call);
		}
	}

}
