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
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

import dev.completion.client.error.CompletionClientException;
import dev.completion.server.Reply;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.config.MeterFilter;
import io.micrometer.core.instrument.distribution.CountAtBucket;
import io.micrometer.core.instrument.distribution.DistributionStatisticConfig;
import io.micrometer.core.instrument.observation.DefaultMeterObservationHandler;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.observation.ObservationRegistry;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link CompletionMeterObservationHandler}.
 */
class CompletionMeterObservationHandlerTests extends AbstractCompletionClientTests {

	private static final String DURATION = "gen_ai.client.operation.duration";

	private static final String FIRST = "gen_ai.client.operation.time_to_first_chunk";

	private static final String PER_CHUNK = "gen_ai.client.operation.time_per_output_chunk";

	private static final String TOKENS = "gen_ai.client.token.usage";

	private static final Double[] BUCKETS = { 0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48,
			40.96, 81.92 };

	private final SimpleMeterRegistry meters = new SimpleMeterRegistry();

	private CompletionClient observed;

	@BeforeEach
	void openVariant() {
		this.meters.config().meterFilter(CompletionMeterObservationHandler.durationBuckets());
		ObservationRegistry registry = ObservationRegistry.create();
		registry.observationConfig()
			.observationHandler(new DefaultMeterObservationHandler(this.meters))
			.observationHandler(new CompletionMeterObservationHandler(this.meters));
		this.observed = this.client.mutate().observationRegistry(registry).build();
	}

	@AfterEach
	void closeVariant() {
		this.observed.close();
	}

	private Timer timer(String name) {
		return this.meters.get(name).timer();
	}

	private static Reply threeChunks() {
		return Reply.text("one two three").chunkSizes(4, 4, 5);
	}

	@Test
	void timesOfAStreamAreRecorded() {
		this.server.enqueue(threeChunks().delay(Duration.ofMillis(300)).chunkDelay(Duration.ofMillis(100)));
		this.observed.stream(REQUEST).blockLast(LIMIT);
		assertThat(timer(FIRST).count()).isOne();
		assertThat(timer(PER_CHUNK).count()).isEqualTo(2);
		assertThat(timer(DURATION).count()).isOne();
		double first = timer(FIRST).totalTime(TimeUnit.SECONDS);
		double perChunk = timer(PER_CHUNK).totalTime(TimeUnit.SECONDS);
		double duration = timer(DURATION).totalTime(TimeUnit.SECONDS);
		assertThat(first).isGreaterThanOrEqualTo(0.3);
		assertThat(perChunk).isPositive();
		assertThat(first + perChunk).isBetween(0.5, duration);
	}

	@Test
	void everyChunkOfALongStreamIsRecorded() {
		this.server.enqueue(Reply.text("x".repeat(1001)).chunkSizes(1));
		this.observed.stream(REQUEST).as(Completion::join).block(LIMIT);
		assertThat(timer(PER_CHUNK).count()).isEqualTo(1000);
	}

	@Test
	void timesOfAVeryLongStreamAreBounded() {
		this.server.enqueue(Reply.text("x".repeat(4200)).chunkSizes(1));
		this.observed.stream(REQUEST).as(Completion::join).block(LIMIT);
		assertThat(timer(PER_CHUNK).count()).isEqualTo(4096);
	}

	@Test
	void onlyOneChunkHasNoTimeToTheNext() {
		this.server.enqueue(Reply.text("one").chunkSizes(3));
		this.observed.stream(REQUEST).blockLast(LIMIT);
		assertThat(timer(FIRST).count()).isOne();
		assertThat(this.meters.find(PER_CHUNK).timer()).isNull();
	}

	@Test
	void whatIsNoStreamHasItsDurationOnly() {
		this.observed.complete(REQUEST).block(LIMIT);
		assertThat(timer(DURATION).count()).isOne();
		assertThat(this.meters.find(FIRST).meters()).isEmpty();
		assertThat(this.meters.find(PER_CHUNK).meters()).isEmpty();
	}

