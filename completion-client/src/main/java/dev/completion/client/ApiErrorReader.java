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

	// applies until the end of the month, so a retry cannot succeed
	private static final String SPEND_LIMIT = "enforced_spend_limit_reached";

	private final JsonMapper mapper;

	private final int maxBodySize;

	private final UnaryOperator<String> redaction;

	/**
	 * Create a reader.
	 * @param mapper the mapper of the client
	 * @param maxBodySize the most of an error's body that is kept, in bytes
	 */
	ApiErrorReader(JsonMapper mapper, int maxBodySize) {
		this(mapper, maxBodySize, UnaryOperator.identity());
	}

	private ApiErrorReader(JsonMapper mapper, int maxBodySize, UnaryOperator<String> redaction) {
		this.mapper = mapper;
		this.maxBodySize = maxBodySize;
		this.redaction = redaction;
	}

	/**
	 * Return a reader whose results are redacted.
	 * @param redaction removes credentials, which a server may quote
	 */
	ApiErrorReader redacting(UnaryOperator<String> redaction) {
		return new ApiErrorReader(this.mapper, this.maxBodySize, redaction);
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
	 * Read what should have been a completion, or an {@code error} event.
	 * @return the error, or {@code null} if the bytes are no error envelope
	 */
	@Nullable AttemptFailure readEnvelope(HttpHeaders headers, byte[] bytes, int offset, int length, boolean inStream) {
		JsonNode envelope = envelope(bytes, offset, length);
		if (!isError(envelope)) {
			return null;
		}
		HttpStatusCode status = ApiError.statusOf(string(envelope.path("error").path("type")));
		return error(status, headers, body(bytes, offset, length), envelope, inStream);
	}

	// gateways use other formats
	private static boolean isError(JsonNode envelope) {
		JsonNode error = envelope.path("error");
		return error.isObject() || !error.stringValue("").isEmpty() || !envelope.path("success").asBoolean(true);
	}

	/**
	 * Return the error for an {@code error} event whose data is no envelope.
	 */
	AttemptFailure unreadableEvent(HttpHeaders headers, byte[] bytes, int offset, int length) {
		return error(ApiError.statusOf(""), headers, body(bytes, offset, length), this.mapper.missingNode(), true);
	}

	private AttemptFailure error(HttpStatusCode status, HttpHeaders headers, String body, JsonNode envelope,
			boolean inStream) {
		JsonNode content = envelope.path("error");
		ApiError error = new ApiError(status, string(content.path("type")), message(envelope), RetryAfter.from(headers),
				headers, body, inStream);
		AttemptFailure failure = AttemptFailure.api(error, requestId(envelope.path("request_id").stringValue("")));
		boolean isSpendLimit = string(content.path("details").path("error_code")).equals(SPEND_LIMIT);
		return showsWork(envelope) ? failure.afterWork() : isSpendLimit ? failure.notRepeatable() : failure;
	}

	private String message(JsonNode envelope) {
		JsonNode error = envelope.path("error");
		return Stream.of(error.path("message"), error, envelope.path("message"), envelope.path("msg"))
			.map(this::string)
			.filter((message) -> !message.isEmpty())
			.findFirst()
			.orElse("");
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
			return this.mapper.readTree(Utf8.decode(bytes, offset, length));
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
