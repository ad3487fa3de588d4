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

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import org.springframework.util.Assert;

/**
 * Text that the model produced: all of it, or one delta of a stream.
 *
 * @param id the id of the completion, the same in every delta of a stream; empty if the
 * server sent none, as old servers do
 * @param completion the text, or the next piece of it; may be empty. That of the Text
 * Completions API normally begins with a space
 * @param stopReason why the text ended; {@code null} in every delta but the last
 * @param model the model that answered, which may be a more exact name than the one asked
 * for
 * @param type always {@code completion}, whichever API answered
 * @param stop the stop sequence that ended the text, or {@code null}; at a natural end,
 * {@code "\n\nHuman:"}, as the Text Completions API has it, from the Messages API too
 * @param additionalProperties what else the server sent that is not null, by its name on
 * the wire, such as the Messages API's {@code usage}, which comes with the last delta of
 * a stream; not modifiable
 * @since 0.1.0
 */
public record Completion(String id, String completion, @Nullable StopReason stopReason, Model model, String type,
		@Nullable String stop, Map<String, Object> additionalProperties) {

	/**
	 * Key of the Reactor context that tells a stream that its text is joined.
	 */
	static final Object JOINED = new Object();

	/**
	 * Fold a stream into one completion, as in
	 * {@code client.stream(request).as(Completion::join)}: the texts joined, everything
	 * else as in the last delta that had it. The client's {@linkplain Limits limit} on
	 * text applies.
	 * @param deltas the stream
	 * @return the whole completion; empty if the stream is
	 */
	public static Mono<Completion> join(Flux<Completion> deltas) {
		return deltas.collect(Joiner::new, Joiner::add)
			.mapNotNull(Joiner::completion)
			.contextWrite((context) -> context.put(JOINED, true));
	}

	/**
	 * Create a completion with the given text for tests that replace the client. It has
	 * the stop reason {@link StopReason#STOP_SEQUENCE}, as at the natural end of a text,
	 * an empty id, and the model {@code test}.
	 * @param completion the text, which may be empty
	 * @return the completion
	 */
	public static Completion of(String completion) {
		Assert.notNull(completion, "'completion' must not be null");
		return new Completion("", completion, StopReason.STOP_SEQUENCE, Model.of("test"), "completion",
				PromptParts.HUMAN, Map.of());
	}

	Completion withText(String text) {
		return new Completion(this.id, text, this.stopReason, this.model, this.type, this.stop,
				this.additionalProperties);
	}

	Completion withStopReason(StopReason stopReason) {
		return new Completion(this.id, this.completion, stopReason, this.model, this.type, this.stop,
				this.additionalProperties);
	}

	private static final class Joiner {

		private final StringBuilder text = new StringBuilder();

		private final Map<String, Object> additionalProperties = new LinkedHashMap<>();

		private @Nullable Completion last;

		private String id = "";

		private @Nullable StopReason stopReason;

		private @Nullable String stop;

		private void add(Completion delta) {
			this.text.append(delta.completion());
			this.additionalProperties.putAll(delta.additionalProperties());
			this.id = delta.id().isEmpty() ? this.id : delta.id();
			this.stopReason = (delta.stopReason() != null) ? delta.stopReason() : this.stopReason;
			this.stop = (delta.stop() != null) ? delta.stop() : this.stop;
			this.last = delta;
		}

		private @Nullable Completion completion() {
			if (this.last == null) {
				return null;
			}
			return new Completion(this.id, this.text.toString(), this.stopReason, this.last.model(), this.last.type(),
					this.stop, Collections.unmodifiableMap(this.additionalProperties));
		}

	}

}
