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

package dev.completion.client.error;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.function.BiFunction;
import java.util.stream.Stream;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatusCode;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link CompletionClientException} and its subclasses.
 */
class CompletionClientExceptionTests {

	private static final CallDetails DETAILS = new CallDetails(Outcome.PARTIAL, 3, "req_1", "SECRET text");

	@Test
	void gettersTellTheDetails() {
		IOException cause = new IOException("cause");
		CompletionClientException exception = new CompletionClientException("what went wrong", DETAILS, cause);
		assertThat(exception).hasMessage("what went wrong").hasCause(cause);
		assertThat(exception.outcome()).isEqualTo(Outcome.PARTIAL);
		assertThat(exception.attempts()).isEqualTo(3);
		assertThat(exception.requestId()).isEqualTo("req_1");
		assertThat(exception.partialText()).isEqualTo("SECRET text");
		assertThat(exception.toString()).doesNotContain("SECRET");
	}

	@Test
	void gettersWhenNothingWasDeliveredAreEmpty() {
		CompletionClientException exception = new CompletionClientException("m",
				new CallDetails(Outcome.NOT_SENT, 0, null), null);
		assertThat(exception.requestId()).isNull();
		assertThat(exception.partialText()).isEmpty();
		assertThat(exception).hasNoCause();
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "plain text, \\u0020 and 'quotes' \"too\"", "caf\u00e9 \u3042 \ud83d\ude00",
			"\u00a0\ufffd" })
	void messageWhenItIsPrintableIsKept(String message) {
		assertThat(message(message)).isEqualTo(message);
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|',
			value = { "0000|\\u0000", "0009|\\u0009", "000a|\\u000a", "000d|\\u000d", "001b|\\u001b", "007f|\\u007f",
					"0085|\\u0085", "009b|\\u009b", "00ad|\\u00ad", "200e|\\u200e", "202e|\\u202e", "2028|\\u2028",
					"2029|\\u2029", "2066|\\u2066", "feff|\\ufeff", "d83d|\\ud83d", "de00|\\ude00" })
	void messageWhenItHasControlCharactersEscapesThem(String codeUnit, String expected) {
		String bad = Character.toString((char) Integer.parseInt(codeUnit, 16));
		assertThat(message("a" + bad + "b")).isEqualTo("a" + expected + "b");
		assertThat(message(bad)).isEqualTo(expected);
	}

	@Test
	void messageWhenItWouldForgeLogsIsOneLine() {
		assertThat(message("\r\n2026 INFO forged \u001b[2J")).isEqualTo("\\u000d\\u000a2026 INFO forged \\u001b[2J");
	}

	@ParameterizedTest
	@ValueSource(strings = { "x", "\u00e9", "\u3042", "\ud83d\ude00", "x\ud83d\ude00", "xx\u3042", "\n", "\ud83d",
			"\u00e9\u3042x" })
	void messageWhenItIsTooLongIsCutBetweenCodePoints(String unit) {
		for (int shift = 0; shift < 8; shift++) {
			String whole = "y".repeat(shift) + unit.repeat(1025);
			String message = message(whole);
			byte[] bytes = message.getBytes(StandardCharsets.UTF_8);
			String kept = message.substring(0, message.length() - 3);
			assertThat(message).endsWith("...");
			assertThat(bytes.length).isBetween(1024 - 6, 1024);
			assertThat(new String(bytes, StandardCharsets.UTF_8)).isEqualTo(message).doesNotContain("\ufffd", "?");
			assertThat(escaped(whole)).startsWith(kept);
		}
	}

	@Test
	void messageWhenItJustFitsIsKept() {
		String ascii = "x".repeat(1021);
		String emoji = "\ud83d\ude00".repeat(255);
		assertThat(message(ascii)).isEqualTo(ascii);
		assertThat(message(emoji)).isEqualTo(emoji);
		assertThat(message("x".repeat(1025))).isEqualTo("x".repeat(1021) + "...");
		assertThat(message("\ud83d\ude00".repeat(257))).isEqualTo("\ud83d\ude00".repeat(255) + "...");
	}

	@Test
	void messageWhenItIsHugeIsCut() {
		assertThat(message("x".repeat(20_000_000))).hasSize(1024);
	}

	@ParameterizedTest
	@MethodSource("exceptions")
	void serialisationKeepsEverything(CompletionClientException exception) throws Exception {
		CompletionClientException copy = copy(exception);
		assertThat(copy).isNotSameAs(exception).hasSameClassAs(exception).hasMessage(exception.getMessage());
		assertThat(copy).usingRecursiveComparison().ignoringFields("stackTrace", "cause").isEqualTo(exception);
		assertThat(copy.outcome()).isEqualTo(Outcome.PARTIAL);
		assertThat(copy.attempts()).isEqualTo(3);
		assertThat(copy.requestId()).isEqualTo("req_1");
		assertThat(copy.partialText()).isEqualTo("SECRET text");
		assertThat(copy.getCause() != null).isEqualTo(exception.getCause() != null);
	}

	@Test
	void serialisationKeepsWhatSubclassesAdd() throws Exception {
		assertThat(copy(new CallTimeoutException(CallTimeoutException.Phase.IDLE, "m", DETAILS, null)).phase())
			.isEqualTo(CallTimeoutException.Phase.IDLE);
		assertThat(copy(new LimitExceededException("event", "m", DETAILS)).limit()).isEqualTo("event");
		CompletionApiException error = copy(new RateLimitException(response(429), DETAILS));
		assertThat(error.status().value()).isEqualTo(429);
		assertThat(error.errorType()).isEqualTo("type");
		assertThat(error.apiMessage()).isEqualTo("message");
		assertThat(error.retryAfter()).hasSeconds(3);
		assertThat(error.headers().getFirst("X-A")).isEqualTo("1");
		assertThat(error.responseBody()).isEqualTo("body");
		assertThat(error.isInStream()).isTrue();
	}

	@Test
	void exceptionsOfTheseTestsAreAllThatThereAre() {
		List<String> names = new ClassFileImporter().importPackagesOf(CompletionClientException.class)
			.stream()
			.filter((type) -> type.isAssignableTo(CompletionClientException.class))
			.map(JavaClass::getName)
			.toList();
		assertThat(exceptions().map((exception) -> exception.getClass().getName()))
			.containsExactlyInAnyOrderElementsOf(names);
	}

	static Stream<CompletionClientException> exceptions() {
		IOException cause = new IOException("cause");
		Stream<BiFunction<ApiError, CallDetails, CompletionClientException>> apiExceptions = Stream.of(
				CompletionApiException::new, InvalidRequestException::new, AuthenticationException::new,
				BillingException::new, PermissionDeniedException::new, NotFoundException::new,
				RequestTooLargeException::new, RateLimitException::new, ServerException::new, OverloadedException::new);
		return Stream.concat(apiExceptions.map((constructor) -> constructor.apply(response(418), DETAILS)), Stream.of(
				new CompletionClientException("m", DETAILS, cause), new ConnectionException("m", DETAILS, cause),
				new CallTimeoutException(CallTimeoutException.Phase.TOTAL, "m", DETAILS, cause),
				new StreamTruncatedException("m", DETAILS, cause), new MalformedResponseException("m", DETAILS, cause),
				new UnsupportedRequestException("m", DETAILS, cause),
				new LimitExceededException("event", "m", DETAILS)));
	}

	private static ApiError response(int status) {
		HttpHeaders headers = new HttpHeaders();
		headers.set("x-a", "1");
		return new ApiError(HttpStatusCode.valueOf(status), "type", "message", Duration.ofSeconds(3), headers, "body",
				true);
	}

	private static String message(String message) {
		return new CompletionClientException(message, DETAILS, null).getMessage();
	}

	private static String escaped(String message) {
		return message.replace("\n", "\\u000a").replaceAll("(?<!^)\ud83d(?!\ude00)|^\ud83d(?!\ude00)", "\\\\ud83d");
	}

	@SuppressWarnings("unchecked")
	private static <T> T copy(T object) throws IOException, ClassNotFoundException {
		ByteArrayOutputStream bytes = new ByteArrayOutputStream();
		try (ObjectOutputStream output = new ObjectOutputStream(bytes)) {
			output.writeObject(object);
		}
		try (ObjectInputStream input = new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
			return (T) input.readObject();
		}
	}

	@Test
	void messageOf1024BytesIsKept() {
		CallDetails details = new CallDetails(Outcome.UNKNOWN, 1, null);
		assertThat(new CompletionClientException("x".repeat(1024), details, null)).hasMessage("x".repeat(1024));
	}

	@Test
	void messageWhenFormatCharacterIsSupplementaryEscapesItAsPair() {
		CallDetails details = new CallDetails(Outcome.UNKNOWN, 1, null);
		assertThat(new CompletionClientException("\udb40\udc01", details, null)).hasMessage("\\udb40\\udc01");
	}

}
