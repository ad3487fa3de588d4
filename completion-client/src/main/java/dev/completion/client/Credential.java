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

import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpHeaders;
import org.springframework.util.Assert;

/**
 * Credential that authenticates a request: an API key, a bearer token, or nothing.
 *
 * @since 0.1.0
 */
public final class Credential {

	static final String API_KEY_HEADER = "x-api-key";

	static final int MAX_LENGTH = 8192;

	private static final Credential NONE = new Credential("none", null, "", "");

	private final String kind;

	private final @Nullable String header;

	private final String headerValue;

	private final String secret;

	private final SecretRedactor redactor;

	private Credential(String kind, @Nullable String header, String prefix, String secret) {
		this.kind = kind;
		this.header = header;
		this.headerValue = prefix + secret;
		this.secret = secret;
		this.redactor = new SecretRedactor(secret);
	}

	/**
	 * Return a credential that is sent as {@code x-api-key}.
	 * @param apiKey the API key; visible ASCII characters only
	 * @return the credential
	 */
	public static Credential apiKey(String apiKey) {
		return new Credential("apiKey", API_KEY_HEADER, "", checked("apiKey", apiKey));
	}

	/**
	 * Return a credential that is sent as {@code Authorization: Bearer}.
	 * @param token the token; visible ASCII characters only
	 * @return the credential
	 */
	public static Credential bearer(String token) {
		return new Credential("bearer", HttpHeaders.AUTHORIZATION, "Bearer ", checked("token", token));
	}

	/**
	 * Return a credential that sends nothing, for servers without authentication.
	 * @return the credential
	 */
	public static Credential none() {
		return NONE;
	}

	private static String checked(String name, @Nullable String value) {
		Assert.hasLength(value, () -> "'" + name + "' must not be empty");
		Assert.isTrue(value.length() <= MAX_LENGTH,
				() -> "'" + name + "' must not be longer than " + MAX_LENGTH + " characters");
		for (int i = 0; i < value.length(); i++) {
			if (value.charAt(i) <= ' ' || value.charAt(i) > '~') {
				throw new IllegalArgumentException(
						"'" + name + "' must hold visible ASCII characters only; the one at index " + i + " of "
								+ value.length() + " is white space, a control character or not ASCII");
			}
		}
		return value;
	}

	/**
	 * Set the header of this credential, in place of any other credential.
	 */
	void replaceIn(HttpHeaders headers) {
		if (this.header != null) {
			headers.remove(API_KEY_HEADER);
			headers.remove(HttpHeaders.AUTHORIZATION);
			headers.set(this.header, this.headerValue);
		}
	}

	/**
	 * Return the given text of the server with {@code ***} in place of this credential,
	 * which a server may quote.
	 */
	String redact(String text) {
		return this.redactor.redact(text);
	}

	@Override
	public boolean equals(@Nullable Object other) {
		return other instanceof Credential credential && this.kind.equals(credential.kind)
				&& this.secret.equals(credential.secret);
	}

	@Override
	public int hashCode() {
		return 31 * this.kind.hashCode() + this.secret.hashCode();
	}

	/**
	 * Return the kind of credential, without its value.
	 */
	@Override
	public String toString() {
		return (this.header != null) ? this.kind + "[******]" : this.kind;
	}

}
