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

import java.util.function.BooleanSupplier;

import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

import org.springframework.boot.health.contributor.AbstractReactiveHealthIndicator;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.Status;

/**
 * Health of the service, as its recent calls show it, and a probe if there is one. It
 * never requests a completion. An embedded server is never {@link Status#UP}, since it
 * does not show that the service is available.
 *
 * @since 0.1.0
 */
public final class CompletionHealthIndicator extends AbstractReactiveHealthIndicator {

	private final CallHistory history;

	private final @Nullable ModelsProbe probe;

	private final BooleanSupplier embedded;

	/**
	 * Create an indicator.
	 * @param history the history of the client's calls
	 * @param probe the probe, or {@code null} to send nothing
	 * @param embedded supplies whether the client calls an embedded server
	 */
	public CompletionHealthIndicator(CallHistory history, @Nullable ModelsProbe probe, BooleanSupplier embedded) {
		super("Completion health check failed");
		this.history = history;
		this.probe = probe;
		this.embedded = embedded;
	}

	@Override
	protected Mono<Health> doHealthCheck(Health.Builder builder) {
		builder.withDetail("mode", (this.probe != null) ? "models" : "passive");
		Mono<Health> health = (this.probe != null) ? this.probe.result().map((result) -> probed(builder, result))
				: Mono.fromSupplier(() -> passive(builder).build());
		return this.embedded.getAsBoolean() ? health.map((ignored) -> embedded(builder)) : health;
	}

	private static Health embedded(Health.Builder builder) {
		boolean isUp = builder.withDetail("embedded", true).build().getStatus().equals(Status.UP);
		return isUp ? builder.unknown().build() : builder.build();
	}

	private Health.Builder passive(Health.Builder builder) {
		this.history.describe(builder);
		return builder;
	}

	/**
	 * Return the health according to probe and calls. A failed probe takes precedence,
	 * unless a call has succeeded since. A successful probe does not show that
	 * completions are available: bills may be unpaid, and models overloaded.
	 */
	private Health probed(Health.Builder builder, ModelsProbe.Result result) {
		if (result.status().equals(Status.UP)) {
			this.history.authenticated(result.time());
		}
		Status passive = passive(builder).build().getStatus();
		boolean probeFailed = !result.status().equals(Status.UP) && !result.status().equals(Status.UNKNOWN);
		boolean callsKnowBest = !passive.equals(Status.UNKNOWN)
				&& (!probeFailed || this.history.hasSucceededSince(result.time()));
		result.describe(builder);
		return builder.status(callsKnowBest ? passive : result.status()).build();
	}

}
