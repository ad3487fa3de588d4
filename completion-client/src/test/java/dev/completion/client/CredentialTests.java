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

import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.NullAndEmptySource;

import org.springframework.http.HttpHeaders;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link Credential}.
 */
class CredentialTests {

	private static final String KEY = "sk-test-0123456789";

	@Test
	void apiKeyIsSentInItsHeaderOnly() {
		HttpHeaders headers = headers(Credential.apiKey(KEY));
		assertThat(headers.headerNames()).hasSize(1);
		assertThat(headers.get("x-api-key")).containsExactly(KEY);
	}

	@Test
	void bearerIsSentAsAuthorizationOnly() {
		HttpHeaders headers = headers(Credential.bearer(KEY));
		assertThat(headers.headerNames()).hasSize(1);
		assertThat(headers.get("Authorization")).containsExactly("Bearer " + KEY);
	}

	@Test
	void noneSendsNothing() {
		assertThat(headers(Credential.none()).isEmpty()).isTrue();
		assertThat(Credential.none()).isSameAs(Credential.none());
	}

	@Test
	void applyToReplacesWhatWasThere() {
		HttpHeaders headers = headers(Credential.apiKey("old"));
		Credential.apiKey(KEY).replaceIn(headers);
		assertThat(headers.get("x-api-key")).containsExactly(KEY);
	}

	@ParameterizedTest
	@MethodSource
	@Tag("G3")
	void credentialWhenItHasABadCharacterNamesItsPositionOnly(String name, Function<String, Credential> factory,
			String bad) {
		assertThatIllegalArgumentException().isThrownBy(() -> factory.apply(KEY + bad + "tail"))
			.withMessage("'%s' must hold visible ASCII characters only; the one at index %d of %d is white space, "
					+ "a control character or not ASCII", name, KEY.length(), KEY.length() + bad.length() + 4)
			.withNoCause();
	}

	static Stream<Arguments> credentialWhenItHasABadCharacterNamesItsPositionOnly() {
		return Stream
			.of("\r", "\n", "\r\n", "\0", "\t", " ", "\u000b", "\u001b", "\u001f", "\u007f", "\u0080", "\u00a0",
					"\u00e9", "\u2028", "\u3042", "\ud83d\ude00", "\ud83d", "\uff21")
			.flatMap((bad) -> Stream.of(
					Arguments.arguments("apiKey", (Function<String, Credential>) Credential::apiKey, bad),
					Arguments.arguments("token", (Function<String, Credential>) Credential::bearer, bad)));
	}

	@ParameterizedTest
	@MethodSource
	void credentialWhenBadCharacterIsAtAnEndFails(String value, int index) {
		assertThatIllegalArgumentException().isThrownBy(() -> Credential.apiKey(value))
			.withMessageContaining("index " + index + " of ")
			.satisfies((ex) -> assertThat(ex.getMessage()).doesNotContain(KEY));
	}

	static List<Arguments> credentialWhenBadCharacterIsAtAnEndFails() {
		return List.of(Arguments.arguments(" " + KEY, 0), Arguments.arguments(KEY + "\n", KEY.length()),
				Arguments.arguments(" ", 0));
	}

	@ParameterizedTest
	@NullAndEmptySource
	@Tag("G3")
	void credentialWhenEmptyFails(String value) {
		assertThatIllegalArgumentException().isThrownBy(() -> Credential.apiKey(value))
			.withMessage("'apiKey' must not be empty");
		assertThatIllegalArgumentException().isThrownBy(() -> Credential.bearer(value))
			.withMessage("'token' must not be empty");
	}

	@Test
	@Tag("G3")
	void credentialWhenTooLongFails() {
		assertThat(headers(Credential.bearer("k".repeat(8192))).isEmpty()).isFalse();
		assertThatIllegalArgumentException().isThrownBy(() -> Credential.bearer("k".repeat(8193)))
			.withMessage("'token' must not be longer than 8192 characters");
	}

	@Test
	void credentialTakesEveryVisibleCharacter() {
		StringBuilder value = new StringBuilder();
		for (char c = '!'; c <= '~'; c++) {
			value.append(c);
		}
		assertThat(headers(Credential.apiKey(value.toString())).getFirst("x-api-key")).hasSize(94)
			.isEqualTo(value.toString());
	}

	@Test
	@Tag("G5")
	void toStringHidesValue() {
		assertThat(Credential.apiKey(KEY)).hasToString("apiKey[******]");
		assertThat(Credential.bearer(KEY)).hasToString("bearer[******]");
		assertThat(Credential.none()).hasToString("none");
	}

	private static HttpHeaders headers(Credential credential) {
		HttpHeaders headers = new HttpHeaders();
		credential.replaceIn(headers);
		return headers;
	}

}
