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

import io.micrometer.common.docs.KeyName;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationConvention;
import io.micrometer.observation.docs.ObservationDocumentation;

/**
 * The observations of a client, named by the conventions of OpenTelemetry for generative
 * AI where those have a name. They are those of version 1.41 of its semantic conventions,
 * the last before they moved to a repository of their own. They are in development:
 * drafts since then rename {@code gen_ai.client.operation.*}, and names here may follow.
 *
 * @since 0.1.0
 */
public enum CompletionObservationDocumentation implements ObservationDocumentation {

	/**
	 * One call, whether streamed or not, over all of its attempts. It begins with the
	 * subscription, and ends with the last result, with an error, or when it is
	 * cancelled. Its span is that of a client. The HTTP exchanges of its attempts are its
	 * children. A request that lacks a required field, or is too long for any server, is
	 * not observed.
	 * <p>
	 * The error of a call is told as the caller gets it, and so in the server's own
	 * words. They may quote the prompt, also where content is not asked for.
	 */
	COMPLETION {

		@Override
		public String getName() {
			return DURATION;
		}

		@Override
		public Class<? extends ObservationConvention<? extends Observation.Context>> getDefaultConvention() {
			return DefaultCompletionObservationConvention.class;
		}

		@Override
		public KeyName[] getLowCardinalityKeyNames() {
			return LowCardinalityKeyNames.values();
		}

		@Override
		public KeyName[] getHighCardinalityKeyNames() {
			return HighCardinalityKeyNames.values();
		}

		@Override
		public Observation.Event[] getEvents() {
			return Events.values();
		}

	};

	// the names of all meters and their tags are in this file, because drafts of the
	// conventions change them

	static final String DURATION = "gen_ai.client.operation.duration";

	static final String TIME_TO_FIRST_CHUNK = "gen_ai.client.operation.time_to_first_chunk";

	static final String TIME_PER_OUTPUT_CHUNK = "gen_ai.client.operation.time_per_output_chunk";

	static final String TOKEN_USAGE = "gen_ai.client.token.usage";

	static final String TOKEN_UNIT = "token";

	static final String TOKEN_TYPE = "gen_ai.token.type";

	/**
	 * The keys that every observation has, and that meters have as tags.
	 */
	public enum LowCardinalityKeyNames implements KeyName {

		/**
		 * The operation, {@code text_completion}.
		 */
		OPERATION_NAME("gen_ai.operation.name"),

		/**
		 * Whose models are called, {@code anthropic}.
		 */
		PROVIDER_NAME("gen_ai.provider.name"),

		/**
		 * The name of the client.
		 */
		CLIENT("completion.client"),

		/**
		 * The model that was asked for, if it is among the first hundred that the client
		 * and its variants had an answer from, of which the client's default is one from
		 * the beginning; else {@code other}.
		 */
		REQUEST_MODEL("gen_ai.request.model"),

		/**
		 * The model that answered, in the same way; {@code none} if there was no answer.
		 */
		RESPONSE_MODEL("gen_ai.response.model"),

		/**
		 * The host of the base URL.
		 */
		SERVER_ADDRESS("server.address"),

		/**
		 * The port of the base URL.
		 */
		SERVER_PORT("server.port"),

		/**
		 * How the call failed: the type of the error if it is one that the API documents,
		 * else the status, or the class of the exception if there was none; {@code none}
		 * if it did not fail.
		 */
		ERROR_TYPE("error.type"),

		/**
		 * How the call ended: {@code completed}, {@code error} or {@code cancelled}, and
		 * {@code none} while it has not. One that was cancelled has no error.
		 */
		STATUS("completion.status");

		private final String name;

		LowCardinalityKeyNames(String name) {
			this.name = name;
		}

		@Override
		public String asString() {
			return this.name;
		}

	}

	/**
	 * The keys that only traces have, each where there is a value for it. Values are cut
	 * to 256 characters, but for those of content.
	 */
	public enum HighCardinalityKeyNames implements KeyName {

		/**
		 * The name of the model that was asked for, where the key of the same name that
		 * meters have as well is {@code other}.
		 */
		REQUEST_MODEL("gen_ai.request.model"),

		/**
		 * The name of the model that answered, in the same way.
		 */
		RESPONSE_MODEL("gen_ai.response.model"),

		/**
		 * The most tokens to sample.
		 */
		REQUEST_MAX_TOKENS("gen_ai.request.max_tokens"),

		/**
		 * The temperature, if set.
		 */
		REQUEST_TEMPERATURE("gen_ai.request.temperature"),

		/**
		 * The setting of top-k sampling, if set.
		 */
		REQUEST_TOP_K("gen_ai.request.top_k"),

		/**
		 * The setting of nucleus sampling, if set.
		 */
		REQUEST_TOP_P("gen_ai.request.top_p"),

		/**
		 * The stop sequences, if set, as a JSON array.
		 */
		REQUEST_STOP_SEQUENCES("gen_ai.request.stop_sequences"),

		/**
		 * Whether the answer was asked for as a stream.
		 */
		REQUEST_STREAM("gen_ai.request.stream"),

		/**
		 * The id of the completion.
		 */
		RESPONSE_ID("gen_ai.response.id"),

		/**
		 * The stop reason, as a JSON array with one element.
		 */
		RESPONSE_FINISH_REASONS("gen_ai.response.finish_reasons"),

		/**
		 * The seconds until the first text of a stream, counted from the beginning of the
		 * call.
		 */
		RESPONSE_TIME_TO_FIRST_CHUNK("gen_ai.response.time_to_first_chunk"),

		/**
		 * The tokens of the prompt, those of a cache included; never where the API did
		 * not report them.
		 */
		USAGE_INPUT_TOKENS("gen_ai.usage.input_tokens"),

		/**
		 * The tokens of the answer; never where the API did not report them.
		 */
		USAGE_OUTPUT_TOKENS("gen_ai.usage.output_tokens"),

		/**
		 * The prompt, as the JSON of one message; only where content is asked for.
		 */
		INPUT_MESSAGES("gen_ai.input.messages"),

		/**
		 * The text, as the JSON of one message; only where content is asked for.
		 */
		OUTPUT_MESSAGES("gen_ai.output.messages"),

		/**
		 * The API that was asked last: {@code text_completions} or {@code messages}.
		 */
		API("completion.api"),

		/**
		 * The number of requests that were made.
		 */
		ATTEMPTS("completion.attempts"),

		/**
		 * The server's id of the last request.
		 */
		REQUEST_ID("completion.request_id");

		private final String name;

		HighCardinalityKeyNames(String name) {
			this.name = name;
		}

		@Override
		public String asString() {
			return this.name;
		}

	}

	/**
	 * What may happen during a call.
	 */
	public enum Events implements Observation.Event {

		/**
		 * An attempt failed, and there will be another. The contextual name says how, in
		 * the words of {@link LowCardinalityKeyNames#ERROR_TYPE}.
		 */
		RETRY("retry", "retry after %s"),

		/**
		 * The server does not serve the model on the API that was asked first, and the
		 * call goes on with the other one, which the contextual name has.
		 */
		API_SWITCH("api.switch", "switch to %s"),

		/**
		 * The call waits because of a rate limit. It continues when the request may be
		 * sent.
		 */
		RATE_LIMIT_WAIT("rate_limit.wait", "wait for the rate limit");

		private final String name;

		private final String contextualName;

		Events(String name, String contextualName) {
			this.name = name;
			this.contextualName = contextualName;
		}

		@Override
		public String getName() {
			return this.name;
		}

		@Override
		public String getContextualName() {
			return this.contextualName;
		}

	}

}
