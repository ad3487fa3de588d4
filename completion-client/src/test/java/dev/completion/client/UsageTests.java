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

import java.util.Map;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link Usage}.
 */
class UsageTests {

	private static @Nullable Usage usage(String json) {
		Object usage = JsonMapper.shared().readValue(json, Object.class);
		return Usage.of(new Completion("", "", null, Model.of("m"), "completion", null, Map.of("usage", usage)));
	}

	@Test
	void usageHasAllCounts() {
		assertThat(usage("""
				{"input_tokens":1,"output_tokens":2,"cache_creation_input_tokens":3,"cache_read_input_tokens":4,
				 "service_tier":"batch","server_tool_use":{"web_search_requests":1}}"""))
			.isEqualTo(new Usage(1L, 2L, 3L, 4L, "batch"))
			.returns(8L, Usage::allInputTokens);
	}

	@ParameterizedTest
	@ValueSource(strings = { "-1", "1.5", "1e300", "18446744073709551621", "\"7\"", "{}", "[]", "true", "null" })
	void invalidCountIsIgnored(String value) {
		assertThat(usage("{\"input_tokens\":" + value + ",\"output_tokens\":2,\"cache_read_input_tokens\":" + value
				+ ",\"service_tier\":1}"))
			.isEqualTo(new Usage(null, 2L, null, null, null))
			.returns(null, Usage::allInputTokens);
	}

	@ParameterizedTest
	@ValueSource(strings = { "{}", "{\"input_tokens\":-1}", "{\"cache_read_input_tokens\":4}", "[]", "\"7\"", "7" })
	void usageWithoutInputAndOutputTokensIsNull(String json) {
		assertThat(usage(json)).isNull();
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			{"input_tokens":1,"output_tokens":-2,"x_tokens":"3","x":"3"} | {"input_tokens":1,"x":"3"}
			{"a":null,"b":-1}                                            | {"a":null,"b":-1}
			[]                                                           |
			7                                                            |
			""")
	void onlyValidCountsAreKept(String json, @Nullable String expected) {
		JsonMapper mapper = JsonMapper.shared();
		Object valid = Usage.valid(mapper.readValue(json, Object.class));
		assertThat(valid).isEqualTo((expected != null) ? mapper.readValue(expected, Object.class) : null);
	}

}
