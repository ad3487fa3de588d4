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

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for the types of all modules: those that depend on each other are few, so that a
 * type can be understood, and changed, without half of its package.
 */
class TypeCyclesTests {

	private static final int MAX_CYCLE = 3;

	private final Map<String, Set<String>> dependencies = new HashMap<>();

	@Test
	void noCycleHasMoreThanThreeTypes() {
		new ClassFileImporter().withImportOption(new DoNotIncludeTests())
			.importPackages("dev.completion")
			.forEach(this::addDependencies);
		Map<String, Set<String>> reachable = this.dependencies.keySet()
			.stream()
			.collect(Collectors.toMap((type) -> type, this::reachable));
		Set<List<String>> cycles = reachable.keySet()
			.stream()
			.map((type) -> reachable.get(type)
				.stream()
				.filter((other) -> reachable.getOrDefault(other, Set.of()).contains(type))
				.sorted()
				.toList())
			.collect(Collectors.toSet());
		assertThat(reachable).containsKeys("dev.completion.client.Call", "dev.completion.server.Answer",
				"dev.completion.boot.CompletionConnectionDetails");
		assertThat(cycles).filteredOn((cycle) -> cycle.size() > 1).isNotEmpty();
		assertThat(cycles).allSatisfy((cycle) -> assertThat(cycle).hasSizeLessThanOrEqualTo(MAX_CYCLE));
	}

	private void addDependencies(JavaClass type) {
		Set<String> dependencies = this.dependencies.computeIfAbsent(name(type), (name) -> new TreeSet<>());
		for (Dependency dependency : type.getDirectDependenciesFromSelf()) {
			JavaClass target = dependency.getTargetClass().getBaseComponentType();
			if (target.getPackageName().startsWith("dev.completion")) {
				dependencies.add(name(target));
			}
		}
	}

	// nested types belong to the one around them
	private static String name(JavaClass type) {
		return type.getEnclosingClass().map(TypeCyclesTests::name).orElse(type.getName());
	}

	private Set<String> reachable(String from) {
		Set<String> reached = new HashSet<>();
		Deque<String> left = new ArrayDeque<>(List.of(from));
		while (!left.isEmpty()) {
			for (String next : this.dependencies.getOrDefault(left.pop(), Set.of())) {
				if (reached.add(next)) {
					left.push(next);
				}
			}
		}
		return reached;
	}

}
