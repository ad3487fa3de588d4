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

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Locale;

import org.jspecify.annotations.Nullable;

/**
 * Checks the key of a request. Where both headers are sent, {@code x-api-key} counts.
 */
final class Authentication {

	private static final String BEARER = "bearer ";

	private final byte[] apiKey;

	Authentication(String apiKey) {
		this.apiKey = apiKey.getBytes(StandardCharsets.UTF_8);
	}

	void check(RecordedRequest request) {
		String apiKey = request.header("x-api-key");
		if (apiKey != null && !apiKey.isBlank()) {
			check(apiKey, "invalid x-api-key");
			return;
		}
		String token = bearerToken(request);
		if (token == null) {
			throw ApiException.authentication("x-api-key header is required");
		}
		check(token, "Invalid bearer token");
	}

	private void check(String candidate, String message) {
		if (!MessageDigest.isEqual(this.apiKey, candidate.getBytes(StandardCharsets.UTF_8))) {
			throw ApiException.authentication(message);
		}
	}

	private static @Nullable String bearerToken(RecordedRequest request) {
		String authorization = request.header("authorization");
		if (authorization == null || !authorization.toLowerCase(Locale.ROOT).startsWith(BEARER)) {
			return null;
		}
		return authorization.substring(BEARER.length()).strip();
	}

}
