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

import java.time.Duration;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.http.HttpHeaders;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link RetryAfter}.
 */
class RetryAfterTests {

	private final HttpHeaders headers = new HttpHeaders();

	@Test
	void fromWhenThereIsNoHeaderIsNull() {
		this.headers.set("date", "Tue, 26 Mar 2024 20:00:00 GMT");
		assertThat(RetryAfter.from(this.headers)).isNull();
	}

	@ParameterizedTest
	@CsvSource({ "2, 2000", "1.5, 1500", "0.25, 250", "' 3 ', 3000", "0, 0", "60, 60000", "3600, 3600000",
			"62291, 62291000", "002, 2000" })
	void fromWhenSecondsReadsThem(String value, long millis) {
		this.headers.set("retry-after", value);
		assertThat(RetryAfter.from(this.headers)).hasMillis(millis);
	}

	@ParameterizedTest
	@CsvSource({ "1500, 1500", "0.6, 1", "250.0, 250" })
	void fromWhenMillisecondsReadsThem(String value, long millis) {
		this.headers.set("retry-after-ms", value);
		assertThat(RetryAfter.from(this.headers)).hasMillis(millis);
	}

	@Test
	void fromWhenBothAreThereUsesMilliseconds() {
		this.headers.set("retry-after-ms", "2500");
		this.headers.set("retry-after", "2");
		assertThat(RetryAfter.from(this.headers)).hasMillis(2500);
	}

	@ParameterizedTest
	@ValueSource(strings = { "-1", "-0", "+1", "NaN", "Infinity", "-Infinity", "1e308", "1e3", "soon", "", " ", "0x10",
			"1,5", "1 2", ".5", "1.", "1d", "1_000", "\u0663", "999999999999999999", "99999999999999999999999999" })
	void fromWhenValueMakesNoSenseCountsItAsMissing(String value) {
		this.headers.set("retry-after", value);
		assertThat(RetryAfter.from(this.headers)).isNull();
		this.headers.set("retry-after-ms", value);
		assertThat(RetryAfter.from(this.headers)).isNull();
		this.headers.set("retry-after", "7");
		assertThat(RetryAfter.from(this.headers)).hasSeconds(7);
	}

	@Test
	void fromWhenDateIsInTheFutureIsRelativeToTheServersClock() {
		this.headers.set("date", "Tue, 26 Mar 2024 20:00:00 GMT");
		this.headers.set("retry-after", "Tue, 26 Mar 2024 20:00:30 GMT");
		assertThat(RetryAfter.from(this.headers)).hasSeconds(30);
	}

	@Test
	void fromWhenServerSendsNoDateIsRelativeToOurClock() {
		this.headers.set("retry-after",
				DateTimeFormatter.RFC_1123_DATE_TIME.format(ZonedDateTime.now(ZoneOffset.UTC).plusMinutes(10)));
		assertThat(RetryAfter.from(this.headers)).isBetween(Duration.ofMinutes(9), Duration.ofMinutes(10));
	}

	@Test
	void fromWhenServersDateIsBadIsRelativeToOurClock() {
		this.headers.set("date", "yesterday");
		this.headers.set("retry-after",
				DateTimeFormatter.RFC_1123_DATE_TIME.format(ZonedDateTime.now(ZoneOffset.UTC).plusMinutes(10)));
		assertThat(RetryAfter.from(this.headers)).isBetween(Duration.ofMinutes(9), Duration.ofMinutes(10));
	}

	@ParameterizedTest
	@ValueSource(strings = { "Tue, 26 Mar 2024 19:59:59 GMT", "Thu, 01 Jan 1970 00:00:00 GMT",
			"Tue, 26 Mar 2124 20:00:00 GMT", "Mon, 26 Mar 2024 20:00:30 GMT", "2024-03-26T20:00:30Z", "Tue, 26 Mar" })
	void fromWhenDateIsPastOrBadCountsItAsMissing(String value) {
		this.headers.set("date", "Tue, 26 Mar 2024 20:00:00 GMT");
		this.headers.set("retry-after", value);
		assertThat(RetryAfter.from(this.headers)).isNull();
	}

	@ParameterizedTest
	@ValueSource(strings = { "1", "soon", "-1" })
	void fromWhenThereAreTwoUsesTheLargestValid(String other) {
		HttpHeaders headers = new HttpHeaders();
		headers.add("retry-after", other);
		headers.add("retry-after", "5");
		assertThat(RetryAfter.from(headers)).hasSeconds(5);
	}

}
