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

import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;

import dev.completion.boot.CompletionClientCustomizer;
import dev.completion.boot.autoconfigure.CompletionProperties;
import dev.completion.boot.health.CallHistory;
import dev.completion.client.CompletionClient;

import org.springframework.core.env.Environment;

/**
 * The histories of all clients: what happens to one says nothing of another.
 */
final class CallHistories implements CompletionClientCustomizer {

	private final Map<String, CallHistory> histories = new ConcurrentHashMap<>();

	private final CallHistory ofDefaultClient;

	private final Environment environment;

	CallHistories(CallHistory ofDefaultClient, Environment environment) {
		this.ofDefaultClient = ofDefaultClient;
		this.environment = environment;
	}

	@Override
	public void customize(String name, CompletionClient.Builder builder) {
		builder.listener(of(name));
	}

	/**
	 * Return the history of the client with the given name.
	 */
	CallHistory of(String name) {
		return this.histories.computeIfAbsent(name,
				(ignored) -> name.equals(DEFAULT_CLIENT) ? this.ofDefaultClient : create(name, this.environment));
	}

	static CallHistory create(String name, Environment environment) {
		return new CallHistory(CompletionProperties.of(name, environment).health().timeToLive());
	}

	/**
	 * Return the names of the given clients, and of those that were made so far.
	 */
	Set<String> names(Set<String> clients) {
		Set<String> names = new TreeSet<>(this.histories.keySet());
		names.addAll(clients);
		return names;
	}

}
