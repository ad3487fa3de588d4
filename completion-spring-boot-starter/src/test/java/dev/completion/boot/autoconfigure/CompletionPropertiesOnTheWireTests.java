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

package dev.completion.boot.autoconfigure;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

import dev.completion.client.Completion;
import dev.completion.client.CompletionClient;
import dev.completion.client.Prompt;
import dev.completion.client.error.CallTimeoutException;
import dev.completion.client.error.CompletionClientException;
import dev.completion.client.error.ConnectionException;
import dev.completion.client.error.LimitExceededException;
import dev.completion.client.error.OverloadedException;
import dev.completion.client.error.RateLimitException;
import dev.completion.server.CompletionServer;
import dev.completion.server.RecordedRequest;
import dev.completion.server.Reply;
import io.micrometer.core.instrument.Metrics;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.http.client.autoconfigure.HttpClientAutoConfiguration;
import org.springframework.boot.http.client.autoconfigure.reactive.ReactiveHttpClientAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.webclient.autoconfigure.WebClientAutoConfiguration;
import org.springframework.util.StringUtils;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link CompletionProperties}: what those of time, retries and limits do to a
 * call.
 */
class CompletionPropertiesOnTheWireTests {

	private static final Duration LIMIT = Duration.ofSeconds(30);

	private static final Reply OVERLOADED = Reply.error(529, "overloaded_error", "Overloaded");

	private static final String[] ONE_CONNECTION = { "completion.pool.max-connections=1",
			"completion.retry.max-retries=0" };

	private final CompletionServer server = CompletionServer.builder().chunkDelay(Duration.ZERO).start();

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(
				AutoConfigurations.of(HttpClientAutoConfiguration.class, ReactiveHttpClientAutoConfiguration.class,
						WebClientAutoConfiguration.class, CompletionAutoConfiguration.class))
		.withPropertyValues("completion.base-url=" + this.server.baseUrl(),
				"completion.api-key=" + this.server.apiKey(), "completion.defaults.model=claude-2.1",
				"spring.reactor.netty.shutdown-quiet-period=10ms");

	@AfterEach
	void close() {
		this.server.close();
	}

	private void run(Consumer<CompletionClient> call, String... properties) {
		this.runner.withPropertyValues(properties).run((context) -> {
			assertThat(context).hasNotFailed();
			call.accept(context.getBean(CompletionClient.class));
		});
	}

	private static Mono<Completion> stream(CompletionClient client) {
		return client.stream((request) -> request.prompt(Prompt.human("Hi"))).last();
	}

	private static Mono<Completion> complete(CompletionClient client) {
		return client.complete((request) -> request.prompt(Prompt.human("Hi")));
	}

	private static <T extends CompletionClientException> T failure(Class<T> type, Mono<?> call) {
		Throwable error = call.materialize().block(LIMIT).getThrowable();
		assertThat(error).isInstanceOf(type);
		return type.cast(error);
	}

	@ParameterizedTest
	@CsvSource({ "idle, IDLE", "progress, PROGRESS", "total, TOTAL", "response, RESPONSE" })
	@Proves({ "completion.timeout.idle", "completion.timeout.progress", "completion.timeout.total",
			"completion.timeout.response" })
	void timeoutApplies(String name, CallTimeoutException.Phase phase) {
		Reply stalled = Reply.text("ab").chunkSizes(1);
		this.server.enqueue((phase == CallTimeoutException.Phase.RESPONSE) ? Reply.stall() : stalled.stallAfter(1));
		run((client) -> {
			CallTimeoutException ex = failure(CallTimeoutException.class, stream(client));
			assertThat(ex.phase()).isEqualTo(phase);
			assertThat(ex).hasMessageContaining("300 ms");
		}, "completion.timeout." + name + "=300ms");
	}

	@ParameterizedTest
	@CsvSource({ "0, 1", "1, 2", "3, 4" })
	@Proves("completion.retry.max-retries")
	void callIsTriedAgainAsOftenAsIsSet(int maxRetries, int requests) {
		List<Reply> replies = new ArrayList<>();
		for (int i = 0; i < 6; i++) {
			replies.add(OVERLOADED);
		}
		this.server.enqueue(replies.toArray(Reply[]::new));
		run((client) -> failure(OverloadedException.class, complete(client)),
				"completion.retry.max-retries=" + maxRetries, "completion.retry.delay=1ms");
		assertThat(this.server.requests()).hasSize(requests);
	}

