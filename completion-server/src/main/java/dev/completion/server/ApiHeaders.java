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

import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

/**
 * Checks the headers that the API adds to HTTP, and the content type.
 */
final class ApiHeaders {

	private static final String VERSION = "anthropic-version";

	private static final Set<String> VERSIONS = Set.of("2023-01-01", "2023-06-01", "2026-10-21");

	private static final Pattern BETA = Pattern.compile("[a-z0-9-]+-\\d{4}-\\d{2}-\\d{2}");

	private ApiHeaders() {
	}

	static void check(RecordedRequest request) {
		checkVersion(request.header(VERSION));
		checkBetas(request.headers().getOrDefault("anthropic-beta", List.of()));
	}

	/**
	 * Return the version of a request, which has to be one of those given.
	 */
	static String requireVersion(RecordedRequest request, String... supported) {
		String version = request.header(VERSION);
		if (version == null || !List.of(supported).contains(version)) {
			throw ApiException.invalidRequest(VERSION + ": \"" + version + "\" is not supported by this server for "
					+ request.path() + ". Please use \"" + supported[0] + "\".");
		}
		return version;
	}

	static void requireJson(RecordedRequest request) {
		String contentType = request.header("content-type");
		if (contentType == null || !mediaType(contentType).equals("application/json")) {
			throw ApiException.invalidRequest("content-type: header must be application/json");
		}
	}

	private static String mediaType(String contentType) {
		int parameters = contentType.indexOf(';');
		String mediaType = (parameters != -1) ? contentType.substring(0, parameters) : contentType;
		return mediaType.strip().toLowerCase(Locale.ROOT);
	}

	private static void checkVersion(@Nullable String version) {
		if (version == null || version.isBlank()) {
			throw ApiException.invalidRequest(VERSION + ": header is required");
		}
		if (!VERSIONS.contains(version)) {
			throw ApiException.invalidRequest(VERSION + ": \"" + version + "\" is not a valid version. "
					+ "Please consult our documentation at https://docs.claude.com/en/api/versioning");
		}
	}

	private static void checkBetas(List<String> headers) {
		String unknown = headers.stream()
			.flatMap((header) -> Stream.of(header.split(",", -1)))
			.map(String::strip)
			.filter((beta) -> !beta.isEmpty() && !BETA.matcher(beta).matches())
			.map((beta) -> "`" + beta + "`")
			.collect(Collectors.joining(", "));
		if (!unknown.isEmpty()) {
			throw ApiException.invalidRequest("Unexpected value(s) " + unknown + " for the `anthropic-beta` header. "
					+ "Please consult our documentation at https://docs.claude.com/en/api/beta-headers "
					+ "or try again without the header.");
		}
	}

}
