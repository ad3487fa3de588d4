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

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * The calls of a client that have not ended. Thread-safe.
 */
final class ActiveCalls {

	private static final Log logger = LogFactory.getLog(ActiveCalls.class);

	private final @Nullable ActiveCalls original;

	private final Set<CallSubscriber<?>> calls = ConcurrentHashMap.newKeySet();

	private volatile boolean closed;

	/**
	 * Create an empty set of calls.
	 * @param original the calls of the client whose variant this is, which closes with
	 * that one
	 */
	ActiveCalls(@Nullable ActiveCalls original) {
		this.original = original;
	}

	/**
	 * Add a call, which is aborted at once if the client was closed.
	 */
	void add(CallSubscriber<?> call) {
		this.calls.add(call);
		if (this.original != null) {
			this.original.add(call);
		}
		if (this.closed) {
			call.abort(AttemptFailure.closed());
		}
	}

	boolean isClosed() {
		return this.closed || (this.original != null && this.original.isClosed());
	}

	void remove(CallSubscriber<?> call) {
		this.calls.remove(call);
		if (this.original != null) {
			this.original.remove(call);
		}
	}

	void close() {
		this.closed = true;
		this.calls.forEach(ActiveCalls::abort);
	}

	// a subscriber that throws must not keep other calls from being aborted
	private static void abort(CallSubscriber<?> call) {
		try {
			call.abort(AttemptFailure.closed());
		}
		catch (Throwable ex) {
			FatalErrors.throwIfFatal(ex);
			logger.warn("Subscriber failed", ex);
		}
	}

}
