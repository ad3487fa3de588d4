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

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import dev.completion.client.error.ApiError;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * Selects the API for each model: the configured API, or the API that serves the model
 * according to the responses of the server. Thread-safe.
 */
final class ApiSelector {

	private static final Log logger = LogFactory.getLog(ApiSelector.class);

	// the names may come from an application's users
	private static final int MAX_LEARNED = 10_000;

	private static final int MAX_NAME_LENGTH = 256;

	private final CompletionApi api;

	private final String baseUrl;

	private final JsonMapper mapper;

	private final Protocol textCompletions;

	private final Protocol messages;

	// APIs that have served the model, or that the vendor's refusal requires
	private final Map<Model, CompletionApi> learned = new ConcurrentHashMap<>();

	private final ApiDiscovery discovery = new ApiDiscovery(DeadlineScheduler.shared());

	/**
	 * Create a selector.
	 * @param api the configured API
	 * @param baseUrl the URL of the server
	 * @param mapper the mapper of the client
	 */
	ApiSelector(CompletionApi api, String baseUrl, JsonMapper mapper) {
		this.api = api;
		this.baseUrl = baseUrl;
		this.mapper = mapper;
		this.textCompletions = Protocol.textCompletions(mapper);
		this.messages = Protocol.messages(mapper);
	}

	/**
	 * Return whether this is the selector for the given setting and server.
	 */
	boolean isOf(CompletionApi api, String baseUrl) {
		return this.api == api && this.baseUrl.equals(baseUrl);
	}

	/**
	 * Return whether the API is selected automatically.
	 */
	boolean isAutomatic() {
		return this.api == CompletionApi.AUTO;
	}

	Protocol protocol(CompletionApi api) {
		return (api == CompletionApi.MESSAGES) ? this.messages : this.textCompletions;
	}

	/**
	 * Return the protocol to use first.
	 */
	Protocol select(Model model) {
		return protocol(isAutomatic() ? this.learned.getOrDefault(model, CompletionApi.AUTO) : this.api);
	}

	/**
	 * Return the other protocol, or {@code null} if only the given one may be used.
	 */
	@Nullable Protocol other(Protocol protocol) {
		return !isAutomatic() ? null : protocol.equals(this.messages) ? this.textCompletions : this.messages;
	}

	/**
	 * Return whether the API of the given model is unknown, and can be recorded.
	 */
	boolean isUndecided(Model model) {
		return isAutomatic() && !this.learned.containsKey(model) && model.id().length() <= MAX_NAME_LENGTH
				&& this.learned.size() < MAX_LEARNED;
	}

	/**
	 * Let a call take part in determining which API serves the given model.
	 */
	ApiDiscovery.Participant discover(Model model) {
		return this.discovery.join(model);
	}

	/**
	 * Return whether it is known which API serves the given model.
	 */
	boolean isDecided(Model model) {
		return isAutomatic() && this.learned.containsKey(model);
	}

	/**
	 * Return whether the call continues with the Messages API after the given error of
	 * the Text Completions API, and record the vendor's refusal. If the Text Completions
	 * API has served the model, other errors do not cause a switch.
	 */
	boolean requiresMessages(ApiError error, boolean status200, CompletionRequest request, Model model) {
		ApiErrorClassifier classifier = new ApiErrorClassifier(error, status200, this.mapper);
		boolean served = this.learned.get(model) == CompletionApi.TEXT_COMPLETIONS;
		if (classifier.isVendorRefusal(request, !served)) {
			refused(model);
			return true;
		}
		return !served && classifier.isApiMissing(this.textCompletions.path(), request);
	}

	/**
	 * Return whether the given error means that the server does not provide the API of
	 * the given protocol. If so, the Messages API is no longer recorded for the model.
	 */
	boolean isMissing(Protocol protocol, ApiError error, boolean status200, CompletionRequest request, Model model) {
		boolean missing = new ApiErrorClassifier(error, status200, this.mapper).isApiMissing(protocol.path(), request);
		if (missing && protocol.equals(this.messages) && this.learned.remove(model, CompletionApi.MESSAGES)) {
			logger.info("The server does not provide the Messages API any more. The API for model '" + loggable(model)
					+ "' is selected again");
		}
		return missing;
	}

	/**
	 * Record that the given API has served the given model.
	 */
	void served(Model model, CompletionApi api) {
		if (isUndecided(model)) {
			CompletionApi before = this.learned.putIfAbsent(model, api);
			logIfNew(model, before, api);
			this.discovery.found(model, (before != null) ? before : api);
		}
	}

	private void refused(Model model) {
		if (this.learned.containsKey(model) || isUndecided(model)) {
			logIfNew(model, this.learned.put(model, CompletionApi.MESSAGES), CompletionApi.MESSAGES);
		}
		this.discovery.found(model, CompletionApi.MESSAGES);
	}

	private static void logIfNew(Model model, @Nullable CompletionApi before, CompletionApi api) {
		if (api == CompletionApi.MESSAGES && before != api) {
			logger.info("Using the Messages API for model '" + loggable(model) + "' from now on");
		}
	}

	private static String loggable(Model model) {
		return model.id().replaceAll("[^\\x20-\\x7e]", "?");
	}

}
