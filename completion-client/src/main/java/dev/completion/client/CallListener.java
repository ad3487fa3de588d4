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

import dev.completion.client.error.CompletionClientException;

import org.springframework.http.HttpHeaders;

/**
 * Is told how each completion ended, whether streamed or not. Calls that are cancelled,
 * and requests that are refused before anything is sent, are not reported.
 * <p>
 * The methods are called by threads that must not block.
 *
 * @since 0.1.0
 */
public interface CallListener {

	/**
	 * Called when a call succeeded; for a stream, when its stop reason has arrived.
	 * @param headers the headers of the response
	 */
	void onSuccess(HttpHeaders headers);

	/**
	 * Called when a call failed. Calls that fail after the client has been closed are not
	 * reported.
	 * @param error the error that the caller gets
	 */
	void onError(CompletionClientException error);

}