	@Test
	void streamWithoutTextHasItsDurationOnly() {
		this.server.enqueue(Reply.error(529, "overloaded_error", "Overloaded"));
		failure(CompletionClientException.class, this.observed.stream(REQUEST));
		assertThat(timer(DURATION).count()).isOne();
		assertThat(this.meters.find(FIRST).meters()).isEmpty();
	}

	@ParameterizedTest
	@ValueSource(strings = { DURATION, FIRST, PER_CHUNK })
	void bucketsAreThoseOfOpenTelemetry(String name) {
		this.server.enqueue(threeChunks());
		this.observed.stream(REQUEST).blockLast(LIMIT);
		assertThat(Arrays.stream(timer(name).takeSnapshot().histogramCounts())
			.map((bucket) -> bucket.bucket(TimeUnit.SECONDS))).containsExactly(BUCKETS);
		CountAtBucket[] counts = timer(name).takeSnapshot().histogramCounts();
		assertThat(counts[counts.length - 1].count()).isEqualTo((double) timer(name).count());
	}

	@Test
	void bucketsThatAreSetBeatOurs() {
		double[] set = { 1e9 };
		this.meters.config().meterFilter(new MeterFilter() {

			@Override
			public DistributionStatisticConfig configure(Meter.Id id, DistributionStatisticConfig config) {
				return DistributionStatisticConfig.builder().serviceLevelObjectives(set).build().merge(config);
			}

		});
		this.server.enqueue(threeChunks());
		this.observed.stream(REQUEST).blockLast(LIMIT);
		assertThat(List.of(timer(DURATION), timer(FIRST), timer(PER_CHUNK)))
			.allSatisfy((timer) -> assertThat(timer.takeSnapshot().histogramCounts()).hasSize(1));
	}

	@Test
	void bucketsThatAreSetFirstBeatOursToo() {
		SimpleMeterRegistry other = new SimpleMeterRegistry();
		other.config().meterFilter(new MeterFilter() {

			@Override
			public DistributionStatisticConfig configure(Meter.Id id, DistributionStatisticConfig config) {
				return DistributionStatisticConfig.builder().serviceLevelObjectives(1e9).build().merge(config);
			}

		}).meterFilter(CompletionMeterObservationHandler.durationBuckets());
		assertThat(other.timer(DURATION).takeSnapshot().histogramCounts()).hasSize(1);
		assertThat(other.timer("other").takeSnapshot().histogramCounts()).hasSize(1);
	}

	@Test
	void metersOfOneNameHaveTheSameTagsHoweverCallsEnd() {
		this.server.enqueue(threeChunks(), threeChunks().cutAfter(2), threeChunks(),
				Reply.error(400, "invalid_request_error", "No"));
		this.observed.stream(REQUEST).blockLast(LIMIT);
		failure(CompletionClientException.class, this.observed.stream(REQUEST));
		this.observed.stream(REQUEST).blockFirst(LIMIT);
		failure(CompletionClientException.class, Flux.from(this.observed.complete(REQUEST)));
		Map<String, Set<Set<String>>> keys = this.meters.getMeters()
			.stream()
			.filter((meter) -> meter.getId().getName().startsWith("gen_ai"))
			.collect(Collectors.groupingBy((meter) -> meter.getId().getName(),
					Collectors.mapping(
							(meter) -> meter.getId().getTags().stream().map(Tag::getKey).collect(Collectors.toSet()),
							Collectors.toSet())));
		assertThat(keys).containsKeys(DURATION, FIRST, PER_CHUNK)
			.allSatisfy((name, sets) -> assertThat(sets).as(name).hasSize(1));
		assertThat(keys.get(FIRST)).containsExactly(
				Set.of("gen_ai.operation.name", "gen_ai.provider.name", "gen_ai.request.model", "gen_ai.response.model",
						"server.address", "server.port", "error.type", "completion.status", "completion.client"));
		assertThat(this.meters.find(FIRST).timers()).extracting((timer) -> timer.getId().getTag("completion.status"))
			.containsExactlyInAnyOrder("completed", "error", "cancelled");
	}

