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

import java.util.Locale;
import java.util.Map;

import org.springframework.util.Assert;

/**
 * The rules for headers that users add. Names that the client sets itself are refused, so
 * that two parts of a configuration cannot contradict each other.
 */
final class CustomHeaders {

	private static final String FRAMING = "it belongs to the HTTP connection";

	private static final String CONTENT = "the client decides how content is exchanged";

	private static final Map<String, String> RESERVED = Map.ofEntries(Map.entry("x-api-key", "set an API key instead"),
			Map.entry("authorization", "set a bearer token or a credential provider instead"),
			Map.entry("proxy-authorization", "configure the proxy instead"),
			Map.entry("anthropic-version", "set the version instead"),
			Map.entry("anthropic-beta", "set the betas instead"), Map.entry("accept", CONTENT),
			Map.entry("accept-encoding", CONTENT), Map.entry("content-type", CONTENT),
			Map.entry("content-encoding", CONTENT), Map.entry("content-length", FRAMING),
			Map.entry("transfer-encoding", FRAMING), Map.entry("connection", FRAMING), Map.entry("host", FRAMING),
			Map.entry("te", FRAMING), Map.entry("trailer", FRAMING), Map.entry("upgrade", FRAMING),
			Map.entry("expect", FRAMING));

	private CustomHeaders() {
	}

	static void check(String name, String value) {
		Assert.isTrue(name != null && isToken(name),
				"'header' must have a name of letters, digits and !#$%&'*+-.^_`|~ only");
		String reason = RESERVED.get(name.toLowerCase(Locale.ROOT));
		Assert.isTrue(reason == null, () -> "'header' must not be '" + name + "': " + reason);
		checkValue("header '" + name + "'", value);
	}

	static void checkValue(String name, String value) {
		Assert.hasText(value, () -> name + " must not be blank");
		boolean valid = value.chars().allMatch((c) -> (c >= ' ' && c <= '~') || c == '\t');
		Assert.isTrue(valid, () -> name + " must not hold line breaks, control characters or non-ASCII");
	}

	static boolean isReserved(String name) {
		return RESERVED.containsKey(name.toLowerCase(Locale.ROOT));
	}

	private static boolean isToken(String name) {
		return !name.isEmpty()
				&& name.chars().allMatch((c) -> (c > ' ' && c <= '~') && "\"(),/:;<=>?@[\\]{}".indexOf(c) < 0);
	}

}
