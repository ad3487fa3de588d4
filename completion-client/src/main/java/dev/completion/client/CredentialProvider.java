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

import reactor.core.publisher.Mono;

/**
 * Source of the credential. It is asked at every attempt of a call, so a credential can
 * rotate without a restart, and can differ by tenant through the Reactor context.
 *
 * @since 0.1.0
 */
@FunctionalInterface
public interface CredentialProvider {

	/**
	 * Return the credential for the next request. It is requested again before a request
	 * is sent that had to wait because of a rate limit. Requests are {@linkplain Pacing
	 * paced} separately for each credential, so a provider should return the same one as
	 * long as it is valid.
	 * @return the credential; an empty {@link Mono} means {@link Credential#none()}, and
	 * an error fails the call with nothing sent
	 */
	Mono<Credential> credential();

	/**
	 * Told that the server refused a credential, with status 401. A provider that has
	 * another one, or can get it, returns {@code true}: the call is tried once more then,
	 * with what {@link #credential()} returns. Must not block.
	 * @param credential the credential that was refused
	 * @return whether to try once more; {@code false} by default
	 */
	default boolean invalidate(Credential credential) {
		return false;
	}

}
