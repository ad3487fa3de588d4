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
import java.time.Duration;
import java.util.List;

import dev.completion.client.error.CallTimeoutException;
import dev.completion.client.error.LimitExceededException;
import dev.completion.client.error.MalformedResponseException;
import dev.completion.client.error.Outcome;
import dev.completion.client.error.OverloadedException;
import dev.completion.client.error.ServerException;
import dev.completion.client.error.StreamTruncatedException;
import dev.completion.server.Reply;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link CompletionClient}: what its callers get when a stream goes wrong.
 */
@BothApis
class CompletionClientStreamErrorTests extends AbstractCompletionClientTests {

	@Test
	@Tag("E3")
	void errorEventAfterTextKeepsTheText() {
		this.server.enqueue(Reply.events(delta() + """
				event: error
				data: {"type":"error","error":{"details":null,"type":"overloaded_error","message":"Overloaded"}   }

				"""));
		OverloadedException ex = failure(OverloadedException.class, this.client.stream(REQUEST));
		assertThat(ex.isInStream()).isTrue();
		assertThat(ex.status().value()).isEqualTo(529);
		assertThat(ex.partialText()).isEqualTo(" Hello");
		assertThat(ex.outcome()).isEqualTo(Outcome.PARTIAL);
		assertThat(ex.requestId()).startsWith("req_");
	}

	@Test
	@Tag("E4")
	void errorEventBeforeAnyTextIsARejection() {
		this.server.enqueue(Reply.events("""
				event: error
				data: {"error": {"type": "overloaded_error", "message": "Overloaded"}}

				"""));
		OverloadedException ex = failure(OverloadedException.class, this.client.stream(REQUEST));
		assertThat(ex.outcome()).isEqualTo(Outcome.REJECTED);
		assertThat(ex.partialText()).isEmpty();
	}

	@ParameterizedTest
	@Tag("E4")
	@ValueSource(strings = { "\"usage\":{\"output_tokens\":5}", "\"completion\":\" Hel\"",
			"\"content\":[{\"type\":\"text\",\"text\":\"Hel\"}]", "\"content\":\"Hel\"" })
	void errorThatReportsWorkIsNoRejection(String work) {
		String envelope = "{\"error\":{\"type\":\"overloaded_error\",\"message\":\"Overloaded\"}," + work + "}";
		this.server.enqueue(Reply.events(ApiFixture.event("error", envelope)),
				Reply.body(200, "application/json", envelope), Reply.body(529, "application/json", envelope));
		for (Flux<?> call : List.of(this.client.stream(REQUEST), this.client.stream(REQUEST),
				this.client.stream(REQUEST))) {
			assertThat(failure(OverloadedException.class, call).outcome()).isEqualTo(Outcome.UNKNOWN);
		}
		assertThat(this.server.requests()).hasSize(3);
	}

	@ParameterizedTest
	@Tag("E4")
	@ValueSource(strings = { "\"usage\":{\"output_tokens\":0}", "\"usage\":null,\"completion\":null,\"content\":null",
			"\"usage\":[],\"completion\":\"\",\"content\":[]" })
	void errorThatReportsNoWorkIsARejection(String none) {
		this.server.enqueue(Reply.events(ApiFixture.event("error",
				"{\"error\":{\"type\":\"overloaded_error\",\"message\":\"Overloaded\"}," + none + "}")));
		assertThat(failure(OverloadedException.class, this.client.stream(REQUEST)).outcome())
			.isEqualTo(Outcome.REJECTED);
	}

	@Test
	@Tag("E4")
	void errorAfterAnEventWithoutTextIsRetriedOnlyIfThatIsAllowed() {
		String events = ApiFixture.event(this.api.textEvent, this.api.deltaData(""))
				+ ApiFixture.event("error", "{\"error\":{\"type\":\"overloaded_error\",\"message\":\"Overloaded\"}}");
		this.server.enqueue(Reply.events(events), Reply.events(events), Reply.text(" Hi"));
		RetryPolicy policy = RetryPolicy.builder().delay(Duration.ofMillis(1)).build();
		try (CompletionClient careful = this.client.mutate().retry(policy).build();
				CompletionClient eager = careful.mutate()
					.retry(policy.toBuilder().retryAmbiguous(true).build())
					.build()) {
			assertThat(failure(OverloadedException.class, careful.stream(REQUEST)).outcome())
				.isEqualTo(Outcome.UNKNOWN);
			assertThat(this.server.requests()).hasSize(1);
			assertThat(eager.stream(REQUEST).as(Completion::join).block(LIMIT).completion()).contains("Hi");
		}
	}

