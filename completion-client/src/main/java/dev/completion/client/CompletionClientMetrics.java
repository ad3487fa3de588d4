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

import java.util.function.ToDoubleFunction;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.MeterBinder;

import org.springframework.util.Assert;

/**
 * Gauges for the pacing of a client under rate limits:
 * <ul>
 * <li>{@code completion.client.pacing.waiting}, the number of calls that wait because of
 * a rate limit</li>
 * <li>{@code completion.client.pacing.closed}, the number of combinations of credential,
 * model and endpoint for which sending is suspended after a refusal</li>
 * <li>{@code completion.client.pacing.rate}, the estimated maximum rate, in requests per
 * second, at which the client sends requests; the sum if there are several estimates, and
 * {@code NaN} if there is none</li>
 * </ul>
 * They include the calls of {@linkplain CompletionClient#mutate() variants} with the same
 * base URL. Other implementations of {@code CompletionClient}, such as decorators, do not
 * have these gauges.
 * <p>
 * Requires {@code io.micrometer:micrometer-core}.
 *
 * @since 0.1.0
 */
public class CompletionClientMetrics implements MeterBinder {

	private static final String PREFIX = "completion.client.pacing.";

	private final CompletionClient client;

	private final Iterable<Tag> tags;

	/**
	 * Create the metrics of a client.
	 * @param client the client
	 * @param tags the tags of all gauges, which distinguish clients of the same registry
	 */
	public CompletionClientMetrics(CompletionClient client, Iterable<Tag> tags) {
		Assert.notNull(client, "'client' must not be null");
		Assert.notNull(tags, "'tags' must not be null");
		this.client = client;
		this.tags = tags;
	}

	@Override
	public void bindTo(MeterRegistry registry) {
		if (this.client instanceof DefaultCompletionClient ours) {
			Pacers pacers = ours.pacers();
			bind(registry, "waiting", pacers, Pacers::waiting, "Calls that wait because of a rate limit");
			bind(registry, "closed", pacers, Pacers::closed,
					"Combinations of credential, model and endpoint for which sending is suspended");
			bind(registry, "rate", pacers, Pacers::rate, "Estimated rate at which requests are sent, per second");
		}
	}

	private void bind(MeterRegistry registry, String name, Pacers pacers, ToDoubleFunction<Pacers> value,
			String description) {
		// a client may replace one with the same tags
		registry.removeByPreFilterId(new Meter.Id(PREFIX + name, Tags.of(this.tags), null, null, Meter.Type.GAUGE));
		Gauge.builder(PREFIX + name, pacers, value).description(description).tags(this.tags).register(registry);
	}

}
