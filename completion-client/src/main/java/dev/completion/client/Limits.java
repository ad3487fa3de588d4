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
import org.springframework.util.unit.DataSize;

/**
 * How much a server may send. What exceeds a limit is not read on: the call fails with a
 * {@link dev.completion.client.error.LimitExceededException}, except for the body of an
 * error, which is cut.
 *
 * @since 0.1.0
 */
public final class Limits {

	private static final Limits DEFAULTS = builder().build();

	private final int event;

	private final int body;

	private final int text;

	private final int errorBody;

	private Limits(Builder builder) {
		this.event = builder.event;
		this.body = builder.body;
		this.text = builder.text;
		this.errorBody = builder.errorBody;
	}

	/**
	 * Return the default limits.
	 * @return the defaults
	 */
	public static Limits defaults() {
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
	 * Return a builder that starts from these limits.
	 * @return the builder
	 */
	public Builder toBuilder() {
		Builder builder = new Builder();
		builder.event = this.event;
		builder.body = this.body;
		builder.text = this.text;
		builder.errorBody = this.errorBody;
		return builder;
	}

	int event() {
		return this.event;
	}

	int body() {
		return this.body;
	}

	int text() {
		return this.text;
	}

	int errorBody() {
		return this.errorBody;
	}

	@Override
	public String toString() {
		return "Limits[event=" + this.event + ", body=" + this.body + ", text=" + this.text + ", errorBody="
				+ this.errorBody + "]";
	}

	/**
	 * Builder of {@link Limits}. Sizes are from one byte to one gigabyte.
	 */
	public static final class Builder {

		private static final DataSize MAX = DataSize.ofGigabytes(1);

		private int event = (int) DataSize.ofMegabytes(1).toBytes();

		private int body = (int) DataSize.ofMegabytes(16).toBytes();

		private int text = (int) DataSize.ofMegabytes(16).toBytes();

		private int errorBody = (int) DataSize.ofKilobytes(64).toBytes();

		private Builder() {
		}

		/**
		 * Set the most that one event of a stream may have, from its first line on.
		 * <p>
		 * The default is 1 MB.
		 * @param event the size
		 * @return this builder
		 */
		public Builder event(DataSize event) {
			this.event = bytes("event", event);
			return this;
		}

		/**
		 * Set the most that an answer other than a stream may have, decompressed.
		 * <p>
		 * The default is 16 MB.
		 * @param body the size
		 * @return this builder
		 */
		public Builder body(DataSize body) {
			this.body = bytes("body", body);
			return this;
		}

		/**
		 * Set the most text, in UTF-8, that a stream may have which is
		 * {@linkplain Completion#join(reactor.core.publisher.Flux) joined}. Any other
		 * stream may have more, but exceptions keep only so much of its text.
		 * <p>
		 * The default is 16 MB.
		 * @param text the size
		 * @return this builder
		 */
		public Builder text(DataSize text) {
			this.text = bytes("text", text);
			return this;
		}

		/**
		 * Set how much of the body of an error is kept.
		 * <p>
		 * The default is 64 KB.
		 * @param errorBody the size, at most 64 KB
		 * @return this builder
		 */
		public Builder errorBody(DataSize errorBody) {
			Assert.isTrue(errorBody != null && errorBody.compareTo(DataSize.ofKilobytes(64)) <= 0,
					() -> "'errorBody' must be at most 64 KB, not " + errorBody);
			this.errorBody = bytes("errorBody", errorBody);
			return this;
		}

		/**
		 * Build the limits.
		 * @return the limits
		 */
		public Limits build() {
			return new Limits(this);
		}

		private static int bytes(String name, DataSize size) {
			Assert.isTrue(size != null && size.toBytes() >= 1 && size.compareTo(MAX) <= 0,
					() -> "'" + name + "' must be from 1 byte to 1 GB, not " + size);
			return (int) size.toBytes();
		}

	}

}
