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

/**
 * Refusal of a request with an error of the API.
 */
final class ApiException extends RuntimeException {

	private final int status;

	private final String type;

	ApiException(int status, String type, String message) {
		super(message, null, false, false);
		this.status = status;
		this.type = type;
	}

	static ApiException invalidRequest(String message) {
		return new ApiException(400, "invalid_request_error", message);
	}

	/**
	 * Refuse a request that is not valid.
	 */
	static void check(boolean valid, String message) {
		if (!valid) {
			throw invalidRequest(message);
		}
	}

	static ApiException authentication(String message) {
		return new ApiException(401, "authentication_error", message);
	}

	static ApiException notFound(String message) {
		return new ApiException(404, "not_found_error", message);
	}

	int status() {
		return this.status;
	}

	String type() {
		return this.type;
	}

}
