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

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/**
 * The latest requests, up to a number and a total size. Thread-safe.
 */
final class RequestLog {

	private static final int CAPACITY = 10_000;

	private static final long MAX_SIZE = 64 * 1024 * 1024;

	private final Deque<RecordedRequest> requests = new ArrayDeque<>();

	// of the bodies, in characters
	private long size;

	synchronized void add(RecordedRequest request) {
		this.requests.addLast(request);
		this.size += request.body().length();
		while (this.requests.size() > CAPACITY || (this.size > MAX_SIZE && this.requests.size() > 1)) {
			this.size -= this.requests.removeFirst().body().length();
		}
	}

	synchronized List<RecordedRequest> snapshot() {
		return List.copyOf(this.requests);
	}

	synchronized void clear() {
		this.requests.clear();
		this.size = 0;
	}

}
