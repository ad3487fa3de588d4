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

package dev.completion.boot.autoconfigure.health;

import dev.completion.boot.CompletionClientCustomizer;
import dev.completion.boot.CompletionConnectionDetails;
import dev.completion.boot.autoconfigure.CompletionConnectionDetailsResolver;
import dev.completion.boot.autoconfigure.CompletionProperties;
import dev.completion.boot.health.CompletionHealthIndicator;
import dev.completion.boot.health.ModelsProbe;
import dev.completion.client.CompletionClient;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.core.env.Environment;

/**
 * Creates the health indicators of clients from their properties.
 */
final class CompletionHealthIndicatorFactory {

	private final CallHistories histories;

	private final CompletionConnectionDetailsResolver connectionDetails;

	private final ListableBeanFactory beanFactory;

	private final Environment environment;

	CompletionHealthIndicatorFactory(CallHistories histories, CompletionConnectionDetailsResolver connectionDetails,
			ListableBeanFactory beanFactory, Environment environment) {
		this.histories = histories;
		this.connectionDetails = connectionDetails;
		this.beanFactory = beanFactory;
		this.environment = environment;
	}

	/**
	 * Create the indicator of the client with the given name.
	 */
	CompletionHealthIndicator create(String name) {
		CompletionProperties client = CompletionProperties.of(name, this.environment);
		return new CompletionHealthIndicator(this.histories.of(name), probe(name, client.health()),
				() -> isEmbedded(name));
	}

	private boolean isEmbedded(String name) {
		CompletionConnectionDetails details = this.connectionDetails.getResolved(name);
		return details != null && details.isEmbedded();
	}

	private @Nullable ModelsProbe probe(String name, CompletionProperties.Health health) {
		return switch (health.mode()) {
			case PASSIVE -> null;
			case MODELS -> new ModelsProbe(() -> client(name), health.timeout(), health.timeToLive());
		};
	}

	private CompletionClient client(String name) {
		boolean isDefault = name.equals(CompletionClientCustomizer.DEFAULT_CLIENT);
		return this.beanFactory.getBean(isDefault ? "completionClient" : name + "CompletionClient",
				CompletionClient.class);
	}

}
