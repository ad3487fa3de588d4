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

import java.util.Set;

import dev.completion.client.CompletionClient;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.InjectionPoint;
import org.springframework.beans.factory.NoSuchBeanDefinitionException;
import org.springframework.beans.factory.UnsatisfiedDependencyException;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.diagnostics.FailureAnalyzer;
import org.springframework.core.Ordered;
import org.springframework.core.env.Environment;

/**
 * Explains that an application wants a client by a name that none has.
 */
final class UnknownClientFailureAnalyzer implements FailureAnalyzer, Ordered {

	private final Environment environment;

	UnknownClientFailureAnalyzer(Environment environment) {
		this.environment = environment;
	}

	// before the one for any bean that is missing
	@Override
	public int getOrder() {
		return HIGHEST_PRECEDENCE;
	}

	@Override
	public @Nullable FailureAnalysis analyze(Throwable failure) {
		for (Throwable ex = failure; ex != null; ex = ex.getCause()) {
			if (ex instanceof UnsatisfiedDependencyException unsatisfied && isForClient(unsatisfied)) {
				InjectionPoint point = unsatisfied.getInjectionPoint();
				Qualifier qualifier = (point != null) ? point.getAnnotation(Qualifier.class) : null;
				return (qualifier != null) ? analysis(unsatisfied, qualifier.value()) : null;
			}
		}
		return null;
	}

	private static boolean isForClient(UnsatisfiedDependencyException ex) {
		return ex.getCause() instanceof NoSuchBeanDefinitionException missing
				&& CompletionClient.class.equals(missing.getBeanType());
	}

	private FailureAnalysis analysis(UnsatisfiedDependencyException ex, String name) {
		Set<String> names = ClientNames.of(this.environment);
		String wanted = "The bean '%s' wants the completion client '%s'".formatted(ex.getBeanName(), name);
		if (!names.contains(name)) {
			return new FailureAnalysis(
					"%s, and there is none of that name: %s.".formatted(wanted,
							names.isEmpty() ? "no client has one" : "the names are " + names),
					"Correct the name in '@Qualifier', or set properties of the client below '%s'."
						.formatted(ClientNames.prefix(name)),
					ex);
		}
		return new FailureAnalysis(
				"%s, and it was not made: it or all are turned off, or a 'CompletionClient' bean of the application takes the place of all."
					.formatted(wanted),
				"Set '%s.enabled' and 'completion.enabled' to 'true', and declare clients of the application with '@Bean(defaultCandidate = false)'."
					.formatted(ClientNames.prefix(name)),
				ex);
	}

}
