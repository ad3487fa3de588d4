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

package dev.completion.boot.health;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;

import dev.completion.client.error.ApiError;
import dev.completion.client.error.AuthenticationException;
import dev.completion.client.error.BillingException;
import dev.completion.client.error.CallDetails;
import dev.completion.client.error.CompletionApiException;
import dev.completion.client.error.CompletionClientException;
import dev.completion.client.error.ConnectionException;
import dev.completion.client.error.InvalidRequestException;
import dev.completion.client.error.MalformedResponseException;
import dev.completion.client.error.NotFoundException;
import dev.completion.client.error.Outcome;
import dev.completion.client.error.OverloadedException;
import dev.completion.client.error.PermissionDeniedException;
import dev.completion.client.error.RateLimitException;
import dev.completion.client.error.RequestTooLargeException;
import dev.completion.client.error.ServerException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.Status;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatusCode;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link CallHistory}.
 */
class CallHistoryTests {

	private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

	private final SettableClock clock = new SettableClock();

	private final CallHistory history = new CallHistory(Duration.ofMinutes(5), this.clock);

	@Test
	void withoutCallsIsUnknown() {
		assertThat(health().getStatus()).isEqualTo(Status.UNKNOWN);
		assertThat(health().getDetails()).isEmpty();
	}

	@Test
	void afterSuccessIsUp() {
		HttpHeaders headers = new HttpHeaders();
		headers.set("anthropic-ratelimit-requests-remaining", "42");
		this.history.onSuccess(headers);
		assertThat(health().getStatus()).isEqualTo(Status.UP);
		assertThat(health().getDetails()).containsEntry("lastSuccess", START).containsEntry("requestsRemaining", 42L);
	}

	@ParameterizedTest
	@CsvSource({ "401, authentication", "403, authentication", "402, billing", "404, endpoint", "410, endpoint" })
	void threeFailuresInARowThatBlockEveryCallAreDownUntilACallSucceeds(int status, String reason) {
		succeed();
		for (int i = 0; i < 2; i++) {
			fail(apiError(status, null));
			fail(apiError(529, null));
			assertThat(health().getStatus()).isEqualTo(Status.UP);
			assertThat(health().getDetails()).containsEntry("reason", reason).containsEntry("requestId", "req_1");
		}
		fail(apiError(status, null));
		assertThat(health().getStatus()).isEqualTo(Status.DOWN);
		pass(Duration.ofMinutes(4));
		assertThat(health().getStatus()).isEqualTo(Status.DOWN);
		succeed();
		assertThat(health().getStatus()).isEqualTo(Status.UP);
		assertThat(health().getDetails()).doesNotContainKey("reason");
	}

	@Test
	void failuresOfOneCallerAmongOthersAreNotDown() {
		for (int i = 0; i < 200; i++) {
			succeed();
		}
		fail(apiError(403, null));
		assertThat(health().getStatus()).isEqualTo(Status.UP);
		for (int i = 0; i < 20; i++) {
			fail(apiError(404, null));
			fail(apiError(403, null));
			succeed();
		}
		assertThat(health().getStatus()).isEqualTo(Status.UP);
	}

	@Test
	void downIsUnknownAfterAWhileWithoutCalls() {
		for (int i = 0; i < 3; i++) {
			fail(apiError(401, null));
		}
		pass(Duration.ofMinutes(4));
		fail(apiError(429, null));
		pass(Duration.ofMinutes(4));
		assertThat(health().getStatus()).isEqualTo(Status.DOWN);
		pass(Duration.ofMinutes(2));
		assertThat(health().getStatus()).isEqualTo(Status.UNKNOWN);
		fail(apiError(401, null));
		assertThat(health().getStatus()).isEqualTo(Status.DOWN);
	}

	@Test
	void rateLimitIsUpAndSaysUntilWhen() {
		fail(apiError(429, Duration.ofSeconds(30)));
		assertThat(health().getStatus()).isEqualTo(Status.UP);
		assertThat(health().getDetails()).containsEntry("rateLimited", true)
			.containsEntry("resetAt", START.plusSeconds(30));
		succeed();
		assertThat(health().getDetails()).doesNotContainKeys("rateLimited", "resetAt");
		fail(apiError(429, Duration.ofSeconds(30)));
		pass(Duration.ofSeconds(31));
		assertThat(health().getDetails()).doesNotContainKeys("rateLimited", "resetAt");
	}

