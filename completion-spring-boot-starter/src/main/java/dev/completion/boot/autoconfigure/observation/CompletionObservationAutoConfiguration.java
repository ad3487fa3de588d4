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

import dev.completion.boot.autoconfigure.CompletionAutoConfiguration;
import dev.completion.client.CompletionClient;
import dev.completion.client.CompletionMeterObservationHandler;
import dev.completion.client.CompletionObservationConvention;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.config.MeterFilter;
import io.micrometer.observation.ObservationRegistry;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnSingleCandidate;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;

/**
 * Auto-configuration that has the calls of clients observed, where there is an
 * {@link ObservationRegistry}, and the streams among them metered, where there is a
 * {@link MeterRegistry}. A {@link CompletionObservationConvention} bean takes the place
 * of the default one.
 *
 * @since 0.1.0
 */
@AutoConfiguration(after = CompletionAutoConfiguration.class,
		afterName = {
				"org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration",
				"org.springframework.boot.micrometer.observation.autoconfigure.ObservationAutoConfiguration" })
@ConditionalOnBean(CompletionClient.class)
@ConditionalOnSingleCandidate(ObservationRegistry.class)
public final class CompletionObservationAutoConfiguration {

	CompletionObservationAutoConfiguration() {
	}

	@Bean
	ObservationCompletionClientCustomizer observationCompletionClientCustomizer(ObservationRegistry registry,
			ObjectProvider<CompletionObservationConvention> convention, Environment environment) {
		return new ObservationCompletionClientCustomizer(registry, convention.getIfAvailable(), environment);
	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(MeterRegistry.class)
	@ConditionalOnSingleCandidate(MeterRegistry.class)
	static class MeterConfiguration {

		@Bean
		@ConditionalOnMissingBean
		CompletionMeterObservationHandler completionMeterObservationHandler(MeterRegistry meterRegistry) {
			return new CompletionMeterObservationHandler(meterRegistry);
		}

		@Bean
		static CompletionClientMetricsPostProcessor completionClientMetricsPostProcessor(
				ObjectProvider<MeterRegistry> meterRegistry) {
			return new CompletionClientMetricsPostProcessor(meterRegistry);
		}

		@Bean
		static MeterFilter completionDurationMeterFilter() {
			return CompletionMeterObservationHandler.durationBuckets();
		}

	}

}
