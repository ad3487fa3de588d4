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

import java.util.List;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;

import org.jspecify.annotations.Nullable;

/**
 * Token buckets that mirror the rate limits of the {@code anthropic-ratelimit-*} headers.
 * The headers of a response show the limits at the time of its request, so the cost of
 * later requests is subtracted. The number of output tokens of a request is known only
 * when it completes, so the mean is used for it, and for other requests in flight. Not
 * thread-safe.
 */
final class RateLimitMirror {

	private static final double SECONDS_PER_PERIOD = 60;

	private static final double WEIGHT_OF_LAST = 0.05;

	// leaves capacity for other clients that use the same credential
	private static final double SHARE = 0.97;

	private static final double MAX_TOKENS_PER_BYTE = 1;

	private static final double ROUNDING_ERROR = 1e-6;

	private final Bucket requests = new Bucket("requests", 0, (request) -> 1);

	private final Bucket outputTokens = new Bucket("output-tokens", 2, (request) -> this.meanOutputTokens);

	private final List<Bucket> buckets = List.of(this.requests,
			new Bucket("input-tokens", 1, (request) -> request.size() * this.tokensPerByte), this.outputTokens);

	// 1 until the mean is known, so that a request is sent if any tokens are left
	private double meanOutputTokens = 1;

	// for English text, until the server reports the number of input tokens
	private double tokensPerByte = 0.25;

	private boolean knowsOutputTokens;

	private boolean knowsInputTokens;

	/**
	 * Return the maximum rate in requests per second, as far as a limit is known.
	 */
	double maxPerSecond() {
		return this.requests.isKnown() ? SHARE * this.requests.limit / SECONDS_PER_PERIOD : Double.POSITIVE_INFINITY;
	}

	/**
	 * Return the time until the given request can be sent, in seconds. A request that is
	 * larger than a limit can be sent when the limit is not used at all.
	 */
	double timeUntilAvailable(PacedRequest request, double now) {
		double longest = 0;
		for (Bucket bucket : this.buckets) {
			longest = Math.max(longest, bucket.timeUntilAvailable(request, now));
		}
		return Math.min(longest, SECONDS_PER_PERIOD);
	}

	/**
	 * Return whether a limit of tokens is known.
	 */
	boolean limitsTokens() {
		return this.buckets.stream().anyMatch((bucket) -> bucket != this.requests && bucket.isKnown());
	}

	/**
	 * Record that the given request is sent.
	 */
	void sent(PacedRequest request) {
		for (Bucket bucket : this.buckets) {
			bucket.sent(request);
		}
	}

	/**
	 * Record that the given request was refused and did not count towards the limits.
	 */
	void refused(PacedRequest request) {
		this.buckets.forEach((bucket) -> bucket.refused(request));
	}

	/**
	 * Read the headers of the response to the given request.
	 */
	void responded(PacedRequest request, Function<String, @Nullable String> headers, double now) {
		this.buckets.forEach((bucket) -> bucket.responded(request, headers, now));
	}

	/**
	 * Record the number of input tokens of a request, without those that were read from a
	 * cache, since they do not count towards the limit.
	 */
	void inputTokens(PacedRequest request, double inputTokens) {
		if (request.size() > 0) {
			// the server may count tokens that do not depend on the size, or report
			// nonsense
			double perByte = Math.min(Math.max(inputTokens, 0) / request.size(), MAX_TOKENS_PER_BYTE);
			double weight = this.knowsInputTokens ? WEIGHT_OF_LAST : 1;
			this.tokensPerByte += weight * (perByte - this.tokensPerByte);
			this.knowsInputTokens = true;
		}
	}

	/**
	 * Record the number of output tokens of a request.
	 */
	void outputTokens(long outputTokens) {
		double weight = this.knowsOutputTokens ? WEIGHT_OF_LAST : 1;
		this.meanOutputTokens += weight * (Math.max(outputTokens, 1) - this.meanOutputTokens);
		this.knowsOutputTokens = true;
	}

	private final class Bucket {

		private final String limitHeader;

		private final String remainingHeader;

		private final int index;

		private final ToDoubleFunction<PacedRequest> cost;

		// 0 if not known
		private double limit;

		private double level;

		private double time;

		// when the request that the latest headers belong to was sent
		private double sentAt = Double.NEGATIVE_INFINITY;

		private double total;

		Bucket(String name, int index, ToDoubleFunction<PacedRequest> cost) {
			this.limitHeader = "anthropic-ratelimit-" + name + "-limit";
			this.remainingHeader = "anthropic-ratelimit-" + name + "-remaining";
			this.index = index;
			this.cost = cost;
		}

		private boolean isKnown() {
			return this.limit > 0;
		}

		private double timeUntilAvailable(PacedRequest request, double now) {
			if (!isKnown()) {
				return 0;
			}
			this.level = Math.min(this.limit, this.level + (now - this.time) * this.limit / SECONDS_PER_PERIOD);
			this.time = now;
			double missing = Math.min(this.cost.applyAsDouble(request), this.limit) - this.level;
			return (missing > ROUNDING_ERROR) ? missing * SECONDS_PER_PERIOD / this.limit : 0;
		}

		private void sent(PacedRequest request) {
			double cost = this.cost.applyAsDouble(request);
			// a single request delays others for no longer than it takes to replenish
			cost = isKnown() ? Math.min(cost, this.limit) : cost;
			this.total += cost;
			this.level -= cost;
			request.costs()[this.index] = cost;
			request.totals()[this.index] = this.total;
		}

		private void refused(PacedRequest request) {
			double cost = request.costs()[this.index];
			this.total -= cost;
			request.totals()[this.index] -= cost;
			this.level += (request.sentAt() > this.sentAt) ? cost : 0;
		}

		private void responded(PacedRequest request, Function<String, @Nullable String> headers, double now) {
			Long limit = RateLimits.number(headers.apply(this.limitHeader));
			Long remaining = (limit != null) ? RateLimits.number(headers.apply(this.remainingHeader)) : null;
			if (limit == null || remaining == null || limit <= 0 || remaining < 0 || request.sentAt() < this.sentAt) {
				return;
			}
			double refilled = (now - request.sentAt()) * limit / SECONDS_PER_PERIOD;
			// less than 0 if requests were refused that were sent earlier
			double sentLater = Math.max(0, this.total - request.totals()[this.index]);
			double notCounted = (this == RateLimitMirror.this.outputTokens)
					? request.othersInFlight() * RateLimitMirror.this.meanOutputTokens : 0;
			this.limit = limit;
			// whatever was sent, the limit is replenished within two periods
			this.level = Math.max((double) -limit, Math.min(limit, remaining + refilled) - sentLater - notCounted);
			this.time = now;
			this.sentAt = request.sentAt();
		}

	}

}
