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
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

import dev.completion.client.error.CallTimeoutException.Phase;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Mono;

/**
 * The moment by which a phase of a call must be over. It is counted from its creation, on
 * a clock that nobody sets.
 */
final class Deadline {

	private final Phase phase;

	private final @Nullable Duration limit;

	private final long start = System.nanoTime();

	/**
	 * Create a deadline.
	 * @param phase the phase that it ends
	 * @param limit the time from now on, or {@code null} for none
	 */
	Deadline(Phase phase, @Nullable Duration limit) {
		this.phase = phase;
		this.limit = limit;
	}

	/**
	 * Return the given Mono, which fails when this deadline is reached. Several Monos can
	 * share one deadline.
	 */
	<T> Mono<T> limit(Mono<T> mono) {
		Duration limit = this.limit;
		return (limit != null)
				? Mono
					.defer(() -> mono.timeout(remaining(limit), Mono.error(this::failure), DeadlineScheduler.shared()))
				: mono;
	}

	/**
	 * Have the given action take the failure when this deadline is reached.
	 * @return cancels it
	 */
	Disposable whenReached(Consumer<AttemptFailure> action) {
		Duration limit = this.limit;
		return (limit != null)
				? DeadlineScheduler.shared()
					.schedule(() -> action.accept(failure()), remaining(limit).toNanos(), TimeUnit.NANOSECONDS)
				: Disposables.disposed();
	}

	/**
	 * Return the time until this deadline, or the given time if that is less.
	 */
	Duration atMost(Duration time) {
		return allows(time) ? time : remaining(Objects.requireNonNull(this.limit));
	}

	boolean allows(Duration wait) {
		return this.limit == null || wait.compareTo(remaining(this.limit)) < 0;
	}

	AttemptFailure failure() {
		return AttemptFailure.timeout(this.phase, this.limit);
	}

	private Duration remaining(Duration limit) {
		Duration remaining = limit.minusNanos(System.nanoTime() - this.start);
		return remaining.isNegative() ? Duration.ZERO : remaining;
	}

}
