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

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link ModelTags}.
 */
class ModelTagsTests {

	private final ModelTags names = new ModelTags();

	@Test
	void nameIsKnownOnceItIsAdded() {
		Model model = Model.of("m");
		assertThat(this.names.bounded(model)).isEqualTo("other");
		this.names.add(model);
		assertThat(this.names.bounded(model)).isEqualTo("m");
	}

	@Test
	void onlyTheFirstDefaultIsKnown() {
		this.names.addDefault(Model.of("first"));
		this.names.addDefault(Model.of("second"));
		assertThat(this.names.bounded(Model.of("first"))).isEqualTo("first");
		assertThat(this.names.bounded(Model.of("second"))).isEqualTo("other");
	}

	@Test
	void defaultOfAVariantIsNotTheFirstWhereTheClientHasNone() {
		this.names.addDefault(null);
		this.names.addDefault(Model.of("second"));
		assertThat(this.names.bounded(Model.of("second"))).isEqualTo("other");
	}

	@Test
	void longNameIsNeverKnown() {
		Model longest = Model.of("m".repeat(256));
		Model tooLong = Model.of("m".repeat(257));
		this.names.add(longest);
		this.names.add(tooLong);
		assertThat(this.names.bounded(longest)).isEqualTo(longest.id());
		assertThat(this.names.bounded(tooLong)).isEqualTo("other");
	}

	@Test
	void aHundredNamesAreKnown() {
		for (int i = 0; i < 150; i++) {
			this.names.add(Model.of("model-" + i));
		}
		assertThat(this.names.bounded(Model.of("model-99"))).isEqualTo("model-99");
		assertThat(this.names.bounded(Model.of("model-100"))).isEqualTo("other");
	}

}
