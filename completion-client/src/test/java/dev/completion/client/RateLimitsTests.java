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

import java.time.Instant;

import dev.completion.client.RateLimits.Limit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.http.HttpHeaders;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link RateLimits}.
 */
class RateLimitsTests {

	private static final Limit NONE = new Limit(null, null, null);

	private final HttpHeaders headers = new HttpHeaders();

	@Test
	void fromReadsEveryLimit() {
		set("requests", "1", "2", "2024-03-26T20:00:01Z");
		set("tokens", "3", "4", "2024-03-26T20:00:02Z");
		set("input-tokens", "5", "6", "2024-03-26T20:00:03Z");
		set("output-tokens", "7", "8", "2024-03-26T20:00:04Z");
		RateLimits limits = RateLimits.from(this.headers);
		assertThat(limits.requests()).isEqualTo(new Limit(1L, 2L, Instant.parse("2024-03-26T20:00:01Z")));
		assertThat(limits.tokens()).isEqualTo(new Limit(3L, 4L, Instant.parse("2024-03-26T20:00:02Z")));
		assertThat(limits.inputTokens()).isEqualTo(new Limit(5L, 6L, Instant.parse("2024-03-26T20:00:03Z")));
		assertThat(limits.outputTokens()).isEqualTo(new Limit(7L, 8L, Instant.parse("2024-03-26T20:00:04Z")));
	}

	@Test
	void fromWhenHeadersAreThoseOfARealAnswerReadsThem() {
		set("requests", "5", "0", "2024-03-26T20:00:00Z");
		set("tokens", "25000", "16000", "2024-03-26T20:00:00Z");
		Instant reset = Instant.parse("2024-03-26T20:00:00Z");
		assertThat(RateLimits.from(this.headers))
			.isEqualTo(new RateLimits(new Limit(5L, 0L, reset), new Limit(25_000L, 16_000L, reset), NONE, NONE));
	}

	@Test
	void fromWhenThereAreNoneHasNulls() {
		assertThat(RateLimits.from(this.headers)).isEqualTo(new RateLimits(NONE, NONE, NONE, NONE));
	}

	@Test
	void fromWhenOnlyOneIsThereReadsIt() {
		this.headers.set("Anthropic-Ratelimit-Tokens-Remaining", " 3000000000 ");
		assertThat(RateLimits.from(this.headers).tokens()).isEqualTo(new Limit(null, 3_000_000_000L, null));
	}

	@ParameterizedTest
	@ValueSource(strings = { "", " ", "many", "1.5", "1e3", "0x10", "NaN", "99999999999999999999" })
	void fromWhenNumberIsBadCountsItAsMissing(String value) {
		set("requests", value, "2", "2024-03-26T20:00:00Z");
		assertThat(RateLimits.from(this.headers).requests())
			.isEqualTo(new Limit(null, 2L, Instant.parse("2024-03-26T20:00:00Z")));
		set("requests", "1", value, "2024-03-26T20:00:00Z");
		assertThat(RateLimits.from(this.headers).requests())
			.isEqualTo(new Limit(1L, null, Instant.parse("2024-03-26T20:00:00Z")));
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "soon", "60", "2024-03-26", "2024-03-26T20:00:00", "2024-13-26T20:00:00Z",
			"Tue, 26 Mar 2024 20:00:00 GMT" })
	void fromWhenResetIsBadCountsItAsMissing(String value) {
		set("requests", "1", "2", value);
		assertThat(RateLimits.from(this.headers).requests()).isEqualTo(new Limit(1L, 2L, null));
	}

	@ParameterizedTest
	@ValueSource(strings = { "2024-03-26T20:00:00Z", "2024-03-26T22:00:00+02:00", " 2024-03-26T20:00:00.000Z " })
	void fromWhenResetIsRfc3339ReadsIt(String value) {
		set("requests", "1", "2", value);
		assertThat(RateLimits.from(this.headers).requests().reset()).isEqualTo("2024-03-26T20:00:00Z");
	}

	private void set(String name, String limit, String remaining, String reset) {
		this.headers.set("anthropic-ratelimit-" + name + "-limit", limit);
		this.headers.set("anthropic-ratelimit-" + name + "-remaining", remaining);
		this.headers.set("anthropic-ratelimit-" + name + "-reset", reset);
	}

}
