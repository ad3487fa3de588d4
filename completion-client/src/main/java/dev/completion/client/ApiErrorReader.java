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

import java.nio.charset.StandardCharsets;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

import dev.completion.client.error.ApiError;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatusCode;

/**
 * Reads errors: the envelope of the API, or whatever a proxy sent in its place.
 */
final class ApiErrorReader {

	private static final int MAX_REQUEST_ID = 128;

	private static final int MAX_DESCRIPTION = 300;

	// replacing parts of the prompt shortens the text, so more of it is examined
	private static final int MAX_EXAMINED = 4 * MAX_DESCRIPTION;

	// applies until the end of the month, so a retry cannot succeed
	private static final String SPEND_LIMIT = "enforced_spend_limit_reached";

	private final JsonMapper mapper;

	private final int maxBodySize;

	private final UnaryOperator<String> redaction;

	private final String path;

	private final @Nullable Prompt prompt;

	/**
	 * Create a reader.
	 * @param mapper the mapper of the client
	 * @param maxBodySize the most of an error's body that is kept, in bytes
	 */
	ApiErrorReader(JsonMapper mapper, int maxBodySize) {
		this(mapper, maxBodySize, UnaryOperator.identity(), "", null);
	}

	private ApiErrorReader(JsonMapper mapper, int maxBodySize, UnaryOperator<String> redaction, String path,
			@Nullable Prompt prompt) {
		this.mapper = mapper;
		this.maxBodySize = maxBodySize;
		this.redaction = redaction;
		this.path = path;
		this.prompt = prompt;
	}

	/**
	 * Return a reader for error responses to the given request.
	 * @param redaction removes credentials, which a server may quote
	 */
	ApiErrorReader forRequest(ApiRequest request, UnaryOperator<String> redaction) {
		return new ApiErrorReader(this.mapper, this.maxBodySize, redaction, request.path(), request.prompt());
	}

	/**
	 * Return the given text of the server without credentials.
	 */
	String redact(String text) {
		return this.redaction.apply(text);
	}

	/**
	 * Return the given request id, or {@code null} if it is not one: longer than 128
	 * characters, not visible ASCII, or with a credential in it.
	 */
	@Nullable String requestId(@Nullable String value) {
		boolean valid = value != null && !value.isEmpty() && value.length() <= MAX_REQUEST_ID
				&& value.chars().allMatch((c) -> c > ' ' && c <= '~') && redact(value).equals(value);
		return valid ? value : null;
	}

	/**
	 * Read a response with an error status.
	 */
	AttemptFailure read(HttpStatusCode status, HttpHeaders headers, byte[] body) {
		JsonNode envelope = envelope(body, 0, body.length);
		return error(status, headers, body(body, 0, body.length), envelope, false);
	}

	/**
	 * Read what should have been a completion, or an event of unknown type.
	 * @return the error, or {@code null} if the bytes are no error envelope
	 */
	@Nullable AttemptFailure readEnvelope(HttpHeaders headers, byte[] bytes, int offset, int length, boolean inStream) {
		JsonNode envelope = envelope(bytes, offset, length);
		return isError(envelope) ? error(headers, body(bytes, offset, length), envelope, inStream) : null;
	}

	// gateways use other formats
	private static boolean isError(JsonNode envelope) {
		JsonNode error = envelope.path("error");
		String type = envelope.path("type").stringValue("");
		return (error.isObject() && !error.isEmpty()) || !error.stringValue("").isEmpty() || error.booleanValue(false)
				|| !envelope.path("success").booleanValue(true) || type.equals("error")
				|| (type.isEmpty() && statusNumber(envelope) != 0);
	}

	/**
	 * Read an {@code error} event, whatever its data is.
	 */
	AttemptFailure readEvent(HttpHeaders headers, byte[] bytes, int offset, int length) {
		return error(headers, body(bytes, offset, length), envelope(bytes, offset, length), true);
	}