	@Test
	@Tag("E4")
	void errorEventThatCannotBeReadIsAServerError() {
		this.server.enqueue(Reply.events("event: error\ndata: oops\n\n"));
		ServerException ex = failure(ServerException.class, this.client.stream(REQUEST));
		assertThat(ex.responseBody()).isEqualTo("oops");
		assertThat(ex.outcome()).isEqualTo(Outcome.UNKNOWN);
		assertThat(ex.isInStream()).isTrue();
	}

	@Test
	@Tag("E4")
	void errorEventThatCannotBeReadIsNotTriedAgainAndItsMessageIsShort() {
		this.server.enqueue(Reply.events("event: error\ndata: " + "oops".repeat(10_000) + "\n\n"));
		try (CompletionClient retrying = this.client.mutate()
			.retry(RetryPolicy.builder().delay(Duration.ofMillis(1)).build())
			.build()) {
			ServerException ex = failure(ServerException.class, retrying.stream(REQUEST));
			assertThat(ex.getMessage()).hasSizeLessThanOrEqualTo(1024);
			assertThat(this.server.requests()).hasSize(1);
		}
	}

	@Test
	@Tag("E3")
	void errorEventAfterTextIsNotTriedAgain() {
		this.server.enqueue(Reply.events(delta() + """
				event: error
				data: {"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}

				"""));
		try (CompletionClient retrying = this.client.mutate()
			.retry(RetryPolicy.builder().delay(Duration.ofMillis(1)).retryAmbiguous(true).build())
			.build()) {
			failure(OverloadedException.class, retrying.stream(REQUEST));
			assertThat(this.server.requests()).hasSize(1);
		}
	}

	@Test
	@Tag("E1")
	@Tag("E2")
	void bodyThatEndsCleanlyWithoutStopReasonIsTruncated() {
		String half = last().substring(0, last().indexOf("\n\n"));
		for (String events : new String[] { delta(), delta() + half, delta() + half + "\n" }) {
			String response = RawStreams.HEAD + RawStreams.chunk(events) + RawStreams.LAST_CHUNK;
			try (RawServer raw = RawServer.answering(response); CompletionClient other = client(raw.baseUrl())) {
				StreamTruncatedException ex = failure(StreamTruncatedException.class, other.stream(REQUEST));
				assertThat(ex.partialText()).isEqualTo(" Hello");
				assertThat(ex.outcome()).isEqualTo(Outcome.PARTIAL);
			}
		}
	}

	@ParameterizedTest
	@Tag("E12")
	@Tag("F6")
	@ValueSource(strings = { "null", "[]", "42", "{}", "{\"x\":1", "{\"x\":1} {}", "TEXT SECRET", "TEXT {}",
			"{\"x\": oops SECRET,TEXT" })
	void unreadableEventIsMalformedAndNotQuoted(String data) {
		String json = data.replace("TEXT", this.api.deltaData(" a"));
		this.server.enqueue(Reply.events(delta() + ApiFixture.event(this.api.textEvent, json)));
		MalformedResponseException ex = failure(MalformedResponseException.class, this.client.stream(REQUEST));
		assertThat(ex.getMessage()).contains("Event 2").doesNotContain("SECRET");
		assertThat(ex.partialText()).isEqualTo(" Hello");
		assertThat(ex.outcome()).isEqualTo(Outcome.PARTIAL);
	}

