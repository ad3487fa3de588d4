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

import java.util.HashMap;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

/**
 * Tests for {@link RateLimitMirror}.
 */
class RateLimitMirrorTests {

	private static final int BYTES_PER_TOKEN = 4;

	private final RateLimitMirror mirror = new RateLimitMirror();

	private PacedRequest send(double time, int inputTokens, int othersInFlight) {
		PacedRequest request = new PacedRequest(inputTokens * BYTES_PER_TOKEN);
		request.sent(time, Double.POSITIVE_INFINITY, othersInFlight);
		this.mirror.sent(request);
		return request;
	}

	private void respond(PacedRequest request, double time, String name, long limit, long remaining) {
		Map<String, String> headers = new HashMap<>();
		headers.put("anthropic-ratelimit-" + name + "-limit", Long.toString(limit));
		headers.put("anthropic-ratelimit-" + name + "-remaining", Long.toString(remaining));
		this.mirror.responded(request, headers::get, time);
	}

	private double waitAt(double time, int inputTokens) {
		return this.mirror.timeUntilAvailable(new PacedRequest(inputTokens * BYTES_PER_TOKEN), time);
	}

	@Test
	void unknownLimitsDoNotDelayRequests() {
		send(0, 100, 0);
		assertThat(waitAt(0, 1_000_000)).isZero();
		assertThat(this.mirror.maxPerSecond()).isInfinite();
		assertThat(this.mirror.limitsTokens()).isFalse();
	}

	@ParameterizedTest
	@ValueSource(doubles = { 20_000, 9e18, Double.MAX_VALUE })
	void tokensThatDoNotDependOnTheSizeDoNotDelayOtherRequests(double tokens) {
		PacedRequest first = send(0, 100, 0);
		respond(first, 0, "input-tokens", 50_000, 30_000);
		this.mirror.inputTokens(first, tokens);
		assertThat(waitAt(0, 500)).isZero();
	}

	@Test
	void requestsSentAfterTheHeadersCount() {
		PacedRequest first = send(0, 100, 0);
		send(0, 100, 0);
		send(0, 100, 0);
		respond(first, 0, "requests", 60, 2);
		assertThat(waitAt(0, 100)).isEqualTo(1, within(1e-6));
		assertThat(waitAt(0.5, 100)).isEqualTo(0.5, within(1e-6));
		assertThat(waitAt(1, 100)).isZero();
		assertThat(this.mirror.maxPerSecond()).isEqualTo(0.97);
	}

	@Test
	void headersApplyToTheTimeOfTheRequest() {
		PacedRequest request = send(0, 100, 0);
		respond(request, 10, "requests", 60, 0);
		assertThat(waitAt(10, 100)).isZero();
	}

	@Test
	void headersOfAnEarlierRequestAreIgnored() {
		PacedRequest first = send(0, 100, 0);
		PacedRequest second = send(1, 100, 0);
		respond(second, 1, "requests", 60, 0);
		respond(first, 1, "requests", 60, 50);
		assertThat(waitAt(1, 100)).isEqualTo(1, within(1e-6));
	}

	@Test
	void refusedRequestUsesNothing() {
		PacedRequest first = send(0, 100, 0);
		respond(first, 0, "requests", 60, 1);
		PacedRequest second = send(0.1, 100, 0);
		assertThat(waitAt(0.1, 100)).isPositive();
		this.mirror.refused(second);
		assertThat(waitAt(0.1, 100)).isZero();
	}

	@Test
	void promptLargerThanTheLimitWaitsUntilTheLimitIsUnused() {
		PacedRequest request = send(0, 100, 0);
		respond(request, 0, "input-tokens", 6000, 1000);
		assertThat(waitAt(0, 1000)).isZero();
		assertThat(waitAt(0, 1500)).isEqualTo(5, within(1e-6));
		assertThat(waitAt(0, 100_000)).isEqualTo(50, within(1e-6));
	}

	@Test
	void outputTokensOfRequestsInFlightAreAssumed() {
		PacedRequest request = send(0, 100, 3);
		respond(request, 0, "output-tokens", 6000, 1000);
		assertThat(this.mirror.limitsTokens()).isTrue();
		assertThat(waitAt(0, 100)).isZero();
		this.mirror.outputTokens(400);
		respond(request, 0, "output-tokens", 6000, 1000);
		// 400 for this request, and for each of the three, but there are only 1000
		assertThat(waitAt(0, 100)).isEqualTo(6, within(1e-6));
		this.mirror.outputTokens(200);
		respond(request, 0, "output-tokens", 6000, 1000);
		assertThat(waitAt(0, 100)).isEqualTo((4 * 390 - 1000) / 100.0, within(1e-6));
	}

	@Test
	void inputTokensAreEstimatedFromEarlierRequests() {
		PacedRequest request = send(0, 20_000, 0);
		respond(request, 0, "input-tokens", 50_000, 48_000);
		assertThat(waitAt(0, 49_000)).isPositive();
		this.mirror.inputTokens(request, 2000);
		assertThat(waitAt(0, 49_000)).isZero();
	}

	@Test
	void headersOfARequestAfterRefusedOnesCount() {
		PacedRequest[] earlier = { send(0, 100, 0), send(0, 100, 0), send(0, 100, 0) };
		PacedRequest last = send(0.1, 100, 0);
		for (PacedRequest request : earlier) {
			this.mirror.refused(request);
		}
		respond(last, 0.1, "requests", 60, 0);
		assertThat(waitAt(0.1, 100)).isEqualTo(1, within(1e-6));
	}

	@Test
	void negativeTokensDoNotMakeRequestsFree() {
		PacedRequest first = send(0, 100, 0);
		respond(first, 0, "input-tokens", 6000, 1000);
		this.mirror.inputTokens(first, -1e9);
		send(0, 1000, 0);
		this.mirror.inputTokens(first, 400);
		assertThat(waitAt(0, 6000)).isPositive();
		assertThat(waitAt(0, 6000)).isLessThanOrEqualTo(60);
	}

	@Test
	void singleRequestDelaysOthersForAPeriodAtMost() {
		PacedRequest first = send(0, 100, 0);
		respond(first, 0, "input-tokens", 6000, 6000);
		PacedRequest large = send(0.1, 10_000_000, 0);
		assertThat(waitAt(0.1, 6000)).isEqualTo(60, within(0.2));
		this.mirror.refused(large);
		assertThat(waitAt(0.1, 6000)).isZero();
		send(0.1, 1, 0);
		assertThat(waitAt(0.1, 6000)).isPositive();
	}

	@Test
	void waitIsNoLongerThanAPeriod() {
		PacedRequest first = send(0, 100, 0);
		for (int i = 0; i < 1000; i++) {
			send(0, 100, 0);
		}
		respond(first, 0, "requests", 60, 60);
		assertThat(waitAt(0, 100)).isEqualTo(60);
		assertThat(waitAt(61, 100)).isZero();
	}

}
