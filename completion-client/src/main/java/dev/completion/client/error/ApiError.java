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

import java.io.Serializable;
import java.time.Duration;

import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatusCode;

/**
 * Error that the server reports with an HTTP status, or as an event of a stream.
 *
 * @param status the HTTP status; for an error with status 200 or in a stream, the status
 * of its type or, if the type is unknown, a number from 400 to 599 in {@code code} or
 * {@code status}, or else 500
 * @param errorType the {@code error.type} of the envelope, empty if the body was no
 * envelope
 * @param apiMessage the {@code error.message} of the envelope or, if there is none, the
 * value of {@code error}, {@code message}, {@code msg} or {@code detail}; empty if the
 * body has none of them
 * @param retryAfter the delay that the server requests, or {@code null} if it does not
 * @param headers the headers of the response
 * @param responseBody the body, or the data of the event, cut to 64 KiB
 * @param inStream whether the error came as an event of a stream
 * @param path the path of the request, without the query; empty if unknown
 * @param description the error text of the server, up to 300 characters, in which runs of
 * 24 or more characters of the prompt are replaced; if the body has no error text, its
 * content type and, if it is plain text, its beginning; may be empty
 * @since 0.1.0
 */
public record ApiError(HttpStatusCode status, String errorType, String apiMessage, @Nullable Duration retryAfter,
		HttpHeaders headers, String responseBody, boolean inStream, String path,
		String description) implements Serializable {

	/**
	 * Create an error without a path. Its description is the given message, which is
	 * neither shortened nor redacted.
	 * @param status the HTTP status
	 * @param errorType the type
	 * @param apiMessage the message
	 * @param retryAfter the delay that the server requests, or {@code null}
	 * @param headers the headers of the response
	 * @param responseBody the body
	 * @param inStream whether the error came as an event of a stream
	 */
	public ApiError(HttpStatusCode status, String errorType, String apiMessage, @Nullable Duration retryAfter,
			HttpHeaders headers, String responseBody, boolean inStream) {
		this(status, errorType, apiMessage, retryAfter, headers, responseBody, inStream, "", apiMessage);
	}

	/**
	 * Return the status that the given error type stands for.
	 * @param errorType an {@code error.type} of the API
	 * @return the status; 500 for a type that is not known
	 */
	public static HttpStatusCode statusOf(String errorType) {
		return HttpStatusCode.valueOf(switch (errorType) {
			case "invalid_request_error" -> 400;
			case "authentication_error" -> 401;
			case "billing_error" -> 402;
			case "permission_error" -> 403;
			case "not_found_error" -> 404;
			case "conflict_error" -> 409;
			case "request_too_large" -> 413;
			case "rate_limit_error" -> 429;
			case "timeout_error" -> 504;
			case "overloaded_error" -> 529;
			default -> 500;
		});
	}

	@Override
	public String toString() {
		StringBuilder result = new StringBuilder().append(this.status.value());
		if (!this.errorType.isEmpty()) {
			result.append(' ').append(this.errorType);
		}
		if (this.inStream) {
			result.append(" in the stream");
		}
		if (!this.path.isEmpty()) {
			result.append(" from ").append(this.path);
		}
		if (!this.description.isEmpty()) {
			result.append(": ").append(this.description);
		}
		return result.toString();
	}

}
