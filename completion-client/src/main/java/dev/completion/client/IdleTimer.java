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
import java.util.concurrent.TimeUnit;

import dev.completion.client.error.CallTimeoutException.Phase;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.scheduler.Scheduler;

/**
 * Checks the {@code idle} and {@code progress} timeouts of a stream. A single task is
 * scheduled per stream, because a timer for each event would take longer than processing
 * the event.
 */
final class IdleTimer {

	private static final long NO_LIMIT = Long.MAX_VALUE;

	private final @Nullable Duration idle;

	private final @Nullable Duration progress;

	private final Runnable expired;

	private final Scheduler scheduler;

	private final Disposable.Swap task = Disposables.swap();

	private boolean started;

	private volatile boolean waiting;

	private volatile long receivedAt;

	private volatile long progressAt;

	/**
	 * Create a timer.
	 * @param timeouts the timeouts
	 * @param expired called when a timeout may have {@linkplain #failure() expired}
	 * @param scheduler the scheduler, whose clock the timer uses
	 */
	IdleTimer(Timeouts timeouts, Runnable expired, Scheduler scheduler) {
		this.idle = timeouts.idle();
		this.progress = timeouts.progress();
		this.expired = expired;
		this.scheduler = scheduler;
	}

	/**
	 * Record that the client begins to wait for data.
	 * @param progress whether an event other than a ping was received
	 */
	void waiting(boolean progress) {
		long now = now();
		this.receivedAt = now;
		if (progress || !this.started) {
			this.progressAt = now;
		}
		this.waiting = true;
		if (!this.started) {
			this.started = true;
			schedule(left(now));
		}
	}

	/**
	 * Record that the client no longer waits for data.
	 */
	void pause() {
		this.waiting = false;
	}

	/**
	 * Return the failure if a timeout has expired, or {@code null}.
	 */
	@Nullable AttemptFailure failure() {
		if (!this.waiting) {
			return null;
		}
		long now = now();
		if (left(this.idle, this.receivedAt, now) <= 0) {
			return AttemptFailure.timeout(Phase.IDLE, this.idle);
		}
		if (left(this.progress, this.progressAt, now) <= 0) {
			return AttemptFailure.noProgress(this.progress, this.receivedAt != this.progressAt);
		}
		return null;
	}

	void stop() {
		this.task.dispose();
	}

	private long now() {
		return this.scheduler.now(TimeUnit.NANOSECONDS);
	}

	private long left(long now) {
		return Math.min(left(this.idle, this.receivedAt, now), left(this.progress, this.progressAt, now));
	}

	private static long left(@Nullable Duration limit, long since, long now) {
		return (limit != null) ? limit.toNanos() - (now - since) : NO_LIMIT;
	}

	private void check() {
		boolean waiting = this.waiting;
		long left = left(now());
		if (waiting && left <= 0) {
			this.expired.run();
		}
		schedule((waiting && left > 0) ? left : Math.min(left(this.idle, 0, 0), left(this.progress, 0, 0)));
	}

	private void schedule(long nanos) {
		if (nanos != NO_LIMIT && !this.task.isDisposed()) {
			this.task.replace(this.scheduler.schedule(this::check, nanos, TimeUnit.NANOSECONDS));
		}
	}

}
