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
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

import dev.completion.client.CompletionObservationDocumentation.HighCardinalityKeyNames;
import dev.completion.client.CompletionObservationDocumentation.LowCardinalityKeyNames;
import dev.completion.client.error.CompletionApiException;
import io.micrometer.common.KeyValue;
import io.micrometer.common.KeyValues;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.io.JsonStringEncoder;

import org.springframework.util.Assert;

/**
 * The default {@link CompletionObservationConvention}, as
 * {@link CompletionObservationDocumentation} has it. Prompts and texts are left out
 * unless asked for.
 *
 * @since 0.1.0
 */
public class DefaultCompletionObservationConvention implements CompletionObservationConvention {

	private static final String OPERATION = "text_completion";

	private static final KeyValue OPERATION_NAME = KeyValue.of(LowCardinalityKeyNames.OPERATION_NAME, OPERATION);

	private static final KeyValue PROVIDER_NAME = KeyValue.of(LowCardinalityKeyNames.PROVIDER_NAME, "anthropic");

	// what the API documents; a gateway may send any
	private static final Set<String> ERROR_TYPES = Set.of("invalid_request_error", "authentication_error",
			"billing_error", "permission_error", "not_found_error", "request_too_large", "rate_limit_error",
			"timeout_error", "overloaded_error", "api_error");

	private static final int MAX_LENGTH = 256;

	private final int maxContentLength;

	/**
	 * Create a convention that leaves out prompts and texts.
	 */
	public DefaultCompletionObservationConvention() {
		this(0);
	}

	/**
	 * Create a convention that may put prompts and texts into traces, where whoever sees
	 * the traces can read them.
	 * @param maxContentLength the most characters of a prompt, and of a text, that go
	 * into a key value; the rest is cut off. 0 leaves them out
	 */
	public DefaultCompletionObservationConvention(int maxContentLength) {
		Assert.isTrue(maxContentLength >= 0, "'maxContentLength' must not be negative");
		this.maxContentLength = maxContentLength;
	}

	@Override
	public String getName() {
		return CompletionObservationDocumentation.DURATION;
	}

	@Override
	public String getContextualName(CompletionObservationContext context) {
		return OPERATION + " " + context.getRequestModelTag();
	}

	@Override
	public KeyValues getLowCardinalityKeyValues(CompletionObservationContext context) {
		String responseModel = context.getResponseModelTag();
		return KeyValues.of(OPERATION_NAME, PROVIDER_NAME,
				LowCardinalityKeyNames.CLIENT.withValue(context.getClientName()),
				LowCardinalityKeyNames.REQUEST_MODEL.withValue(context.getRequestModelTag()),
				LowCardinalityKeyNames.RESPONSE_MODEL
					.withValue((responseModel != null) ? responseModel : KeyValue.NONE_VALUE),
				LowCardinalityKeyNames.SERVER_ADDRESS.withValue(context.getServerAddress()),
				LowCardinalityKeyNames.SERVER_PORT.withValue(String.valueOf(context.getServerPort())),
				LowCardinalityKeyNames.ERROR_TYPE.withValue(errorType(context.getError())),
				LowCardinalityKeyNames.STATUS.withValue(status(context)));
	}

	private static String status(CompletionObservationContext context) {
		if (context.getError() != null) {
			return "error";
		}
		return context.isComplete() ? "completed" : context.isCancelled() ? "cancelled" : KeyValue.NONE_VALUE;
	}

	/**
	 * Return what kind of error the given one is, of which there are few.
	 */
	static String errorType(@Nullable Throwable error) {
		if (error == null) {
			return KeyValue.NONE_VALUE;
		}
		if (error instanceof CompletionApiException known) {
			return ERROR_TYPES.contains(known.errorType()) ? known.errorType() : String.valueOf(known.status().value());
		}
		return error.getClass().getName();
	}

	@Override
	public KeyValues getHighCardinalityKeyValues(CompletionObservationContext context) {
		// a list, since each KeyValues.and would sort them anew
		List<KeyValue> keyValues = new ArrayList<>();
		models(context, keyValues);
		request(context, keyValues);
		response(context, keyValues);
		call(context, keyValues);
		content(context, keyValues);
		return KeyValues.of(keyValues);
	}

	private static void models(CompletionObservationContext context, List<KeyValue> keyValues) {
		Completion completion = context.getCompletion();
		model(HighCardinalityKeyNames.REQUEST_MODEL, context.getRequestModel(), context.getRequestModelTag(),
				keyValues);
		model(HighCardinalityKeyNames.RESPONSE_MODEL, (completion != null) ? completion.model() : null,
				context.getResponseModelTag(), keyValues);
	}

