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

package dev.completion.boot.autoconfigure;

import java.util.List;
import java.util.Set;

import dev.completion.boot.CompletionClientCustomizer;
import dev.completion.client.CompletionClient;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.BeanCreationException;
import org.springframework.beans.factory.BeanCurrentlyInCreationException;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.InjectionPoint;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.NoSuchBeanDefinitionException;
import org.springframework.beans.factory.UnsatisfiedDependencyException;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.diagnostics.FailureAnalyzer;
import org.springframework.core.Ordered;
import org.springframework.core.env.Environment;

/**
 * Explains why a client that is injected by its name does not exist, and why a client of
 * the application cannot be created from the auto-configured one.
 */
final class CompletionClientFailureAnalyzer implements FailureAnalyzer, Ordered {

	private final BeanFactory beanFactory;

	private final Environment environment;

	CompletionClientFailureAnalyzer(BeanFactory beanFactory, Environment environment) {
		this.beanFactory = beanFactory;
		this.environment = environment;
	}

	// before the analyzers of Spring Boot for missing beans and for cycles
	@Override
	public int getOrder() {
		return HIGHEST_PRECEDENCE;
	}

	@Override
	public @Nullable FailureAnalysis analyze(Throwable failure) {
		BeanCreationException creation = null;
		for (Throwable ex = failure; ex != null; ex = ex.getCause()) {
			if (ex instanceof UnsatisfiedDependencyException unsatisfied && isForClient(unsatisfied)) {
				InjectionPoint point = unsatisfied.getInjectionPoint();
				Qualifier qualifier = (point != null) ? point.getAnnotation(Qualifier.class) : null;
				return (qualifier != null) ? missing(unsatisfied, qualifier.value()) : null;
			}
			if (ex instanceof BeanCurrentlyInCreationException cycle) {
				return (creation != null && isDependencyOnItself(creation, cycle)) ? dependsOnItself(cycle) : null;
			}
			creation = (ex instanceof BeanCreationException current) ? current : creation;
		}
		return null;
	}

	// other cycles are explained by Spring Boot
	private boolean isDependencyOnItself(BeanCreationException creation, BeanCurrentlyInCreationException cycle) {
		String name = cycle.getBeanName();
		return name != null && name.equals(creation.getBeanName()) && replacingClients().contains(name);
	}

	private static boolean isForClient(UnsatisfiedDependencyException ex) {
		return ex.getCause() instanceof NoSuchBeanDefinitionException missing
				&& CompletionClient.class.equals(missing.getBeanType());
	}

	/**
	 * Return the names of the client beans that cause the starter to back off.
	 */
	private List<String> replacingClients() {
		boolean created = this.beanFactory.containsBean(CompletionClientFactory.BEAN_NAME);
		return (!created && this.beanFactory instanceof ListableBeanFactory beans)
				? List.of(beans.getBeanNamesForType(CompletionClient.class, true, false)) : List.of();
	}

	private FailureAnalysis dependsOnItself(BeanCurrentlyInCreationException ex) {
		String name = String.valueOf(ex.getBeanName());
		return new FailureAnalysis(
				"The bean '%s' is a CompletionClient that depends on another CompletionClient. The starter does not create clients if the application declares one, so there is no other client to inject."
					.formatted(name),
				"""
						Consider one of the following:
						    - Declare '%1$s' with '@Bean(defaultCandidate = false)', so that the starter creates its clients. Inject '%1$s' with '@Qualifier("%1$s")'.
						    - Customize the client of the starter with a bean of type '%2$s'.
						    - Create '%1$s' with 'CompletionClient.builder()'."""
					.formatted(name, CompletionClientCustomizer.class.getName()),
				ex);
	}

	private @Nullable FailureAnalysis missing(UnsatisfiedDependencyException ex, String name) {
		String required = "The bean '%s' requires the completion client '%s'".formatted(ex.getBeanName(), name);
		List<String> replacing = replacingClients();
		if (!replacing.isEmpty()) {
			return new FailureAnalysis(
					"%s, which was not created. The starter does not create clients because the application declares CompletionClient beans: %s."
						.formatted(required, replacing),
					"Declare the clients of the application with '@Bean(defaultCandidate = false)' so that the starter creates its clients.",
					ex);
		}
		return disabledOrUnknown(ex, required, name);
	}

	private @Nullable FailureAnalysis disabledOrUnknown(UnsatisfiedDependencyException ex, String required,
			String name) {
		Set<String> names = ClientNames.of(this.environment);
		if (names.contains(name)) {
			boolean enabled = ClientProperties.isEnabled(this.environment)
					&& ClientProperties.of(name, this.environment).values().enabled();
			return enabled ? null : new FailureAnalysis("%s, which is disabled.".formatted(required),
					"Set '%s.enabled' and 'completion.enabled' to 'true'.".formatted(ClientNames.prefix(name)), ex);
		}
		return new FailureAnalysis(
				"%s, which does not exist. %s.".formatted(required,
						names.isEmpty() ? "No named clients are defined"
								: "The following clients are defined: " + String.join(", ", names)),
				"Correct the name in '@Qualifier', remove '@Qualifier' to inject the client of 'completion.*', or define the client with properties that start with '%s.'."
					.formatted(ClientNames.prefix(name)),
				ex);
	}

}
