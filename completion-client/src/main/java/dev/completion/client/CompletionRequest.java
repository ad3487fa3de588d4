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
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

import org.springframework.util.Assert;
import org.springframework.util.LinkedCaseInsensitiveMap;

/**
 * A request to complete a prompt. What is not set is taken from the client's defaults,
 * and else left out of what is sent.
 * <p>
 * Instances are immutable.
 *
 * @since 0.1.0
 */
public final class CompletionRequest {

	// the methods to use instead of an additional property
	private static final Map<String, String> TYPED_PROPERTIES = Map.of("model", "model()", "prompt", "prompt()",
			"max_tokens_to_sample", "maxTokensToSample()", "stop_sequences", "stopSequences()", "temperature",
			"temperature()", "top_p", "topP()", "top_k", "topK()", "metadata", "userId()", "stream",
			"CompletionClient.stream()");

	private final @Nullable Model model;

	private final @Nullable Prompt prompt;

	private final @Nullable Integer maxTokensToSample;

	private final @Nullable List<String> stopSequences;

	private final @Nullable Double temperature;

	private final @Nullable Double topP;

	private final @Nullable Integer topK;

	private final @Nullable String userId;

	private final @Nullable Duration timeout;

	private final Map<String, String> headers;

	private final Map<String, Object> additionalProperties;

	private CompletionRequest(Builder builder) {
		this.model = builder.model;
		this.prompt = builder.prompt;
		this.maxTokensToSample = builder.maxTokensToSample;
		this.stopSequences = builder.stopSequences;
		this.temperature = builder.temperature;
		this.topP = builder.topP;
		this.topK = builder.topK;
		this.userId = builder.userId;
		this.timeout = builder.timeout;
		this.headers = Collections.unmodifiableMap(new LinkedHashMap<>(builder.headers));
		this.additionalProperties = Collections.unmodifiableMap(new LinkedHashMap<>(builder.additionalProperties));
	}

	/**
	 * Return a builder with nothing set.
	 * @return the builder
	 */
	public static Builder builder() {
		return new Builder();
	}

	static CompletionRequest of(Consumer<Builder> spec) {
		Builder builder = builder();
		spec.accept(builder);
		return builder.build();
	}

	/**
	 * Return a builder that starts from this request.
	 * @return the builder
	 */
	public Builder toBuilder() {
		return new Builder().apply(this);
	}

	/**
	 * Lay this request over the given defaults, and check that nothing is missing.
	 * @param defaults what to use where this request has nothing set
	 * @return the request to send
	 * @throws IllegalArgumentException if a required field is set in neither
	 */
	CompletionRequest withDefaults(CompletionRequest defaults) {
		CompletionRequest merged = withDefaultsForCount(defaults);
		require(merged.maxTokensToSample, "maxTokensToSample", "completion.defaults.max-tokens-to-sample");
		return merged;
	}

	/**
	 * Apply the given defaults to this request, and check that it has what is required to
	 * count its tokens.
	 * @param defaults what to use where this request has nothing set
	 * @return the request whose tokens are counted
	 * @throws IllegalArgumentException if a required field is set in neither
	 */
	CompletionRequest withDefaultsForCount(CompletionRequest defaults) {
		CompletionRequest merged = defaults.toBuilder().apply(this).build();
		require(merged.model, "model", "completion.defaults.model");
		require(merged.prompt, "prompt", null);
		return merged;
	}

	private static void require(@Nullable Object value, String field, @Nullable String property) {
		Assert.isTrue(value != null, () -> "'" + field + "' must be set: on the request"
				+ ((property != null) ? ", in the client's defaults, or by the property " + property : ""));
	}

	@Nullable Model model() {
		return this.model;
	}

	@Nullable Prompt prompt() {
		return this.prompt;
	}

	@Nullable Integer maxTokensToSample() {
		return this.maxTokensToSample;
	}

	@Nullable List<String> stopSequences() {
		return this.stopSequences;
	}

	@Nullable Double temperature() {
		return this.temperature;
	}

	@Nullable Double topP() {
		return this.topP;
	}

	@Nullable Integer topK() {
		return this.topK;
	}

	@Nullable String userId() {
		return this.userId;
	}

	@Nullable Duration timeout() {
		return this.timeout;
	}

