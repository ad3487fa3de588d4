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

import java.lang.reflect.Proxy;
import java.util.concurrent.atomic.AtomicInteger;

import dev.completion.server.Reply;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link CompletionClientMetrics}.
 */
class CompletionClientMetricsTests extends AbstractCompletionClientTests {

	private final MeterRegistry registry = new SimpleMeterRegistry();

	private double gauge(String name) {
		return this.registry.get("completion.client.pacing." + name).tag("completion.client", "one").gauge().value();
	}

	private void bind(CompletionClient client) {
		new CompletionClientMetrics(client, Tags.of("completion.client", "one")).bindTo(this.registry);
	}

	@Test
	void gaugesReportWaitingCallsAndRate() {
		try (CompletionClient paced = this.client.mutate().pacing(Pacing.defaults()).build()) {
			bind(paced);
			assertThat(gauge("waiting")).isZero();
			assertThat(gauge("closed")).isZero();
			assertThat(gauge("rate")).isNaN();
			this.server.enqueue(Reply.text(" admitted"),
					Reply.error(429, "rate_limit_error", "Slow down").header("retry-after", "2"));
			paced.complete(REQUEST).block(LIMIT);
			AtomicInteger completed = new AtomicInteger();
			Flux.range(0, 3)
				.flatMap((i) -> paced.complete(REQUEST).doOnSuccess((completion) -> completed.incrementAndGet()))
				.subscribe();
			CompletionClientResourcesTests.await(() -> gauge("closed") == 1);
			CompletionClientResourcesTests.await(() -> gauge("waiting") + completed.get() == 3);
			assertThat(gauge("waiting")).isPositive();
			CompletionClientResourcesTests.await(() -> completed.get() == 3);
			assertThat(gauge("waiting")).isZero();
			assertThat(gauge("closed")).isZero();
			assertThat(gauge("rate")).isPositive();
		}
	}

	@Test
	void gaugesOfClientsWithOtherTagsAreKept() {
		Tags one = Tags.of("completion.client", "one");
		new CompletionClientMetrics(this.client, one.and("region", "eu")).bindTo(this.registry);
		new CompletionClientMetrics(this.client, one).bindTo(this.registry);
		new CompletionClientMetrics(this.client, one).bindTo(this.registry);
		assertThat(this.registry.getMeters()).hasSize(6);
	}

	@Test
	void clientOfTheApplicationHasNoGauges() {
		bind((CompletionClient) Proxy.newProxyInstance(getClass().getClassLoader(),
				new Class<?>[] { CompletionClient.class }, (proxy, method, arguments) -> null));
		assertThat(this.registry.getMeters()).isEmpty();
	}

}