	@Test
	@Proves({ "completion.retry.delay", "completion.retry.max-delay" })
	void delayIsWaitedBetweenTwoAttempts() {
		this.server.enqueue(OVERLOADED);
		run((client) -> failure(CallTimeoutException.class, complete(client)), "completion.retry.delay=1h",
				"completion.retry.max-delay=1h", "completion.timeout.total=500ms");
		this.server.reset();
		this.server.enqueue(OVERLOADED);
		run((client) -> assertThat(complete(client).block(LIMIT)).isNotNull(), "completion.retry.delay=1h",
				"completion.retry.max-delay=1ms", "completion.timeout.total=2s");
	}

	@Test
	@Proves("completion.retry.max-retry-after")
	void serverThatAsksForMoreThanIsAllowedFailsTheCall() {
		Reply limited = Reply.error(429, "rate_limit_error", "Slow down").header("retry-after-ms", "200");
		this.server.enqueue(limited);
		run((client) -> assertThat(failure(RateLimitException.class, complete(client)).attempts()).isOne(),
				"completion.retry.max-retry-after=100ms");
		this.server.enqueue(limited);
		run((client) -> assertThat(complete(client).block(LIMIT)).isNotNull(), "completion.retry.delay=1ms",
				"completion.retry.max-retry-after=300ms");
	}

	@Test
	@Proves("completion.pacing.enabled")
	void refusedCallIsSentAgainUnlessPacingIsDisabled() {
		Reply refusal = Reply.error(429, "rate_limit_error", "Slow down").header("retry-after-ms", "1");
		this.server.enqueue(refusal);
		run((client) -> assertThat(complete(client).block(LIMIT)).isNotNull(), "completion.retry.max-retries=0");
		this.server.enqueue(refusal);
		run((client) -> failure(RateLimitException.class, complete(client)), "completion.retry.max-retries=0",
				"completion.pacing.enabled=false");
	}

	@Test
	@Proves("completion.pacing.max-refusals")
	void callFailsWithTheLastRefusalThatIsAllowed() {
		Reply refusal = Reply.error(429, "rate_limit_error", "Slow down").header("retry-after-ms", "1");
		this.server.enqueue(refusal, refusal);
		run((client) -> assertThat(failure(RateLimitException.class, complete(client)).attempts()).isEqualTo(2),
				"completion.pacing.max-refusals=2");
	}

	@Test
	@Proves("completion.retry.retry-ambiguous")
	void callThatMayHaveRunIsTriedAgainWhereThatIsAllowed() {
		this.server.enqueue(Reply.cut());
		run((client) -> failure(CompletionClientException.class, complete(client)), "completion.retry.delay=1ms");
		this.server.enqueue(Reply.cut());
		run((client) -> assertThat(complete(client).block(LIMIT)).isNotNull(), "completion.retry.delay=1ms",
				"completion.retry.retry-ambiguous=true");
	}

	@Test
	@Proves("completion.limits.event")
	void limitOfAnEventApplies() {
		this.server.enqueue(Reply.text("x".repeat(3000)).chunkSizes(3000));
		run((client) -> assertThat(failure(LimitExceededException.class, stream(client)).limit()).isEqualTo("event"),
				"completion.limits.event=2KB");
	}

	@Test
	@Proves("completion.limits.body")
	void limitOfABodyApplies() {
		this.server.enqueue(Reply.text("x".repeat(3000)));
		run((client) -> assertThat(failure(LimitExceededException.class, complete(client)).limit()).isEqualTo("body"),
				"completion.limits.body=2KB");
	}

	@Test
	@Proves("completion.limits.text")
	void limitOfAJoinedTextApplies() {
		Reply text = Reply.text("x".repeat(3000)).chunkSizes(100);
		this.server.enqueue(text, text);
		run((client) -> {
			Mono<Completion> joined = client.stream((request) -> request.prompt(Prompt.human("Hi")))
				.as(Completion::join);
			assertThat(failure(LimitExceededException.class, joined).limit()).isEqualTo("text");
			assertThat(stream(client).block(LIMIT)).isNotNull();
		}, "completion.limits.text=2KB");
	}

	/**
	 * Have a stream hold the one connection of a client while the given call is made.
	 */
	private void whileBusy(Consumer<CompletionClient> call, String... properties) {
		this.server.enqueue(Reply.text("ab").chunkSizes(1).stallAfter(1));
		run((client) -> {
			Disposable stream = client.stream((request) -> request.prompt(Prompt.human("Hi"))).subscribe();
			await(() -> this.server.requests().size() == 1);
			call.accept(client);
			stream.dispose();
		}, StringUtils.concatenateStringArrays(ONE_CONNECTION, properties));
	}

