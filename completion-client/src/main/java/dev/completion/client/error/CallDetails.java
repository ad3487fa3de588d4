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

import java.io.Serializable;

import org.jspecify.annotations.Nullable;

/**
 * What every failure knows about its call.
 *
 * @param outcome what is known about the fate of the request
 * @param attempts the number of attempts that were made, whether or not anything could be
 * sent; the one that failed is included
 * @param requestId the server's id of the request, or {@code null} if it sent none
 * @param partialText the text that was delivered before the failure, empty if none was
 * @param note text that is appended to the message of the exception without a separator,
 * such as a hint about a property, or {@code null} for none
 * @since 0.1.0
 */
public record CallDetails(Outcome outcome, int attempts, @Nullable String requestId, String partialText,
		@Nullable String note) implements Serializable {

	/**
	 * Create details without a note.
	 * @param outcome what is known about the fate of the request
	 * @param attempts the number of attempts that were made
	 * @param requestId the server's id of the request, or {@code null}
	 * @param partialText the text that was delivered before the failure
	 */
	public CallDetails(Outcome outcome, int attempts, @Nullable String requestId, String partialText) {
		this(outcome, attempts, requestId, partialText, null);
	}

	/**
	 * Create the details of a call of which no text was delivered.
	 * @param outcome what is known about the fate of the request
	 * @param attempts the number of attempts that were made
	 * @param requestId the server's id of the request, or {@code null}
	 */
	public CallDetails(Outcome outcome, int attempts, @Nullable String requestId) {
		this(outcome, attempts, requestId, "");
	}

	/**
	 * Return a copy of these details with a note.
	 * @param note the text to append to the message of the exception
	 * @return the copy
	 */
	public CallDetails withNote(String note) {
		return new CallDetails(this.outcome, this.attempts, this.requestId, this.partialText,
				(this.note != null) ? this.note + note : note);
	}

}
