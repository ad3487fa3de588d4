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

import java.util.Objects;

import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Schedulers;

/**
 * Request of a call whose sending is controlled by a {@link Pacer}, also when it is
 * resent after a refusal. Guarded by the lock of the pacer.
 */
final class PacedRequest implements Comparable<PacedRequest> {

	private final int size;

	// for each limit
	private final double[] costs = new double[3];

	// the costs of all requests up to this one, for each limit
	private final double[] totals = new double[3];

	private int othersInFlight;

	private boolean outstanding;

	private boolean alone;

	private int refusals;

	// the position in the order of arrival, or 0
	private long order;

	private double sentAt;

	private double rate;

	private Sinks.@Nullable Empty<Void> permission;

	private @Nullable Runnable notification;

	private @Nullable AttemptFailure failure;

	/**
	 * Create a request.
	 * @param size the size of its body in bytes
	 */
	PacedRequest(int size) {
		this.size = size;
	}

	/**
	 * Return the size of the body in bytes.
	 */
	int size() {
		return this.size;
	}

	double[] costs() {
		return this.costs;
	}

	double[] totals() {
		return this.totals;
	}

	/**
	 * Return the position in the order of arrival, or 0 if this request has none yet.
	 */
	long order() {
		return this.order;
	}

	/**
	 * Set the position in the order of arrival, which the request keeps after a refusal.
	 */
	void order(long order) {
		this.order = order;
	}

	/**
	 * Return whether a refusal of this request leaves the gate open, so that other
	 * requests are not delayed.
	 */
	boolean waitsAlone() {
		return this.alone;
	}

	void waitAlone() {
		this.alone = true;
	}

	/**
	 * Return how often this request was refused.
	 */
	int refusals() {
		return this.refusals;
	}

	void refused() {
		this.refusals++;
	}

	/**
	 * Wait for permission to send this request.
	 * @return completes when the request may be sent, or fails if it is not sent
	 */
	Mono<Void> await() {
		Sinks.Empty<Void> permission = Sinks.empty();
		this.permission = permission;
		// captures the thread locals of this call, because another thread notifies it
		this.notification = Schedulers.onSchedule(this::signal);
		return permission.asMono();
	}

	void sent(double time, double rate, int othersInFlight) {
		this.sentAt = time;
		this.rate = rate;
		this.othersInFlight = othersInFlight;
		this.outstanding = true;
	}

	/**
	 * Record that the request has ended, as far as the pacer is concerned.
	 * @return whether it had not ended before
	 */
	boolean end() {
		boolean ended = this.outstanding;
		this.outstanding = false;
		return ended;
	}

	/**
	 * Return the number of requests that were in flight when this one was sent.
	 */
	int othersInFlight() {
		return this.othersInFlight;
	}

	double sentAt() {
		return this.sentAt;
	}

	/**
	 * Return the rate at which this request was sent.
	 */
	double rate() {
		return this.rate;
	}

	void fail(AttemptFailure failure) {
		this.failure = failure;
	}

	/**
	 * Return the task that notifies the call that this request may be sent, or that it
	 * has failed.
	 */
	Runnable notification() {
		return Objects.requireNonNull(this.notification);
	}

	private void signal() {
		Sinks.Empty<Void> permission = Objects.requireNonNull(this.permission);
		AttemptFailure failure = this.failure;
		if (failure != null) {
			permission.tryEmitError(failure);
		}
		else {
			permission.tryEmitEmpty();
		}
	}

	@Override
	public int compareTo(PacedRequest other) {
		return Long.compare(this.order, other.order);
	}

}
