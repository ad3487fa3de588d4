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
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import dev.completion.client.error.RateLimitException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link CompletionClient}: how long it waits when the server says how long.
 */
class CompletionClientRetryAfterTests extends AbstractCompletionClientTests {

	private static final Duration SECOND = Duration.ofSeconds(1);

	private static final Duration HALF = Duration.ofMillis(500);

	private static final RetryPolicy HASTY = RetryPolicy.builder().delay(Duration.ofMillis(100)).build();

	// a call fails that would have to wait longer than this for the server
	private static final RetryPolicy STEADY = RetryPolicy.builder()
		.delay(Duration.ofMillis(200))
		.maxRetryAfter(Duration.ofMillis(1))
		.build();

	private static final String DATE = "Date: Tue, 26 Mar 2024 20:00:00 GMT";

	private final List<Long> arrivals = new CopyOnWriteArrayList<>();

	// refuses every other request
	private RawServer limiting(String... headers) {
		return RawServer.start((request, socket) -> {
			this.arrivals.add(System.nanoTime());
			boolean refuse = this.arrivals.size() % 2 == 1;
			RawResponse response = refuse ? RawResponse.error(429, "rate_limit_error", headers) : completion();
			response.writeTo(socket);
		});
	}

	private CompletionClient client(RawServer raw, RetryPolicy policy) {
		return this.client.mutate().baseUrl(raw.baseUrl()).retry(policy).build();
	}

	/**
	 * Return the time between a request that is refused and the next one.
	 */
	private Duration retried(RetryPolicy policy, String... headers) {
		try (RawServer raw = limiting(headers); CompletionClient other = client(raw, policy)) {
			assertThat(other.exchange(REQUEST).block(LIMIT).attempts()).isEqualTo(2);
			assertThat(this.arrivals).hasSize(2);
			return Duration.ofNanos(this.arrivals.get(1) - this.arrivals.get(0));
		}
	}

	private RateLimitException refused(RetryPolicy policy, CompletionRequest request, String... headers) {
		try (RawServer raw = limiting(headers); CompletionClient other = client(raw, policy)) {
			RateLimitException ex = failure(RateLimitException.class, other.complete(request).flux());
			assertThat(ex.attempts()).isOne();
			assertThat(this.arrivals).hasSize(1);
			return ex;
		}
	}

	private static void assertOwnBackOff(Duration wait) {
		assertThat(wait).isGreaterThanOrEqualTo(Duration.ofMillis(100));
	}

	@Tag("D1")
	@Test
	void waitOfTheServerIsAMinimum() {
		assertThat(retried(HASTY, "Retry-After: 1")).isGreaterThanOrEqualTo(SECOND);
	}

	@Tag("D1")
	@Test
	void waitOfTheServerShorterThanOurOwnDoesNotHurryUs() {
		assertOwnBackOff(retried(STEADY, "Retry-After-Ms: 1"));
	}

	@Tag("D2")
	@ParameterizedTest
	@CsvSource({ "61, 61", "3600, 3600", "280000, 280000", "'Tue, 26 Mar 2024 20:01:01 GMT', 61" })
	void waitPastTheLongestFailsAtOnceWithTheValue(String value, long seconds) {
		RateLimitException ex = refused(HASTY, REQUEST, DATE, "Retry-After: " + value);
		assertThat(ex.retryAfter()).hasSeconds(seconds);
	}

	@Tag("D2")
	@Test
	void longestWaitOfTheServerIsAMatterOfThePolicy() {
		RetryPolicy policy = HASTY.toBuilder().maxRetryAfter(HALF).build();
		assertThat(refused(policy, REQUEST, "Retry-After-Ms: 501").retryAfter()).hasMillis(501);
		this.arrivals.clear();
		assertThat(retried(policy, "Retry-After: 0.5")).isGreaterThanOrEqualTo(HALF);
	}

	@Tag("D2")
	@Test
	void waitPastTheDeadlineFailsAtOnceWithTheValue() {
		// longer than the test waits
		CompletionRequest request = REQUEST.toBuilder().timeout(LIMIT.plusSeconds(10)).build();
		assertThat(refused(HASTY, request, "Retry-After: 50").retryAfter()).hasSeconds(50);
	}

	@Tag("D3")
	@ParameterizedTest
	@ValueSource(strings = { "-1", "NaN", "Infinity", "1e308", "soon", "", "0x10", "999999999999999999", "1d", "+1" })
	void waitThatMakesNoSenseIsOurOwn(String value) {
		assertOwnBackOff(retried(STEADY, "Retry-After: " + value, "Retry-After-Ms: " + value));
	}

	@Tag("D4")
	@Test
	void datePastIsOurOwnWait() {
		assertOwnBackOff(retried(STEADY, DATE, "Retry-After: Tue, 26 Mar 2024 19:59:59 GMT"));
		this.arrivals.clear();
		assertOwnBackOff(retried(STEADY, "Retry-After: Tue, 26 Mar 2024 19:59:59 GMT"));
	}

	@Tag("D4")
	@ParameterizedTest
	@ValueSource(longs = { -86400, 86400 })
	void dateIsReadByTheServersClock(long skew) {
		Instant now = Instant.now().plusSeconds(skew);
		assertThat(retried(HASTY, "Date: " + format(now), "Retry-After: " + format(now.plusSeconds(1))))
			.isGreaterThanOrEqualTo(SECOND);
	}

	private static String format(Instant instant) {
		return DateTimeFormatter.RFC_1123_DATE_TIME
			.format(instant.truncatedTo(ChronoUnit.SECONDS).atZone(ZoneOffset.UTC));
	}

	@Tag("D4")
	@ParameterizedTest
	@ValueSource(strings = { "0", "soon" })
	void largestValidWaitWins(String other) {
		assertThat(retried(HASTY, DATE, "Retry-After: " + other, "Retry-After: 0.5")).isGreaterThanOrEqualTo(HALF);
		this.arrivals.clear();
		assertThat(retried(HASTY, DATE, "Retry-After: 0.5", "Retry-After: " + other)).isGreaterThanOrEqualTo(HALF);
	}

	@Tag("D4")
	@Test
	void waitInMillisecondsBeatsSeconds() {
		assertThat(retried(HASTY, "Retry-After: 59", "Retry-After-Ms: 500")).isGreaterThanOrEqualTo(HALF);
	}

	// that is when the limit is full again, and not when the next request is admitted
	@Tag("D7")
	@Test
	void resetTimeIsNotUsedAsRetryAfter() {
		retried(HASTY, DATE, "anthropic-ratelimit-requests-remaining: 0",
				"anthropic-ratelimit-requests-reset: 2024-03-26T21:00:00Z");
	}

	@Tag("D7")
	@Test
	void waitOfTheServerBeatsTheLimitThatIsUsedUp() {
		assertThat(retried(HASTY, DATE, "Retry-After: 0.5", "anthropic-ratelimit-requests-remaining: 0",
				"anthropic-ratelimit-requests-reset: 2024-03-26T20:00:59Z"))
			.isGreaterThanOrEqualTo(HALF);
	}

	@Tag("D7")
	@ParameterizedTest
	@ValueSource(strings = { "2024-03-26T19:59:00Z", "soon", "" })
	void limitWithoutASensibleResetIsOurOwnWait(String reset) {
		assertOwnBackOff(retried(STEADY, DATE, "anthropic-ratelimit-requests-remaining: 0",
				"anthropic-ratelimit-requests-reset: " + reset));
	}

}
