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

package dev.completion.client.error;

import java.time.Duration;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatusCode;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link CompletionApiException} and {@link ApiError}.
 */
class CompletionApiExceptionTests {

	private static final CallDetails DETAILS = new CallDetails(Outcome.REJECTED, 2, "req_1", "text");

	@ParameterizedTest
	@CsvSource({ "invalid_request_error, 400", "authentication_error, 401", "billing_error, 402",
			"permission_error, 403", "not_found_error, 404", "conflict_error, 409", "request_too_large, 413",
			"rate_limit_error, 429", "api_error, 500", "timeout_error, 504", "overloaded_error, 529",
			"future_error, 500", "'', 500", "Overloaded_Error, 500" })
	void statusOfIsTheStatusThatTheTypeStandsFor(String errorType, int expected) {
		assertThat(ApiError.statusOf(errorType).value()).isEqualTo(expected);
	}

	@ParameterizedTest
	@CsvSource({ "t, m, false, 400 t: m", "t, '', false, 400 t", "'', m, false, 400: m", "'', '', false, 400",
			"t, m, true, 400 t in the stream: m", "'', '', true, 400 in the stream" })
	void messageTellsWhatIsKnown(String errorType, String apiMessage, boolean inStream, String expected) {
		ApiError response = response(400, errorType, apiMessage, inStream);
		assertThat(response).hasToString(expected);
		assertThat(new CompletionApiException(response, DETAILS)).hasMessage(expected + " (request req_1)");
		assertThat(new CompletionApiException(response, new CallDetails(Outcome.REJECTED, 1, null)))
			.hasMessage(expected);
	}

	@Test
	void gettersTellWhatTheServerTold() {
		HttpHeaders headers = new HttpHeaders();
		headers.set("x-secret", "SECRET header");
		CompletionApiException exception = new CompletionApiException(new ApiError(HttpStatusCode.valueOf(418), "type",
				"message", Duration.ofSeconds(3), headers, "SECRET body", true), DETAILS);
		assertThat(exception.status().value()).isEqualTo(418);
		assertThat(exception.errorType()).isEqualTo("type");
		assertThat(exception.apiMessage()).isEqualTo("message");
		assertThat(exception.retryAfter()).hasSeconds(3);
		assertThat(exception.headers()).isSameAs(headers);
		assertThat(exception.responseBody()).isEqualTo("SECRET body");
		assertThat(exception.isInStream()).isTrue();
		assertThat(exception.outcome()).isEqualTo(Outcome.REJECTED);
		assertThat(exception.attempts()).isEqualTo(2);
		assertThat(exception.partialText()).isEqualTo("text");
		assertThat(exception.toString()).doesNotContain("SECRET", "text");
	}

	private static ApiError response(int status, String errorType, String apiMessage, boolean inStream) {
		return new ApiError(HttpStatusCode.valueOf(status), errorType, apiMessage, null, new HttpHeaders(), "",
				inStream);
	}

}
