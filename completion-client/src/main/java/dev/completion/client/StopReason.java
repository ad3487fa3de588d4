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

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import org.jspecify.annotations.Nullable;

import org.springframework.util.Assert;

/**
 * Why the text ended. The set is open: a value that is not listed here is kept as the
 * server sent it.
 *
 * @since 0.1.0
 */
public final class StopReason {

	/**
	 * The model came to its natural end, or produced one of the stop sequences.
	 */
	public static final StopReason STOP_SEQUENCE = new StopReason("stop_sequence");

	/**
	 * The text reached {@code max_tokens_to_sample}, or the most that the model can do.
	 */
	public static final StopReason MAX_TOKENS = new StopReason("max_tokens");

	private final String value;

	private StopReason(String value) {
		this.value = value;
	}

	/**
	 * Return the stop reason with the given wire value.
	 * @param value the value of {@code stop_reason}; must not be blank
	 * @return the stop reason
	 */
	@JsonCreator
	public static StopReason of(String value) {
		Assert.hasText(value, "'value' must not be blank");
		return switch (value) {
			case "stop_sequence" -> STOP_SEQUENCE;
			case "max_tokens" -> MAX_TOKENS;
			default -> new StopReason(value);
		};
	}

	/**
	 * Return the value on the wire.
	 * @return the value
	 */
	@JsonValue
	public String value() {
		return this.value;
	}

	@Override
	public boolean equals(@Nullable Object other) {
		return (other instanceof StopReason that) && this.value.equals(that.value);
	}

	@Override
	public int hashCode() {
		return this.value.hashCode();
	}

	@Override
	public String toString() {
		return this.value;
	}

}
