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

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for the structure of all modules and for its description in CONTRIBUTING.
 */
class StructureTests {

	private static final Path ROOT = Path.of("..");

	private static final Path PACKAGE_INFO = ROOT
		.resolve("completion-client/src/main/java/dev/completion/client/package-info.java");

	private static final Pattern CODE = Pattern.compile("`([^`]+)`");

	// the names after the colon, up to the full stop
	private static final Pattern GROUP = Pattern.compile(":([\\w\\s,*]+)\\.");

	private static final Pattern TYPE_NAME = Pattern.compile("\\b[A-Z]\\w*");

	private static final Pattern METHOD = Pattern.compile("(?<type>[A-Z][\\w.]*)\\.(?<method>[a-z]\\w*)");

	private static final int MAX_CYCLE = 3;

	private static final JavaClasses CLASSES = new ClassFileImporter().withImportOption(new DoNotIncludeTests())
		.importPackages("dev.completion");

	// types in a cycle can only be understood and changed together
	@Test
	void noCycleHasMoreThanThreeTypes() {
		Map<String, Set<String>> dependencies = new TreeMap<>();
		CLASSES.forEach((type) -> dependencies.computeIfAbsent(topLevel(type), (name) -> new TreeSet<>())
			.addAll(dependencies(type)));
		assertThat(dependencies).containsKeys("dev.completion.client.Call", "dev.completion.server.Answer",
				"dev.completion.boot.CompletionConnectionDetails");
		Map<String, Set<String>> reachable = dependencies.keySet()
			.stream()
			.collect(Collectors.toMap((type) -> type, (type) -> reachable(type, dependencies)));
		Set<List<String>> cycles = reachable.keySet()
			.stream()
			.map((type) -> reachable.get(type).stream().filter((other) -> reachable.get(other).contains(type)).toList())
			.collect(Collectors.toSet());
		assertThat(cycles).anySatisfy((cycle) -> assertThat(cycle).hasSizeGreaterThan(1))
			.allSatisfy((cycle) -> assertThat(cycle).hasSizeLessThanOrEqualTo(MAX_CYCLE));
	}

	private static Set<String> dependencies(JavaClass type) {
		return type.getDirectDependenciesFromSelf()
			.stream()
			.map((dependency) -> dependency.getTargetClass().getBaseComponentType())
			.filter((target) -> target.getPackageName().startsWith("dev.completion"))
			.map(StructureTests::topLevel)
			.collect(Collectors.toSet());
	}

	private static String topLevel(JavaClass type) {
		return type.getEnclosingClass().map(StructureTests::topLevel).orElse(type.getName());
	}

	private static Set<String> reachable(String from, Map<String, Set<String>> dependencies) {
		Set<String> reached = new TreeSet<>();
		Deque<String> left = new ArrayDeque<>(List.of(from));
		while (!left.isEmpty()) {
			dependencies.getOrDefault(left.pop(), Set.of()).stream().filter(reached::add).forEach(left::push);
		}
		return reached;
	}

	@Test
	void everyTypeOfTheClientIsInOneGroupOfItsPackage() throws IOException {
		String comment = between(Files.readString(PACKAGE_INFO), "types of this package by group", "*/");
		Set<String> types = CLASSES.stream()
			.filter((type) -> type.getPackageName().equals("dev.completion.client") && type.isTopLevelClass())
			.map(JavaClass::getSimpleName)
			.filter((name) -> !name.equals("package-info"))
			.collect(Collectors.toSet());
		List<String> listed = GROUP.matcher(comment)
			.results()
			.flatMap((group) -> TYPE_NAME.matcher(group.group(1)).results())
			.map(MatchResult::group)
			.toList();
		assertThat(listed).containsExactlyInAnyOrderElementsOf(types);
	}

	@ParameterizedTest
	@MethodSource
	void nameInThePlanExists(String name) {
		var method = METHOD.matcher(name);
		if (name.contains("-") || name.equals("samples")) {
			assertThat(ROOT.resolve(name)).isDirectory();
		}
		else if (name.startsWith("dev.completion")) {
			assertThat(CLASSES).anySatisfy((type) -> assertThat(type.getPackageName()).isEqualTo(name));
		}
		else if (method.matches()) {
			assertThat(type(method.group("type")).getMethods())
				.anySatisfy((it) -> assertThat(it.getName()).isEqualTo(method.group("method")));
		}
		else {
			type(name);
		}
	}

	static Set<String> nameInThePlanExists() throws IOException {
		String plan = between(Files.readString(ROOT.resolve("CONTRIBUTING.md")), "## Structure", "## Language");
		Stream<String> names = CODE.matcher(plan).results().map((result) -> result.group(1));
		return names.filter((name) -> !name.equals("package-info")).collect(Collectors.toCollection(HashSet::new));
	}

	private static JavaClass type(String name) {
		List<JavaClass> found = CLASSES.stream()
			.filter((type) -> type.getName().replace('$', '.').endsWith("." + name))
			.toList();
		assertThat(found).as(name).hasSize(1);
		return found.get(0);
	}

	private static String between(String text, String start, String end) {
		int from = text.indexOf(start);
		int to = text.indexOf(end, from);
		assertThat(from).as(start).isNotNegative();
		assertThat(to).as(end).isNotNegative();
		return text.substring(from + start.length(), to);
	}

}
