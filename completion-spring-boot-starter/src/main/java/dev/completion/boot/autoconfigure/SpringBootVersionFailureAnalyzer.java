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

import org.jspecify.annotations.Nullable;

import org.springframework.boot.SpringBootVersion;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.diagnostics.FailureAnalyzer;
import org.springframework.core.Ordered;
import org.springframework.util.StringUtils;

/**
 * Explains that the application uses a version of Spring Boot that lacks classes of the
 * required one. It does not depend on any of these classes.
 */
final class SpringBootVersionFailureAnalyzer implements FailureAnalyzer, Ordered {

	private static final int MAJOR = 4;

	private static final int MINOR = 1;

	private final String version;

	SpringBootVersionFailureAnalyzer() {
		this(SpringBootVersion.getVersion());
	}

	SpringBootVersionFailureAnalyzer(String version) {
		this.version = version;
	}

	@Override
	public int getOrder() {
		return HIGHEST_PRECEDENCE;
	}

	@Override
	public @Nullable FailureAnalysis analyze(Throwable failure) {
		if (isSupported()) {
			return null;
		}
		boolean isOurs = false;
		for (Throwable ex = failure; ex != null; ex = ex.getCause()) {
			isOurs |= String.valueOf(ex.getMessage()).contains("dev.completion.");
			if (isOurs && isOfSpringBoot(ex)) {
				return new FailureAnalysis(
						"The completion starter requires Spring Boot %d.%d or later, but the application uses Spring Boot %s. The cause is: %s"
							.formatted(MAJOR, MINOR, this.version, ex),
						"Upgrade the application to Spring Boot %d.%d or later.".formatted(MAJOR, MINOR), failure);
			}
		}
		return null;
	}

	private boolean isSupported() {
		String[] parts = StringUtils.tokenizeToStringArray(this.version, ".");
		int major = Integer.parseInt(parts[0]);
		return major > MAJOR || (major == MAJOR && Integer.parseInt(parts[1]) >= MINOR);
	}

	private static boolean isOfSpringBoot(Throwable ex) {
		return (ex instanceof LinkageError || ex instanceof ClassNotFoundException)
				&& String.valueOf(ex.getMessage()).replace('/', '.').contains("org.springframework.boot.");
	}

}
