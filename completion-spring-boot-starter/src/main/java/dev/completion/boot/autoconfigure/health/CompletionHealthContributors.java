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
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;

import dev.completion.boot.health.CompletionHealthIndicator;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.health.contributor.CompositeReactiveHealthContributor;
import org.springframework.boot.health.contributor.ReactiveHealthContributor;
import org.springframework.boot.health.contributor.ReactiveHealthContributors;

/**
 * The health of several clients, each by its name. The default one is among them once it
 * is made, which it may never be.
 */
final class CompletionHealthContributors implements CompositeReactiveHealthContributor {

	private final Supplier<Set<String>> names;

	private final Function<String, CompletionHealthIndicator> factory;

	private final Map<String, CompletionHealthIndicator> indicators = new ConcurrentHashMap<>();

	/**
	 * Create contributors.
	 * @param names supplies the names of the clients
	 * @param factory makes an indicator, given the name of a client
	 */
	CompletionHealthContributors(Supplier<Set<String>> names, Function<String, CompletionHealthIndicator> factory) {
		this.names = names;
		this.factory = factory;
	}

	@Override
	public @Nullable ReactiveHealthContributor getContributor(String name) {
		return this.names.get().contains(name) ? indicator(name) : null;
	}

	@Override
	public Stream<ReactiveHealthContributors.Entry> stream() {
		return this.names.get().stream().map((name) -> new ReactiveHealthContributors.Entry(name, indicator(name)));
	}

	private CompletionHealthIndicator indicator(String name) {
		return this.indicators.computeIfAbsent(name, this.factory);
	}

}
