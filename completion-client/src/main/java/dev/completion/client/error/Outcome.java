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

package dev.completion.client.error;

/**
 * What is known about the fate of a request that failed. A request that may have run may
 * have been billed, so this decides whether sending it again is safe.
 *
 * @since 0.1.0
 */
public enum Outcome {

	/**
	 * No byte of the request left this machine.
	 */
	NOT_SENT,

	/**
	 * The server answered that it did not run the request.
	 */
	REJECTED,

	/**
	 * The request was sent and no usable answer came back. It may have run, and may be
	 * billed.
	 */
	UNKNOWN,

	/**
	 * A part of the text was delivered before the failure.
	 */
	PARTIAL

}