	private static void await(BooleanSupplier condition) {
		Mono.fromSupplier(condition::getAsBoolean)
			.filter(Boolean::booleanValue)
			.repeatWhenEmpty((repeat) -> repeat.delayElements(Duration.ofMillis(5)))
			.block(LIMIT);
	}

	@Test
	@Proves({ "completion.pool.max-connections", "completion.pool.acquire-timeout" })
	void callWaitsForAConnectionAsLongAsIsSet() {
		whileBusy((client) -> {
			long start = System.nanoTime();
			assertThat(failure(ConnectionException.class, complete(client)))
				.hasMessageStartingWith("No connection became available in time");
			// a default that applied instead would take as long
			assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(5));
		}, "completion.pool.acquire-timeout=200ms");
	}

	@Test
	@Proves("completion.pool.max-pending-acquires")
	void asManyCallsWaitForAConnectionAsAreSet() {
		whileBusy((client) -> {
			// one of them waits, the other one fails: which one is not defined
			Flux<Completion> calls = Flux.merge(complete(client), complete(client));
			assertThat(failure(ConnectionException.class, calls.then()))
				.hasMessageStartingWith("Too many calls are waiting for a connection");
		}, "completion.pool.max-pending-acquires=1", "completion.pool.acquire-timeout=1m");
	}

	@ParameterizedTest
	@CsvSource({ "max-idle-time, 100ms, 2", "max-idle-time, 10s, 1", "max-life-time, 100ms, 2",
			"max-life-time, 10s, 1" })
	@Proves({ "completion.pool.max-idle-time", "completion.pool.max-life-time" })
	void connectionIsKeptAsLongAsIsSet(String name, String time, int connections) {
		run((client) -> {
			complete(client).block(LIMIT);
			Mono.delay(Duration.ofMillis(300)).block(LIMIT);
			complete(client).block(LIMIT);
		}, "completion.pool." + name + "=" + time);
		assertThat(this.server.requests().stream().map(RecordedRequest::remotePort).distinct()).hasSize(connections);
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	@Proves("completion.pool.metrics")
	void connectionsAreMeteredWhereThatIsAsked(boolean metrics) {
		SimpleMeterRegistry registry = globalRegistry();
		try {
			run((client) -> {
				complete(client).block(LIMIT);
				assertThat(registry.getMeters()).extracting((meter) -> meter.getId().getTag("name"))
					.containsOnly(metrics ? new String[] { "completion" } : new String[0]);
			}, "completion.pool.metrics=" + metrics);
		}
		finally {
			Metrics.removeRegistry(registry);
		}
	}

	private static SimpleMeterRegistry globalRegistry() {
		// pools of earlier tests may not have removed their meters yet
		Metrics.globalRegistry.clear();
		SimpleMeterRegistry registry = new SimpleMeterRegistry();
		Metrics.addRegistry(registry);
		return registry;
	}

	@Test
	void connectionsOfEachClientAreMeteredByItsName() {
		SimpleMeterRegistry registry = globalRegistry();
		try {
			this.runner
				.withPropertyValues("completion.clients.fast.pool.metrics=true",
						"completion.clients.fast.pool.max-connections=7")
				.run((context) -> {
					complete(context.getBean("completionClient", CompletionClient.class)).block(LIMIT);
					complete(context.getBean("fastCompletionClient", CompletionClient.class)).block(LIMIT);
					assertThat(registry.getMeters()).extracting((meter) -> meter.getId().getTag("name"))
						.containsOnly("completion.fast");
					assertThat(registry.get("reactor.netty.connection.provider.max.connections").gauge().value())
						.isEqualTo(7);
				});
		}
		finally {
			Metrics.removeRegistry(registry);
		}
	}

	@ParameterizedTest
	@CsvSource({ "max-connections, 0", "max-pending-acquires, -1", "acquire-timeout, 0s", "max-idle-time, -1s",
			"max-life-time, 0s" })
	void badValueOfThePoolIsNamed(String name, String value) {
		this.runner.withPropertyValues("completion.pool." + name + "=" + value)
			.run((context) -> assertThat(context).getFailure()
				.hasStackTraceContaining("The value of 'completion.pool." + name + "' is not valid"));
	}

}