	@Test
	void manyRateLimitsAreStillUp() {
		for (int i = 0; i < 50; i++) {
			fail(apiError(429, null));
		}
		assertThat(health().getStatus()).isEqualTo(Status.UP);
	}

	@ParameterizedTest
	@ValueSource(ints = { 500, 502, 503, 529 })
	void halfOfRecentCallsFailingIsOutOfService(int status) {
		for (int i = 0; i < 5; i++) {
			succeed();
		}
		for (int i = 0; i < 4; i++) {
			fail(apiError(status, null));
		}
		assertThat(health().getStatus()).isEqualTo(Status.UP);
		fail(new ConnectionException("lost", new CallDetails(Outcome.UNKNOWN, 1, null), null));
		assertThat(health().getStatus()).isEqualTo(Status.OUT_OF_SERVICE);
		assertThat(health().getDetails()).containsEntry("reason", "connection");
	}

	@Test
	void failuresAreForgottenAfterAMinute() {
		succeed();
		for (int i = 0; i < 20; i++) {
			fail(apiError(500, null));
		}
		assertThat(health().getStatus()).isEqualTo(Status.OUT_OF_SERVICE);
		pass(Duration.ofSeconds(61));
		assertThat(health().getStatus()).isEqualTo(Status.UP);
	}

	@Test
	void failuresOfTheCallersOwnMakingAreIgnored() {
		for (int i = 0; i < 20; i++) {
			fail(apiError(400, null));
			fail(apiError(413, null));
			fail(apiError(404, "model: claude-9", null));
			fail(apiError(404, "The model `x` does not exist", null));
		}
		fail(new MalformedResponseException("odd", new CallDetails(Outcome.UNKNOWN, 1, null), null));
		assertThat(health().getStatus()).isEqualTo(Status.UNKNOWN);
	}

	@Test
	void callsAreCountedOverTheWholeWindow() {
		for (int i = 0; i < 5000; i++) {
			succeed();
		}
		for (int i = 0; i < 4900; i++) {
			fail(apiError(500, null));
		}
		assertThat(health().getStatus()).isEqualTo(Status.UP);
		for (int i = 0; i < 100; i++) {
			fail(apiError(500, null));
		}
		assertThat(health().getStatus()).isEqualTo(Status.OUT_OF_SERVICE);
	}

	private Health health() {
		Health.Builder builder = new Health.Builder();
		this.history.describe(builder);
		return builder.build();
	}

	private void succeed() {
		this.history.onSuccess(new HttpHeaders());
		pass(Duration.ofMillis(1));
	}

	private void fail(CompletionClientException error) {
		this.history.onError(error);
		pass(Duration.ofMillis(1));
	}

	private void pass(Duration duration) {
		this.clock.instant = this.clock.instant.plus(duration);
	}

	private static CompletionApiException apiError(int status, Duration retryAfter) {
		return apiError(status, "message", retryAfter);
	}

	private static CompletionApiException apiError(int status, String message, Duration retryAfter) {
		ApiError response = new ApiError(HttpStatusCode.valueOf(status), "type", message, retryAfter, new HttpHeaders(),
				"", false);
		CallDetails details = new CallDetails(Outcome.REJECTED, 1, "req_1");
		return switch (status) {
			case 400 -> new InvalidRequestException(response, details);
			case 401 -> new AuthenticationException(response, details);
			case 402 -> new BillingException(response, details);
			case 403 -> new PermissionDeniedException(response, details);
			case 404, 410 -> new NotFoundException(response, details);
			case 413 -> new RequestTooLargeException(response, details);
			case 429 -> new RateLimitException(response, details);
			case 529 -> new OverloadedException(response, details);
			default -> new ServerException(response, details);
		};
	}

	private static final class SettableClock extends Clock {

		private Instant instant = START;

		@Override
		public Instant instant() {
			return this.instant;
		}

		@Override
		public ZoneId getZone() {
			return ZoneOffset.UTC;
		}

		@Override
		public Clock withZone(ZoneId zone) {
			return this;
		}

	}

}
