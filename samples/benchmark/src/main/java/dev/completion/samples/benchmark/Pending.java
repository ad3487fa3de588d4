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

package dev.completion.samples.benchmark;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

/**
 * A call whose end is waited for.
 */
final class Pending implements Peer.Receiver {

	private static final int LIMIT_SECONDS = 120;

	private final CountDownLatch done = new CountDownLatch(1);

	private volatile long count;

	private volatile @Nullable Throwable error;

	static Pending start(Consumer<Peer.Receiver> call) {
		Pending pending = new Pending();
		call.accept(pending);
		return pending;
	}

	@Override
	public void received(long count) {
		this.count = count;
		this.done.countDown();
	}

	@Override
	public void failed(Throwable error) {
		this.error = error;
		this.done.countDown();
	}

	boolean isDone() {
		return this.done.getCount() == 0;
	}

	/**
	 * Wait for the end of the call, which must have received as much as was sent.
	 */
	void await(long expected) throws InterruptedException {
		await();
		if (this.count != expected) {
			throw new IllegalStateException("Expected " + expected + ", got " + this.count);
		}
	}

	void await() throws InterruptedException {
		if (!this.done.await(LIMIT_SECONDS, TimeUnit.SECONDS)) {
			throw new IllegalStateException("No end within " + LIMIT_SECONDS + " s");
		}
		if (this.error != null) {
			throw new IllegalStateException("The call failed", this.error);
		}
	}

}
