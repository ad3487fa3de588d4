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
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.DoubleConsumer;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/**
 * Paces the requests with one credential, for one model, to one endpoint. A refusal
 * closes a {@linkplain PacingGate gate}. Requests wait in order of arrival while the gate
 * is closed. Afterwards, they are sent at an {@linkplain PacedRate estimated rate}.
 * Requests also wait while the headers of responses {@linkplain RateLimitMirror show}
 * that a limit is exhausted. Before the first refusal, requests are not delayed
 * otherwise. Thread-safe.
 */
final class Pacer {

	private static final double NANOS_PER_SECOND = 1e9;

	private static final double ROUNDING_ERROR = 1e-9;

	private static final double MAX_LATENESS = 0.1;

	private static final double MIN_TIME_TO_FORGET = 60;

	private static final double MIN_TIME_WITHOUT_WAITING = 1;

	private final Scheduler scheduler;

	private final PacingTimer timer;

	private final TreeSet<PacedRequest> waiting = new TreeSet<>();

	private final PacedRate rate = new PacedRate();

	private final PacingGate gate;

	private final RateLimitMirror mirror = new RateLimitMirror();

	private final AtomicInteger inFlight = new AtomicInteger();

	private final AtomicInteger waitingAlone = new AtomicInteger();

	private volatile boolean limitsTokens;

	private long arrivals;

	private double nextAfter = Double.NEGATIVE_INFINITY;

	private double heldByRateAt;

	private double advancedAt;

	private double waitedAt = Double.NEGATIVE_INFINITY;

	private @Nullable AttemptFailure lastRefusal;

	/**
	 * Create a pacer.
	 * @param scheduler the scheduler of delays, whose clock it uses
	 */
	Pacer(Scheduler scheduler) {
		this.scheduler = scheduler;
		this.timer = new PacingTimer(scheduler, this::wake);
		this.advancedAt = now();
		this.gate = new PacingGate(this.rate, this.advancedAt);
	}

	private double now() {
		return this.timer.now();
	}

	/**
	 * Request permission to send the given request.
	 * @return completes when the request may be sent, or {@code null} if it may be sent
	 * immediately
	 */
	@Nullable Mono<Void> admit(PacedRequest request) {
		List<PacedRequest> signalled = new ArrayList<>(0);
		Mono<Void> permission;
		synchronized (this) {
			double now = now();
			advance(now);
			refresh(now, signalled);
			if (request.order() == 0) {
				request.order(++this.arrivals);
			}
			if (this.waiting.isEmpty() && availableAt(request, now) <= now) {
				send(request, now, now);
				signal(signalled);
				return null;
			}
			beginWaiting(now);
			permission = request.await();
			this.waiting.add(request);
			sendAvailable(now, signalled);
		}
		signal(signalled);
		return permission.doOnCancel(() -> cancel(request));
	}

	private void beginWaiting(double now) {
		boolean held = !this.gate.mustBeOpened() && !this.rate.isUnlimited();
		if (this.waiting.isEmpty() && held && now - this.waitedAt > MIN_TIME_WITHOUT_WAITING) {
			this.gate.restart(now);
		}
		this.waitedAt = now;
	}

	private void cancel(PacedRequest request) {
		update((now) -> {
			this.waiting.remove(request);
			if (this.waiting.isEmpty()) {
				this.timer.cancel();
			}
		});
	}

	/**
	 * Return whether this pacer does not delay requests, and has no calls that wait.
	 */
	synchronized boolean isUnused() {
		double now = now();
		boolean unlimited = this.rate.isUnlimited() || isRateOutdated(now);
		return this.waiting.isEmpty() && unlimited && now >= this.gate.closedUntil();
	}

	/**
	 * Return whether this pacer was not used for the given time, in nanoseconds.
	 */
	synchronized boolean isIdle(long time) {
		return this.waiting.isEmpty() && now() - this.advancedAt >= time / NANOS_PER_SECOND;
	}

