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

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import dev.completion.server.Dialogue.Turn;
import dev.completion.server.Usage.CacheUsage;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link PromptCache}, and of {@link CompletionServer} with it.
 */
class PromptCacheTests extends AbstractServerTests {

	private static final Duration FIVE_MINUTES = Duration.ofMinutes(5);

	private static final String LONG = "word ".repeat(1000).strip();

	private Instant now = Instant.EPOCH;

	private final PromptCache cache = new PromptCache(new Clock() {

		@Override
		public ZoneOffset getZone() {
			return ZoneOffset.UTC;
		}

		@Override
		public Clock withZone(ZoneId zone) {
			return this;
		}

		@Override
		public Instant instant() {
			return PromptCacheTests.this.now;
		}

	});

	private CacheUsage use(String system, String... texts) {
		List<Turn> turns = new ArrayList<>();
		for (String text : texts) {
			turns.add(new Turn(turns.size() % 2 == 0, text));
		}
		CacheUsage usage = this.cache.lookUp("model", Dialogue.of(system, turns), FIVE_MINUTES);
		this.cache.store(usage);
		return new CacheUsage(usage.created(), usage.read(), usage.oneHour(), Map.of());
	}

	private static CacheUsage usage(int created, int read) {
		return new CacheUsage(created, read, false, Map.of());
	}

	@Test
	void samePromptIsReadFromTheCache() {
		assertThat(use(LONG, LONG)).isEqualTo(usage(2000, 0));
		assertThat(use(LONG, LONG)).isEqualTo(usage(0, 2000));
	}

	@Test
	void conversationThatGrowsReadsItsBeginning() {
		use(LONG, LONG);
		assertThat(use(LONG, LONG, "an answer", "more")).isEqualTo(usage(3, 2000));
		assertThat(use(LONG, LONG, "an answer", "more", "b", "c")).isEqualTo(usage(2, 2003));
	}

	@Test
	void sameSystemTextAloneIsNotRead() {
		use(LONG, LONG);
		assertThat(use(LONG, LONG + " b")).isEqualTo(usage(2001, 0));
	}

	@Test
	void shortPromptIsNotCached() {
		assertThat(use("", LONG)).isEqualTo(CacheUsage.NONE);
		assertThat(use("", LONG)).isEqualTo(CacheUsage.NONE);
	}

	@Test
	void entryExpiresAfterItsLastUse() {
		use(LONG, LONG);
		this.now = this.now.plus(Duration.ofMinutes(4));
		assertThat(use(LONG, LONG).read()).isEqualTo(2000);
		this.now = this.now.plus(Duration.ofMinutes(4));
		assertThat(use(LONG, LONG).read()).isEqualTo(2000);
		this.now = this.now.plus(FIVE_MINUTES);
		assertThat(use(LONG, LONG).read()).isZero();
	}

	@Test
	void beginningThatIsReadIsKept() {
		use(LONG, LONG);
		this.now = this.now.plus(Duration.ofMinutes(4));
		use(LONG, LONG, "an answer", "more");
		this.now = this.now.plus(Duration.ofMinutes(4));
		assertThat(use(LONG, LONG, "another answer", "more")).isEqualTo(usage(3, 2000));
	}

	@Test
	void shorterLifetimeDoesNotReplaceALongerOne() {
		Dialogue dialogue = Dialogue.of(LONG, List.of(new Turn(true, LONG)));
		this.cache.store(this.cache.lookUp("model", dialogue, Duration.ofHours(1)));
		assertThat(use(LONG, LONG).read()).isEqualTo(2000);
		this.now = this.now.plus(Duration.ofMinutes(30));
		assertThat(use(LONG, LONG).read()).isEqualTo(2000);
	}

	@Test
	void refusedRequestIsNotCached() {
		try (CompletionServer limited = CompletionServer.builder().inputTokensPerMinute(3000).start()) {
			TestClient caller = new TestClient(limited);
			caller.message(TestClient.messageBody().put("system", LONG + " " + LONG + " " + LONG.substring(0, 2500)));
			ObjectNode body = TestClient.messageBody().put("system", LONG + " " + LONG);
			body.putObject("cache_control").put("type", "ephemeral");
			assertThat(caller.message(body).statusCode()).isEqualTo(429);
			assertThat(caller.message(body).statusCode()).isEqualTo(429);
		}
	}

	@Test
	void usageOfAMessageHasTheTokensOfTheCache() {
		ObjectNode body = TestClient.messageBody().put("system", LONG + " " + LONG);
		body.putObject("cache_control").put("type", "ephemeral").put("ttl", "1h");
		JsonNode first = TestClient.json(client.message(body)).get("usage");
		JsonNode second = TestClient.json(client.message(body)).get("usage");
		int total = first.get("cache_creation_input_tokens").intValue();
		assertThat(total).isGreaterThan(2000);
		assertThat(first.get("input_tokens").intValue()).isZero();
		assertThat(first.at("/cache_creation/ephemeral_1h_input_tokens").intValue()).isEqualTo(total);
		assertThat(second.get("cache_read_input_tokens").intValue()).isEqualTo(total);
		assertThat(second.get("cache_creation_input_tokens").intValue()).isZero();
		server.reset();
		assertThat(TestClient.json(client.message(body)).at("/usage/cache_read_input_tokens").intValue()).isZero();
	}

	@Test
	void requestWithoutCacheControlUsesNoCache() {
		ObjectNode body = TestClient.messageBody().put("system", LONG + " " + LONG);
		for (int i = 0; i < 2; i++) {
			JsonNode usage = TestClient.json(client.message(body)).get("usage");
			assertThat(usage.get("input_tokens").intValue()).isGreaterThan(2000);
			assertThat(usage.get("cache_read_input_tokens").intValue()).isZero();
		}
	}

}
