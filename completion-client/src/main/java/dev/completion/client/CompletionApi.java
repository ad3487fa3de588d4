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

/**
 * The HTTP APIs that can serve a completion.
 *
 * @since 0.1.0
 */
public enum CompletionApi {

	/**
	 * The API that serves the model. The Text Completions API is used first. If the
	 * server does not provide this API, or responds that the model requires the Messages
	 * API, the call continues with the Messages API. The client uses the Messages API for
	 * the model from then on if it has served the model, or if the server has responded
	 * that the model requires it. A request that only one of the APIs supports, for
	 * example with an additional property such as {@code thinking}, is always sent to
	 * that API.
	 */
	AUTO,

	/**
	 * The Text Completions API, {@code POST /v1/complete}.
	 */
	TEXT_COMPLETIONS,

	/**
	 * The Messages API, {@code POST /v1/messages}.
	 */
	MESSAGES

}
