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

import java.util.Set;

import dev.completion.boot.CompletionClientCustomizer;
import dev.completion.boot.autoconfigure.CompletionAutoConfiguration;
import dev.completion.boot.autoconfigure.CompletionConnectionDetailsResolver;
import dev.completion.boot.autoconfigure.CompletionProperties;
import dev.completion.boot.health.CallHistory;
import dev.completion.boot.health.CompletionHealthIndicator;
import dev.completion.client.CompletionClient;

import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.health.autoconfigure.contributor.ConditionalOnEnabledHealthIndicator;
import org.springframework.boot.health.contributor.ReactiveHealthContributor;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Condition;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.context.annotation.Conditional;
import org.springframework.core.env.Environment;
import org.springframework.core.type.AnnotatedTypeMetadata;

/**
 * Auto-configuration of a {@link CompletionHealthIndicator}, for the client that is
 * auto-configured: one of the application's own tells its history to nobody.
 *
 * @since 0.1.0
 */
@AutoConfiguration(after = CompletionAutoConfiguration.class)
@ConditionalOnClass({ ReactiveHealthContributor.class, ConditionalOnEnabledHealthIndicator.class })
@ConditionalOnBean({ CompletionClient.class, CompletionConnectionDetailsResolver.class })
@ConditionalOnEnabledHealthIndicator("completion")
public final class CompletionHealthContributorAutoConfiguration {

	CompletionHealthContributorAutoConfiguration() {
	}

	@Bean
	@ConditionalOnMissingBean
	CallHistory completionCallHistory(Environment environment) {
		return CallHistories.create(CompletionClientCustomizer.DEFAULT_CLIENT, environment);
	}

	@Bean
	CallHistories completionCallHistories(CallHistory history, Environment environment) {
		return new CallHistories(history, environment);
	}

	@Bean
	CompletionHealthIndicatorFactory completionHealthIndicatorFactory(CallHistories histories,
			CompletionConnectionDetailsResolver connectionDetails, ListableBeanFactory beanFactory,
			Environment environment) {
		return new CompletionHealthIndicatorFactory(histories, connectionDetails, beanFactory, environment);
	}

	/**
	 * The health of several clients.
	 */
	@Bean
	@Conditional(OnSeveralClientsCondition.class)
	@ConditionalOnMissingBean(name = { "completionHealthIndicator", "completionHealthContributor" })
	CompletionHealthContributors completionHealthContributor(CallHistories histories,
			CompletionHealthIndicatorFactory factory, Environment environment) {
		Set<String> named = CompletionProperties.ofNamed(environment).keySet();
		return new CompletionHealthContributors(() -> histories.names(named), factory::create);
	}

	@Bean
	@ConditionalOnMissingBean(name = { "completionHealthIndicator", "completionHealthContributor" })
	CompletionHealthIndicator completionHealthIndicator(CompletionHealthIndicatorFactory factory) {
		return factory.create(CompletionClientCustomizer.DEFAULT_CLIENT);
	}

	/**
	 * Matches if the starter creates more than one client.
	 */
	static final class OnSeveralClientsCondition implements Condition {

		@Override
		public boolean matches(ConditionContext context, AnnotatedTypeMetadata metadata) {
			return !CompletionProperties.ofNamed(context.getEnvironment()).isEmpty();
		}

	}

}