	Map<String, String> headers() {
		return this.headers;
	}

	Map<String, Object> additionalProperties() {
		return this.additionalProperties;
	}

	/**
	 * Return what is set, without the prompt, the user id and the values of headers and
	 * additional properties.
	 */
	@Override
	public String toString() {
		return "CompletionRequest[model=" + this.model + ", prompt="
				+ ((this.prompt != null) ? this.prompt.length() + " characters" : null) + ", maxTokensToSample="
				+ this.maxTokensToSample + ", temperature=" + this.temperature + ", topP=" + this.topP + ", topK="
				+ this.topK + ", timeout=" + this.timeout + ", headers=" + this.headers.keySet()
				+ ", additionalProperties=" + this.additionalProperties.keySet() + "]";
	}

	/**
	 * Builder of {@link CompletionRequest}. Every method refuses a bad value at once,
	 * with an {@link IllegalArgumentException}.
	 */
	public static final class Builder {

		private static final int MAX_USER_ID_LENGTH = 512;

		private @Nullable Model model;

		private @Nullable Prompt prompt;

		private @Nullable Integer maxTokensToSample;

		private @Nullable List<String> stopSequences;

		private @Nullable Double temperature;

		private @Nullable Double topP;

		private @Nullable Integer topK;

		private @Nullable String userId;

		private @Nullable Duration timeout;

		private final Map<String, String> headers = new LinkedCaseInsensitiveMap<>();

		private final Map<String, Object> additionalProperties = new LinkedHashMap<>();

		private Builder() {
		}

		/**
		 * Set the model.
		 * @param model the model
		 * @return this builder
		 */
		public Builder model(Model model) {
			Assert.notNull(model, "'model' must not be null");
			this.model = model;
			return this;
		}

		/**
		 * Set the model by its id.
		 * @param model the id of the model; must not be blank
		 * @return this builder
		 */
		public Builder model(String model) {
			Assert.hasText(model, "'model' must not be blank");
			return model(Model.of(model));
		}

		/**
		 * Set the prompt: a question, or a whole prompt in the wire form of the Text
		 * Completions API.
		 * <p>
		 * A text that contains a {@code "\n\nHuman:"} turn, and a later
		 * {@code "\n\nAssistant:"} turn, is in the wire form. It is sent unchanged to the
		 * Text Completions API, and turn by turn to the Messages API. At the beginning of
		 * the text, the line feeds before {@code Human:} may be missing. Any other text
		 * is a single turn of the human, as with {@link Prompt#human(String)}.
		 * <p>
		 * Do not use this method for text that comes from users, files or tables, since
		 * it may contain turns: use {@link Prompt} or {@link PromptTemplate}.
		 * @param prompt the prompt; must not be blank
		 * @return this builder
		 * @see Prompt#raw(String)
		 */
		public Builder prompt(String prompt) {
			return prompt(Prompt.of(prompt));
		}

		/**
		 * Set the prompt.
		 * @param prompt the prompt
		 * @return this builder
		 */
		public Builder prompt(Prompt prompt) {
			Assert.notNull(prompt, "'prompt' must not be null");
			this.prompt = prompt;
			return this;
		}

		/**
		 * Set the most tokens to produce. The server may end sooner. More than the model
		 * can do is capped by the Text Completions API, and refused by the Messages API,
		 * where what the model thinks counts as well.
		 * @param maxTokensToSample the number of tokens; at least 1
		 * @return this builder
		 */
		public Builder maxTokensToSample(int maxTokensToSample) {
			Assert.isTrue(maxTokensToSample >= 1,
					() -> "'maxTokensToSample' must be at least 1, not " + maxTokensToSample);
			this.maxTokensToSample = maxTokensToSample;
			return this;
		}

		/**
		 * Set the sequences that end the text. {@code "\n\nHuman:"} always does.
		 * @param stopSequences the sequences; none may be empty, and the API refuses one
		 * of nothing but white space
		 * @return this builder
		 */
		public Builder stopSequences(String... stopSequences) {
			Assert.notNull(stopSequences, "'stopSequences' must not be null");
			for (String stopSequence : stopSequences) {
				Assert.hasLength(stopSequence, "'stopSequences' must not hold an empty sequence");
			}
			this.stopSequences = List.of(stopSequences);
			return this;
		}

