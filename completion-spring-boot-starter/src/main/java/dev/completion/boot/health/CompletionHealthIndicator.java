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

import reactor.core.publisher.Mono;

import org.springframework.boot.health.contributor.AbstractReactiveHealthIndicator;
import org.springframework.boot.health.contributor.Health;

/**
 * Health of the service, as its recent calls show it. It sends nothing.
 *
 * @since 0.1.0
 */
public final class CompletionHealthIndicator extends AbstractReactiveHealthIndicator {

	private final CallHistory history;

	private final boolean embedded;

	/**
	 * Create an indicator.
	 * @param history what the client was told
	 * @param embedded whether the server is embedded, and its answers canned
	 */
	public CompletionHealthIndicator(CallHistory history, boolean embedded) {
		super("Completion health check failed");
		this.history = history;
		this.embedded = embedded;
	}

	@Override
	protected Mono<Health> doHealthCheck(Health.Builder builder) {
		builder.withDetail("mode", "passive");
		if (this.embedded) {
			builder.withDetail("embedded", true);
		}
		this.history.describe(builder);
		return Mono.just(builder.build());
	}

}