	/**
	 * Return the number of calls that wait.
	 */
	synchronized int waiting() {
		return this.waiting.size() + this.waitingAlone.get();
	}

	/**
	 * Return the estimated maximum rate, in requests per second, or {@code NaN} if there
	 * is none.
	 */
	synchronized double rate() {
		return (this.rate.isUnlimited() || isRateOutdated(now())) ? Double.NaN : perSecond();
	}

	/**
	 * Return whether the gate is closed.
	 */
	synchronized boolean isClosed() {
		return now() < this.gate.closedUntil();
	}

	private void wake() {
		update((now) -> this.timer.started());
	}

	/**
	 * Apply a change, and send the requests that may be sent afterwards.
	 */
	private void update(DoubleConsumer change) {
		List<PacedRequest> signalled = new ArrayList<>(0);
		synchronized (this) {
			double now = now();
			change.accept(now);
			if (!this.waiting.isEmpty()) {
				advance(now);
				refresh(now, signalled);
				sendAvailable(now, signalled);
			}
		}
		signal(signalled);
	}

	// a call may block when it is signalled
	private void signal(List<PacedRequest> requests) {
		requests.forEach((request) -> this.scheduler.schedule(request.notification()));
	}

	/**
	 * Count the time in which calls waited although the gate was open.
	 */
	private void advance(double now) {
		if (!this.waiting.isEmpty()) {
			this.waitedAt = now;
		}
		if (!this.waiting.isEmpty() && !this.gate.mustBeOpened() && now >= this.gate.closedUntil()) {
			this.rate.sending(Math.max(0, now - Math.max(this.advancedAt, this.gate.openedAt())));
		}
		this.advancedAt = now;
	}

	private void sendAvailable(double now, List<PacedRequest> signalled) {
		while (!this.waiting.isEmpty()) {
			PacedRequest next = this.gate.mustTryOther() ? leastRefused() : this.waiting.first();
			double availableAt = availableAt(next, now);
			if (availableAt > now) {
				this.timer.schedule(availableAt, now);
				return;
			}
			this.waiting.remove(next);
			// the timer may be late, which must not lower the rate
			send(next, now, now - MAX_LATENESS);
			signalled.add(next);
		}
	}

	private PacedRequest leastRefused() {
		return Collections.min(this.waiting, Comparator.comparingInt(PacedRequest::refusals));
	}

	/**
	 * Return the time at which to send the given request, or to ask again.
	 */
	private double availableAt(PacedRequest request, double now) {
		if (now < this.gate.closedUntil()) {
			return this.gate.closedUntil();
		}
		double next = this.nextAfter + 1 / perSecond();
		if (next > now + ROUNDING_ERROR) {
			this.heldByRateAt = now;
			boolean grows = this.rate.perSecond() < this.mirror.maxPerSecond();
			return grows ? Math.min(next, now + this.rate.timeUntilNextLook(next - now)) : next;
		}
		return now + this.mirror.timeUntilAvailable(request, now);
	}

	/**
	 * Open the gate if it is time, and discard an estimate that has delayed no request
	 * for a long time.
	 */
	private void refresh(double now, List<PacedRequest> signalled) {
		if (now >= this.gate.closedUntil()) {
			if (this.gate.mustBeOpened()) {
				open(now, signalled);
			}
			if (!this.rate.isUnlimited() && isRateOutdated(now)) {
				this.gate.forget(now);
			}
		}
	}

	private boolean isRateOutdated(double now) {
		return now - this.heldByRateAt > Math.max(MIN_TIME_TO_FORGET, 10 * this.rate.cycle());
	}

	private double perSecond() {
		double perSecond = this.rate.perSecond();
		return this.rate.isUnlimited() ? perSecond : Math.min(perSecond, this.mirror.maxPerSecond());
	}

	private void send(PacedRequest request, double now, double earliest) {
		double perSecond = perSecond();
		this.gate.sent(now);
		this.nextAfter = Math.max(this.nextAfter + 1 / perSecond, earliest);
		request.sent(now, perSecond, this.inFlight.get());
		this.mirror.sent(request);
	}

