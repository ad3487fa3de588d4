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

import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.Disposables;

/**
 * Watches how long a stream waits for its next event. One task serves the whole stream,
 * since setting a timer for each event would cost more than the event.
 */
final class IdleTimer {

	private final long limit;

	private final Runnable expired;

	private final Disposable.Swap task = Disposables.swap();

	private boolean started;

	private volatile boolean waiting;

	private volatile long since;

	/**
	 * Create a timer.
	 * @param limit the longest time to wait, or {@code null} for no limit
	 * @param expired called when a wait is too long, by another thread
	 */
	IdleTimer(@Nullable Duration limit, Runnable expired) {
		this.limit = (limit != null) ? limit.toNanos() : 0;
		this.expired = expired;
	}

	/**
	 * The stream waits from now on.
	 * @param anew whether the time begins anew, or goes on where it stood
	 */
	void waiting(boolean anew) {
		if (this.limit == 0) {
			return;
		}
		if (anew || !this.started) {
			this.since = System.nanoTime();
		}
		this.waiting = true;
		if (!this.started) {
			this.started = true;
			schedule(this.limit);
		}
	}

	/**
	 * The stream does not wait any more.
	 */
	void pause() {
		this.waiting = false;
	}

	boolean isExpired() {
		return this.waiting && System.nanoTime() - this.since >= this.limit;
	}

	void stop() {
		this.task.dispose();
	}

	private void check() {
		long left = this.waiting ? this.limit - (System.nanoTime() - this.since) : this.limit;
		if (left <= 0) {
			DeadlineScheduler.shared().schedule(this.expired);
			left = this.limit;
		}
		schedule(left);
	}

	private void schedule(long nanos) {
		if (!this.task.isDisposed()) {
			this.task.replace(DeadlineScheduler.shared().scheduleCheck(this::check, nanos, TimeUnit.NANOSECONDS));
		}
	}

}
