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

import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpHeaders;
import org.springframework.util.Assert;

/**
 * A completion, or one delta of a stream, with the response around it.
 *
 * @param body the completion
 * @param requestId the server's id of the request, to be quoted when reporting a problem,
 * or {@code null} if it sent none
 * @param organizationId the organization that the credential belongs to, or {@code null}
 * if the server did not say
 * @param rateLimits the rate limits as they stood when the response began
 * @param attempts the number of attempts that were made, with the one that succeeded
 * @param api the API that answered; never {@link CompletionApi#AUTO}
 * @param usage the tokens used, on the last delta of a stream; {@code null} where the API
 * reports none
 * @param headers the headers of the response
 * @since 0.1.0
 */
public record CompletionResponse(Completion body, @Nullable String requestId, @Nullable String organizationId,
		RateLimits rateLimits, int attempts, CompletionApi api, @Nullable Usage usage, HttpHeaders headers) {

	/**
	 * Return the text of the completion, or of the delta.
	 * @return the text, which may be empty
	 */
	public String text() {
		return this.body.completion();
	}

	/**
	 * Create a response with the given completion for tests that replace the client. It
	 * has one attempt, no headers, no ids, and the usage that the completion contains, if
	 * any. The API is {@link CompletionApi#MESSAGES}.
	 * @param completion the completion
	 * @return the response
	 */
	public static CompletionResponse of(Completion completion) {
		Assert.notNull(completion, "'completion' must not be null");
		HttpHeaders headers = HttpHeaders.EMPTY;
		return new CompletionResponse(completion, null, null, RateLimits.from(headers), 1, CompletionApi.MESSAGES,
				Usage.of(completion), headers);
	}

}