	@Test
	void namesOfModelsDoNotMakeMetersWithoutBound() {
		for (int i = 0; i < 150; i++) {
			this.server.enqueue(Reply.text("Hi"));
			this.observed.complete(REQUEST.toBuilder().model("model-" + i).build()).block(LIMIT);
		}
		assertThat(this.meters.find(DURATION).timers())
			.extracting((timer) -> timer.getId().getTag("gen_ai.request.model"))
			.contains("model-0", "other")
			.hasSizeBetween(50, 101);
	}

	private static String usage(String counts) {
		return "{\"id\":\"msg_1\",\"type\":\"message\",\"model\":\"claude-2.1\",\"content\":\"Hi\","
				+ "\"stop_reason\":\"end_turn\",\"usage\":{" + counts + "}}";
	}

	private DistributionSummary tokens(String type) {
		return this.meters.get(TOKENS).tag("gen_ai.token.type", type).summary();
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void tokensOfACallAreRecorded(boolean stream) {
		String body = usage("\"input_tokens\":10,\"output_tokens\":7,\"cache_creation_input_tokens\":200,"
				+ "\"cache_read_input_tokens\":3000");
		try (CompletionClient client = this.observed.mutate().name("bulk").api(CompletionApi.MESSAGES).build()) {
			for (int i = 0; i < 2; i++) {
				this.server.enqueue(Reply.body(200, "application/json", body));
				Flux.from(stream ? client.stream(REQUEST) : client.complete(REQUEST)).blockLast(LIMIT);
			}
		}
		assertThat(tokens("input").count()).isEqualTo(2);
		assertThat(tokens("input").totalAmount()).isEqualTo(2 * 3210);
		assertThat(tokens("output").totalAmount()).isEqualTo(2 * 7);
		assertThat(tokens("input").getId().getBaseUnit()).isEqualTo("token");
		assertThat(tokens("input").getId().getTag("completion.client")).isEqualTo("bulk");
	}

	@Test
	void tokensThatAreNotReportedAreNotRecorded() {
		this.server.enqueue(Reply.text("Hi"), Reply.text("Hi").cutAfter(1));
		this.observed.complete(REQUEST).block(LIMIT);
		failure(CompletionClientException.class, this.observed.stream(REQUEST));
		assertThat(this.meters.find(TOKENS).meters()).isEmpty();
	}

	@Test
	void tokensOfACallThatFailsAreNotRecorded() {
		try (CompletionClient client = this.observed.mutate().api(CompletionApi.MESSAGES).build()) {
			this.server.enqueue(Reply.events(MessageEvents.START + MessageEvents.text(0, "a", "b")));
			failure(CompletionClientException.class, client.stream(REQUEST));
		}
		assertThat(timer(DURATION).count()).isOne();
		assertThat(this.meters.find(TOKENS).meters()).isEmpty();
	}

	@Test
	void bucketsOfTokensAreThoseOfOpenTelemetry() {
		try (CompletionClient client = this.observed.mutate().api(CompletionApi.MESSAGES).build()) {
			this.server
				.enqueue(Reply.body(200, "application/json", usage("\"input_tokens\":70000000,\"output_tokens\":1")));
			client.complete(REQUEST).block(LIMIT);
		}
		CountAtBucket[] buckets = tokens("input").takeSnapshot().histogramCounts();
		assertThat(buckets).extracting(CountAtBucket::bucket)
			.containsExactly(1.0, 4.0, 16.0, 64.0, 256.0, 1024.0, 4096.0, 16384.0, 65536.0, 262144.0, 1048576.0,
					4194304.0, 16777216.0, 67108864.0);
		assertThat(buckets).extracting(CountAtBucket::count).containsOnly(0.0);
		assertThat(tokens("output").takeSnapshot().histogramCounts()[0].count()).isOne();
	}

	@Test
	void registryMustNotBeNull() {
		assertThatExceptionOfType(IllegalArgumentException.class)
			.isThrownBy(() -> new CompletionMeterObservationHandler(null))
			.withMessage("'meterRegistry' must not be null");
	}

}
