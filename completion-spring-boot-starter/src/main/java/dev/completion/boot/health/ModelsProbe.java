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

package dev.completion.boot.health;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Supplier;

import dev.completion.client.CompletionClient;
import dev.completion.client.Pacing;
import dev.completion.client.RetryPolicy;
import dev.completion.client.Timeouts;
import dev.completion.client.error.CompletionApiException;
import dev.completion.client.error.CompletionClientException;
import dev.completion.client.error.MalformedResponseException;
import dev.completion.client.error.RateLimitException;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.Status;
import org.springframework.util.function.SingletonSupplier;

/**
 * Asks for the list of models, {@code GET /v1/models}, which costs nothing, to tell
 * whether the service can be reached and takes the credential. What it found out is kept
 * for a while, a fifth longer or shorter lest all instances of an application ask at
 * once; however many want to know, it asks once.
 * <p>
 * Safe for use by many threads.
 *
 * @since 0.1.0
 */
public final class ModelsProbe {

	private static final double JITTER = 0.2;

	private final Mono<Result> result;

	/**
	 * Create a probe, which asks nothing yet.
	 * @param client supplies the client, when it is asked for the first time
	 * @param timeout the longest time to wait for the models
	 * @param timeToLive the time after which they are asked for again
	 */
	public ModelsProbe(Supplier<CompletionClient> client, Duration timeout, Duration timeToLive) {
		Supplier<CompletionClient> variant = SingletonSupplier.of(() -> variant(client.get(), timeout));
		this.result = Mono.defer(() -> variant.get().models().next())
			.then(Mono.fromSupplier(Result::success))
			.onErrorResume((error) -> Mono.just(Result.failure(error)))
			.cache((ignored) -> jittered(timeToLive), (error) -> Duration.ZERO, () -> Duration.ZERO);
	}

	// one that is to answer soon, and that no budget of retries suffers from
	private static CompletionClient variant(CompletionClient client, Duration timeout) {
		return client.mutate()
			.timeouts(Timeouts.builder().response(timeout).total(timeout).build())
			.retry(RetryPolicy.builder().maxRetries(0).build())
			.pacing(Pacing.builder().enabled(false).build())
			.build();
	}

	private static Duration jittered(Duration timeToLive) {
		double factor = 1 + JITTER * (2 * ThreadLocalRandom.current().nextDouble() - 1);
		return Duration.ofNanos((long) (timeToLive.toNanos() * factor));
	}

	/**
	 * Return what was found out last, or find out.
	 */
	Mono<Result> result() {
		return this.result;
	}

	/**
	 * What a probe has found out.
	 *
	 * @param time when it has
	 * @param status the status of the service
	 * @param reason why it has that status, {@code null} if it is up
	 * @param requestId the server's id of the request, if it sent one with an error
	 */
	record Result(Instant time, Status status, @Nullable String reason, @Nullable String requestId) {

		private static Result success() {
			return new Result(Instant.now(), Status.UP, null, null);
		}

		private static Result failure(Throwable error) {
			if (!(error instanceof CompletionClientException failure)) {
				return new Result(Instant.now(), Status.UNKNOWN, error.getClass().getSimpleName(), null);
			}
			if (isNotServed(failure)) {
				return new Result(Instant.now(), Status.UNKNOWN, "models not served", failure.requestId());
			}
			if (failure instanceof RateLimitException) {
				return new Result(Instant.now(), Status.UP, "rate limit", failure.requestId());
			}
			FailureReason reason = FailureReason.of(failure);
			return new Result(Instant.now(), (reason != null) ? reason.status() : Status.UNKNOWN,
					(reason != null) ? reason.toString() : failure.getClass().getSimpleName(), failure.requestId());
		}

		// not every server that completes lists its models
		private static boolean isNotServed(CompletionClientException failure) {
			return failure instanceof MalformedResponseException
					|| (failure instanceof CompletionApiException api && switch (api.status().value()) {
						case 404, 405, 410, 501 -> true;
						default -> false;
					});
		}

		/**
		 * Put this into the health of the service, over what its calls tell.
		 */
		void describe(Health.Builder builder) {
			builder.withDetail("lastProbe", this.time);
			if (this.reason != null) {
				builder.withDetail("probe", this.reason);
			}
			if (this.reason != null && this.requestId != null) {
				builder.withDetail("requestId", this.requestId);
			}
		}

	}

}
