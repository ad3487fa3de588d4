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

package dev.completion.server;

import tools.jackson.databind.JsonNode;

/**
 * Request with what is needed to answer it.
 *
 * @param request the request as it was recorded
 * @param body the body of the request
 * @param requestId the value of the {@code request-id} header of the answer
 */
record Exchange(RecordedRequest request, RequestBody body, String requestId) {

	/**
	 * Return the body of the request, which has to be JSON that is not too large.
	 */
	JsonNode json() {
		if (this.body.isTooLarge()) {
			throw new ApiException(413, "request_too_large", "Request exceeds the maximum size");
		}
		ApiHeaders.requireJson(this.request);
		return Json.read(this.body.bytes());
	}

	/**
	 * Return the body of the request, or an empty object if it is not JSON.
	 */
	JsonNode jsonOrEmpty() {
		try {
			return Json.read(this.body.bytes());
		}
		catch (ApiException ex) {
			return Json.object();
		}
	}

	Exchange withRequestId(String requestId) {
		return new Exchange(this.request, this.body, requestId);
	}

}
