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

import java.util.Map;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.EnvironmentPostProcessor;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.env.DefaultPropertiesPropertySource;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.util.ClassUtils;

/**
 * Selects the HTTP client of the JDK for {@code RestClient}, because the starter adds
 * Reactor Netty to the class path, which Spring Boot would select otherwise. Applications
 * that select a client, and those with the Reactor Netty server, are not affected.
 */
final class RestClientEnvironmentPostProcessor implements EnvironmentPostProcessor {

	private static final String PROPERTY = "spring.http.clients.imperative.factory";

	// HTTP clients that Spring Boot prefers, and the server that brings Reactor Netty
	private static final String[] UNAFFECTED = { "org.apache.hc.client5.http.impl.classic.HttpClients",
			"org.eclipse.jetty.client.HttpClient",
			"org.springframework.boot.reactor.netty.NettyReactiveWebServerFactory" };

	private static final String JDK_CLIENT = "java.net.http.HttpClient";

	@Override
	public void postProcessEnvironment(ConfigurableEnvironment environment, SpringApplication application) {
		ClassLoader classLoader = application.getClassLoader();
		if (!environment.containsProperty(PROPERTY) && !isUnaffected(classLoader)) {
			String factory = ClassUtils.isPresent(JDK_CLIENT, classLoader) ? "jdk" : "simple";
			DefaultPropertiesPropertySource.addOrMerge(Map.of(PROPERTY, factory), environment.getPropertySources());
		}
	}

	private static boolean isUnaffected(@Nullable ClassLoader classLoader) {
		for (String name : UNAFFECTED) {
			if (ClassUtils.isPresent(name, classLoader)) {
				return true;
			}
		}
		return false;
	}

}
