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
import java.util.Objects;
import java.util.function.LongConsumer;

import dev.completion.client.error.CompletionClientException;
import io.micrometer.common.KeyValues;
import io.micrometer.observation.Observation;
import io.micrometer.observation.transport.Kind;
import io.micrometer.observation.transport.SenderContext;
import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpHeaders;

/**
 * What is known of a call that is observed. Key values are taken from it when the call
 * begins, when nothing is known of the answer, and when it has ended.
 *
 * @since 0.1.0
 */
public final class CompletionObservationContext extends SenderContext<CompletionObservationContext> {

	// times that are kept, of four bytes each; all are recorded before the last delta is
	// handed on
	private static final int MAX_CHUNK_TIMES = 4 * 1024;

	private final CompletionRequest request;

	private final Call call;

	private final String client;

	private final ServerAddress server;

	private final long start = System.nanoTime();

	// a call may be cancelled by any thread

	private volatile @Nullable Completion completion;

	private volatile boolean complete;

	private volatile boolean cancelled;

	private volatile int chunkCount;

	private volatile long firstChunk;

	private long lastChunk;

	private volatile int @Nullable [] chunkTimes;

	private volatile boolean keyValues;

	private volatile boolean named;

	/**
	 * Create a context of a call that begins now.
	 * @param request the request, complete
	 * @param call the call
	 * @param client the name of the client
	 * @param server the server that is called
	 */
	CompletionObservationContext(CompletionRequest request, Call call, String client, ServerAddress server) {
		// for the kind of its span only: what WebClient observes carries the trace
		super((carrier, key, value) -> {
		}, Kind.CLIENT);
		setCarrier(this);
		this.request = request;
		this.call = call;
		this.client = client;
		this.server = server;
	}

	/**
	 * Return the name of the client.
	 * @return the name
	 * @see CompletionClient.Builder#name(String)
	 */
	public String getClientName() {
		return this.client;
	}

	/**
	 * Return the model that is asked for. Its name may be anything.
	 * @return the model
	 * @see #getRequestModelTag()
	 */
	public Model getRequestModel() {
		return Objects.requireNonNull(this.request.model());
	}

	/**
	 * Return the name of the model that is asked for if it is known, as is one that a
	 * server has answered for, and the default of a client that is no variant; at most a
	 * hundred are.
	 * @return the name, or {@code other}
	 */
	public String getRequestModelTag() {
		return this.server.models().bounded(getRequestModel());
	}

	/**
	 * Return the name of the model that answered if it is known, in the same way.
	 * @return the name, {@code other}, or {@code null} if there was no answer
	 */
	public @Nullable String getResponseModelTag() {
		Completion completion = this.completion;
		return (completion != null) ? this.server.models().bounded(completion.model()) : null;
	}

	/**
	 * Return the most tokens to sample.
	 * @return the number of tokens
	 */
	public int getMaxTokensToSample() {
		return Objects.requireNonNull(this.request.maxTokensToSample());
	}

	/**
	 * Return the temperature.
	 * @return the temperature, or {@code null} if it is not set
	 */
	public @Nullable Double getTemperature() {
		return this.request.temperature();
	}

	/**
	 * Return the setting of top-k sampling.
	 * @return the number of tokens, or {@code null} if it is not set
	 */
	public @Nullable Integer getTopK() {
		return this.request.topK();
	}

	/**
	 * Return the setting of nucleus sampling.
	 * @return the probability, or {@code null} if it is not set
	 */
	public @Nullable Double getTopP() {
		return this.request.topP();
	}

	/**
	 * Return the stop sequences.
	 * @return the sequences, empty if none are set
	 */
	public List<String> getStopSequences() {
		return Objects.requireNonNullElse(this.request.stopSequences(), List.of());
	}

	/**
	 * Return the prompt. It is somebody's content: do not put it into key values unasked.
	 * @return the prompt in the wire form of the Text Completions API
	 */
	public String getPrompt() {
		return Objects.requireNonNull(this.request.prompt()).toString();
	}

	/**
	 * Return the text so far. It is somebody's content: do not put it into key values
	 * unasked.
	 * @return the text, which may be empty
	 */
	public String getText() {
		Completion completion = this.completion;
		return isStream() ? this.call.text() : (completion != null) ? completion.completion() : "";
	}

	/**
	 * Return whether the answer is asked for as a stream.
	 * @return whether it is a stream
	 */
	public boolean isStream() {
		return this.call.isStream();
	}

	/**
	 * Return the host of the base URL.
	 * @return the host
	 */
	public String getServerAddress() {
		return this.server.address();
	}

	/**
	 * Return the port of the base URL, also where it is the default one of its scheme.
	 * @return the port
	 */
	public int getServerPort() {
		return this.server.port();
	}

