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
import java.util.Objects;

import dev.completion.client.error.ApiError;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Paces the requests of one call.
 */
final class CallPacing {

	// for English text
	private static final int CHARACTERS_PER_TOKEN = 4;

	private static final Duration MIN_TIME_OF_REFUSAL = Duration.ofSeconds(1);

	private final Pacing settings;

	private final RetryPolicy retry;

	private final Pacers pacers;

	private final Call call;

	private final String model;

	private @Nullable Pacer pacer;

	private @Nullable PacedRequest request;

	private String uri = "";

	private int refusals;

	/**
	 * Create the pacing of a call.
	 * @param settings the settings
	 * @param retry the policy that determines the delays
	 * @param pacers the pacers of the server
	 * @param call the call
	 * @param model the model that is requested, or empty if none is
	 */
	CallPacing(Pacing settings, RetryPolicy retry, Pacers pacers, Call call, String model) {
		this.settings = settings;
		this.retry = retry;
		this.pacers = pacers;
		this.call = call;
		this.model = model;
	}

	/**
	 * Return whether the given failure means that a rate limit refused the request. The
	 * request was not processed and can be resent.
	 */
	static boolean isRefusal(Attempt attempt, AttemptFailure failure) {
		ApiError error = failure.error();
		if (error == null || error.inStream() || !failure.isRepeatable() || !attempt.hasErrorStatus()) {
			return false;
		}
		Duration retryAfter = error.retryAfter();
		return switch (error.status().value()) {
			case 429 -> true;
			case 503, 529 -> retryAfter != null && retryAfter.compareTo(MIN_TIME_OF_REFUSAL) >= 0;
			default -> false;
		};
	}

	/**
	 * Return whether pacing, instead of the retry policy, handles the given failure.
	 */
	boolean handles(Attempt attempt, AttemptFailure failure) {
		return this.request != null && isRefusal(attempt, failure);
	}

	/**
	 * Request permission to send a request.
	 * @return completes when the request may be sent, or {@code null} if it may be sent
	 * immediately
	 */
	@Nullable Mono<Void> admit(ApiRequest apiRequest, Credential credential) {
		if (!this.settings.enabled()) {
			return null;
		}
		Pacer pacer = this.pacer;
		PacedRequest request = this.request;
		// a refused request stays with its pacer, even if the provider has another
		// credential now
		if (pacer == null || request == null || !this.uri.equals(apiRequest.uri())) {
			byte[] body = apiRequest.body();
			request = new PacedRequest((body != null) ? body.length : 0);
			pacer = this.pacers.get(credential, this.model, apiRequest.uri());
			this.request = request;
			this.pacer = pacer;
			this.uri = apiRequest.uri();
		}
		Mono<Void> permission = pacer.admit(request);
		if (permission != null) {
			this.call.waits(pacer::lateFailure);
		}
		return permission;
	}

	/**
	 * Count the given exchange as in flight until it ends.
	 */
	<T> Flux<T> track(Flux<T> exchange) {
		return (this.pacer != null) ? this.pacer.track(exchange) : exchange;
	}

	/**
	 * Record that the call succeeded.
	 * @param last its last result
	 */
	void succeeded(Object last) {
		Pacer pacer = this.pacer;
		if (pacer != null && this.request != null && pacer.limitsTokens() && last instanceof Completion completion) {
			Usage usage = Usage.of(completion);
			Long output = (usage != null) ? usage.outputTokens() : null;
			pacer.completed(this.request, (usage != null) ? limitedInputTokens(usage) : null,
					(output != null) ? output : estimate(completion));
		}
	}

	// tokens written to a cache count towards the limit, tokens read from it do not
	private static @Nullable Double limitedInputTokens(Usage usage) {
		Long input = usage.inputTokens();
		Long written = usage.cacheCreationInputTokens();
		return (input != null) ? (double) input + ((written != null) ? written : 0) : null;
	}

	private long estimate(Completion completion) {
		String text = this.call.isStream() ? this.call.text() : completion.completion();
		return text.length() / CHARACTERS_PER_TOKEN;
	}

	/**
	 * Record the response to the request.
	 */
	void responded(ApiResponse response) {
		if (this.pacer != null && this.request != null && response.isOk()) {
			this.pacer.responded(this.request, response::header);
		}
	}

	/**
	 * Record that the call was cancelled.
	 */
	void cancelled() {
		Pacer pacer = this.pacer;
		PacedRequest request = this.request;
		if (pacer != null && request != null) {
			pacer.notAnswered(request, true);
		}
	}

	/**
	 * Record that the request failed for another reason than a rate limit. Another
	 * attempt may have another credential or endpoint, and so another pacer.
	 */
	void failed(Attempt attempt) {
		if (this.pacer != null && this.request != null) {
			ApiResponse response = attempt.response();
			if (response == null) {
				this.pacer.notAnswered(this.request, attempt.isSent());
			}
			else {
				this.pacer.rejected(this.request, response::header);
			}
		}
		this.pacer = null;
		this.request = null;
	}

	/**
	 * Wait before permission to resend the request is requested.
	 */
	Mono<Long> delay(Duration delay) {
		return Objects.requireNonNull(this.pacer).delay(delay);
	}

	/**
	 * Record that the request was refused.
	 * @return the time to wait before permission to resend it is requested, or
	 * {@code null} if it is not resent
	 */
	@Nullable Duration refused(AttemptFailure failure) {
		ApiError error = Objects.requireNonNull(failure.error());
		Duration retryAfter = error.retryAfter();
		boolean tooLong = retryAfter != null && retryAfter.compareTo(this.retry.maxRetryAfter()) > 0;
		Duration requested = tooLong ? this.retry.maxRetryAfter() : retryAfter;
		Pacer pacer = Objects.requireNonNull(this.pacer);
		PacedRequest request = Objects.requireNonNull(this.request);
		pacer.refused(request, failure.withoutBody(), requested, error.headers()::getFirst);
		this.refusals++;
		if (CallRetry.isForbidden(error)) {
			return null;
		}
		boolean inTime = retryAfter == null || this.call.total().allows(retryAfter);
		if (tooLong || !inTime || this.refusals == this.settings.maxRefusals()) {
			this.call.notRetried(tooLong ? CallRetry.TOO_LONG
					: !inTime ? CallRetry.NOT_IN_TIME : "'completion.pacing.max-refusals' is reached");
			return null;
		}
		if (!request.waitsAlone()) {
			return Duration.ZERO;
		}
		this.call.waits(pacer::lateFailure);
		return CallRetry.wait(this.retry.delay(this.refusals), requested);
	}

}
