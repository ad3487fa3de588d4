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

import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link CompletionClient}: many calls that wait because of a rate limit, and
 * their effect on other calls.
 */
@Tag("slow")
class WaitingCallsTests extends AbstractCompletionClientTests {

	private static final int CALLS = 10_000;

	private static final int CALLS_OF_OTHER = 2000;

	private static final int ROUNDS = 5;

	private static final int MAX_BYTES_PER_CALL = 16 * 1024;

	private static final String LIMITED = KEY + "-limited";

	private static final String FREE = KEY + "-free";

	private final AtomicInteger refused = new AtomicInteger();

	private DisposableServer limiting;

	private CompletionClient paced;

	@BeforeEach
	void openPaced() {
		String answer = answer();
		this.limiting = HttpServer.create()
			.host("127.0.0.1")
			.handle((request, response) -> request.receive().then(Mono.defer(() -> {
				if (LIMITED.equals(request.requestHeaders().get("x-api-key"))) {
					this.refused.incrementAndGet();
					return response.status(429).header("retry-after", "30").send();
				}
				return response.header("content-type", "application/json").sendString(Mono.just(answer)).then();
			})))
			.bindNow();
		this.paced = this.client.mutate()
			.baseUrl("http://127.0.0.1:" + this.limiting.port())
			.pacing(Pacing.defaults())
			.credential(
					() -> Mono.deferContextual((context) -> Mono.just(Credential.apiKey(context.<String>get("key")))))
			.build();
	}

	@AfterEach
	void closePaced() {
		this.paced.close();
		this.limiting.disposeNow();
	}

	private Mono<CompletionResponse> call(String key) {
		return this.paced.exchange(REQUEST).contextWrite((context) -> context.put("key", key));
	}

	private int waiting() {
		return ((DefaultCompletionClient) this.paced).pacers().waiting();
	}

	private List<Disposable> callsThatWait(AtomicInteger ended) {
		List<Disposable> calls = new ArrayList<>();
		for (int i = 0; i < CALLS; i++) {
			calls.add(call(LIMITED).doFinally((signal) -> ended.incrementAndGet()).onErrorComplete().subscribe());
		}
		CompletionClientResourcesTests.await(() -> waiting() == CALLS + 1);
		return calls;
	}

	private static int threads() {
		return ManagementFactory.getThreadMXBean().getThreadCount();
	}

	private static long heap() {
		long used = Long.MAX_VALUE;
		for (int i = 0; i < 5; i++) {
			System.gc();
			used = Math.min(used, ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed());
		}
		return used;
	}

	@Test
	void waitingCallsUseNoThreadsAndLittleMemory() {
		call(LIMITED).onErrorComplete().subscribe();
		CompletionClientResourcesTests.await(() -> waiting() == 1);
		AtomicInteger ended = new AtomicInteger();
		int threads = threads();
		long heap = heap();
		List<Disposable> calls = callsThatWait(ended);
		long bytesPerCall = (heap() - heap) / CALLS;
		int newThreads = threads() - threads;
		calls.forEach(Disposable::dispose);
		assertThat(waiting()).isOne();
		calls.clear();
		long left = heap() - heap;
		callsThatWait(ended);
		this.paced.close();
		CompletionClientResourcesTests.await(() -> ended.get() == 2 * CALLS);
		assertThat(waiting()).isZero();
		System.out.printf("%d waiting calls: %d bytes each, %d new threads; %d bytes left after they were cancelled%n",
				CALLS, bytesPerCall, newThreads, left);
		assertThat(newThreads).isLessThanOrEqualTo(2);
		assertThat(bytesPerCall).isLessThan(MAX_BYTES_PER_CALL);
		assertThat(left / CALLS).isLessThan(100);
		assertThat(this.refused).hasValue(1);
	}

	@Test
	void waitingCallsOfOneTenantDoNotDelayThoseOfAnother() {
		timesOfOtherTenant();
		double before = percentile();
		call(LIMITED).onErrorComplete().subscribe();
		CompletionClientResourcesTests.await(() -> waiting() == 1);
		callsThatWait(new AtomicInteger());
		double beside = percentile();
		assertThat(waiting()).isEqualTo(CALLS + 1);
		System.out.printf("%d calls: p99 %.2f ms, with %d waiting calls of another tenant %.2f ms%n", CALLS_OF_OTHER,
				before, CALLS, beside);
	}

	// the minimum over all rounds, because the machine may be busy
	private double percentile() {
		return IntStream.range(0, ROUNDS)
			.mapToDouble((round) -> timesOfOtherTenant()[CALLS_OF_OTHER * 99 / 100])
			.min()
			.orElseThrow();
	}

	// none of which is delayed or refused
	private double[] timesOfOtherTenant() {
		List<Double> times = Flux.range(0, CALLS_OF_OTHER).flatMap((i) -> Mono.defer(() -> {
			long start = System.nanoTime();
			return call(FREE).map((response) -> {
				assertThat(response.attempts()).isOne();
				return (System.nanoTime() - start) / 1e6;
			});
		}), 10).collectList().block(Duration.ofMinutes(1));
		double[] sorted = times.stream().mapToDouble(Double::doubleValue).toArray();
		Arrays.sort(sorted);
		return sorted;
	}

}