	/**
	 * Return the API that was asked last.
	 * @return the API, or {@code null} if none was
	 */
	public @Nullable CompletionApi getApi() {
		return (getAttempts() > 0) ? this.call.api() : null;
	}

	/**
	 * Return the number of requests that were made.
	 * @return the number of requests
	 */
	public int getAttempts() {
		return this.call.attempts();
	}

	/**
	 * Return the headers of the last response.
	 * @return the headers, or {@code null} if there was no response
	 */
	public @Nullable HttpHeaders getResponseHeaders() {
		ApiResponse response = this.call.response();
		return (response != null) ? response.headers() : null;
	}

	/**
	 * Return the server's id of the last request.
	 * @return the request id, or {@code null} if the server sent none
	 */
	public @Nullable String getRequestId() {
		ApiResponse response = this.call.response();
		if (response != null && response.requestId() != null) {
			return response.requestId();
		}
		return (getError() instanceof CompletionClientException error) ? error.requestId() : null;
	}

	/**
	 * Return the completion, or the last delta of a stream.
	 * @return the completion, or {@code null} if there is none
	 */
	public @Nullable Completion getCompletion() {
		return this.completion;
	}

	/**
	 * Return the token usage of the call.
	 * @return the usage, or {@code null} if the server has not reported it
	 */
	public @Nullable Usage getUsage() {
		Completion completion = this.completion;
		return (completion != null) ? Usage.of(completion) : null;
	}

	/**
	 * Return whether the call has its whole answer.
	 * @return whether it is complete
	 */
	public boolean isComplete() {
		return this.complete;
	}

	/**
	 * Return whether the call was cancelled before its answer was complete.
	 * @return whether it was cancelled
	 */
	public boolean isCancelled() {
		return this.cancelled;
	}

	/**
	 * Return the number of chunks, which are the deltas of a stream that have text.
	 * @return the number of chunks, 0 if the answer is no stream
	 */
	public int getChunkCount() {
		return this.chunkCount;
	}

	/**
	 * Return the time from the beginning of the call to the first chunk, with all
	 * attempts and waits between.
	 * @return the time, or {@code null} if there was no chunk
	 */
	public @Nullable Duration getTimeToFirstChunk() {
		return (this.chunkCount > 0) ? Duration.ofNanos(this.firstChunk - this.start) : null;
	}

	@Override
	public Observation.Context addHighCardinalityKeyValues(KeyValues keyValues) {
		super.addHighCardinalityKeyValues(keyValues);
		this.keyValues = true;
		return this;
	}

	@Override
	public void setContextualName(@Nullable String contextualName) {
		super.setContextualName(contextualName);
		this.named = true;
	}

	/**
	 * Return whether a convention has given its key values: its part of the beginning.
	 */
	boolean hasKeyValues() {
		return this.keyValues;
	}

	/**
	 * Return whether a convention has given the contextual name: its part of the end.
	 */
	boolean isNamed() {
		return this.named;
	}

	/**
	 * Note that a completion has arrived.
	 * @return whether it is the last
	 */
	boolean arrived(Completion completion) {
		if (this.completion == null) {
			this.server.models().add(getRequestModel());
			this.server.models().add(completion.model());
		}
		if (isStream() && !completion.completion().isEmpty()) {
			chunkArrived(System.nanoTime());
		}
		this.completion = completion;
		this.complete = this.call.isLast(completion);
		return this.complete;
	}

	private void chunkArrived(long now) {
		int count = this.chunkCount;
		if (count == 0) {
			this.firstChunk = now;
		}
		else {
			keep(count - 1, now - this.lastChunk);
		}
		this.lastChunk = now;
		this.chunkCount = count + 1;
	}

	private void keep(int index, long time) {
		int[] times = this.chunkTimes;
		if (times == null || index >= MAX_CHUNK_TIMES) {
			return;
		}
		if (index == times.length) {
			times = Arrays.copyOf(times, times.length * 2);
			this.chunkTimes = times;
		}
		times[index] = (int) Math.min(time / 1000, Integer.MAX_VALUE);
	}

	void cancelled() {
		this.cancelled = true;
	}

	/**
	 * Have the times between chunks kept from now on.
	 */
	void keepChunkTimes() {
		this.chunkTimes = new int[64];
	}

	/**
	 * Hand over the time from each chunk to the next, in microseconds, if they were kept.
	 */
	void forEachChunkTime(LongConsumer consumer) {
		int[] times = this.chunkTimes;
		int count = (times != null) ? Math.min(this.chunkCount - 1, times.length) : 0;
		for (int i = 0; i < count; i++) {
			consumer.accept(Objects.requireNonNull(times)[i]);
		}
	}

}
