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

import java.util.stream.Stream;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link BaseUrl}.
 */
class BaseUrlTests {

	@ParameterizedTest
	@CsvSource({ "https://api.anthropic.com, https://api.anthropic.com",
			"https://api.anthropic.com/, https://api.anthropic.com",
			"https://api.anthropic.com/v1, https://api.anthropic.com",
			"https://api.anthropic.com/v1/, https://api.anthropic.com", "https://h/prefix, https://h/prefix",
			"https://h/prefix/, https://h/prefix", "https://h/a/b/v1, https://h/a/b", "https://h/a/v1/, https://h/a",
			"https://h/v1/a, https://h/v1/a", "https://h/apiv1, https://h/apiv1", "https://h/v10, https://h/v10",
			"https://h/v2, https://h/v2", "https://h:8443, https://h:8443", "https://h:8443/v1, https://h:8443",
			"https://h:, https://h", "http://localhost:8080/v1, http://localhost:8080",
			"https://[::1]:8443/v1, https://[::1]:8443", "https://[2001:db8::1], https://[2001:db8::1]",
			"http://127.0.0.1:9/x/, http://127.0.0.1:9/x", "HTTPS://h/v1, https://h", "Http://h/a, http://h/a",
			"https://h/~a/b-c_d.e, https://h/~a/b-c_d.e", "https://h/a.., https://h/a.." })
	void normalizeRemovesVersionAndTrailingSlash(String baseUrl, String expected) {
		assertThat(BaseUrl.normalize(baseUrl)).isEqualTo(expected);
		assertThat(BaseUrl.normalize(expected)).isEqualTo(expected);
	}

	@Test
	void normalizeIgnoresWhiteSpaceAround() {
		assertThat(BaseUrl.normalize(" https://h/v1\n")).isEqualTo("https://h");
	}

	@Test
	void defaultIsNormalized() {
		assertThat(BaseUrl.normalize(BaseUrl.DEFAULT)).isEqualTo(BaseUrl.DEFAULT);
		assertThat(BaseUrl.isInsecure(BaseUrl.DEFAULT)).isFalse();
	}

	@ParameterizedTest
	@MethodSource
	@Tag("G9")
	void normalizeWhenUrlIsBadFails(String baseUrl, String message) {
		assertThatIllegalArgumentException().isThrownBy(() -> BaseUrl.normalize(baseUrl))
			.withMessageStartingWith(message)
			.withNoCause();
	}

	static Stream<Arguments> normalizeWhenUrlIsBadFails() {
		String scheme = "'baseUrl' must begin with https:// or http://";
		String host = "'baseUrl' must name a host";
		String query = "'baseUrl' must have neither a query nor a fragment";
		String path = "'baseUrl' must have a plain path: no '//', '.', '..' or '%'";
		String valid = "'baseUrl' must be a valid URL, but is not from index ";
		return Stream.of(Arguments.arguments(null, "'baseUrl' must not be blank"),
				Arguments.arguments("", "'baseUrl' must not be blank"),
				Arguments.arguments(" \n", "'baseUrl' must not be blank"),
				Arguments.arguments("api.anthropic.com", scheme), Arguments.arguments("//evil.example", scheme),
				Arguments.arguments("/v1", scheme), Arguments.arguments("file:///etc/passwd", scheme),
				Arguments.arguments("ftp://h", scheme), Arguments.arguments("jar:file:/x!/", scheme),
				Arguments.arguments("localhost:8080", scheme), Arguments.arguments("httpss://h", scheme),
				Arguments.arguments("https:///v1", host), Arguments.arguments("https:/v1", host),
				Arguments.arguments("https:h", host), Arguments.arguments("https://a_b", host),
				Arguments.arguments("http://127.999.0.1.", host), Arguments.arguments("https://h?a=b", query),
				Arguments.arguments("https://h/v1?", query), Arguments.arguments("https://h#a", query),
				Arguments.arguments("https://h/#", query), Arguments.arguments("https://h//", path),
				Arguments.arguments("https://h//v1", path), Arguments.arguments("https://h/v1//", path),
				Arguments.arguments("https://h/../v1", path), Arguments.arguments("https://h/a/..", path),
				Arguments.arguments("https://h/%2e%2e/v1", path), Arguments.arguments("https://h/a%2Fb", path),
				Arguments.arguments("https://", valid), Arguments.arguments("https://h/a b", valid),
				Arguments.arguments("https://h/{a}", valid), Arguments.arguments("https://h\\evil", valid),
				Arguments.arguments("https://h/%zz", valid), Arguments.arguments("https://h\n/a", valid));
	}

	@ParameterizedTest
	@ValueSource(strings = { "https://user:SECRET@h", "https://SECRET@h/v1", "http://user:SECRET@localhost",
			"https://user:%53ECRET@h" })
	@Tag("G9")
	void normalizeWhenUrlHasUserInfoFailsWithoutIt(String baseUrl) {
		assertThatIllegalArgumentException().isThrownBy(() -> BaseUrl.normalize(baseUrl))
			.withMessage("'baseUrl' must not hold user info: set an API key or a bearer token instead")
			.withNoCause();
	}

	@ParameterizedTest
	@ValueSource(strings = { "https://user:SECRET@ho st", "https://user:SECRET%@h", "https://us er:SECRET@h",
			"https://user:SECRET@a_b", "ftp://user:SECRET@h", "user:SECRET@h", "https://user:SECRET@h:port",
			"https://user:SECRET@[h", "https://user:SECRET@h/?a", "https://user:SECRET@h//" })
	void normalizeWhenUrlIsBadDoesNotQuotePassword(String baseUrl) {
		assertThatIllegalArgumentException().isThrownBy(() -> BaseUrl.normalize(baseUrl))
			.withNoCause()
			.satisfies((ex) -> assertThat(ex.toString()).doesNotContain("SECRET", "user:"))
			.satisfies((ex) -> assertThat(ex.getSuppressed()).isEmpty());
	}

	@ParameterizedTest
	@CsvSource({ "https://example.com, false", "http://example.com, true", "http://localhost, false",
			"http://LocalHost:8080/a, false", "http://127.0.0.1, false", "http://127.1.2.3:80, false",
			"http://[::1], false", "http://[::1]:8080/a, false", "http://[::2], true", "http://128.0.0.1, true",
			"http://10.0.0.1, true", "http://169.254.169.254, true", "http://localhost.example.com, true",
			"http://127.0.0.1.example.com, true", "http://0.0.0.0, true", "http://example.com/localhost, true" })
	@Tag("G9")
	void isInsecureWhenCredentialWouldLeaveThisMachineInClearText(String baseUrl, boolean expected) {
		assertThat(BaseUrl.isInsecure(BaseUrl.normalize(baseUrl))).isEqualTo(expected);
	}

	@ParameterizedTest
	@ValueSource(strings = { "https://h:65536", "https://h:99999", "https://h/./v1", "https://h/v1/complete",
			"https://h/a/v1/messages/", "https://h/%2e%2e", "https://h/a/%2E%2e/v1", "//evil", "file:///etc/passwd" })
	@Tag("G9")
	void normalizeWhenPortOrPathIsBadFails(String baseUrl) {
		assertThatIllegalArgumentException().isThrownBy(() -> BaseUrl.normalize(baseUrl));
	}

}
