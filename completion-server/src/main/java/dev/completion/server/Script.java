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

package dev.completion.server;

import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Predicate;

import org.jspecify.annotations.Nullable;

/**
 * Replies that wait to be played. Safe for use by many threads.
 */
final class Script {

	private final Queue<Reply> replies = new ConcurrentLinkedQueue<>();

	synchronized void add(Reply... replies) {
		for (Reply reply : Arguments.notNull(replies, "replies")) {
			Arguments.check(reply != null, () -> "'replies' must not contain null");
		}
		this.replies.addAll(List.of(replies));
	}

	/**
	 * Return the next reply and remove it, unless it is not suitable.
	 */
	synchronized @Nullable Reply next(Predicate<Reply> suitable) {
		Reply next = this.replies.peek();
		return (next != null && suitable.test(next)) ? this.replies.poll() : null;
	}

	boolean isEmpty() {
		return this.replies.isEmpty();
	}

	synchronized void clear() {
		this.replies.clear();
	}

}
