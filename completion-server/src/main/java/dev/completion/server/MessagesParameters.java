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
 */
record MessagesParameters(String model, Conversation conversation, int maxTokens, List<String> stopSequences,
		boolean stream, List<String> sampling, @Nullable String thinking) {

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
		String thinking = thinking(fields.object("thinking"), maxTokens);
		checkFieldsWithoutEffect(fields);
		fields.rejectUnsupported("container", "context_management", "fallbacks", "mcp_servers", "output_format",
				"tool_choice", "tools");
		fields.rejectOthers();
		return new MessagesParameters(model, conversation, maxTokens, stopSequences, stream, sampling, thinking);
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

	private static @Nullable String thinking(@Nullable BodyFields thinking, int maxTokens) {
		if (thinking == null) {
			return null;
		}
		String type = thinking.type(List.of("adaptive", "between_tools", "disabled", "enabled"));
		BodyFields fields = thinking.ofType(type);
		fields.requiredString("type");
		ApiException.check(!type.equals("enabled") || fields.requiredInteger("budget_tokens", 1024) < maxTokens,
				"`max_tokens` must be greater than `thinking.budget_tokens`.");
		if (isThinking(type)) {
			fields.choice("display", "summarized", "omitted");
		}
		fields.rejectOthers();
		return type;
	}

	private static boolean isThinking(String type) {
		return type.equals("adaptive") || type.equals("enabled");
	}

	private static void checkFieldsWithoutEffect(BodyFields fields) {
		fields.object("cache_control");
		fields.object("diagnostics");
		fields.optionalString("inference_geo");
		BodyFields outputConfig = fields.object("output_config");
		if (outputConfig != null) {
			outputConfig.choice("effort", "low", "medium", "high", "xhigh", "max");
			outputConfig.rejectUnsupported("format");
			outputConfig.rejectOthers();
		}
		fields.choice("service_tier", "auto", "standard_only");
		fields.choice("speed", "standard", "fast");
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
		ApiException.check(model.allowsPrefill() || !this.conversation.endsWithAssistant(),
				"This model does not support assistant message prefill. "
						+ "The conversation must end with a user message.");
	}

	/**
	 * Return whether the answer begins with a thought.
	 */
	boolean thinks(CatalogueModel model) {
		boolean thinking = (this.thinking != null) ? isThinking(this.thinking) : model.thinksByDefault();
		return thinking && this.maxTokens > 0;
	}

}
