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
 * <p>
 * A value that was set beats a default: where only one of {@code response} and
 * {@code total} is set, the other's default for a whole answer does not cut it short, and
 * a time that is set on an HTTP client holds unless one is set here. The virtual time of
 * tests does not pass for them.
 *
 * @since 0.1.0
 */
public final class Timeouts {

	private static final Duration MIN = Duration.ofMillis(1);

	// what "for ever" is cut to, since timers count nanoseconds in a long
	private static final Duration MAX = Duration.ofDays(36500);

	private static final Duration DEFAULT_CONNECT = Duration.ofSeconds(5);

	private static final Duration DEFAULT_STREAM_RESPONSE = Duration.ofMinutes(5);

	private static final Duration DEFAULT_IDLE = Duration.ofMinutes(5);

	private static final Duration DEFAULT_PROGRESS = Duration.ofMinutes(15);

	private static final Duration DEFAULT_ANSWER = Duration.ofMinutes(10);

	private static final Timeouts DEFAULTS = builder().build();

	private final Setting connect;

	private final Setting response;

	private final Setting idle;

	private final Setting progress;

	private final Setting total;

	private Timeouts(Builder builder) {
		this.connect = builder.connect;
		this.response = builder.response;
		this.idle = builder.idle;
		this.progress = builder.progress;
		this.total = builder.total;
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
		builder.idle = this.idle;
		builder.progress = this.progress;
		builder.total = this.total;
		return builder;
	}

	static @Nullable Duration checked(String name, @Nullable Duration value) {
		Assert.isTrue(value == null || value.compareTo(MIN) >= 0,
				() -> "'" + name + "' must be at least one millisecond, not " + value);
		return (value != null && value.compareTo(MAX) > 0) ? MAX : value;
	}

	/**
	 * Return these timeouts with another {@code total}, if there is one.
	 */
	Timeouts withTotal(@Nullable Duration total) {
		return (total != null) ? toBuilder().total(total).build() : this;
	}

	/**
	 * Return these timeouts with the given {@code response}, unless they have one.
	 */
	Timeouts orResponse(Duration response) {
		return this.response.isSet() ? this : toBuilder().response(response).build();
	}

	/**
	 * Return these timeouts with the given {@code connect}, unless they have one.
	 */
	Timeouts orConnect(@Nullable Duration connect) {
		return this.connect.isSet() ? this : toBuilder().connect(connect).build();
	}

	@Nullable Duration connect() {
		return this.connect.or(DEFAULT_CONNECT);
	}

	@Nullable Duration response(boolean stream) {
		return this.response.or(stream ? DEFAULT_STREAM_RESPONSE : answer(this.total));
	}

	@Nullable Duration idle() {
		return this.idle.or(DEFAULT_IDLE);
	}

	@Nullable Duration progress() {
		Duration idle = idle();
		boolean longer = idle == null || idle.compareTo(DEFAULT_PROGRESS) > 0;
		return this.progress.or(longer ? idle : DEFAULT_PROGRESS);
	}

	@Nullable Duration total(boolean stream) {
		return this.total.or(stream ? null : answer(this.response));
	}

	// the default for a whole answer, unless the other of its two limits was set to more
	private static @Nullable Duration answer(Setting other) {
		Duration limit = other.or(DEFAULT_ANSWER);
		return (limit != null && limit.compareTo(DEFAULT_ANSWER) <= 0) ? DEFAULT_ANSWER : null;
	}

	@Override
	public String toString() {
		return "Timeouts[connect=" + connect() + ", response=" + response(false) + ", streamResponse=" + response(true)
				+ ", idle=" + idle() + ", progress=" + progress() + ", total=" + total(false) + ", streamTotal="
				+ total(true) + "]";
	}

	/**
	 * What was set, or that nothing was.
	 */
	private record Setting(boolean isSet, @Nullable Duration value) {

		static final Setting UNSET = new Setting(false, null);

		static Setting of(String name, @Nullable Duration value) {
			return new Setting(true, checked(name, value));
		}

		@Nullable Duration or(@Nullable Duration other) {
			return this.isSet ? this.value : other;
		}

	}

	/**
	 * Builder of {@link Timeouts}.
	 */
	public static final class Builder {

		private Setting connect = Setting.UNSET;

		private Setting response = Setting.UNSET;

		private Setting idle = Setting.UNSET;

		private Setting progress = Setting.UNSET;

		private Setting total = Setting.UNSET;

		private Builder() {
		}

		/**
		 * Set the longest time to open a connection: for TCP, and once more for TLS.
		 * <p>
		 * The default is 5 seconds.
		 * @param connect the limit, or {@code null} for none
		 * @return this builder
		 */
		public Builder connect(@Nullable Duration connect) {
			this.connect = Setting.of("connect", connect);
			return this;
		}

		/**
		 * Set the longest time, in each attempt, to wait for the headers of a stream, or
		 * for the whole of any other answer. What an attempt needs before it can send
		 * counts: the credential, a free connection.
		 * <p>
		 * The default is 5 minutes for the headers of a stream and 10 minutes for a
		 * non-streaming response; a value set here applies to both.
		 * @param response the limit, or {@code null} for none
		 * @return this builder
		 */
		public Builder response(@Nullable Duration response) {
			this.response = Setting.of("response", response);
			return this;
		}

		/**
		 * Set the maximum time to wait for data of a stream, including pings and
		 * comments. A stream may send no data for several minutes without having failed.
		 * The timeout is suspended while the subscriber requests nothing.
		 * <p>
		 * The default is 5 minutes.
		 * @param idle the limit, or {@code null} for none
		 * @return this builder
		 * @see #progress(Duration)
		 */
		public Builder idle(@Nullable Duration idle) {
			this.idle = Setting.of("idle", idle);
			return this;
		}

		/**
		 * Set the maximum time to wait for an event of a stream other than a ping. Some
		 * models send nothing but pings while they think. The timeout is suspended while
		 * the subscriber requests nothing.
		 * <p>
		 * The default is 15 minutes, or {@code idle} if that is longer.
		 * @param progress the limit, or {@code null} for none
		 * @return this builder
		 * @see #idle(Duration)
		 */
		public Builder progress(@Nullable Duration progress) {
			this.progress = Setting.of("progress", progress);
			return this;
		}

		/**
		 * Set the longest time of a whole call, with all attempts and the waits between
		 * them. A request can set its own.
		 * <p>
		 * The default is none for a stream and 10 minutes for any other call; a value set
		 * here applies to both.
		 * @param total the limit, or {@code null} for none
		 * @return this builder
		 * @see CompletionRequest.Builder#timeout(Duration)
		 */
		public Builder total(@Nullable Duration total) {
			this.total = Setting.of("total", total);
			return this;
		}

		/**
		 * Build the timeouts.
		 * @return the timeouts
		 */
		public Timeouts build() {
			return new Timeouts(this);
		}

	}

}
