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

import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

import reactor.core.Disposable;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * Schedules tasks for the end of a delay, most of which are cancelled before. A delay on
 * {@link Schedulers#parallel()} wakes a thread if it is the soonest there, and a call has
 * several, each of which is. Here a timer thread wakes a few times a second while
 * anything is scheduled, so that hardly any delay is the soonest. Tasks run on other
 * threads, since subscribers may block in them; more are added while all are blocked. The
 * application does not use these threads for other work, so that it cannot keep a call
 * from ending.
 */
final class DeadlineScheduler implements Scheduler {

	private static final long TICK_MILLIS = 100;

	private static final long KEEP_ALIVE_SECONDS = 10;

	private static final int THREADS = Schedulers.DEFAULT_BOUNDED_ELASTIC_SIZE;

	private static final int MAX_THREADS = 1000;

	private static final DeadlineScheduler SHARED = new DeadlineScheduler();

	private final ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(1, DeadlineScheduler::daemon);

	private final ThreadPoolExecutor threads = new ThreadPoolExecutor(THREADS, MAX_THREADS, KEEP_ALIVE_SECONDS,
			TimeUnit.SECONDS, new LinkedBlockingQueue<>(), DeadlineScheduler::daemon);

	private final Scheduler scheduler = Schedulers.fromExecutorService(this.timer);

	private final Scheduler tasks = Schedulers.fromExecutorService(this.threads);

	private final AtomicBoolean ticking = new AtomicBoolean();

	// of the timer thread
	private long completedTasks;

	/**
	 * Create a scheduler, whose threads end when there is nothing to do.
	 */
	DeadlineScheduler() {
		this.timer.setRemoveOnCancelPolicy(true);
		this.timer.setKeepAliveTime(KEEP_ALIVE_SECONDS, TimeUnit.SECONDS);
		this.timer.allowCoreThreadTimeOut(true);
		this.threads.allowCoreThreadTimeOut(true);
	}

	// inherits nothing from whoever makes the first call
	private static Thread daemon(Runnable task) {
		Thread thread = new Thread(null, task, "completion-deadlines", 0, false);
		thread.setDaemon(true);
		thread.setContextClassLoader(null);
		return thread;
	}

	/**
	 * Return the scheduler of all clients.
	 */
	static DeadlineScheduler shared() {
		return SHARED;
	}

	@Override
	public Disposable schedule(Runnable task) {
		Disposable scheduled = this.tasks.schedule(task);
		startTicking();
		return scheduled;
	}

	@Override
	public Disposable schedule(Runnable task, long delay, TimeUnit unit) {
		startTicking();
		return this.scheduler.schedule(() -> schedule(task), delay, unit);
	}

	private void startTicking() {
		if (this.ticking.compareAndSet(false, true)) {
			tick();
		}
	}

	@Override
	public long now(TimeUnit unit) {
		return unit.convert(System.nanoTime(), TimeUnit.NANOSECONDS);
	}

	@Override
	public Worker createWorker() {
		return this.tasks.createWorker();
	}

	/**
	 * Return the number of delays that are not over.
	 */
	int pending() {
		return this.timer.getQueue().size() - (this.ticking.get() ? 1 : 0);
	}

	// hooks would keep what they capture of whoever made the first call
	@SuppressWarnings("FutureReturnValueIgnored")
	private void tick() {
		this.timer.schedule(() -> {
			addThreadsIfBlocked();
			// whoever schedules meanwhile but wakes the thread
			if (this.timer.getQueue().isEmpty() && this.threads.getQueue().isEmpty()) {
				this.ticking.set(false);
				tickIfWaiting();
			}
			else {
				tick();
			}
		}, TICK_MILLIS, TimeUnit.MILLISECONDS);
	}

	// for a task that was scheduled just before
	private void tickIfWaiting() {
		if (!this.threads.getQueue().isEmpty()) {
			startTicking();
		}
	}

	private void addThreadsIfBlocked() {
		long completed = this.threads.getCompletedTaskCount();
		int waiting = this.threads.getQueue().size();
		if (waiting == 0) {
			this.threads.setCorePoolSize(THREADS);
		}
		else if (completed == this.completedTasks) {
			this.threads.setCorePoolSize(Math.min(this.threads.getPoolSize() + waiting, MAX_THREADS));
		}
		this.completedTasks = completed;
	}

}
