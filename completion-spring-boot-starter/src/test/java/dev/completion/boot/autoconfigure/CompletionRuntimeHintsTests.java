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

import dev.completion.client.Completion;
import dev.completion.client.CompletionResponse;
import dev.completion.client.Model;
import dev.completion.client.ModelInfo;
import dev.completion.client.RateLimits;
import dev.completion.client.StopReason;
import dev.completion.client.Usage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.aot.hint.MemberCategory;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.predicate.RuntimeHintsPredicates;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link CompletionRuntimeHints}.
 */
class CompletionRuntimeHintsTests {

	private final RuntimeHints hints = new RuntimeHints();

	@ParameterizedTest
	@ValueSource(
			classes = { Completion.class, CompletionResponse.class, ModelInfo.class, Usage.class, RateLimits.class })
	void recordsCanBeHandedOnAsJson(Class<?> type) {
		new CompletionRuntimeHints().registerHints(this.hints, null);
		assertThat(RuntimeHintsPredicates.reflection()
			.onType(type)
			.withMemberCategory(MemberCategory.INVOKE_DECLARED_CONSTRUCTORS)).accepts(this.hints);
		assertThat(type.getRecordComponents()).allSatisfy((component) -> assertThat(
				RuntimeHintsPredicates.reflection().onMethodInvocation(component.getAccessor()))
			.accepts(this.hints));
	}

	@Test
	void namesCanBeHandedOnAsJson() throws Exception {
		new CompletionRuntimeHints().registerHints(this.hints, null);
		assertThat(RuntimeHintsPredicates.reflection().onMethodInvocation(Model.class.getMethod("id")))
			.accepts(this.hints);
		assertThat(RuntimeHintsPredicates.reflection().onMethodInvocation(StopReason.class.getMethod("value")))
			.accepts(this.hints);
	}

}
