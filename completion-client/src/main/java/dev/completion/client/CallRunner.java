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

import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Runs calls by making attempts until one succeeds or no further attempt is allowed. Each
 * decision on a retry or on switching the API is made in this loop.
 */
final class CallRunner {

	private final ClientSettings settings;

	private final Transport transport;

	private final ActiveCalls calls;

	private final Pacers pacers;

	private final RetryBudget budget = new RetryBudget();

	/**
	 * Create a runner.
	 * @param settings the settings of the client
	 * @param transport the transport that obtains credentials
	 * @param calls the active calls
	 * @param pacers the pacers of the server
	 */
	CallRunner(ClientSettings settings, Transport transport, ActiveCalls calls, Pacers pacers) {
		this.settings = settings;
		this.transport = transport;
		this.calls = calls;
		this.pacers = pacers;
	}

	/**
	 * Return the results of a call. The call starts on subscription.
	 * @param call the call
	 * @param route the route of its attempts
	 * @param listeners the listeners to notify when the call ends
	 */
	<T> Flux<T> run(Call call, Route<T> route, CallListeners listeners) {
		RetryPolicy policy = this.settings.retry;
		CallRetry retry = new CallRetry(policy, this.budget, this.settings.credentials(), call);
		CallPacing pacing = new CallPacing(this.settings.pacing, policy, this.pacers, call, route.model());
		Run<T> run = new Run<>(call, route, retry, pacing, this.transport, this.calls);
		return new InterposedFlux<T, T>(Flux.defer(() -> route.begin(run::attempt)),
				(attempts, subscriber) -> new CallSubscriber<T>(call, retry, pacing, this.calls, listeners, subscriber)
					.begin(attempts));
	}

	/**
	 * The attempts of one call.
	 */
	private record Run<T>(Call call, Route<T> route, CallRetry retry, CallPacing pacing, Transport transport,
			ActiveCalls calls) {

		private Flux<T> attempt() {
			if (this.calls.isClosed()) {
				return Flux.error(AttemptFailure.closed());
			}
			ApiRequest request;
			try {
				request = this.route.request();
			}
			catch (AttemptFailure ex) {
				// a request that the API does not support is not an attempt
				return Flux.error(ex);
			}
			Attempt attempt = this.call.nextAttempt(this.route.api());
			return this.transport.credential(attempt.responseDeadline())
				.flatMapMany((credential) -> admit(request, credential, attempt))
				.onErrorResume((ex) -> next(attempt,
						TransportFailures.translate(ex, attempt, request, this.transport.server())));
		}

		private Flux<T> admit(ApiRequest request, Credential credential, Attempt attempt) {
			attempt.onResponse(this.pacing::responded);
			Mono<Void> permission = this.pacing.admit(request, credential);
			if (permission == null) {
				this.call.admitted();
				return this.pacing.track(this.route.exchange(request, credential, attempt));
			}
			return permission.thenMany(Flux.defer(() -> {
				this.call.admitted();
				// the credential may have been renewed meanwhile
				return this.transport.credential(attempt.responseDeadline())
					.flatMapMany((current) -> this.pacing.track(this.route.exchange(request, current, attempt)));
			}));
		}

		private Flux<T> next(Attempt attempt, AttemptFailure failure) {
			AttemptFailure reason = this.call.reason(failure);
			boolean refused = this.pacing.handles(attempt, reason);
			boolean switched = this.route.switchApi(attempt, reason);
			if (switched || !refused) {
				this.pacing.failed(attempt);
			}
			if (switched) {
				this.call.attemptFailed(attempt.hasErrorStatus() ? reason.rejected() : reason);
				return attempt();
			}
			if (refused) {
				return refused(attempt, reason);
			}
			return this.retry.next(attempt, reason)
				.onErrorMap(AttemptFailure.class, (last) -> this.route.failed(attempt, last))
				.flatMapMany((waited) -> attempt());
		}

		private Flux<T> refused(Attempt attempt, AttemptFailure failure) {
			Duration delay = this.pacing.refused(failure);
			if (delay == null) {
				return Flux.error(this.route.failed(attempt, failure));
			}
			this.call.retry(failure.withoutBody(), delay);
			return delay.isZero() ? attempt() : this.pacing.delay(delay).flatMapMany((waited) -> attempt());
		}

	}

}
