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

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import dev.completion.boot.autoconfigure.health.CompletionHealthContributorAutoConfiguration;
import dev.completion.boot.autoconfigure.observation.CompletionObservationAutoConfiguration;
import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.context.annotation.ImportCandidates;
import org.springframework.boot.http.client.autoconfigure.reactive.ReactiveHttpClientAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration;
import org.springframework.boot.micrometer.observation.autoconfigure.ObservationAutoConfiguration;
import org.springframework.boot.webclient.autoconfigure.WebClientAutoConfiguration;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that the auto-configurations are found, and in what order.
 */
class AutoConfigurationOrderTests {

	@Test
	void everyOneIsFound() {
		List<String> ours = new ClassFileImporter().withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
			.importPackages("dev.completion.boot")
			.stream()
			.filter((type) -> type.isAnnotatedWith(AutoConfiguration.class))
			.map(JavaClass::getName)
			.toList();
		assertThat(ImportCandidates.load(AutoConfiguration.class, getClass().getClassLoader()))
			.filteredOn((name) -> name.startsWith("dev.completion."))
			.containsExactlyInAnyOrderElementsOf(ours);
	}

	@Test
	void theyComeAfterWhatTheyLookFor() {
		List<Class<?>> ordered = List
			.of(AutoConfigurations.getClasses(AutoConfigurations.of(CompletionObservationAutoConfiguration.class,
					CompletionHealthContributorAutoConfiguration.class, CompletionAutoConfiguration.class,
					WebClientAutoConfiguration.class, ReactiveHttpClientAutoConfiguration.class,
					SslAutoConfiguration.class, ObservationAutoConfiguration.class,
					CompositeMeterRegistryAutoConfiguration.class)));
		assertThat(ordered).containsSubsequence(SslAutoConfiguration.class, CompletionAutoConfiguration.class,
				CompletionHealthContributorAutoConfiguration.class);
		assertThat(ordered).containsSubsequence(ReactiveHttpClientAutoConfiguration.class,
				WebClientAutoConfiguration.class, CompletionAutoConfiguration.class,
				CompletionObservationAutoConfiguration.class);
		assertThat(ordered).containsSubsequence(CompositeMeterRegistryAutoConfiguration.class,
				CompletionObservationAutoConfiguration.class);
		assertThat(ordered).containsSubsequence(ObservationAutoConfiguration.class,
				CompletionObservationAutoConfiguration.class);
	}

}
