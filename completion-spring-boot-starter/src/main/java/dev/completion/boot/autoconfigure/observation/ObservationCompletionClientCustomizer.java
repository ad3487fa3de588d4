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

package dev.completion.boot.autoconfigure.observation;

import dev.completion.boot.CompletionClientCustomizer;
import dev.completion.boot.autoconfigure.CompletionProperties;
import dev.completion.boot.autoconfigure.CompletionProperties.Observations.Content;
import dev.completion.client.CompletionClient;
import dev.completion.client.CompletionObservationConvention;
import dev.completion.client.DefaultCompletionObservationConvention;
import io.micrometer.observation.ObservationRegistry;
import org.jspecify.annotations.Nullable;

import org.springframework.core.Ordered;
import org.springframework.core.env.Environment;

/**
 * Has the calls of each client observed.
 */
final class ObservationCompletionClientCustomizer implements CompletionClientCustomizer, Ordered {

	// what most collectors take of a value
	private static final int MAX_CONTENT_LENGTH = 4096;

	private final ObservationRegistry registry;

	private final @Nullable CompletionObservationConvention convention;

	private final Environment environment;

	/**
	 * Create a customizer.
	 * @param registry where calls are observed
	 * @param convention the convention of the application, if it has one
	 * @param environment has the properties of the clients
	 */
	ObservationCompletionClientCustomizer(ObservationRegistry registry,
			@Nullable CompletionObservationConvention convention, Environment environment) {
		this.registry = registry;
		this.convention = convention;
		this.environment = environment;
	}

	@Override
	public int getOrder() {
		return 0;
	}

	@Override
	public void customize(String name, CompletionClient.Builder builder) {
		builder.observationRegistry(this.registry);
		if (this.convention != null) {
			builder.observationConvention(this.convention);
		}
		else if (CompletionProperties.of(name, this.environment).observations().content() == Content.ON) {
			builder.observationConvention(new DefaultCompletionObservationConvention(MAX_CONTENT_LENGTH));
		}
	}

}
