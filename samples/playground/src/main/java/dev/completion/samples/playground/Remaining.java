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

package dev.completion.samples.playground;

import java.util.List;
import java.util.stream.Stream;

import dev.completion.client.RateLimits;
import org.jspecify.annotations.Nullable;

/**
 * What is left of a rate limit.
 *
 * @param name what is limited
 * @param remaining how much is left
 * @param limit how much there is, if that is known
 */
record Remaining(String name, long remaining, @Nullable Long limit) {

	static List<Remaining> of(RateLimits limits) {
		return Stream
			.of(of("requests", limits.requests()), of("input tokens", limits.inputTokens()),
					of("output tokens", limits.outputTokens()))
			.flatMap(Stream::ofNullable)
			.toList();
	}

	private static @Nullable Remaining of(String name, RateLimits.Limit limit) {
		Long remaining = limit.remaining();
		return (remaining != null) ? new Remaining(name, remaining, limit.limit()) : null;
	}

}
