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

import org.springframework.util.Assert;

/**
 * Settings for pacing requests under rate limits. A response counts as a refusal by a
 * rate limit if its status is 429, unless a spend limit is exhausted, or if its status is
 * 503 or 529 and it contains a {@code retry-after} of at least one second. After a
 * refusal, the client delays requests with the same credential, model and endpoint, and
 * then sends them at an estimated rate. Refused requests are resent in order of arrival,
 * and do not count as {@linkplain RetryPolicy retries}. Clients that
 * {@link CompletionClient#mutate()} creates for the same base URL share the estimate.
 *
 * @since 0.1.0
 */
public final class Pacing {

	private static final Pacing DEFAULTS = builder().build();

	private final boolean enabled;

	private final int maxRefusals;

	private Pacing(Builder builder) {
		this.enabled = builder.enabled;
		this.maxRefusals = builder.maxRefusals;
	}

	/**
	 * Return the default settings.
	 * @return the defaults
	 */
	public static Pacing defaults() {
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
	 * Return a builder that starts from these settings.
	 * @return the builder
	 */
	public Builder toBuilder() {
		return new Builder().enabled(this.enabled).maxRefusals(this.maxRefusals);
	}

	boolean enabled() {
		return this.enabled;
	}

	int maxRefusals() {
		return this.maxRefusals;
	}

	@Override
	public String toString() {
		return "Pacing[enabled=" + this.enabled + ", maxRefusals=" + this.maxRefusals + "]";
	}

	/**
	 * Builder of {@link Pacing}.
	 */
	public static final class Builder {

		private boolean enabled = true;

		private int maxRefusals = 8;

		private Builder() {
		}

		/**
		 * Set whether requests are paced. If disabled, refused requests are retried like
		 * other failed requests.
		 * <p>
		 * The default is {@code true}.
		 * @param enabled whether requests are paced
		 * @return this builder
		 */
		public Builder enabled(boolean enabled) {
			this.enabled = enabled;
			return this;
		}

		/**
		 * Set the number of refusals after which a call fails.
		 * <p>
		 * The default is 8.
		 * @param maxRefusals the number of refusals, at least 1
		 * @return this builder
		 */
		public Builder maxRefusals(int maxRefusals) {
			Assert.isTrue(maxRefusals >= 1, () -> "'maxRefusals' must be at least 1, not " + maxRefusals);
			this.maxRefusals = maxRefusals;
			return this;
		}

		/**
		 * Build the settings.
		 * @return the settings
		 */
		public Pacing build() {
			return new Pacing(this);
		}

	}

}
