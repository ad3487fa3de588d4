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

import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;

import dev.completion.client.error.CompletionClientException;
import io.micrometer.observation.Observation;
import io.micrometer.observation.contextpropagation.ObservationThreadLocalAccessor;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.util.context.Context;

/**
 * Observes one call as its results pass by, and stops as soon as the last is there, since
 * a subscriber may cancel with it in hand.
 */
final class CallObservation implements CoreSubscriber<Completion>, Subscription, CallEvents {

	private static final Log logger = LogFactory.getLog(CallObservation.class);

	private final CoreSubscriber<? super Completion> downstream;

	private final Observation observation;

	private final CompletionObservationContext observed;

	private final Context context;

	private final AtomicBoolean stopped = new AtomicBoolean();

	private @Nullable Subscription upstream;

	CallObservation(CoreSubscriber<? super Completion> downstream, Observation observation,
			CompletionObservationContext observed) {
		this.downstream = downstream;
		this.observation = observation;
		this.observed = observed;
		// where the observations of the attempts look for their parent
		this.context = downstream.currentContext().put(ObservationThreadLocalAccessor.KEY, observation);
	}

	/**
	 * Start, as a child of what the subscriber's context has, or else of what its thread
	 * observes.
	 */
	void start() {
		Observation parent = this.downstream.currentContext().getOrDefault(ObservationThreadLocalAccessor.KEY, null);
		if (parent != null) {
			this.observation.parentObservation(parent);
		}
		changeState(this.observation::start, this.observed::hasKeyValues);
	}

	/**
	 * Do what begins the first attempt with this as what the thread observes. A tracer
	 * prefers the span of a thread, such as a servlet's, to that of a parent that is
	 * found elsewhere.
	 */
	void inScope(Runnable action) {
		AtomicReference<Observation.@Nullable Scope> scope = new AtomicReference<>();
		safely(() -> scope.set(this.observation.openScope()));
		try {
			action.run();
		}
		finally {
			Observation.Scope opened = scope.get();
			if (opened != null) {
				safely(opened::close);
			}
		}
	}

	@Override
	public void retried(CompletionClientException failure) {
		event(CompletionObservationDocumentation.Events.RETRY,
				DefaultCompletionObservationConvention.errorType(failure));
	}

	@Override
	public void switched(CompletionApi api) {
		event(CompletionObservationDocumentation.Events.API_SWITCH, api.name().toLowerCase(Locale.ROOT));
	}

	@Override
	public void waits() {
		event(CompletionObservationDocumentation.Events.RATE_LIMIT_WAIT);
	}

	private void event(Observation.Event event, Object... details) {
		safely(() -> this.observation.event(event.format(details)));
	}

	@Override
	public Context currentContext() {
		return this.context;
	}

	@Override
	public void onSubscribe(Subscription upstream) {
		this.upstream = upstream;
		this.downstream.onSubscribe(this);
	}

	@Override
	public void onNext(Completion completion) {
		boolean last = this.observed.arrived(completion);
		if (last) {
			stop(null);
		}
		boolean taken = false;
		try {
			this.downstream.onNext(completion);
			taken = true;
		}
		finally {
			if (!taken) {
				stopCancelled();
			}
		}
	}

	@Override
	public void onError(Throwable error) {
		stop(error);
		this.downstream.onError(error);
	}

	@Override
	public void onComplete() {
		stop(null);
		this.downstream.onComplete();
	}

	@Override
	public void request(long count) {
		Objects.requireNonNull(this.upstream).request(count);
	}

	@Override
	public void cancel() {
		Objects.requireNonNull(this.upstream).cancel();
		stopCancelled();
	}

	// a subscriber that throws has had enough, which is no fault of the call
	private void stopCancelled() {
		if (this.stopped.compareAndSet(false, true)) {
			this.observed.cancelled();
			end();
		}
	}

	private void stop(@Nullable Throwable error) {
		if (!this.stopped.compareAndSet(false, true)) {
			return;
		}
		if (error != null) {
			safely(() -> this.observation.error(error));
		}
		end();
	}

	private void end() {
		changeState(this.observation::stop, this.observed::isNamed);
	}

	/**
	 * Start or stop the observation, which calls the convention first and then the
	 * handlers. If the convention fails, the default convention replaces it, since no
	 * handler was called yet.
	 * @param described whether the convention has said what it has to say
	 */
	private void changeState(Runnable change, BooleanSupplier described) {
		if (!safely(change) && !described.getAsBoolean()) {
			this.observation.observationConvention(CallObservations.DEFAULT_CONVENTION);
			safely(change);
		}
	}

	private static boolean safely(Runnable action) {
		try {
			action.run();
			return true;
		}
		catch (Throwable ex) {
			failed(ex);
			return false;
		}
	}

	/**
	 * Log that an observation failed, which must not affect the call.
	 */
	static void failed(Throwable failure) {
		FatalErrors.throwIfFatal(failure);
		logger.warn("Observation failed", failure);
	}

}
