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
import java.util.stream.Stream;

import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that every property is shown to do something, by a test with {@link Proves}.
 */
class PropertiesAreProvenTests {

	private final List<JavaMethod> proofs = new ClassFileImporter()
		.withImportOption(ImportOption.Predefined.ONLY_INCLUDE_TESTS)
		.importPackages("dev.completion.boot")
		.stream()
		.flatMap((type) -> type.getMethods().stream())
		.filter((method) -> method.isAnnotatedWith(Proves.class))
		.toList();

	@Test
	void everyPropertyIsProven() throws Exception {
		Stream<String> properties = ConfigurationMetadataTests.properties()
			.map((property) -> property.get("name").stringValue());
		assertThat(
				this.proofs.stream().flatMap((method) -> Stream.of(method.getAnnotationOfType(Proves.class).value())))
			.doesNotHaveDuplicates()
			.containsExactlyInAnyOrderElementsOf(properties.toList());
	}

	@Test
	void everyProofIsRun() {
		assertThat(this.proofs).allMatch(
				(method) -> method.isAnnotatedWith(Test.class) || method.isAnnotatedWith(ParameterizedTest.class));
	}

}
