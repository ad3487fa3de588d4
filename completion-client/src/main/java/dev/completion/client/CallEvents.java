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

/**
 * Receives events that occur during a call.
 */
interface CallEvents {

	/**
	 * Implementation that ignores all events.
	 */
	CallEvents NONE = new CallEvents() {

		@Override
		public void retried(CompletionClientException failure) {
		}

		@Override
		public void switched(CompletionApi api) {
		}

		@Override
		public void waits() {
		}

	};

	/**
	 * Called before the call is retried with the same API.
	 * @param failure the failure of the last attempt
	 */
	void retried(CompletionClientException failure);

	/**
	 * Called when the call switches to another API.
	 * @param api the new API
	 */
	void switched(CompletionApi api);

	/**
	 * Called when the call begins to wait for a rate limit.
	 */
	void waits();

}