	/**
	 * Return the given exchange, whose request is in flight until it ends.
	 */
	<T> Flux<T> track(Flux<T> exchange) {
		return this.limitsTokens ? Flux.using(this.inFlight::incrementAndGet, (number) -> exchange,
				(number) -> this.inFlight.decrementAndGet(), false) : exchange;
	}

	/**
	 * Return whether the server limits tokens, so that it matters how many a request
	 * uses.
	 */
	boolean limitsTokens() {
		return this.limitsTokens;
	}

	/**
	 * Record the number of tokens of a request that is complete.
	 * @param inputTokens the number of input tokens, or {@code null} if it is not known
	 * @param outputTokens the number of output tokens
	 */
	void completed(PacedRequest request, @Nullable Double inputTokens, long outputTokens) {
		update((now) -> {
			if (inputTokens != null) {
				this.mirror.inputTokens(request, inputTokens);
			}
			this.mirror.outputTokens(outputTokens);
		});
	}

	/**
	 * Record that the server did not respond to a request.
	 * @param sent whether it may have received the request
	 */
	void notAnswered(PacedRequest request, boolean sent) {
		update((now) -> {
			if (request.end()) {
				this.gate.notAnswered(request);
				if (!sent) {
					this.mirror.refused(request);
				}
			}
		});
	}

	/**
	 * Record an error response to a request, which did not count towards limits of
	 * tokens.
	 */
	void rejected(PacedRequest request, Function<String, @Nullable String> headers) {
		update((now) -> {
			if (request.end()) {
				this.mirror.refused(request);
				this.mirror.responded(request, headers, now);
			}
		});
	}

	/**
	 * Record the response to a request that was not refused.
	 */
	void responded(PacedRequest request, Function<String, @Nullable String> headers) {
		update((now) -> {
			request.end();
			this.gate.accepted(request, now);
			this.mirror.responded(request, headers, now);
			this.limitsTokens = this.mirror.limitsTokens();
		});
	}

	/**
	 * Record that a request was refused, which closes the gate unless the request
	 * {@linkplain PacedRequest#waitsAlone waits alone}.
	 * @param retryAfter the delay that the server requests, or {@code null}
	 */
	void refused(PacedRequest request, AttemptFailure failure, @Nullable Duration retryAfter,
			Function<String, @Nullable String> headers) {
		update((now) -> {
			advance(now);
			request.end();
			request.refused();
			this.lastRefusal = failure;
			this.mirror.refused(request);
			this.mirror.responded(request, headers, now);
			this.gate.refused(request, !this.waiting.isEmpty(), retryAfter, now);
		});
	}

	/**
	 * Delay a request outside the queue of waiting requests.
	 */
	Mono<Long> delay(Duration delay) {
		return Mono.delay(delay, this.scheduler)
			.doFirst(this.waitingAlone::incrementAndGet)
			.doFinally((signal) -> this.waitingAlone.decrementAndGet());
	}

	private void open(double now, List<PacedRequest> signalled) {
		boolean hopeless = this.gate.open(now);
		this.advancedAt = now;
		this.heldByRateAt = this.gate.closedUntil();
		this.nextAfter = Math.max(this.nextAfter, now - 1 / perSecond());
		if (hopeless) {
			failWaiting(signalled);
		}
	}

	private void failWaiting(List<PacedRequest> signalled) {
		AttemptFailure failure = lateFailure();
		if (failure != null) {
			this.waiting.forEach((request) -> request.fail(failure));
			signalled.addAll(this.waiting);
			this.waiting.clear();
		}
	}

	/**
	 * Return the failure of a call that has waited too long, or {@code null} if no
	 * request was refused.
	 */
	synchronized @Nullable AttemptFailure lateFailure() {
		return (this.lastRefusal != null) ? this.lastRefusal.ofUnsentRequest() : null;
	}

}
