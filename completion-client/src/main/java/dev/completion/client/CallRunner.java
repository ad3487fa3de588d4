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

import reactor.core.publisher.Flux;

/**
 * Runs calls by making attempts until one succeeds or no further attempt is allowed. Each
 * decision on a retry or on switching the API is made in this loop.
 */
final class CallRunner {

	private final RetryPolicy policy;

	private final CredentialProvider credentials;

	private final ActiveCalls calls;

	private final RetryBudget budget = new RetryBudget();

	/**
	 * Create a runner.
	 * @param policy the retry policy
	 * @param credentials the provider that may renew a rejected credential
	 * @param calls the active calls
	 */
	CallRunner(RetryPolicy policy, CredentialProvider credentials, ActiveCalls calls) {
		this.policy = policy;
		this.credentials = credentials;
		this.calls = calls;
	}

	/**
	 * Return the results of a call. The call starts on subscription.
	 * @param call the call
	 * @param route the route of its attempts
	 * @param listeners the listeners to notify when the call ends
	 */
	<T> Flux<T> run(Call call, Route<T> route, CallListeners listeners) {
		CallRetry retry = new CallRetry(this.policy, this.budget, this.credentials, call);
		Run<T> run = new Run<>(call, route, retry);
		return new InterposedFlux<T, T>(Flux.defer(run::attempt), (attempts,
				subscriber) -> new CallSubscriber<T>(call, retry, this.calls, listeners, subscriber).begin(attempts));
	}

	/**
	 * The attempts of one call.
	 */
	private record Run<T>(Call call, Route<T> route, CallRetry retry) {

		private Flux<T> attempt() {
			ApiRequest request;
			try {
				request = this.route.request();
			}
			catch (AttemptFailure ex) {
				// a request that the API does not support is not an attempt
				return Flux.error(ex);
			}
			Attempt attempt = this.call.nextAttempt(this.route.api());
			return this.route.exchange(request, attempt)
				.onErrorResume((ex) -> next(attempt, TransportFailures.translate(ex, attempt)));
		}

		private Flux<T> next(Attempt attempt, AttemptFailure failure) {
			AttemptFailure reason = this.call.reason(failure);
			if (this.route.switchApi(attempt, reason)) {
				this.call.attemptFailed(reason);
				return attempt();
			}
			return this.retry.next(attempt, reason)
				.doOnError(AttemptFailure.class, this.route::failed)
				.flatMapMany((waited) -> attempt());
		}

	}

}
