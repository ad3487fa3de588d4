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
import java.util.concurrent.ThreadLocalRandom;

import org.jspecify.annotations.Nullable;

/**
 * Gate that closes after a refusal, for the delay in {@code retry-after} or a backoff. It
 * counts the requests that are accepted between two refusals, from which the
 * {@link PacedRate} is estimated. Only requests that are sent under load count: those of
 * a burst after low load, and those that are sent after calls began to wait. Times are in
 * seconds. Not thread-safe.
 */
final class PacingGate {

	private static final double NANOS_PER_SECOND = 1e9;

	// consecutive periods in which the server accepted no request
	private static final int MAX_PERIODS_WITHOUT_SUCCESS = 8;

	// limits are counted per minute, so others may use up a limit for so long
	private static final double MIN_TIME_WITHOUT_SUCCESS = 60;

	// of these, the number of periods that begin with the request that is first in order
	private static final int PERIODS_IN_ORDER = 4;

	private static final double MIN_BACKOFF = 0.5;

	private static final double MAX_BACKOFF = 8;

	private static final double MAX_JITTER = 2;

	// the gate opens after so many times the time until a request is refused
	private static final double REFUSAL_TIMES = 1.5;

	private static final double MIN_OPEN_TIME = 1e-3;

	private static final double WINDOW = 0.2;

	private final PacedRate rate;

	private double closedUntil;

	// whether it has closed, and the period before has not been evaluated
	private boolean closed;

	private double openedAt;

	private double closedAt;

	private double closedBefore;

	private double openTime;

	private double closedRate;

	private double wait;

	private double countedSince;

	private boolean restarted;

	private long sent;

	private long refused;

	// whether the period began with its burst
	private boolean beganWithBurst;

	private double lastRefusedAt;

	private double fastestRefusal;

	// the start of the previous window
	private Count recent;

	private Count window;

	private int periodsWithoutSuccess;

	private double withoutSuccessSince;

	// the order of the request that was refused when the gate was last closed, or 0 if
	// there were several
	private long onlyRefused;

	/**
	 * Create a gate that is open.
	 * @param rate the rate to learn
	 * @param now the current time
	 */
	PacingGate(PacedRate rate, double now) {
		this.rate = rate;
		this.closedUntil = now;
		this.openedAt = now;
		this.withoutSuccessSince = now;
		this.countedSince = now;
		this.recent = new Count(now, 0);
		this.window = this.recent;
	}

	/**
	 * Return the time until which no request is sent.
	 */
	double closedUntil() {
		return this.closedUntil;
	}

	/**
	 * Return whether the gate has closed and must be {@linkplain #open opened}.
	 */
	boolean mustBeOpened() {
		return this.closed;
	}

	double openedAt() {
		return this.openedAt;
	}

	/**
	 * Count a request that is sent.
	 */
	void sent(double now) {
		if (now - this.window.since() > WINDOW) {
			Count next = new Count(now, this.sent);
			this.recent = (now - this.window.since() > 2 * WINDOW) ? next : this.window;
			this.window = next;
		}
		this.sent++;
	}

	/**
	 * Return whether the next request should be the one that was refused least often. The
	 * server may refuse the requests that are first in order, and accept others.
	 */
	boolean mustTryOther() {
		return this.periodsWithoutSuccess >= PERIODS_IN_ORDER && this.sent == 0;
	}

	/**
	 * Do not count a request that was sent, because the server did not respond.
	 */
	void notAnswered(PacedRequest request) {
		this.sent -= (request.sentAt() >= this.countedSince) ? 1 : 0;
	}

	/**
	 * Record that the server accepted a request.
	 */
	void accepted(PacedRequest request, double now) {
		this.withoutSuccessSince = now;
		if (!this.closed && request.sentAt() >= this.openedAt) {
			this.periodsWithoutSuccess = 0;
		}
	}

	/**
	 * Close because a request was refused. A refusal of a request that was sent before
	 * the gate was last opened is ignored. If the gate was last closed for this request
	 * alone, although there were others, the reason is the request and not the rate, and
	 * other requests are not affected.
	 * @param request the request
	 * @param othersWait whether other requests wait
	 * @param retryAfter the delay that the server requests, or {@code null}
	 * @param now the current time
	 */
	void refused(PacedRequest request, boolean othersWait, @Nullable Duration retryAfter, double now) {
		this.rate.refusedAfter(now - request.sentAt());
		if (!this.closed && request.sentAt() < this.openedAt) {
			return;
		}
		boolean others = othersWait || this.sent > 1;
		boolean again = !this.closed && others && request.order() == this.onlyRefused;
		if (again || request.waitsAlone()) {
			refusedAlone(request, again);
			return;
		}
		this.onlyRefused = this.closed ? 0 : request.order();
		if (!this.closed) {
			close(request, now);
		}
		this.refused += (request.sentAt() >= this.countedSince) ? 1 : 0;
		this.lastRefusedAt = now;
		this.fastestRefusal = Math.min(this.fastestRefusal, now - request.sentAt());
		closeFor(retryAfter, now);
	}

