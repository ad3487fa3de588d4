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
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;

import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.config.MeterFilter;
import io.micrometer.core.instrument.distribution.DistributionStatisticConfig;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import org.jspecify.annotations.Nullable;

import org.springframework.util.Assert;

/**
 * Records the token usage of completed calls and the latency of stream chunks.
 * <p>
 * {@code gen_ai.client.token.usage}, in tokens, has the tag {@code gen_ai.token.type}
 * with the values {@code input} and {@code output}. Input tokens include those that are
 * read from a cache or written to it. Tokens are recorded if the server reports them.
 * <p>
 * Streams are recorded as {@code gen_ai.client.operation.time_to_first_chunk}, and
 * {@code gen_ai.client.operation.time_per_output_chunk} from each chunk to the next, of
 * which the first 4,096 of a stream are recorded. A chunk is a delta with text, and its
 * time is that at which it is handed on, so a subscriber that asks for one element after
 * another adds its own. The tags are the key values of low cardinality.
 * <p>
 * The timer {@code gen_ai.client.operation.duration} is not of this handler, but of
 * Micrometer's {@code DefaultMeterObservationHandler}. It has the same tags and
 * {@code error}, the simple name of the exception.
 * <p>
 * Needs {@code io.micrometer:micrometer-core}. This is no
 * {@link io.micrometer.core.instrument.observation.MeterObservationHandler} on purpose:
 * where only the first of those is used, it would be in the place of Micrometer's own.
 *
 * @since 0.1.0
 */
public class CompletionMeterObservationHandler implements ObservationHandler<CompletionObservationContext> {

	private static final Duration FIRST_BUCKET = Duration.ofMillis(10);

	private static final Duration[] BUCKETS = IntStream.range(0, 14)
		.mapToObj((i) -> FIRST_BUCKET.multipliedBy(1L << i))
		.toArray(Duration[]::new);

	// 1, 4, 16 and so on, as the conventions recommend
	private static final double[] TOKEN_BUCKETS = IntStream.range(0, 14).mapToDouble((i) -> 1L << (2 * i)).toArray();

	private final MeterRegistry meterRegistry;

	/**
	 * Create a handler.
	 * @param meterRegistry the registry to record in
	 */
	public CompletionMeterObservationHandler(MeterRegistry meterRegistry) {
		Assert.notNull(meterRegistry, "'meterRegistry' must not be null");
		this.meterRegistry = meterRegistry;
	}

	/**
	 * Return a filter that gives the duration of calls the histogram buckets that the
	 * other two meters have: 0.01 s, 0.02 s, 0.04 s and so on to 81.92 s. What is
	 * configured otherwise beats them.
	 * @return the filter
	 */
	public static MeterFilter durationBuckets() {
		double[] nanos = Arrays.stream(BUCKETS).mapToDouble(Duration::toNanos).toArray();
		DistributionStatisticConfig buckets = DistributionStatisticConfig.builder()
			.serviceLevelObjectives(nanos)
			.build();
		return new MeterFilter() {

			@Override
			public DistributionStatisticConfig configure(Meter.Id id, DistributionStatisticConfig config) {
				return (id.getType() == Meter.Type.TIMER
						&& id.getName().equals(CompletionObservationDocumentation.DURATION)) ? config.merge(buckets)
								: config;
			}

		};
	}

	@Override
	public boolean supportsContext(Observation.Context context) {
		return context instanceof CompletionObservationContext;
	}

	@Override
	public void onStart(CompletionObservationContext context) {
		if (context.isStream()) {
			context.keepChunkTimes();
		}
	}

	@Override
	public void onStop(CompletionObservationContext context) {
		Usage usage = context.isComplete() ? context.getUsage() : null;
		if (usage != null) {
			tokens("input", usage.allInputTokens(), context);
			tokens("output", usage.outputTokens(), context);
		}
		chunks(context);
	}

	private void tokens(String type, @Nullable Long count, CompletionObservationContext context) {
		if (count == null) {
			return;
		}
		DistributionSummary.builder(CompletionObservationDocumentation.TOKEN_USAGE)
			.description("Tokens of completed calls")
			.baseUnit(CompletionObservationDocumentation.TOKEN_UNIT)
			.tags(tags(context))
			.tag(CompletionObservationDocumentation.TOKEN_TYPE, type)
			.serviceLevelObjectives(TOKEN_BUCKETS)
			.register(this.meterRegistry)
			.record(count);
	}

	private void chunks(CompletionObservationContext context) {
		Duration first = context.getTimeToFirstChunk();
		if (first == null) {
			return;
		}
		timer(CompletionObservationDocumentation.TIME_TO_FIRST_CHUNK,
				"Time from the beginning of a call to its first text", context)
			.record(first);
		if (context.getChunkCount() > 1) {
			Timer timer = timer(CompletionObservationDocumentation.TIME_PER_OUTPUT_CHUNK,
					"Time from one piece of text to the next", context);
			context.forEachChunkTime((micros) -> timer.record(micros, TimeUnit.MICROSECONDS));
		}
	}

	private Timer timer(String name, String description, CompletionObservationContext context) {
		return Timer.builder(name)
			.description(description)
			.tags(tags(context))
			.serviceLevelObjectives(BUCKETS)
			.register(this.meterRegistry);
	}

	private static List<Tag> tags(CompletionObservationContext context) {
		return StreamSupport.stream(context.getLowCardinalityKeyValues().spliterator(), false)
			.map((keyValue) -> Tag.of(keyValue.getKey(), keyValue.getValue()))
			.toList();
	}

}