	// traces have it in place of the tag of the same name
	private static void model(HighCardinalityKeyNames key, @Nullable Model model, @Nullable String tag,
			List<KeyValue> keyValues) {
		add(key, (model != null && !model.id().equals(tag)) ? model.id() : null, keyValues);
	}

	private static void request(CompletionObservationContext context, List<KeyValue> keyValues) {
		List<String> stopSequences = context.getStopSequences();
		add(HighCardinalityKeyNames.REQUEST_STREAM, context.isStream(), keyValues);
		add(HighCardinalityKeyNames.REQUEST_MAX_TOKENS, context.getMaxTokensToSample(), keyValues);
		add(HighCardinalityKeyNames.REQUEST_TEMPERATURE, context.getTemperature(), keyValues);
		add(HighCardinalityKeyNames.REQUEST_TOP_K, context.getTopK(), keyValues);
		add(HighCardinalityKeyNames.REQUEST_TOP_P, context.getTopP(), keyValues);
		add(HighCardinalityKeyNames.REQUEST_STOP_SEQUENCES, !stopSequences.isEmpty() ? jsonArray(stopSequences) : null,
				keyValues);
	}

	private static void response(CompletionObservationContext context, List<KeyValue> keyValues) {
		Completion completion = context.getCompletion();
		if (completion == null) {
			return;
		}
		StopReason stopReason = completion.stopReason();
		add(HighCardinalityKeyNames.RESPONSE_ID, !completion.id().isEmpty() ? completion.id() : null, keyValues);
		add(HighCardinalityKeyNames.RESPONSE_FINISH_REASONS,
				(stopReason != null) ? "[" + json(stopReason.value()) + "]" : null, keyValues);
		usage(context.getUsage(), keyValues);
	}

	private static void usage(@Nullable Usage usage, List<KeyValue> keyValues) {
		if (usage != null) {
			add(HighCardinalityKeyNames.USAGE_INPUT_TOKENS, usage.allInputTokens(), keyValues);
			add(HighCardinalityKeyNames.USAGE_OUTPUT_TOKENS, usage.outputTokens(), keyValues);
		}
	}

	private static void call(CompletionObservationContext context, List<KeyValue> keyValues) {
		CompletionApi api = context.getApi();
		add(HighCardinalityKeyNames.ATTEMPTS, context.getAttempts(), keyValues);
		add(HighCardinalityKeyNames.API, (api != null) ? api.name().toLowerCase(Locale.ROOT) : null, keyValues);
		add(HighCardinalityKeyNames.REQUEST_ID, context.getRequestId(), keyValues);
		add(HighCardinalityKeyNames.RESPONSE_TIME_TO_FIRST_CHUNK, seconds(context), keyValues);
	}

	private static @Nullable Double seconds(CompletionObservationContext context) {
		Duration time = context.getTimeToFirstChunk();
		return (time != null) ? time.toNanos() / 1e9 : null;
	}

	private void content(CompletionObservationContext context, List<KeyValue> keyValues) {
		if (this.maxContentLength == 0) {
			return;
		}
		keyValues.add(HighCardinalityKeyNames.INPUT_MESSAGES.withValue(message("user", context.getPrompt(), "")));
		String text = context.getText();
		if (!text.isEmpty()) {
			keyValues.add(HighCardinalityKeyNames.OUTPUT_MESSAGES
				.withValue(message("assistant", text, finishReason(context))));
		}
	}

	private static String finishReason(CompletionObservationContext context) {
		Completion completion = context.getCompletion();
		StopReason stopReason = (completion != null) ? completion.stopReason() : null;
		return (stopReason != null) ? ",\"finish_reason\":" + json(stopReason.value()) : "";
	}

	private String message(String role, String content, String end) {
		return "[{\"role\":\"" + role + "\",\"parts\":[{\"type\":\"text\",\"content\":"
				+ json(cut(content, this.maxContentLength)) + "}]" + end + "}]";
	}

	private static void add(HighCardinalityKeyNames key, @Nullable Object value, List<KeyValue> keyValues) {
		if (value != null) {
			keyValues.add(key.withValue(cut(value.toString(), MAX_LENGTH)));
		}
	}

	private static String jsonArray(Collection<String> values) {
		return values.stream()
			.map(DefaultCompletionObservationConvention::json)
			.collect(Collectors.joining(",", "[", "]"));
	}

	private static String json(String text) {
		return "\"" + String.valueOf(JsonStringEncoder.getInstance().quoteAsCharArray(text)) + "\"";
	}

	// the halves of a character are not parted
	private static String cut(String text, int length) {
		if (text.length() <= length) {
			return text;
		}
		return text.substring(0, Character.isHighSurrogate(text.charAt(length - 1)) ? length - 1 : length);
	}

}