	@Test
	@Tag("E1")
	@Tag("E2")
	void streamThatEndsWithoutStopReasonIsTruncated() {
		this.server.enqueue(Reply.events(delta()), Reply.events(delta() + half()), Reply.events(""));
		for (String text : new String[] { " Hello", " Hello", "" }) {
			StreamTruncatedException ex = failure(StreamTruncatedException.class, this.client.stream(REQUEST));
			assertThat(ex.partialText()).isEqualTo(text);
			assertThat(ex.outcome()).isEqualTo(text.isEmpty() ? Outcome.UNKNOWN : Outcome.PARTIAL);
			assertThat(ex.requestId()).startsWith("req_");
		}
	}

	@Test
	@Tag("B10")
	void streamWhoseConnectionIsLostIsTruncated() {
		String head = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n";
		String chunk = Integer.toHexString(delta().length()) + "\r\n" + delta() + "\r\n";
		try (RawServer raw = RawServer.answering(head + chunk); CompletionClient other = client(raw.baseUrl())) {
			StreamTruncatedException ex = failure(StreamTruncatedException.class, other.stream(REQUEST));
			assertThat(ex.partialText()).isEqualTo(" Hello");
		}
	}

	@Test
	@Tag("E10")
	@Tag("E11")
	@Tag("E13")
	void streamIgnoresWhatItDoesNotKnowAndEndsAtTheFirstStopReason() {
		this.server.enqueue(Reply.events("\uFEFF: comment\n\nevent: ping\ndata: {\"type\": \"ping\"}\n\n" + delta()
				+ "event: of_the_future\ndata: [\n\nevent: " + this.api.textEvent + "\n\n" + this.api.last("refusal")
				+ delta() + "event: error\ndata: {}\n\n"));
		assertThat(this.client.stream(REQUEST).collectList().block(LIMIT)).extracting(Completion::completion)
			.containsExactly(" Hello", "");
	}

	@Test
	@Tag("E17")
	void invalidUtf8IsReplacedAndTheStreamGoesOn() {
		byte[] latin1 = (RawStreams.HEAD + RawStreams.chunk(this.api.delta(" caf\u00e9") + last())
				+ RawStreams.LAST_CHUNK)
			.getBytes(StandardCharsets.ISO_8859_1);
		try (RawServer raw = RawServer.answering(latin1); CompletionClient other = client(raw.baseUrl())) {
			assertThat(other.stream(REQUEST).as(Completion::join).block(LIMIT).completion()).isEqualTo(" caf\uFFFD");
		}
	}

	@Test
	@Tag("F1")
	void giantEventIsALimitExceeded() {
		this.server.enqueue(Reply.events("event: " + this.api.textEvent + "\ndata: \"" + "x".repeat(2_000_000)));
		assertThat(failure(LimitExceededException.class, this.client.stream(REQUEST)).limit()).isEqualTo("event");
	}

	@Test
	@Tag("B6")
	void badChunkSizeIsMalformed() {
		String head = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n";
		try (RawServer raw = RawServer.answering(head + "ZZZ\r\n" + delta());
				CompletionClient other = client(raw.baseUrl())) {
			failure(MalformedResponseException.class, other.stream(REQUEST));
		}
	}

	@Test
	void responseTimeoutLeavesALongStreamAlone() {
		this.server.enqueue(Reply.text("abcdefgh").chunkSizes(1).chunkDelay(Duration.ofMillis(300)));
		try (CompletionClient hasty = this.client.mutate()
			.timeouts(Timeouts.builder().response(Duration.ofSeconds(2)).build())
			.build()) {
			assertThat(hasty.stream(REQUEST).as(Completion::join).block(LIMIT).completion()).isEqualTo("abcdefgh");
		}
	}

	@Test
	void callThatTakesLongerThanItsTimeoutKeepsTheText() {
		this.server.enqueue(Reply.text("abcdefgh").chunkSizes(1).chunkDelay(Duration.ofMillis(400)));
		CompletionRequest hasty = REQUEST.toBuilder().timeout(Duration.ofSeconds(2)).build();
		CallTimeoutException ex = failure(CallTimeoutException.class, this.client.stream(hasty));
		assertThat(ex.phase()).isEqualTo(CallTimeoutException.Phase.TOTAL);
		assertThat("abcdefgh").startsWith(ex.partialText());
		assertThat(ex.partialText()).isNotEmpty();
		assertThat(ex.outcome()).isEqualTo(Outcome.PARTIAL);
	}

}
