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

package dev.completion.boot;

import dev.completion.client.CompletionClient;

/**
 * Customizes the builder of an auto-configured {@link CompletionClient}. The properties
 * are applied by a customizer with order 0, so one with a lower order comes before them
 * and one with a higher order has the last word.
 *
 * @since 0.1.0
 */
@FunctionalInterface
public interface CompletionClientCustomizer {

	/**
	 * The name of the client that is configured by {@code completion.*}.
	 */
	String DEFAULT_CLIENT = "default";

	/**
	 * Customize the builder of a client.
	 * @param name the name of the client
	 * @param builder the builder
	 */
	void customize(String name, CompletionClient.Builder builder);

}