		/**
		 * Set the amount of randomness. Models after Claude Opus 4.6 accept none of the
		 * three sampling parameters at other than their default.
		 * @param temperature a number from 0 to 1
		 * @return this builder
		 */
		public Builder temperature(double temperature) {
			this.temperature = fraction("temperature", temperature);
			return this;
		}

		/**
		 * Set the share of probability from which tokens are drawn.
		 * @param topP a number from 0 to 1
		 * @return this builder
		 */
		public Builder topP(double topP) {
			this.topP = fraction("topP", topP);
			return this;
		}

		/**
		 * Set the number of likeliest tokens to draw from.
		 * @param topK the number; at least 0
		 * @return this builder
		 */
		public Builder topK(int topK) {
			Assert.isTrue(topK >= 0, () -> "'topK' must not be negative, but is " + topK);
			this.topK = topK;
			return this;
		}

		/**
		 * Set an opaque id of the person on whose behalf the request is made; it is sent
		 * as {@code metadata.user_id} and must not identify the person.
		 * @param userId the id; not blank, at most 512 characters
		 * @return this builder
		 */
		public Builder userId(String userId) {
			Assert.hasText(userId, "'userId' must not be blank");
			Assert.isTrue(userId.length() <= MAX_USER_ID_LENGTH,
					() -> "'userId' must not be longer than " + MAX_USER_ID_LENGTH + " characters");
			this.userId = userId;
			return this;
		}

		/**
		 * Add a header to the request. It replaces a header of the same name that the
		 * client sends by default.
		 * @param name the name; not one that the client sets itself, such as
		 * {@code x-api-key}, {@code anthropic-version} or {@code content-type}
		 * @param value the value
		 * @return this builder
		 */
		public Builder header(String name, String value) {
			CustomHeaders.check(name, value);
			this.headers.put(name, value);
			return this;
		}

		/**
		 * Set the longest time that the whole call may take.
		 * @param timeout the limit, at least one millisecond
		 * @return this builder
		 */
		public Builder timeout(Duration timeout) {
			Assert.notNull(timeout, "'timeout' must not be null");
			this.timeout = Timeouts.checked("timeout", timeout);
			return this;
		}

		/**
		 * Add a property that has no method of its own to the body of the request. The
		 * API must support the property. With {@link CompletionApi#AUTO}, a request with
		 * a property that only the Messages API supports is sent to that API:
		 * {@code thinking}, {@code output_config}, {@code cache_control},
		 * {@code service_tier}, {@code context_management} or {@code inference_geo}.
		 * @param name the name on the wire; not one that has a method
		 * @param value the value; anything that Jackson can write
		 * @return this builder
		 */
		public Builder additionalProperty(String name, Object value) {
			Assert.hasText(name, "'additionalProperty' must have a name");
			String method = TYPED_PROPERTIES.get(name);
			Assert.isTrue(method == null,
					() -> "'additionalProperty' must not be '" + name + "': use " + method + " instead");
			Assert.notNull(value, () -> "'additionalProperty' must have a value, but '" + name + "' has none");
			this.additionalProperties.put(name, value);
			return this;
		}

		/**
		 * Build the request.
		 * @return the request
		 */
		public CompletionRequest build() {
			return new CompletionRequest(this);
		}

		private Builder apply(CompletionRequest request) {
			this.model = either(request.model, this.model);
			this.prompt = either(request.prompt, this.prompt);
			this.maxTokensToSample = either(request.maxTokensToSample, this.maxTokensToSample);
			this.stopSequences = either(request.stopSequences, this.stopSequences);
			this.temperature = either(request.temperature, this.temperature);
			this.topP = either(request.topP, this.topP);
			this.topK = either(request.topK, this.topK);
			this.userId = either(request.userId, this.userId);
			this.timeout = either(request.timeout, this.timeout);
			this.headers.putAll(request.headers);
			this.additionalProperties.putAll(request.additionalProperties);
			return this;
		}

		private static <T> @Nullable T either(@Nullable T preferred, @Nullable T other) {
			return (preferred != null) ? preferred : other;
		}

		private static double fraction(String name, double value) {
			Assert.isTrue(value >= 0 && value <= 1, () -> "'" + name + "' must be from 0 to 1, not " + value);
			return value;
		}

	}

}
