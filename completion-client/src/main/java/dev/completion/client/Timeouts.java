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

import java.time.Duration;

import org.jspecify.annotations.Nullable;

import org.springframework.util.Assert;

/**
 * How long the phases of a call may take. {@code null} means without limit.
 *
 * @since 0.1.0
 */
public final class Timeouts {

	private static final Duration MIN = Duration.ofMillis(1);

	// what "for ever" is cut to, since timers count nanoseconds in a long
	private static final Duration MAX = Duration.ofDays(36500);

	private static final Timeouts DEFAULTS = builder().build();

	private final @Nullable Duration connect;

	private final @Nullable Duration response;

	private final @Nullable Duration streamResponse;

	private Timeouts(Builder builder) {
		this.connect = builder.connect;
		this.response = builder.response;
		this.streamResponse = builder.streamResponse;
	}

	/**
	 * Return the default timeouts.
	 * @return the defaults
	 */
	public static Timeouts defaults() {
		return DEFAULTS;
	}

	/**
	 * Return a builder that starts from the defaults.
	 * @return the builder
	 */
	public static Builder builder() {
		return new Builder();
	}

	/**
	 * Return a builder that starts from these timeouts.
	 * @return the builder
	 */
	public Builder toBuilder() {
		Builder builder = new Builder();
		builder.connect = this.connect;
		builder.response = this.response;
		builder.streamResponse = this.streamResponse;
		return builder;
	}

	@Nullable Duration connect() {
		return this.connect;
	}

	@Nullable Duration response(boolean stream) {
		return stream ? this.streamResponse : this.response;
	}

	@Override
	public String toString() {
		return "Timeouts[connect=" + this.connect + ", response=" + this.response + ", streamResponse="
				+ this.streamResponse + "]";
	}

	/**
	 * Builder of {@link Timeouts}.
	 */
	public static final class Builder {

		private @Nullable Duration connect = Duration.ofSeconds(5);

		private @Nullable Duration response = Duration.ofMinutes(10);

		private @Nullable Duration streamResponse = Duration.ofSeconds(60);

		private Builder() {
		}

		/**
		 * Set the longest time to open a connection.
		 * <p>
		 * The default is 5 seconds.
		 * @param connect the limit, or {@code null} for none
		 * @return this builder
		 */
		public Builder connect(@Nullable Duration connect) {
			this.connect = checked("connect", connect);
			return this;
		}

		/**
		 * Set the longest time to wait for the headers of a stream, or for the whole of
		 * any other answer.
		 * <p>
		 * The default is 60 seconds for a stream and 10 minutes for any other answer; a
		 * value set here applies to both.
		 * @param response the limit, or {@code null} for none
		 * @return this builder
		 */
		public Builder response(@Nullable Duration response) {
			this.response = checked("response", response);
			this.streamResponse = this.response;
			return this;
		}

		/**
		 * Build the timeouts.
		 * @return the timeouts
		 */
		public Timeouts build() {
			return new Timeouts(this);
		}

		static @Nullable Duration checked(String name, @Nullable Duration value) {
			Assert.isTrue(value == null || value.compareTo(MIN) >= 0,
					() -> "'" + name + "' must be at least one millisecond, not " + value);
			return (value != null && value.compareTo(MAX) > 0) ? MAX : value;
		}

	}

}
