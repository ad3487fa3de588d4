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

import org.springframework.http.HttpMethod;
import org.springframework.http.MediaType;
import org.springframework.util.Assert;

/**
 * One HTTP request to the API.
 *
 * @param method the method
 * @param uri the path, with its version, as a URI template
 * @param uriVariables the variables of the template
 * @param accept the content type for the {@code Accept} header
 * @param headers the headers of this call alone
 * @param body the JSON, or {@code null} for none
 * @param prompt the prompt, which is removed from error messages, or {@code null} for
 * none
 */
@SuppressWarnings("ArrayRecordComponent") // never compared, and copying costs
record ApiRequest(HttpMethod method, String uri, Map<String, ?> uriVariables, MediaType accept,
		Map<String, String> headers, byte @Nullable [] body, @Nullable Prompt prompt) {

	// the maximum that the API documents for its edge servers
	private static final int MAX_SIZE = 32 * 1024 * 1024;

	/**
	 * Return the path without the query. Variables are not expanded.
	 */
	String path() {
		int query = this.uri.indexOf('?');
		return (query != -1) ? this.uri.substring(0, query) : this.uri;
	}

	static ApiRequest get(String uri, Map<String, ?> uriVariables) {
		return new ApiRequest(HttpMethod.GET, uri, uriVariables, MediaType.APPLICATION_JSON, Map.of(), null, null);
	}

	/**
	 * Create a request with a body.
	 * @throws IllegalArgumentException if the body is too large
	 */
	static ApiRequest post(String uri, boolean stream, Map<String, String> headers, byte[] body,
			@Nullable Prompt prompt) {
		Assert.isTrue(body.length <= MAX_SIZE, () -> "'prompt' is too long: the request body has " + body.length
				+ " bytes, but the maximum is " + MAX_SIZE);
		return new ApiRequest(HttpMethod.POST, uri, Map.of(),
				stream ? MediaType.TEXT_EVENT_STREAM : MediaType.APPLICATION_JSON, headers, body, prompt);
	}

}
