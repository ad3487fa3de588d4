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

import java.util.concurrent.TimeUnit;

import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.scheduler.Scheduler;

/**
 * Timer that runs a task at the earliest of the times that were requested. Times are in
 * seconds. Not thread-safe.
 */
final class PacingTimer {

	private static final double NANOS_PER_SECOND = 1e9;

	private final Scheduler scheduler;

	private final Runnable task;

	private Disposable scheduled = Disposables.disposed();

	private double time = Double.POSITIVE_INFINITY;

	/**
	 * Create a timer.
	 * @param scheduler the scheduler, whose clock the timer uses
	 * @param task the task, which must call {@link #started}
	 */
	PacingTimer(Scheduler scheduler, Runnable task) {
		this.scheduler = scheduler;
		this.task = task;
	}

	double now() {
		return this.scheduler.now(TimeUnit.NANOSECONDS) / NANOS_PER_SECOND;
	}

	/**
	 * Run the task at the given time, unless it runs earlier.
	 */
	void schedule(double time, double now) {
		// a task that could not be started must not prevent others
		if (time < this.time || this.time < now) {
			this.scheduled.dispose();
			this.time = time;
			long delay = (long) Math.ceil((time - now) * NANOS_PER_SECOND);
			this.scheduled = this.scheduler.schedule(this.task, delay, TimeUnit.NANOSECONDS);
		}
	}

	/**
	 * Record that the task was started.
	 */
	void started() {
		this.time = Double.POSITIVE_INFINITY;
	}

	void cancel() {
		this.scheduled.dispose();
		this.time = Double.POSITIVE_INFINITY;
	}

}
