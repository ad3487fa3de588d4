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

import java.util.function.BiFunction;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import org.springframework.util.unit.DataSize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link Limits}.
 */
class LimitsTests {

	private static final Limits CHANGED = Limits.builder()
		.event(DataSize.ofBytes(1))
		.body(DataSize.ofBytes(2))
		.text(DataSize.ofBytes(3))
		.errorBody(DataSize.ofBytes(4))
		.build();

	@Test
	void defaultsAreThoseOfTheDocumentation() {
		Limits defaults = Limits.defaults();
		assertThat(defaults.event()).isEqualTo(1024 * 1024);
		assertThat(defaults.body()).isEqualTo(16 * 1024 * 1024);
		assertThat(defaults.text()).isEqualTo(16 * 1024 * 1024);
		assertThat(defaults.errorBody()).isEqualTo(64 * 1024);
	}

	@Test
	void builderStartsFromDefaults() {
		assertThat(Limits.builder().build()).usingRecursiveComparison().isEqualTo(Limits.defaults());
	}

	@Test
	void builderSetsEverything() {
		assertThat(CHANGED.event()).isEqualTo(1);
		assertThat(CHANGED.body()).isEqualTo(2);
		assertThat(CHANGED.text()).isEqualTo(3);
		assertThat(CHANGED.errorBody()).isEqualTo(4);
	}

	@Test
	void toBuilderKeepsEverything() {
		assertThat(CHANGED.toBuilder().build()).usingRecursiveComparison().isEqualTo(CHANGED);
	}

	@Test
	void toBuilderLeavesOriginalAsItIs() {
		assertThat(Limits.defaults().toBuilder().event(DataSize.ofBytes(1)).build().event()).isOne();
		assertThat(Limits.defaults().event()).isEqualTo(1024 * 1024);
	}

	@ParameterizedTest
	@MethodSource("setters")
	void builderWhenSizeIsSenselessFails(String name, BiFunction<Limits.Builder, DataSize, Limits.Builder> setter) {
		Limits.Builder builder = Limits.builder();
		for (DataSize size : new DataSize[] { null, DataSize.ofBytes(0), DataSize.ofBytes(-1),
				DataSize.ofGigabytes(1024) }) {
			assertThatIllegalArgumentException().isThrownBy(() -> setter.apply(builder, size))
				.withMessageStartingWith("'" + name + "' must be ")
				.withMessageEndingWith(", not " + size);
		}
		assertThat(builder.build()).usingRecursiveComparison().isEqualTo(Limits.defaults());
	}

	static Stream<Object[]> setters() {
		BiFunction<Limits.Builder, DataSize, Limits.Builder> event = Limits.Builder::event;
		BiFunction<Limits.Builder, DataSize, Limits.Builder> body = Limits.Builder::body;
		BiFunction<Limits.Builder, DataSize, Limits.Builder> text = Limits.Builder::text;
		BiFunction<Limits.Builder, DataSize, Limits.Builder> errorBody = Limits.Builder::errorBody;
		return Stream.of(new Object[] { "event", event }, new Object[] { "body", body }, new Object[] { "text", text },
				new Object[] { "errorBody", errorBody });
	}

	@Test
	void builderTakesUpToOneGigabyte() {
		DataSize most = DataSize.ofGigabytes(1);
		Limits limits = Limits.builder().event(most).body(most).text(most).build();
		assertThat(limits.event()).isEqualTo(1024 * 1024 * 1024);
		assertThat(limits.body()).isEqualTo(1024 * 1024 * 1024);
		assertThat(limits.text()).isEqualTo(1024 * 1024 * 1024);
		DataSize more = DataSize.ofBytes(most.toBytes() + 1);
		assertThatIllegalArgumentException().isThrownBy(() -> Limits.builder().event(more));
	}

	@Test
	void errorBodyWhenMoreThan64KilobytesFails() {
		assertThatIllegalArgumentException()
			.isThrownBy(() -> Limits.builder().errorBody(DataSize.ofBytes(64 * 1024 + 1)))
			.withMessage("'errorBody' must be at most 64 KB, not 65537B");
	}

	@Test
	void toStringNamesTheValues() {
		assertThat(CHANGED).hasToString("Limits[event=1, body=2, text=3, errorBody=4]");
	}

}
