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

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.node.ObjectNode;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests of {@link CompletionServer}: the API for which a reply is used.
 */
class ReplyApiTests extends AbstractServerTests {

	@Test
	void replyToAModelOfTheOtherApiIsPlayedThere() {
		server.enqueue(Reply.text("Hi"), Reply.error(529, "overloaded_error", "Overloaded"));
		ObjectNode completion = TestClient.body().put("model", "claude-haiku-5-5");
		String refusal = "400 invalid_request_error \"claude-haiku-5-5\" is not supported on this API. Please use the "
				+ "Messages API instead.";
		assertThat(TestClient.errorOf(client.complete(completion))).isEqualTo(refusal);
		assertThat(TestClient.text(client.message(TestClient.messageBody().put("model", "claude-haiku-5-5"))))
			.isEqualTo("Hi");
		assertThat(TestClient.errorOf(client.complete(completion))).isEqualTo(refusal);
		assertThat(client.message(TestClient.messageBody()).statusCode()).isEqualTo(529);
	}

	@Test
	void textIsNotUsedForACountOfTokens() {
		server.enqueue(Reply.text("Hi"), Reply.error(529, "overloaded_error", "Overloaded"));
		ObjectNode body = TestClient.messageBody();
		ObjectNode count = TestClient.messageBody().without("max_tokens");
		assertThat(
				TestClient.json(client.send("POST", "/v1/messages/count_tokens", count.toString())).get("input_tokens"))
			.isNotNull();
		assertThat(TestClient.text(client.message(body))).isEqualTo("Hi");
		assertThat(client.send("POST", "/v1/messages/count_tokens", count.toString()).statusCode()).isEqualTo(529);
	}

	@ParameterizedTest
	@ValueSource(strings = { "claude-2.1", "my-model", "claude-3-7-sonnet-latest" })
	void replyToAnyOtherModelIsPlayedAtOnce(String model) {
		server.enqueue(Reply.text("Hi"));
		assertThat(TestClient.completion(client.complete(TestClient.body().put("model", model)))).isEqualTo("Hi");
	}

}
