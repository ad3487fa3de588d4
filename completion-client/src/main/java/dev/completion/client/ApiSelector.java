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

import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;

import dev.completion.client.error.ApiError;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * Chooses the API for each model: the one that was set, or else the one that the server
 * turns out to serve the model on. Thread-safe.
 */
final class ApiSelector {

	private static final Log logger = LogFactory.getLog(ApiSelector.class);

	// in the API's response for each of its current models
	private static final String REFUSAL = "use the messages api";

	private static final Pattern ABOUT_A_MODEL = Pattern.compile("\\bmodel\\b", Pattern.CASE_INSENSITIVE);

	// the names may come from an application's users
	private static final int MAX_LEARNED = 10_000;

	private static final int MAX_NAME_LENGTH = 256;

	private final CompletionApi api;

	private final String baseUrl;

	private final Protocol textCompletions;

	private final Protocol messages;

	private final Set<Model> onMessages = ConcurrentHashMap.newKeySet();

	/**
	 * Create a selector.
	 * @param api the API that was set
	 * @param baseUrl the URL of the server
	 * @param mapper the mapper of the client
	 */
	ApiSelector(CompletionApi api, String baseUrl, JsonMapper mapper) {
		this.api = api;
		this.baseUrl = baseUrl;
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
	 * Return the API to use first.
	 */
	Protocol select(Model model) {
		boolean known = this.api == CompletionApi.MESSAGES
				|| (this.api == CompletionApi.AUTO && this.onMessages.contains(model));
		return known ? this.messages : this.textCompletions;
	}

	/**
	 * Return whether no other API is used if the given one fails.
	 */
	boolean isFinal(Protocol asked) {
		return this.api != CompletionApi.AUTO || asked.api() == CompletionApi.MESSAGES;
	}

	/**
	 * Return the API to go on with after an error status.
	 * @param failed the API that was used
	 * @return the API, or {@code null} if no other would do better
	 */
	@Nullable Protocol alternative(Protocol failed, Model model, AttemptFailure failure) {
		if (isFinal(failed)) {
			return null;
		}
		if (isRefusal(failure.error())) {
			learn(model);
			return this.messages;
		}
		return isPathGone(failure.error(), model) ? this.messages : null;
	}

	/**
	 * Note what became of a call that went on to the Messages API. Any error of that API
	 * shows that it is there, but for one that says the contrary.
	 */
	void failed(Model model, AttemptFailure failure) {
		ApiError error = failure.error();
		if (error != null && !error.errorType().isEmpty() && !isNotFound(error)) {
			learn(model);
		}
	}

	/**
	 * Note that the server serves the given model on the Messages API.
	 */
	void learn(Model model) {
		if (model.id().length() <= MAX_NAME_LENGTH && this.onMessages.size() < MAX_LEARNED
				&& this.onMessages.add(model)) {
			logger.info("Using the Messages API for model '" + loggable(model)
					+ "', which the server does not serve on the Text Completions API");
		}
	}

	private static String loggable(Model model) {
		return model.id().replaceAll("[^\\x20-\\x7e]", "?");
	}

	private static boolean isRefusal(@Nullable ApiError error) {
		return error != null && (error.status().value() == 400 || isNotFound(error))
				&& text(error).toLowerCase(Locale.ROOT).contains(REFUSAL);
	}

	private static boolean isPathGone(@Nullable ApiError error, Model model) {
		return error != null && isNotFound(error) && !isAbout(model, text(error));
	}

	private static boolean isAbout(Model model, String text) {
		// the page of a proxy may have any word in it
		return !text.stripLeading().startsWith("<")
				&& (text.contains(model.id()) || ABOUT_A_MODEL.matcher(text).find());
	}

	private static boolean isNotFound(ApiError error) {
		int status = error.status().value();
		return status == 404 || status == 410;
	}

	// a gateway may have an envelope of its own
	private static String text(ApiError error) {
		return !error.apiMessage().isEmpty() ? error.apiMessage() : error.responseBody();
	}

}
