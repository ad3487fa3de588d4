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

/**
 * Rate at which requests may be sent, estimated from the requests that a rate limit
 * accepts. It is unlimited until the first refusal. Not thread-safe.
 * <p>
 * Periods of sending alternate with periods in which the gate is closed. The number of
 * accepted requests divided by the total duration of both is a lower bound on the limit.
 * Divided by the duration of the period of sending only, it is an upper bound.
 */
final class PacedRate {

	private static final double DECREASE = 0.97;

	private static final double MIN_CYCLE = 0.5;

	private static final double MAX_CYCLE = 60;

	private static final double MIN_DOUBLING_TIME = 0.5;

	private static final double WEIGHT_OF_LAST = 0.2;

	private static final double MAX_DOUBLINGS = 60;

	private static final int ITERATIONS = 5;

	private static final Estimate UNLIMITED = new Estimate(Double.POSITIVE_INFINITY, false, 0, 0);

	private Estimate estimate = UNLIMITED;

	private Estimate previousEstimate = UNLIMITED;

	// the time of sending since the gate was opened, in seconds
	private double sendingTime;

	private double previousSendingTime;

	// mean time until a request is refused, in seconds
	private double refusalTime = 0.05;

	// mean time for which the gate is closed, in seconds
	private double cycle = 1;

	boolean isUnlimited() {
		return this.estimate.perSecond() == Double.POSITIVE_INFINITY;
	}

	double refusalTime() {
		return this.refusalTime;
	}

	double cycle() {
		return this.cycle;
	}

	/**
	 * Return the rate in requests per second. After the first refusal, the rate doubles
	 * at an interval until a request is refused again. Afterwards, it increases slowly at
	 * first, to probe for a higher limit.
	 */
	double perSecond() {
		double rate = this.estimate.perSecond();
		if (isUnlimited()) {
			return rate;
		}
		if (this.estimate.doubles()) {
			return rate * Math.pow(2, Math.min(this.sendingTime / doublingTime(), MAX_DOUBLINGS));
		}
		double time = this.sendingTime / (20 * this.cycle);
		return rate + rate * (0.05 * time + 0.5 * time * time * time) + 0.5 * time * Math.sqrt(rate / this.cycle);
	}

	/**
	 * Return the time after which to check the rate again, because it increases.
	 * @param wait the time until the next request at the current rate, in seconds
	 */
	double timeUntilNextLook(double wait) {
		double soon = doublingTime() / 4;
		return this.estimate.doubles() ? soon : Math.max(soon, wait / 4);
	}

	double doublingTime() {
		return Math.max(MIN_DOUBLING_TIME, 5 * this.refusalTime);
	}

	/**
	 * Record that calls were waiting for the given time while the gate was open.
	 */
	void sending(double seconds) {
		this.sendingTime += seconds;
	}

	/**
	 * Record the time that a refusal took.
	 */
	void refusedAfter(double seconds) {
		this.refusalTime += WEIGHT_OF_LAST * (seconds - this.refusalTime);
	}

	/**
	 * Discard the estimate.
	 */
	void forget() {
		this.estimate = UNLIMITED;
	}

	/**
	 * Restore the previous estimate.
	 */
	void undo() {
		this.estimate = this.previousEstimate;
		this.sendingTime += this.previousSendingTime;
	}

	/**
	 * Update the estimate after a period of sending that ended with a refusal.
	 */
	void learn(Period period) {
		double closed = period.closed();
		double cycle = isUnlimited() ? closed : 0.7 * this.cycle + 0.3 * closed;
		this.cycle = Math.min(Math.max(cycle, MIN_CYCLE), MAX_CYCLE);
		this.previousEstimate = this.estimate;
		this.previousSendingTime = this.sendingTime;
		if (period.accepted() > 0) {
			double low = period.accepted() / (period.open() + (isUnlimited() ? closed : period.closedBefore()));
			double high = Math.min(period.accepted() / period.open(), period.rate());
			this.estimate = estimate(period, Math.min(low, high), high);
		}
		else if (isUnlimited()) {
			this.estimate = new Estimate(4 / closed, true, 0, 0);
		}
		this.sendingTime = 0;
	}

	private Estimate estimate(Period period, double low, double high) {
		double rate = period.rate();
		double middle = Math.sqrt(low * high);
		if (isUnlimited()) {
			return new Estimate(Math.min(2 * low, high), true, period.accepted(), period.burstTime());
		}
		boolean doubled = this.estimate.doubles() && rate > 1.05 * this.estimate.perSecond();
		if (doubled && this.estimate.burst() > 0) {
			return this.estimate.with(DECREASE * limitBelow(rate, middle));
		}
		if (high <= 2 * low) {
			return this.estimate.with(DECREASE * middle);
		}
		double perSecond = Math.max(0.95 * low, Math.min(middle, 0.95 * rate));
		return new Estimate(perSecond, false, period.accepted(), period.burstTime());
	}

	/**
	 * Estimate the limit from the rate at the first refusal. By then, the requests in
	 * excess of the limit have used up the burst: if {@code z} is the limit divided by
	 * the rate, {@code burst = rate * doublingTime / ln 2 * (1 - z + z ln z)}, and
	 * {@code z} is about {@code (1 - sqrt(burst * ln 2 / (rate * doublingTime)))^1.5}.
	 * The requests that were accepted while the burst arrived are not part of it, and
	 * depend on the limit, so that the estimate is repeated.
	 * @param rate the rate at the first refusal
	 * @param first the first estimate, which is too low rather than too high
	 */
	private double limitBelow(double rate, double first) {
		double limit = first;
		for (int i = 0; i < ITERATIONS; i++) {
			double burst = Math.max(1, this.estimate.burst() - limit * this.estimate.burstTime());
			double excess = burst * Math.log(2) / (doublingTime() * rate);
			limit = Math.max(first, (excess < 1) ? rate * Math.pow(1 - Math.sqrt(excess), 1.5) : 0);
		}
		return limit;
	}

	/**
	 * Period of sending that ended with a refusal. Times are in seconds.
	 *
	 * @param accepted the number of requests that were accepted
	 * @param open the duration of the period
	 * @param rate the rate at the first refusal
	 * @param closedBefore the time for which the gate was closed before the period, or 0
	 * if that does not count
	 * @param closed the time for which the gate was closed after it
	 * @param burstTime the time in which the requests of a burst arrived
	 */
	record Period(long accepted, double open, double rate, double closedBefore, double closed, double burstTime) {
	}

	/**
	 * Estimate of the limit.
	 *
	 * @param perSecond the rate in requests per second
	 * @param doubles whether the rate doubles until a request is refused
	 * @param burst the number of requests that are accepted in a burst after a pause, or
	 * 0 if it is not known
	 * @param burstTime the time in which the requests of the burst arrived, in seconds
	 */
	private record Estimate(double perSecond, boolean doubles, double burst, double burstTime) {

		private Estimate with(double perSecond) {
			return new Estimate(perSecond, false, this.burst, this.burstTime);
		}

	}

}