	/**
	 * Return an error that was sent with status 200 or in a stream. Its type determines
	 * the status. If the type is unknown, the number that gateways add does.
	 */
	private AttemptFailure error(HttpHeaders headers, String body, JsonNode envelope, boolean inStream) {
		String type = string(envelope.path("error").path("type"));
		HttpStatusCode status = ApiError.statusOf(type);
		boolean known = status.value() != 500 || type.equals("api_error");
		int number = known ? 0 : statusNumber(envelope);
		if (number == 0) {
			return error(status, headers, body, envelope, inStream);
		}
		AttemptFailure failure = error(HttpStatusCode.valueOf(number), headers, body, envelope, inStream);
		// gateways report the status of another server, which may have begun to work
		return (number >= 500 || number == 408 || number == 409) ? failure.ambiguous() : failure;
	}

	/**
	 * Return a number from 400 to 599 in 'code' or 'status', or 0 if there is none.
	 */
	private static int statusNumber(JsonNode envelope) {
		JsonNode error = envelope.path("error");
		return Stream.of(error.path("code"), error.path("status"), envelope.path("code"), envelope.path("status"))
			.filter((node) -> node.isIntegralNumber() || node.isString())
			.mapToInt((node) -> node.asInt(0))
			.filter((number) -> number >= 400 && number < 600)
			.findFirst()
			.orElse(0);
	}

	private AttemptFailure error(HttpStatusCode status, HttpHeaders headers, String body, JsonNode envelope,
			boolean inStream) {
		JsonNode content = envelope.path("error");
		ApiError error = new ApiError(status, string(content.path("type")), message(envelope), RetryAfter.from(headers),
				headers, body, inStream, this.path, description(headers, body, envelope));
		AttemptFailure failure = AttemptFailure.api(error, requestId(envelope.path("request_id").stringValue("")));
		boolean isSpendLimit = string(content.path("details").path("error_code")).equals(SPEND_LIMIT);
		return showsWork(envelope) ? failure.afterWork() : isSpendLimit ? failure.notRepeatable() : failure;
	}

	private String message(JsonNode envelope) {
		return ApiErrorDescription.texts(envelope)
			.stream()
			.findFirst()
			.map((text) -> cut(truncate(text, maxBytesRead())))
			.orElse("");
	}

	private String description(HttpHeaders headers, String body, JsonNode envelope) {
		String text = ApiErrorDescription.of(headers, body, envelope);
		String redacted = redact(truncate(text, MAX_EXAMINED + Credential.MAX_LENGTH));
		String withoutPrompt = PromptRedactor.redact(truncate(redacted, MAX_EXAMINED),
				(this.prompt != null) ? this.prompt.toString() : "");
		return truncate(withoutPrompt.strip().replaceAll("\\s+", " "), MAX_DESCRIPTION);
	}

	private static String truncate(String text, int maxLength) {
		if (text.length() <= maxLength) {
			return text;
		}
		boolean half = Character.isHighSurrogate(text.charAt(maxLength - 1));
		return text.substring(0, half ? maxLength - 1 : maxLength);
	}

	/**
	 * Return whether the server reports tokens or text besides the error, so that the
	 * model has worked on the request.
	 */
	private static boolean showsWork(JsonNode envelope) {
		return envelope.path("usage").path("output_tokens").asLong(0) > 0 || hasText(envelope.path("content"))
				|| hasText(envelope.path("completion"));
	}

	// a string, or blocks of content
	private static boolean hasText(JsonNode node) {
		return !node.isEmpty() || !node.stringValue("").isEmpty();
	}

	private JsonNode envelope(byte[] bytes, int offset, int length) {
		try {
			JsonNode envelope = this.mapper.readTree(Utf8.decode(bytes, offset, length));
			return envelope.isArray() ? envelope.path(0) : envelope;
		}
		catch (JacksonException ex) {
			// proxies send HTML, or truncate the body: the status is sufficient
			return this.mapper.missingNode();
		}
	}

	private String string(JsonNode node) {
		return node.isString() ? cut(node.stringValue()) : "";
	}

	private String body(byte[] bytes, int offset, int length) {
		return cut(Utf8.decode(bytes, offset, Math.min(length, maxBytesRead())));
	}

	/**
	 * Return the maximum number of bytes of a body that are read. They are more than are
	 * kept, so that a credential is whole, and is redacted, before the body is cut.
	 */
	int maxBytesRead() {
		return this.maxBodySize + Credential.MAX_LENGTH;
	}

	private String cut(String text) {
		byte[] redacted = redact(text).getBytes(StandardCharsets.UTF_8);
		return Utf8.decode(redacted, 0, Math.min(redacted.length, this.maxBodySize));
	}

}
