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

import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatusCode;

/**
 * The server responded with an error: an HTTP error status, an error envelope under
 * status 200, or an {@code error} event inside a stream. There are subclasses for the
 * statuses that the API documents; any other is of this class.
 *
 * @since 0.1.0
 */
public class CompletionApiException extends CompletionClientException {

	/**
	 * Error that the server reports.
	 */
	private final ApiError error;

	/**
	 * Create an exception.
	 * @param error the error that the server reports
	 * @param details what is known about the call
	 */
	public CompletionApiException(ApiError error, CallDetails details) {
		super(describe(error, details.requestId()), details, null);
		this.error = error;
	}

	private static String describe(ApiError error, @Nullable String requestId) {
		return (requestId != null) ? error + " (request " + requestId + ")" : error.toString();
	}

	/**
	 * Return the status of the error; for one that came inside a stream or under status
	 * 200 the status that its type stands for.
	 * @return the status
	 */
	public HttpStatusCode status() {
		return this.error.status();
	}

	/**
	 * Return the {@code error.type} of the envelope, as sent. The set is open.
	 * @return the type, empty if the body was no envelope
	 */
	public String errorType() {
		return this.error.errorType();
	}

	/**
	 * Return the {@code error.message} of the envelope or, if there is none, the value of
	 * {@code error}, {@code message}, {@code msg} or {@code detail}.
	 * @return the message, empty if the body has none of them
	 */
	public String apiMessage() {
		return this.error.apiMessage();
	}

	/**
	 * Return the delay before a retry that the server requests.
	 * @return the time to wait, or {@code null} if the server did not say
	 */
	public @Nullable Duration retryAfter() {
		return this.error.retryAfter();
	}

	/**
	 * Return the headers of the response.
	 * @return the headers
	 */
	public HttpHeaders headers() {
		return this.error.headers();
	}

	/**
	 * Return the body of the response, or the data of the event. It may be anything: a
	 * proxy may have responded.
	 * @return the body, cut to 64 KiB
	 */
	public String responseBody() {
		return this.error.responseBody();
	}

	/**
	 * Return whether the error came as an event of a stream, after status 200.
	 * @return whether the error came inside a stream
	 */
	public boolean isInStream() {
		return this.error.inStream();
	}

}
