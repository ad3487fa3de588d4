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
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * Schedules what is to happen when a time is over, which it seldom is. Each delay on
 * {@link Schedulers#parallel()} may wake a thread, and a call has several. Here all of
 * them share one, until the soonest, and what is disposed of before costs no more. It is
 * on {@link Schedulers#single()}, which no call of ours can block; what is due runs on
 * {@link Schedulers#parallel()}.
 */
final class DeadlineScheduler implements Scheduler {

	private static final DeadlineScheduler SHARED = new DeadlineScheduler(Schedulers::single);

	// asked each time, since an application may replace it
	private final Supplier<Scheduler> alarms;

	private final Set<Task> tasks = ConcurrentHashMap.newKeySet();

	// the soonest, if there is any
	private final AtomicReference<@Nullable Alarm> alarm = new AtomicReference<>();

	/**
	 * Create a scheduler.
	 * @param alarms has the alarm
	 */
	DeadlineScheduler(Supplier<Scheduler> alarms) {
		this.alarms = alarms;
	}

	/**
	 * Return the scheduler of all clients.
	 */
	static DeadlineScheduler shared() {
		return SHARED;
	}

	@Override
	public Disposable schedule(Runnable task) {
		return Schedulers.parallel().schedule(task);
	}

	@Override
	public Disposable schedule(Runnable task, long delay, TimeUnit unit) {
		Task scheduled = new Task(task, System.nanoTime() + unit.toNanos(delay));
		// first, since an alarm that rings meanwhile then finds it
		this.tasks.add(scheduled);
		ringAt(scheduled.due);
		return scheduled;
	}

	@Override
	public Worker createWorker() {
		return Schedulers.parallel().createWorker();
	}

	private void ringAt(long due) {
		Alarm current = this.alarm.get();
		while (current == null || due - current.due < 0) {
			Alarm sooner = new Alarm(due);
			if (this.alarm.compareAndSet(current, sooner)) {
				sooner.set();
				if (current != null) {
					current.unset();
				}
				return;
			}
			current = this.alarm.get();
		}
	}

	private void runDue() {
		long now = System.nanoTime();
		Task next = null;
		for (Task task : this.tasks) {
			if (task.due - now <= 0) {
				task.start();
			}
			else if (next == null || task.due - next.due < 0) {
				next = task;
			}
		}
		if (next != null) {
			ringAt(next.due);
		}
	}

	/**
	 * Something to do at a time.
	 */
	private final class Task implements Disposable {

		private final Runnable task;

		private final long due;

		private Task(Runnable task, long due) {
			this.task = task;
			this.due = due;
		}

		// on a thread of its own, lest one that takes long delays others
		private void start() {
			if (DeadlineScheduler.this.tasks.remove(this)) {
				Schedulers.parallel().schedule(this.task);
			}
		}

		@Override
		public void dispose() {
			DeadlineScheduler.this.tasks.remove(this);
		}

		@Override
		public boolean isDisposed() {
			return !DeadlineScheduler.this.tasks.contains(this);
		}

	}

	/**
	 * Looks for what is due, unless a sooner alarm has taken its place, which sees to
	 * what comes after.
	 */
	private final class Alarm implements Runnable {

		private final long due;

		private final Disposable.Swap timer = Disposables.swap();

		private Alarm(long due) {
			this.due = due;
		}

		private void set() {
			long delay = this.due - System.nanoTime();
			this.timer.replace(DeadlineScheduler.this.alarms.get().schedule(this, delay, TimeUnit.NANOSECONDS));
		}

		private void unset() {
			this.timer.dispose();
		}

		@Override
		public void run() {
			if (DeadlineScheduler.this.alarm.compareAndSet(this, null)) {
				runDue();
			}
		}

	}

}
