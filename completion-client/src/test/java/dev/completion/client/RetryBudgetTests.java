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

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link RetryBudget}.
 */
class RetryBudgetTests {

	private final RetryBudget budget = new RetryBudget();

	private int spendAll() {
		int spent = 0;
		while (this.budget.spend()) {
			spent++;
		}
		return spent;
	}

	@Test
	void spendWhenFullPaysUntilLessThanHalfIsLeft() {
		assertThat(spendAll()).isEqualTo(6);
		assertThat(this.budget.spend()).isFalse();
	}

	@Test
	void spendWhenRefusedCostsNothing() {
		spendAll();
		for (int i = 0; i < 100; i++) {
			assertThat(this.budget.spend()).isFalse();
		}
		succeed(2);
		assertThat(spendAll()).isOne();
	}

	@ParameterizedTest
	@ValueSource(ints = { 2, 4, 6, 12 })
	void succeededGivesBackHalfOfARetry(int successes) {
		spendAll();
		succeed(successes - 1);
		assertThat(spendAll()).isEqualTo(successes / 2 - 1);
		succeed(1);
		assertThat(spendAll()).isOne();
	}

	@Test
	void succeededDoesNotFillBeyondTheCapacity() {
		succeed(1000);
		assertThat(spendAll()).isEqualTo(6);
		succeed(1000);
		assertThat(spendAll()).isEqualTo(6);
	}

	@Test
	void budgetsAreIndependent() {
		spendAll();
		assertThat(new RetryBudget().spend()).isTrue();
	}

	@Test
	void spendByManyThreadsPaysNoMoreThanThereIs() {
		for (int i = 0; i < 200; i++) {
			RetryBudget shared = new RetryBudget();
			AtomicInteger spent = new AtomicInteger();
			Flux.range(0, 32)
				.flatMap((n) -> Mono.fromRunnable(() -> spent.addAndGet(shared.spend() ? 1 : 0))
					.subscribeOn(Schedulers.parallel()))
				.blockLast();
			assertThat(spent).hasValue(6);
		}
	}

	@Test
	void succeededByManyThreadsLosesNothing() {
		spendAll();
		Flux.range(0, 60)
			.flatMap((n) -> Mono.fromRunnable(this.budget::succeeded).subscribeOn(Schedulers.parallel()))
			.blockLast();
		assertThat(spendAll()).isEqualTo(6);
	}

	private void succeed(int times) {
		for (int i = 0; i < times; i++) {
			this.budget.succeeded();
		}
	}

}
