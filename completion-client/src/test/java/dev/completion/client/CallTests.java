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

import java.util.concurrent.CompletableFuture;

import dev.completion.client.error.CompletionClientException;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link Call}.
 */
class CallTests {

	@Test
	void exceptionOfADeadlineMayComeWhileAnAttemptFails() {
		for (int i = 0; i < 50; i++) {
			Call call = new Call(true, Timeouts.defaults(), Limits.defaults(), false);
			call.attemptFailed(AttemptFailure.closed());
			CompletableFuture<Void> attempts = CompletableFuture.runAsync(() -> {
				for (int attempt = 0; attempt < 200; attempt++) {
					call.attemptFailed(AttemptFailure.closed());
				}
			});
			do {
				CompletionClientException exception = call.toException(call.total().failure());
				assertThat(exception).hasCauseInstanceOf(CompletionClientException.class);
			}
			while (!attempts.isDone());
		}
	}

}
