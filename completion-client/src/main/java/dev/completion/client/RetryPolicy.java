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

import org.springframework.util.Assert;

/**
 * Settings for retries of failed calls.
 * <p>
 * A call is retried if nothing was sent because name resolution, connecting or acquiring
 * a pooled connection failed, if the server responds with status 408, 409, 503 or 529, or
 * if a stream begins with an {@code overloaded_error}. The server can request a retry for
 * status 408, 409, 429 and 5xx with {@code x-should-retry: true}, and prevent retries
 * with {@code x-should-retry: false}. A call that has delivered text is never retried.
 * <p>
 * The delay doubles with each retry, and is chosen at random between half of it and all
 * of it. A delay that the server requests is a minimum. Each client has a retry budget:
 * while most of its calls fail, no call is retried.
 * <p>
 * If {@link Pacing} is enabled, requests that a rate limit refuses are resent as
 * described there. Otherwise, calls with status 429 are retried, too.
 *
 * @since 0.1.0
 */
public final class RetryPolicy {

	private static final RetryPolicy DEFAULTS = builder().build();

	private final int maxRetries;

	private final Duration delay;

	private final Duration maxDelay;

	private final Duration maxRetryAfter;

	private final boolean retryAmbiguous;

	private RetryPolicy(Builder builder) {
		this.maxRetries = builder.maxRetries;
		this.delay = builder.delay;
		this.maxDelay = builder.maxDelay;
		this.maxRetryAfter = builder.maxRetryAfter;
		this.retryAmbiguous = builder.retryAmbiguous;
	}

	/**
	 * Return the default policy.
	 * @return the defaults
	 */
	public static RetryPolicy defaults() {
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
	 * Return a builder that starts from this policy.
	 * @return the builder
	 */
	public Builder toBuilder() {
		Builder builder = new Builder();
		builder.maxRetries = this.maxRetries;
		builder.delay = this.delay;
		builder.maxDelay = this.maxDelay;
		builder.maxRetryAfter = this.maxRetryAfter;
		builder.retryAmbiguous = this.retryAmbiguous;
		return builder;
	}

	int maxRetries() {
		return this.maxRetries;
	}

	Duration maxRetryAfter() {
		return this.maxRetryAfter;
	}

	boolean retryAmbiguous() {
		return this.retryAmbiguous;
	}

	/**
	 * Return the longest wait before the given retry, the first of which is number 0.
	 */
	Duration delay(int retry) {
		Duration delay = this.delay;
		for (int i = 0; i < retry && delay.compareTo(this.maxDelay) < 0; i++) {
			delay = delay.multipliedBy(2);
		}
		return (delay.compareTo(this.maxDelay) < 0) ? delay : this.maxDelay;
	}

	@Override
	public String toString() {
		return "RetryPolicy[maxRetries=" + this.maxRetries + ", delay=" + this.delay + ", maxDelay=" + this.maxDelay
				+ ", maxRetryAfter=" + this.maxRetryAfter + ", retryAmbiguous=" + this.retryAmbiguous + "]";
	}

	/**
	 * Builder of {@link RetryPolicy}.
	 */
	public static final class Builder {

		private static final Duration MAX = Duration.ofDays(365);

		private int maxRetries = 2;

		private Duration delay = Duration.ofMillis(500);

		private Duration maxDelay = Duration.ofSeconds(8);

		private Duration maxRetryAfter = Duration.ofSeconds(60);

		private boolean retryAmbiguous;

		private Builder() {
		}

		/**
		 * Set how often a call is tried again.
		 * <p>
		 * The default is 2, which makes three attempts.
		 * @param maxRetries the number of retries; 0 for none
		 * @return this builder
		 */
		public Builder maxRetries(int maxRetries) {
			Assert.isTrue(maxRetries >= 0, () -> "'maxRetries' must not be negative, not " + maxRetries);
			this.maxRetries = maxRetries;
			return this;
		}

		/**
		 * Set the longest wait before the first retry. It doubles with each retry.
		 * <p>
		 * The default is half a second.
		 * @param delay the wait
		 * @return this builder
		 */
		public Builder delay(Duration delay) {
			this.delay = checked("delay", delay);
			return this;
		}

		/**
		 * Set the wait beyond which it does not double any more.
		 * <p>
		 * The default is 8 seconds.
		 * @param maxDelay the wait
		 * @return this builder
		 */
		public Builder maxDelay(Duration maxDelay) {
			this.maxDelay = checked("maxDelay", maxDelay);
			return this;
		}

		/**
		 * Set the longest wait that a server may ask for. A call whose server asks for
		 * more fails at once, and its exception tells the wait.
		 * <p>
		 * The default is 60 seconds.
		 * @param maxRetryAfter the wait
		 * @return this builder
		 * @see dev.completion.client.error.CompletionApiException#retryAfter()
		 */
		public Builder maxRetryAfter(Duration maxRetryAfter) {
			this.maxRetryAfter = checked("maxRetryAfter", maxRetryAfter);
			return this;
		}

		/**
		 * Set whether to try again where it is not known if the server ran the request: a
		 * lost connection, a timeout, a status 5xx. Once in a call it is done then, and
		 * the completion may be billed twice.
		 * <p>
		 * The default is {@code false}.
		 * @param retryAmbiguous whether to try again
		 * @return this builder
		 */
		public Builder retryAmbiguous(boolean retryAmbiguous) {
			this.retryAmbiguous = retryAmbiguous;
			return this;
		}

		/**
		 * Build the policy.
		 * @return the policy
		 */
		public RetryPolicy build() {
			return new RetryPolicy(this);
		}

		private static Duration checked(String name, Duration value) {
			Assert.isTrue(value != null && !value.isNegative(),
					() -> "'" + name + "' must not be negative, not " + value);
			return (value.compareTo(MAX) < 0) ? value : MAX;
		}

	}

}
