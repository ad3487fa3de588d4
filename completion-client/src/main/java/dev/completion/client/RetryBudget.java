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

import java.util.concurrent.atomic.AtomicInteger;

/**
 * What the calls of one client may spend on retries: in an outage each call is worth one
 * request soon, not three. Safe for use by many threads.
 */
final class RetryBudget {

	private static final int CAPACITY = 100;

	private static final int COST_OF_RETRY = 10;

	private static final int GAIN_OF_SUCCESS = 5;

	private final AtomicInteger balance = new AtomicInteger(CAPACITY);

	/**
	 * Pay for a retry.
	 * @return whether there was enough to pay
	 */
	boolean spend() {
		int before = this.balance.getAndUpdate((balance) -> isEnough(balance) ? balance - COST_OF_RETRY : balance);
		return isEnough(before);
	}

	/**
	 * Note that a call succeeded.
	 */
	void succeeded() {
		if (this.balance.get() < CAPACITY) {
			this.balance.updateAndGet((balance) -> Math.min(balance + GAIN_OF_SUCCESS, CAPACITY));
		}
	}

	private static boolean isEnough(int balance) {
		return balance >= CAPACITY / 2;
	}

}
