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

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Locale;
import java.util.stream.Collectors;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.web.util.HtmlUtils;
import org.springframework.web.util.UriUtils;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link SecretRedactor}.
 */
class SecretRedactorTests {

	private static final String SECRET = "sk-a/b+c==&\"u0075<%'>_9";

	private final SecretRedactor redactor = new SecretRedactor(SECRET);

	static String[] quoted() {
		String json = JsonMapper.shared().writeValueAsString(SECRET);
		String escaped = json.substring(1, json.length() - 1);
		String twice = JsonMapper.shared().writeValueAsString(escaped);
		return new String[] { SECRET, escaped, escaped.replace("/", "\\/"), twice.substring(1, twice.length() - 1),
				each("\\u00", ""), each("\\u00", "").toUpperCase(Locale.ROOT).replace("U00", "u00"), each("%", ""),
				each("&#x", ";"), UriUtils.encode(SECRET, StandardCharsets.UTF_8),
				UriUtils.encode(SECRET, StandardCharsets.UTF_8).toLowerCase(Locale.ROOT), HtmlUtils.htmlEscape(SECRET),
				HtmlUtils.htmlEscapeDecimal(SECRET), HtmlUtils.htmlEscapeHex(SECRET) };
	}

	private static String each(String prefix, String suffix) {
		return SECRET.chars()
			.mapToObj((c) -> prefix + HexFormat.of().toHexDigits(c, 2) + suffix)
			.collect(Collectors.joining());
	}

	@ParameterizedTest
	@MethodSource("quoted")
	void secretIsRedactedHoweverItIsQuoted(String quoted) {
		assertThat(this.redactor.redact(quoted)).isEqualTo("***");
		assertThat(this.redactor.redact("s" + quoted + quoted + " is &amp; was %20 " + quoted + "\\"))
			.isEqualTo("s****** is &amp; was %20 ***\\");
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "sk", "sk-a/b+c", "\\u00", "%7", "&#", "&amp", "\\\\\\\\\\", "%%%%%%%%%%%%%%%%%%%%%%",
			"a text that has nothing to do with it", "&&&&&&&&&&&&&&&&&&&&&&&&&;", "sk-a/b+c==&\"u0075<%'>_8" })
	void otherTextStaysAsItIs(String text) {
		assertThat(this.redactor.redact(text)).isEqualTo(text);
		assertThat(this.redactor.redact(text + " " + text)).isEqualTo(text + " " + text);
	}

	// it would be found in words, too
	@Test
	void shortSecretIsNotRedacted() {
		assertThat(new SecretRedactor("secret").redact("no secret")).isEqualTo("no secret");
		assertThat(new SecretRedactor("").redact("no secret")).isEqualTo("no secret");
	}

}
