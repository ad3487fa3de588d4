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

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationConvention;

/**
 * Defines the names and key values of the observations of calls. Extend
 * {@link DefaultCompletionObservationConvention} to add to the default ones.
 *
 * @since 0.1.0
 * @see CompletionClient.Builder#observationConvention(CompletionObservationConvention)
 */
public interface CompletionObservationConvention extends ObservationConvention<CompletionObservationContext> {

	@Override
	default String getName() {
		return CompletionObservationDocumentation.DURATION;
	}

	@Override
	default String getContextualName(CompletionObservationContext context) {
		return getName();
	}

	@Override
	default boolean supportsContext(Observation.Context context) {
		return context instanceof CompletionObservationContext;
	}

}