	private void refusedAlone(PacedRequest request, boolean again) {
		request.waitAlone();
		notAnswered(request);
		if (again && this.sent > 0) {
			this.rate.undo();
			this.onlyRefused = 0;
		}
	}

	private void close(PacedRequest request, double now) {
		boolean first = this.rate.isUnlimited();
		this.closedBefore = (first || this.restarted) ? 0 : this.openedAt - this.closedAt;
		this.openTime = Math.max(MIN_OPEN_TIME, request.sentAt() - this.countedSince);
		this.fastestRefusal = now - request.sentAt();
		this.beganWithBurst = first && !isBurstAfterLowLoad(request);
		if (first && !this.beganWithBurst) {
			this.sent -= this.recent.sent();
			this.countedSince = this.recent.since();
			this.openTime = MIN_OPEN_TIME;
		}
		this.closed = true;
		this.closedRate = request.rate();
		this.closedAt = now;
		this.wait = 0;
	}

	private boolean isBurstAfterLowLoad(PacedRequest request) {
		double recentTime = Math.max(MIN_OPEN_TIME, request.sentAt() - this.recent.since());
		double recentRate = (this.sent - this.recent.sent()) / recentTime;
		return recentRate > 2 * this.sent / this.openTime;
	}

	private void closeFor(@Nullable Duration retryAfter, double now) {
		double refusal = REFUSAL_TIMES * this.rate.refusalTime();
		double requested = (retryAfter != null) ? retryAfter.toNanos() / NANOS_PER_SECOND : 0;
		double backoff = Math.min(MAX_BACKOFF, MIN_BACKOFF * Math.pow(2, this.periodsWithoutSuccess));
		boolean backsOff = requested <= 0 || this.periodsWithoutSuccess > 0;
		double wait = Math.max(refusal, backsOff ? Math.max(requested, backoff) : requested);
		if (wait > this.wait) {
			double jitter = ThreadLocalRandom.current().nextDouble() * Math.min(wait / 10, MAX_JITTER);
			this.wait = wait;
			this.closedUntil = Math.max(this.closedUntil, now + wait + jitter);
		}
	}

	/**
	 * Open the gate. All requests that were sent before and have not been refused by now
	 * count as accepted.
	 * @return whether the server has accepted no request for so long that waiting calls
	 * should fail
	 */
	boolean open(double now) {
		long accepted = this.sent - this.refused;
		this.rate.learn(new PacedRate.Period(accepted, this.openTime, this.closedRate, this.closedBefore,
				this.closedUntil - this.closedAt, burstTime()));
		boolean hopeless = endPeriod(accepted, now);
		this.closed = false;
		this.openedAt = now;
		count(now);
		return hopeless;
	}

	private boolean endPeriod(long accepted, double now) {
		if (accepted > 0) {
			this.periodsWithoutSuccess = 0;
			return false;
		}
		if (this.periodsWithoutSuccess == 0) {
			this.withoutSuccessSince = Math.max(this.withoutSuccessSince, this.closedAt);
		}
		this.periodsWithoutSuccess++;
		boolean hopeless = this.periodsWithoutSuccess >= MAX_PERIODS_WITHOUT_SUCCESS
				&& now - this.withoutSuccessSince >= MIN_TIME_WITHOUT_SUCCESS;
		this.withoutSuccessSince = hopeless ? now : this.withoutSuccessSince;
		return hopeless;
	}

	/**
	 * Return the time in which the requests of the burst arrived at the server, estimated
	 * from their refusals.
	 */
	private double burstTime() {
		return this.beganWithBurst ? Math.max(0, this.lastRefusedAt - this.fastestRefusal - this.countedSince)
				: this.lastRefusedAt - this.closedAt;
	}

	/**
	 * Restart counting when calls begin to wait. Requests that were sent before were not
	 * limited.
	 */
	void restart(double now) {
		count(now);
		this.restarted = true;
	}

	/**
	 * Forget the limit.
	 */
	void forget(double now) {
		this.rate.forget();
		this.periodsWithoutSuccess = 0;
		this.openedAt = now;
		count(now);
	}

	private void count(double now) {
		this.countedSince = now;
		this.restarted = false;
		this.sent = 0;
		this.refused = 0;
		this.recent = new Count(now, 0);
		this.window = this.recent;
	}

	/**
	 * Number of requests that were sent before a point in time.
	 */
	private record Count(double since, long sent) {
	}

}
