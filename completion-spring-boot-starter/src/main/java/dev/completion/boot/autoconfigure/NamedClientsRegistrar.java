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

import dev.completion.client.CompletionClient;

import org.springframework.beans.factory.BeanRegistrar;
import org.springframework.beans.factory.BeanRegistry;
import org.springframework.core.env.Environment;

/**
 * Registers a client for each name below {@code completion.clients}.
 */
final class NamedClientsRegistrar implements BeanRegistrar {

	@Override
	public void register(BeanRegistry registry, Environment environment) {
		for (String name : ClientProperties.names(environment)) {
			if (ClientProperties.of(name, environment).values().enabled()) {
				registry.registerBean(beanName(name), CompletionClient.class,
						(spec) -> spec.description("Completion client '" + name + "'")
							.supplier((context) -> context.bean(CompletionClientFactory.class).create(name)));
			}
		}
	}

	static String beanName(String name) {
		return name + "CompletionClient";
	}

}
