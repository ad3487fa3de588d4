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

import dev.completion.client.error.ApiError;
import dev.completion.client.error.CallDetails;
import dev.completion.client.error.CompletionApiException;
import dev.completion.client.error.Outcome;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatusCode;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link AttemptFailure}.
 */
class AttemptFailureTests {

	private static final CallDetails DETAILS = new CallDetails(Outcome.REJECTED, 2, "req_1", "text");

	@ParameterizedTest
	@CsvSource({ "400, InvalidRequestException", "401, AuthenticationException", "402, BillingException",
			"403, PermissionDeniedException", "404, NotFoundException", "405, CompletionApiException",
			"408, CompletionApiException", "409, CompletionApiException", "410, NotFoundException",
			"413, RequestTooLargeException", "422, CompletionApiException", "429, RateLimitException",
			"499, CompletionApiException", "500, ServerException", "501, ServerException", "502, ServerException",
			"503, ServerException", "504, ServerException", "520, ServerException", "528, ServerException",
			"529, OverloadedException", "530, ServerException", "599, ServerException" })
	void errorResponseBecomesTheExceptionOfItsStatus(int status, String expected) {
		ApiError error = new ApiError(HttpStatusCode.valueOf(status), "t", "m", null, new HttpHeaders(), "", false);
		CompletionApiException exception = (CompletionApiException) AttemptFailure.api(error, null)
			.toException(DETAILS, null);
		assertThat(exception.getClass().getSimpleName()).isEqualTo(expected);
		assertThat(exception.status().value()).isEqualTo(status);
		assertThat(exception.requestId()).isEqualTo("req_1");
	}

}
