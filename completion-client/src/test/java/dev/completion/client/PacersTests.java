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

import org.junit.jupiter.api.Test;
import reactor.test.scheduler.VirtualTimeScheduler;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link Pacers}.
 */
class PacersTests {

	private static final Credential KEY = Credential.apiKey("key");

	private final Pacers pacers = new Pacers("http://localhost", VirtualTimeScheduler.create());

	private static void refuse(Pacer pacer, PacedRequest request) {
		pacer.admit(request);
		pacer.refused(request, PacerTests.refusal(), Duration.ofSeconds(30), (name) -> null);
	}

	@Test
	void pacerBelongsToACredentialAModelAndAnEndpoint() {
		Pacer pacer = this.pacers.get(KEY, "model", "/v1/complete");
		assertThat(this.pacers.get(Credential.apiKey("key"), "model", "/v1/complete")).isSameAs(pacer);
		assertThat(this.pacers.get(Credential.apiKey("other"), "model", "/v1/complete")).isNotSameAs(pacer);
		assertThat(this.pacers.get(Credential.bearer("key"), "model", "/v1/complete")).isNotSameAs(pacer);
		assertThat(this.pacers.get(KEY, "other", "/v1/complete")).isNotSameAs(pacer);
		assertThat(this.pacers.get(KEY, "model", "/v1/messages")).isNotSameAs(pacer);
	}

	@Test
	void manyKeysDoNotOpenAGate() {
		Pacer closed = this.pacers.get(KEY, "limited", "/v1/complete");
		refuse(closed, new PacedRequest(100));
		for (int i = 0; i < 20_000; i++) {
			this.pacers.get(KEY, "model-" + i, "/v1/complete").admit(new PacedRequest(100));
		}
		assertThat(this.pacers.get(KEY, "limited", "/v1/complete")).isSameAs(closed);
		assertThat(this.pacers.closed()).isOne();
		assertThat(this.pacers.size()).isLessThan(20_000);
	}

	@Test
	void pacersWithWaitingCallsAreKept() {
		Pacer waiting = this.pacers.get(KEY, "limited", "/v1/complete");
		PacedRequest request = new PacedRequest(100);
		refuse(waiting, request);
		assertThat(waiting.admit(request)).isNotNull();
		for (int i = 0; i < 20_000; i++) {
			refuse(this.pacers.get(KEY, "model-" + i, "/v1/complete"), new PacedRequest(100));
		}
		assertThat(this.pacers.get(KEY, "limited", "/v1/complete")).isSameAs(waiting);
		assertThat(this.pacers.waiting()).isOne();
		assertThat(this.pacers.size()).isLessThan(20_000);
	}

}
