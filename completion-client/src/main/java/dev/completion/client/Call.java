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

import dev.completion.client.error.CallDetails;
import dev.completion.client.error.Outcome;
import org.jspecify.annotations.Nullable;

/**
 * What is known of one call while it runs.
 */
final class Call {

	private final StringBuilder text = new StringBuilder();

	private int attempts;

	private @Nullable Answer answer;

	/**
	 * Note that a request is about to be sent.
	 */
	void sending() {
		this.attempts++;
		this.answer = null;
	}

	/**
	 * Note that the headers of a response have arrived.
	 */
	Answer answered(Answer answer) {
		this.answer = answer;
		return answer;
	}

	/**
	 * Note that the given completion goes to the caller.
	 */
	void delivered(Completion completion) {
		this.text.append(completion.completion());
	}

	int attempts() {
		return this.attempts;
	}

	@Nullable Answer answer() {
		return this.answer;
	}

	/**
	 * Return what an exception is to know.
	 * @param outcome the outcome, should no text have been delivered
	 * @param requestId the request id of an error envelope, if there was one
	 */
	CallDetails details(Outcome outcome, @Nullable String requestId) {
		String fromHeader = (this.answer != null) ? this.answer.requestId() : null;
		return new CallDetails(this.text.isEmpty() ? outcome : Outcome.PARTIAL, this.attempts,
				(fromHeader != null) ? fromHeader : requestId, this.text.toString());
	}

	/**
	 * Return the outcome of a call that is given up before an answer came.
	 */
	Outcome outcomeWithoutAnswer() {
		return (this.attempts == 0) ? Outcome.NOT_SENT : Outcome.UNKNOWN;
	}

	CallDetails details(Outcome outcome) {
		return details(outcome, null);
	}

}
