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

package dev.completion.server;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Body of a request to {@code /v1/messages}, as far as it matters to the answer.
 *
 * @param model the name of the model
 * @param conversation the system text and the messages
 * @param maxTokens the most tokens to answer with
 * @param stopSequences the stop sequences
 * @param stream whether the answer is to be streamed
 * @param sampling the sampling fields whose values newer models refuse
 * @param thinking the type of thinking that is asked for, or null for what the model does
 * by default
 * @param schema the JSON schema of the text, or null for any text
 * @param cacheTimeToLive the time for which the prompt is cached, or null if it is not
 */
record MessagesParameters(String model, Conversation conversation, int maxTokens, List<String> stopSequences,
		boolean stream, List<String> sampling, @Nullable ThinkingType thinking, @Nullable JsonNode schema,
		@Nullable Duration cacheTimeToLive) {

	/**
	 * Read the body, checking every field of it.
	 * @param body the body
	 * @param allowsSampling whether the version of the API has the sampling fields
	 */
	static MessagesParameters read(JsonNode body, boolean allowsSampling) {
		BodyFields fields = BodyFields.of(body);
		int maxTokens = fields.requiredInteger("max_tokens", 0);
		Conversation conversation = Conversation.read(fields);
		fields.metadata();
		String model = fields.requiredText("model");
		List<String> stopSequences = fields.stopSequences();
		boolean stream = fields.flag("stream");
		List<String> sampling = allowsSampling ? sampling(fields) : List.of();
		ThinkingType thinking = thinking(fields.object("thinking"), maxTokens);
		Duration cacheTimeToLive = cacheTimeToLive(fields.object("cache_control"));
		JsonNode schema = schema(fields.object("output_config"));
		checkFieldsWithoutEffect(fields);
		fields.rejectUnsupported("container", "context_management", "fallbacks", "mcp_servers", "output_format",
				"tool_choice", "tools");
		fields.rejectOthers();
		return new MessagesParameters(model, conversation, maxTokens, stopSequences, stream, sampling, thinking, schema,
				cacheTimeToLive);
	}

	private static List<String> sampling(BodyFields fields) {
		List<String> refused = new ArrayList<>();
		Double temperature = fields.fraction("temperature");
		if (temperature != null && temperature < 1) {
			refused.add("temperature");
		}
		if (fields.optionalInteger("top_k", 0) != null) {
			refused.add("top_k");
		}
		Double topP = fields.fraction("top_p");
		if (topP != null && topP < 0.99) {
			refused.add("top_p");
		}
		return refused;
	}

	static @Nullable ThinkingType thinking(@Nullable BodyFields thinking, int maxTokens) {
		if (thinking == null) {
			return null;
		}
		String name = thinking.type(ThinkingType.NAMES);
		ThinkingType type = ThinkingType.of(name);
		BodyFields fields = thinking.ofType(name);
		fields.requiredString("type");
		ApiException.check(type != ThinkingType.ENABLED || fields.requiredInteger("budget_tokens", 1024) < maxTokens,
				"`max_tokens` must be greater than `thinking.budget_tokens`.");
		if (type.isThinking()) {
			fields.choice("display", "summarized", "omitted");
		}
		fields.rejectOthers();
		return type;
	}

	private static void checkFieldsWithoutEffect(BodyFields fields) {
		fields.object("diagnostics");
		fields.optionalString("inference_geo");
		fields.choice("service_tier", "auto", "standard_only");
		fields.choice("speed", "standard", "fast");
	}

	static @Nullable Duration cacheTimeToLive(@Nullable BodyFields cacheControl) {
		if (cacheControl == null) {
			return null;
		}
		String type = cacheControl.type(List.of("ephemeral"));
		BodyFields fields = cacheControl.ofType(type);
		fields.requiredString("type");
		String timeToLive = fields.choice("ttl", "5m", "1h");
		fields.rejectOthers();
		return "1h".equals(timeToLive) ? Duration.ofHours(1) : Duration.ofMinutes(5);
	}

	static @Nullable JsonNode schema(@Nullable BodyFields outputConfig) {
		if (outputConfig == null) {
			return null;
		}
		outputConfig.choice("effort", "low", "medium", "high", "xhigh", "max");
		BodyFields format = outputConfig.object("format");
		outputConfig.rejectOthers();
		if (format == null) {
			return null;
		}
		format.type(List.of("json_schema"));
		JsonNode schema = format.requiredObject("schema");
		format.requiredString("type");
		format.rejectOthers();
		return schema;
	}

	/**
	 * Refuse what the model does not allow.
	 */
	void checkFor(CatalogueModel model) {
		ApiException.check(this.maxTokens <= model.maxTokens(), "max_tokens: " + this.maxTokens + " > "
				+ model.maxTokens() + ", which is the maximum allowed number of output tokens for " + model.id());
		if (!model.allowsSampling() && !this.sampling.isEmpty()) {
			throw ApiException.invalidRequest("`" + this.sampling.get(0) + "` is deprecated for this model.");
		}
		checkFor(model, this.conversation, this.thinking);
	}

	static void checkFor(CatalogueModel model, Conversation conversation, @Nullable ThinkingType thinking) {
		if (thinking != null) {
			thinking.checkFor(model);
		}
		ApiException.check(model.allowsPrefill() || !conversation.endsWithAssistant(),
				"This model does not support assistant message prefill. "
						+ "The conversation must end with a user message.");
	}

	/**
	 * Return whether the answer begins with a thought.
	 */
	boolean thinks(CatalogueModel model) {
		boolean thinking = (this.thinking != null) ? this.thinking.isThinking() : model.thinksByDefault();
		return thinking && this.maxTokens > 0;
	}

}
