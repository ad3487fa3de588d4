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

import org.jspecify.annotations.Nullable;

/**
 * A phase of the call took longer than its limit.
 *
 * @since 0.1.0
 */
public class CallTimeoutException extends CompletionClientException {

	/**
	 * Phase that took too long.
	 */
	private final Phase phase;

	/**
	 * Create an exception.
	 * @param phase the phase that took too long
	 * @param message what went wrong
	 * @param details what is known about the call
	 * @param cause the cause, or {@code null}
	 */
	public CallTimeoutException(Phase phase, String message, CallDetails details, @Nullable Throwable cause) {
		super(message, details, cause);
		this.phase = phase;
	}

	/**
	 * Return the phase that took too long.
	 * @return the phase
	 */
	public Phase phase() {
		return this.phase;
	}

	/**
	 * Phase of a call that has a limit of its own.
	 */
	public enum Phase {

		/**
		 * Opening the connection.
		 */
		CONNECT,

		/**
		 * Waiting for the headers of a stream, or for the whole of any other answer.
		 */
		RESPONSE,

		/**
		 * Waiting for data of a stream, including pings and comments.
		 */
		IDLE,

		/**
		 * Waiting for an event of a stream other than a ping.
		 */
		PROGRESS,

		/**
		 * The whole call.
		 */
		TOTAL

	}

}
