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

package dev.completion.client;

import java.time.Clock;
import java.time.Instant;
import java.util.List;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Tag;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for the architecture of this module.
 */
@AnalyzeClasses(packages = "dev.completion.client", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTests {

	private static final List<String> PUBLIC_TYPES = List.of("CallListener", "Completion", "CompletionApi",
			"CompletionClient", "CompletionClientMetrics", "CompletionMeterObservationHandler",
			"CompletionObservationContext", "CompletionObservationConvention", "CompletionObservationDocumentation",
			"CompletionRequest", "CompletionResponse", "Credential", "CredentialProvider",
			"DefaultCompletionObservationConvention", "Limits", "MissingCredentialException", "Model", "ModelInfo",
			"Pacing", "Prompt", "PromptTemplate", "RateLimits", "RetryPolicy", "StopReason", "Timeouts", "Usage",
			"error.AuthenticationException", "error.BillingException", "error.CallDetails",
			"error.CallTimeoutException", "error.CompletionApiException", "error.CompletionClientException",
			"error.ConnectionException", "error.ApiError", "error.InvalidRequestException",
			"error.LimitExceededException", "error.MalformedResponseException", "error.NotFoundException",
			"error.Outcome", "error.OverloadedException", "error.PermissionDeniedException", "error.RateLimitException",
			"error.RequestTooLargeException", "error.ServerException", "error.StreamTruncatedException",
			"error.UnsupportedRequestException");

	@ArchTest
	final ArchRule packagesHaveNoCycles = slices().matching("dev.completion.(**)").should().beFreeOfCycles();

	@ArchTest
	final ArchRule errorsAreALeaf = noClasses().that()
		.resideInAPackage("dev.completion.client.error..")
		.should()
		.dependOnClassesThat(JavaClass.Predicates.resideInAPackage("dev.completion..")
			.and(JavaClass.Predicates.resideOutsideOfPackage("dev.completion.client.error..")));

	@ArchTest
	final ArchRule nothingKnowsSpringBoot = noClasses().should()
		.dependOnClassesThat()
		.resideInAnyPackage("org.springframework.boot..", "dev.completion.boot..", "dev.completion.server..");

	// they are not loaded where Micrometer's meters are absent
	@ArchTest
	final ArchRule fewClassesNeedMeters = noClasses().that()
		.haveNameNotMatching(".*\\.(CompletionMeterObservationHandler|CompletionClientMetrics)(\\$.*)?")
		.should()
		.dependOnClassesThat()
		.resideInAPackage("io.micrometer.core..")
		.orShould()
		.dependOnClassesThat()
		.haveSimpleName("CompletionMeterObservationHandler")
		.orShould()
		.dependOnClassesThat()
		.haveSimpleName("CompletionClientMetrics");

	// users extend a convention
	@ArchTest
	final ArchRule defaultImplementationsAreHidden = classes().that()
		.haveSimpleNameStartingWith("Default")
		.and()
		.haveSimpleNameNotEndingWith("Convention")
		.should()
		.bePackagePrivate();

	// a date of the server is the one thing that the time of day is needed for
	@ArchTest
	@Tag("G14")
	void nothingDependsOnTheTimeOfDay(JavaClasses classes) {
		noClasses().that()
			.doNotHaveSimpleName("RetryAfter")
			.should()
			.callMethod(System.class, "currentTimeMillis")
			.orShould()
			.callMethod(Instant.class, "now")
			.orShould()
			.dependOnClassesThat()
			.areAssignableTo(Clock.class)
			.check(classes);
	}

	@ArchTest
	void publicTypesAreThoseForUsers(JavaClasses classes) {
		assertThat(classes.stream()
			.filter((type) -> type.isTopLevelClass() && type.getModifiers().contains(JavaModifier.PUBLIC))
			.map(JavaClass::getName)
			.map((name) -> name.substring("dev.completion.client.".length())))
			.containsExactlyInAnyOrderElementsOf(PUBLIC_TYPES);
	}

	@ArchTest
	void packagesAreNullMarked(JavaClasses classes) {
		assertThat(classes.stream().map(JavaClass::getPackage).distinct()).hasSize(2)
			.allSatisfy((found) -> assertThat(found.isAnnotatedWith(NullMarked.class)).as(found.getName()).isTrue());
	}

}
