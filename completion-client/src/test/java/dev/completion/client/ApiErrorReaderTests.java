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

import dev.completion.client.error.CompletionApiException;
import dev.completion.client.error.InvalidRequestException;
import dev.completion.client.error.Outcome;
import dev.completion.client.error.OverloadedException;
import dev.completion.client.error.RateLimitException;
import dev.completion.client.error.RequestTooLargeException;
import dev.completion.client.error.ServerException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatusCode;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link ApiErrorReader}.
 */
class ApiErrorReaderTests {

	private static final String OVERLOADED = """
			{"type":"error","error":{"details":null,"type":"overloaded_error","message":"Overloaded"}              }""";

	private final ApiErrorReader reader = new ApiErrorReader(JsonMapper.builder().build(), 64 * 1024);

	private final HttpHeaders headers = new HttpHeaders();

	@Test
	void readWhenBodyIsAnEnvelopeHasItsFields() {
		this.headers.set("retry-after", "7");
		String body = """
				{"type":"error","error":{"type":"rate_limit_error","message":"Slow down"},"request_id":"req_011"}""";
		CompletionApiException error = read(429, body);
		assertThat(error).isInstanceOf(RateLimitException.class)
			.hasMessage("429 rate_limit_error: Slow down (request req_011)");
		assertThat(error.status().value()).isEqualTo(429);
		assertThat(error.errorType()).isEqualTo("rate_limit_error");
		assertThat(error.apiMessage()).isEqualTo("Slow down");
		assertThat(error.requestId()).isEqualTo("req_011");
		assertThat(error.retryAfter()).hasSeconds(7);
		assertThat(error.headers()).isSameAs(this.headers);
		assertThat(error.responseBody()).isEqualTo(body);
		assertThat(error.isInStream()).isFalse();
		assertThat(error.outcome()).isEqualTo(Outcome.REJECTED);
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "{}", "null", "[]", "42", "{\"error\":null}", "{\"error\":[]}", "{\"error\":{}}",
			"{\"error\":{\"type\":null,\"message\":null}}", "{\"error\":{\"type\":1,\"message\":{}}}",
			"{\"request_id\":null}", "{\"request_id\":7}", "<html>502</html>", "\0", "\u001f\u008bx" })
	void readWhenBodyIsOddHasStatusAndBody(String body) {
		CompletionApiException error = read(500, body);
		assertThat(error).isExactlyInstanceOf(ServerException.class).hasMessage("500").hasNoCause();
		assertThat(error.errorType()).isEmpty();
		assertThat(error.apiMessage()).isEmpty();
		assertThat(error.requestId()).isNull();
		assertThat(error.retryAfter()).isNull();
		assertThat(error.responseBody()).isEqualTo(body);
		assertThat(error.outcome()).isEqualTo(Outcome.UNKNOWN);
	}

	@Test
	void messageContainsPlainTextBody() {
		assertThat(read(502, " upstream connect error\r\n\tor disconnect "))
			.hasMessage("502: upstream connect error or disconnect");
		assertThat(read(502, "{\"error\":")).hasMessage("502");
		assertThat(read(502, " [{\"input\":")).hasMessage("502");
		assertThat(read(502, "\uFEFF<html>")).hasMessage("502");
		this.headers.set("content-type", "text/plain");
		assertThat(read(502, "no healthy upstream")).hasMessage("502: text/plain: no healthy upstream");
		assertThat(read(502, "<b>Bad gateway</b>")).hasMessage("502: text/plain");
	}

	@ParameterizedTest
	@ValueSource(strings = { "{\"error\":\"No such endpoint\"}", "{\"success\":false,\"msg\":\"No such endpoint\"}",
			"{\"success\":false,\"message\":\"No such endpoint\",\"msg\":\"other\"}",
			"{\"error\":{\"message\":\"No such endpoint\"},\"message\":\"other\"}",
			"{\"error\":{\"message\":{\"error\":\"No such endpoint\"}}}",
			"{\"error\":true,\"msg\":\"No such endpoint\"}", "{\"type\":\"error\",\"detail\":\"No such endpoint\"}",
			"{\"success\":false,\"detail\":[{\"msg\":\"No such endpoint\",\"input\":\"other\"}]}",
			"[{\"error\":{\"message\":\"No such endpoint\"}}]",
			"{\"code\":429,\"detail\":{\"error\":\"No such endpoint\"}}",
			"{\"success\":false,\"errors\":[{\"message\":\"No such endpoint\"}]}" })
	void envelopeOfAGatewayIsAnError(String body) {
		assertThat(read(500, body).apiMessage()).isEqualTo("No such endpoint");
		assertThat(exception(readEnvelope(body, false)).apiMessage()).isEqualTo("No such endpoint");
	}

	@Test
	void readWhenStatusAndTypeDifferTrustsStatus() {
		CompletionApiException error = read(400, "{\"error\":{\"type\":\"future_error\",\"message\":\"m\"}}");
		assertThat(error).isExactlyInstanceOf(InvalidRequestException.class).hasMessage("400 future_error: m");
		assertThat(error.errorType()).isEqualTo("future_error");
		assertThat(read(500, OVERLOADED)).isExactlyInstanceOf(ServerException.class);
	}

	@Test
	void readWhenEdgeRefusesLargeRequestHasItsClass() {
		assertThat(read(413,
				"{\"error\":{\"type\":\"request_too_large\",\"message\":\"Request exceeds the maximum size\"}}"))
			.isExactlyInstanceOf(RequestTooLargeException.class);
		assertThat(read(413, "<html>413</html>")).isExactlyInstanceOf(RequestTooLargeException.class);
	}

	@ParameterizedTest
	@CsvSource({ "400, REJECTED", "401, REJECTED", "404, REJECTED", "408, REJECTED", "409, REJECTED", "413, REJECTED",
			"429, REJECTED", "499, REJECTED", "500, UNKNOWN", "502, UNKNOWN", "503, REJECTED", "504, UNKNOWN",
			"520, UNKNOWN", "529, REJECTED" })
	void readKnowsWhichStatusSaysThatNothingRan(int status, Outcome expected) {
		assertThat(read(status, "").outcome()).isEqualTo(expected);
	}

	@Test
	void readWhenMessageWouldForgeLogsEscapesIt() {
		String body = "{\"error\":{\"type\":\"api_error\\n\",\"message\":\"\\r\\n2026 INFO forged \\u001b[2J\\u2028\"}}";
		CompletionApiException error = read(500, body);
		assertThat(error).hasMessage("500 api_error\\u000a: 2026 INFO forged \\u001b[2J");
		assertThat(error.apiMessage()).isEqualTo("\r\n2026 INFO forged \u001b[2J\u2028");
		assertThat(error.errorType()).isEqualTo("api_error\n");
	}

	@Test
	void readWhenMessageIsLargeCutsIt() {
		CompletionApiException error = read(400,
				"{\"error\":{\"type\":\"t\",\"message\":\"" + "x".repeat(50_000) + "\"}}");
		assertThat(error.getMessage()).isEqualTo("400 t: " + "x".repeat(300));
		assertThat(error.apiMessage()).hasSize(50_000);
	}

	@Test
	void readWhenBodyIsLargeCutsIt() {
		CompletionApiException error = read(500, "x".repeat(64 * 1024) + "SECRET");
		assertThat(error.responseBody()).isEqualTo("x".repeat(64 * 1024));
		assertThat(error).hasMessage("500: " + "x".repeat(300));
	}

	@Test
	void readWhenBodyIsDeepHasStatus() {
		assertThat(read(500, "{\"error\":" + "[".repeat(60_000))).isExactlyInstanceOf(ServerException.class);
	}

	@Test
	void readWhenBodyIsInvalidUtf8ReplacesIt() {
		byte[] body = { 'c', 'a', 'f', (byte) 0xE9, '!' };
		AttemptFailure error = this.reader.read(HttpStatusCode.valueOf(502), this.headers, body);
		assertThat(((CompletionApiException) new Call(true, Timeouts.defaults(), Limits.defaults(), false)
			.toException(error)).responseBody()).isEqualTo("caf\ufffd!");
	}

	@Test
	void readEnvelopeWhenItIsOneHasStatusOfItsType() {
		CompletionApiException error = exception(readEnvelope(OVERLOADED, true));
		assertThat(error).isExactlyInstanceOf(OverloadedException.class)
			.hasMessage("529 overloaded_error in the stream: Overloaded");
		assertThat(error.status().value()).isEqualTo(529);
		assertThat(error.isInStream()).isTrue();
		assertThat(error.outcome()).isEqualTo(Outcome.REJECTED);
		assertThat(error.responseBody()).isEqualTo(OVERLOADED);
	}

	@Test
	void readEnvelopeWhenItIsNotInAStreamSaysSo() {
		CompletionApiException error = exception(
				readEnvelope("{\"error\": {\"type\": \"overloaded_error\", \"message\": \"Overloaded\"}}", false));
		assertThat(error).isExactlyInstanceOf(OverloadedException.class).hasMessage("529 overloaded_error: Overloaded");
		assertThat(error.isInStream()).isFalse();
	}

	@ParameterizedTest
	@ValueSource(strings = { "future_error", "", "api_error" })
	void readEnvelopeWhenTypeIsUnknownIsAServerError(String type) {
		CompletionApiException error = exception(
				readEnvelope("{\"error\":{\"type\":\"" + type + "\",\"message\":\"m\"}}", true));
		assertThat(error).isExactlyInstanceOf(ServerException.class);
		assertThat(error.status().value()).isEqualTo(500);
		assertThat(error.errorType()).isEqualTo(type);
	}

	@Test
	void readEnvelopeReadsItsPartOfTheBuffer() {
		byte[] bytes = ("xx" + OVERLOADED + "xxx").getBytes(StandardCharsets.UTF_8);
		AttemptFailure error = this.reader.readEnvelope(this.headers, bytes, 2, bytes.length - 5, true);
		assertThat(exception(error).responseBody()).isEqualTo(OVERLOADED);
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "{}", "null", "[]", "\"x\"", "{\"error\":null}", "{\"success\":true}", "oops",
			"{\"completion\":\"a\"}", "<html></html>" })
	void readEnvelopeWhenItIsNoneIsNull(String json) {
		assertThat(readEnvelope(json, true)).isNull();
	}

	@Test
	void eventOfAnyFormIsAnError() {
		byte[] bytes = "{\"message\":\"Slow down\",\"status\":429}".getBytes(StandardCharsets.UTF_8);
		assertThat(exception(this.reader.readEvent(this.headers, bytes, 0, bytes.length)))
			.isExactlyInstanceOf(RateLimitException.class)
			.hasMessage("429 in the stream: Slow down");
	}

	@Test
	void unreadableEventIsAServerErrorWithItsData() {
		byte[] bytes = "xxoopsxx".getBytes(StandardCharsets.UTF_8);
		CompletionApiException error = exception(this.reader.readEvent(this.headers, bytes, 2, 4));
		assertThat(error).isExactlyInstanceOf(ServerException.class).hasMessage("500 in the stream: oops");
		assertThat(error.responseBody()).isEqualTo("oops");
		assertThat(error.isInStream()).isTrue();
	}

	private CompletionApiException read(int status, String body) {
		return exception(
				this.reader.read(HttpStatusCode.valueOf(status), this.headers, body.getBytes(StandardCharsets.UTF_8)));
	}

	private AttemptFailure readEnvelope(String json, boolean inStream) {
		byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
		return this.reader.readEnvelope(this.headers, bytes, 0, bytes.length, inStream);
	}

	private static CompletionApiException exception(AttemptFailure failure) {
		return (CompletionApiException) new Call(true, Timeouts.defaults(), Limits.defaults(), false)
			.toException(failure);
	}

	@Test
	void readEnvelopeWhenUtf8IsInvalidReplacesIt() {
		byte[] bytes = "{\"error\":{\"type\":\"overloaded_error\",\"message\":\"caf\u00e9\"}}"
			.getBytes(StandardCharsets.ISO_8859_1);
		AttemptFailure error = new ApiErrorReader(JsonMapper.shared(), 64 * 1024).readEnvelope(new HttpHeaders(), bytes,
				0, bytes.length, true);
		assertThat(error).isNotNull();
		assertThat(new Call(true, Timeouts.defaults(), Limits.defaults(), false).toException(error))
			.isInstanceOf(OverloadedException.class)
			.hasMessage("529 overloaded_error in the stream: caf\ufffd");
	}

}
