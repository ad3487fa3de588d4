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

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNoException;

/**
 * Tests for {@link CustomHeaders}.
 */
class CustomHeadersTests {

	@ParameterizedTest
	@ValueSource(strings = { "x-tenant", "User-Agent", "X_Y", "anthropic-workspace-id", "!#$%&'*+-.^_`|~0aZ" })
	void checkWhenNameIsFineAccepts(String name) {
		assertThatNoException().isThrownBy(() -> CustomHeaders.check(name, "value"));
		assertThat(CustomHeaders.isReserved(name)).isFalse();
	}

	@ParameterizedTest
	@ValueSource(strings = { "", " ", "a b", "a:", ":a", "a\r\nb", "a\n", "\0", "a\t", "\u00e9", "a\u007f", "\u4e00",
			"(a)", "a,b", "a/b", "a;b", "<a>", "a=b", "a?", "a@b", "[a]", "a\\b", "{a}", "\"a\"" })
	void checkWhenNameIsNoTokenFails(String name) {
		assertThatIllegalArgumentException().isThrownBy(() -> CustomHeaders.check(name, "SECRET"))
			.withMessage("'header' must have a name of letters, digits and !#$%&'*+-.^_`|~ only");
	}

	@ParameterizedTest
	@CsvSource({ "x-api-key, set an API key instead",
			"authorization, set a bearer token or a credential provider instead",
			"proxy-authorization, configure the proxy instead", "anthropic-version, set the version instead",
			"anthropic-beta, set the betas instead", "accept, the client decides how content is exchanged",
			"accept-encoding, the client decides how content is exchanged",
			"content-type, the client decides how content is exchanged",
			"content-encoding, the client decides how content is exchanged",
			"content-length, it belongs to the HTTP connection", "transfer-encoding, it belongs to the HTTP connection",
			"connection, it belongs to the HTTP connection", "host, it belongs to the HTTP connection",
			"te, it belongs to the HTTP connection", "trailer, it belongs to the HTTP connection",
			"upgrade, it belongs to the HTTP connection", "expect, it belongs to the HTTP connection" })
	@Tag("G3")
	void checkWhenNameIsReservedFailsWithReason(String name, String reason) {
		for (String written : new String[] { name, name.toUpperCase(Locale.ROOT) }) {
			assertThat(CustomHeaders.isReserved(written)).isTrue();
			assertThatIllegalArgumentException().isThrownBy(() -> CustomHeaders.check(written, "SECRET"))
				.withMessage("'header' must not be '" + written + "': " + reason);
		}
	}

	@Test
	void checkWhenNameIsReservedDoesNotDependOnLocale() {
		Locale before = Locale.getDefault();
		try {
			Locale.setDefault(Locale.forLanguageTag("tr"));
			assertThat(CustomHeaders.isReserved("X-API-KEY")).isTrue();
			assertThat(CustomHeaders.isReserved("ANTHROPIC-VERSION")).isTrue();
		}
		finally {
			Locale.setDefault(before);
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "a", "a b", "a\tb", "!~", "a, b; c=\"d\"" })
	void checkValueWhenValueIsFineAccepts(String value) {
		assertThatNoException().isThrownBy(() -> CustomHeaders.checkValue("x", value));
	}

	@ParameterizedTest
	@NullSource
	@ValueSource(strings = { "", " ", "\t", "\r\n" })
	void checkValueWhenValueIsBlankFails(String value) {
		assertThatIllegalArgumentException().isThrownBy(() -> CustomHeaders.checkValue("'version'", value))
			.withMessage("'version' must not be blank");
	}

	@ParameterizedTest
	@ValueSource(strings = { "\r", "\n", "\r\nx-api-key: a", "\0", "\u001b", "\u001f", "\u007f", "\u0085", "\u00e9",
			"\u2028", "\ud83d\ude00" })
	@Tag("G3")
	void checkValueWhenValueHasBadCharacterFailsWithoutIt(String bad) {
		assertThatIllegalArgumentException().isThrownBy(() -> CustomHeaders.checkValue("'version'", "SECRET" + bad))
			.withMessage("'version' must not hold line breaks, control characters or non-ASCII");
		assertThatIllegalArgumentException().isThrownBy(() -> CustomHeaders.check("x-tenant", "SECRET" + bad + "a"))
			.withMessageContaining("header 'x-tenant'")
			.satisfies((ex) -> assertThat(ex.getMessage()).doesNotContain("SECRET"));
	}

	@Test
	void checkWhenValueIsBlankQuotesNameOnce() {
		assertThatIllegalArgumentException().isThrownBy(() -> CustomHeaders.check("x-tenant", ""))
			.withMessage("header 'x-tenant' must not be blank");
	}

}
