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

package dev.completion.boot;

import dev.completion.client.Credential;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.autoconfigure.service.connection.ConnectionDetails;
import org.springframework.boot.ssl.SslBundle;

/**
 * Where the service is, and how to prove one's right to it. A bean of this type takes the
 * place of the properties {@code completion.base-url}, {@code completion.api-key},
 * {@code completion.auth-token} and {@code completion.ssl.bundle}, and of the environment
 * variables behind them.
 *
 * @since 0.1.0
 */
public interface CompletionConnectionDetails extends ConnectionDetails {

	/**
	 * Return the URL of the server, with or without {@code /v1} at its end.
	 * @return the base URL
	 */
	String getBaseUrl();

	/**
	 * Return the credential.
	 * @return the credential, or {@code null} to use the
	 * {@link dev.completion.client.CredentialProvider} bean, if there is one
	 */
	default @Nullable Credential getCredential() {
		return null;
	}

	/**
	 * Return the SSL bundle to connect with.
	 * @return the bundle, or {@code null} for that of
	 * {@code spring.http.clients.ssl.bundle}, else the JVM's default
	 */
	default @Nullable SslBundle getSslBundle() {
		return null;
	}

	/**
	 * Return whether the server runs inside this application and its answers are canned.
	 * @return whether the server is embedded
	 */
	default boolean isEmbedded() {
		return false;
	}

}
