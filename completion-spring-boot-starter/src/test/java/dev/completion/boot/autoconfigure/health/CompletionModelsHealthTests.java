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

package dev.completion.boot.autoconfigure.health;

import java.time.Duration;
import java.util.List;

import dev.completion.boot.autoconfigure.CompletionAutoConfiguration;
import dev.completion.boot.autoconfigure.Proves;
import dev.completion.boot.health.CompletionHealthIndicator;
import dev.completion.client.CompletionClient;
import dev.completion.client.Prompt;
import dev.completion.server.CompletionServer;
import dev.completion.server.RecordedRequest;
import dev.completion.server.Reply;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.health.contributor.CompositeReactiveHealthContributor;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.ReactiveHealthIndicator;
import org.springframework.boot.health.contributor.Status;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link CompletionHealthContributorAutoConfiguration}: health that asks for
 * the models.
 */
class CompletionModelsHealthTests {

	private static final Duration LIMIT = Duration.ofSeconds(30);

	private final CompletionServer server = CompletionServer.builder().chunkDelay(Duration.ZERO).start();

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(CompletionAutoConfiguration.class,
				CompletionHealthContributorAutoConfiguration.class))
		.withPropertyValues("completion.base-url=" + this.server.baseUrl(),
				"completion.api-key=" + this.server.apiKey(), "completion.defaults.model=claude-2.1",
				"completion.retry.max-retries=0", "completion.health.mode=models", "completion.health.timeout=30s");

	@AfterEach
	void close() {
		this.server.close();
	}

	private static Health health(ApplicationContext context) {
		return context.getBean(CompletionHealthIndicator.class).health(true).block(LIMIT);
	}

	private static void complete(ApplicationContext context) {
		context.getBean(CompletionClient.class)
			.complete((request) -> request.prompt(Prompt.human("Hi")))
			.onErrorComplete()
			.block(LIMIT);
	}

	private List<String> paths() {
		return this.server.requests().stream().map(RecordedRequest::path).toList();
	}

	@Test
	@Proves("completion.health.mode")
	void modelsAreAskedForAndNothingElse() {
		this.runner.run((context) -> {
			assertThat(this.server.requests()).isEmpty();
			Health health = health(context);
			assertThat(health.getStatus()).isEqualTo(Status.UP);
			assertThat(health.getDetails()).containsEntry("mode", "models").containsKey("lastProbe");
			assertThat(paths()).containsExactly("/v1/models");
		});
	}

	@Test
	void howeverManyAskTheServerIsAskedOnce() {
		this.server.enqueue(Reply.error(529, "overloaded_error", "Overloaded").delay(Duration.ofMillis(300)));
		this.runner.run((context) -> {
			List<Status> statuses = Flux.range(0, 1000)
				.flatMap((i) -> context.getBean(CompletionHealthIndicator.class).health(true), 1000)
				.map(Health::getStatus)
				.collectList()
				.block(LIMIT);
			assertThat(statuses).hasSize(1000).containsOnly(Status.OUT_OF_SERVICE);
			assertThat(health(context).getStatus()).isEqualTo(Status.OUT_OF_SERVICE);
			assertThat(this.server.requests()).hasSize(1);
		});
	}

	@Test
	@Proves("completion.health.time-to-live")
	void serverIsAskedAgainAfterAWhile() {
		this.server.enqueue(Reply.error(529, "overloaded_error", "Overloaded"));
		this.runner.withPropertyValues("completion.health.time-to-live=2s").run((context) -> {
			assertThat(health(context).getStatus()).isEqualTo(Status.OUT_OF_SERVICE);
			assertThat(health(context).getStatus()).isEqualTo(Status.OUT_OF_SERVICE);
			Mono.delay(Duration.ofMillis(2500)).block(LIMIT);
			assertThat(health(context).getStatus()).isEqualTo(Status.UP);
			assertThat(this.server.requests()).hasSize(2);
		});
	}

	@Test
	@Proves("completion.health.timeout")
	void serverThatIsTooSlowIsOutOfService() {
		this.server.enqueue(Reply.stall());
		// longer than the default
		this.runner.withPropertyValues("completion.health.timeout=2500ms").run((context) -> {
			long start = System.nanoTime();
			Health health = health(context);
			assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThanOrEqualTo(Duration.ofMillis(2500));
			assertThat(health.getStatus()).isEqualTo(Status.OUT_OF_SERVICE);
			assertThat(health.getDetails()).containsEntry("probe", "timeout");
		});
	}

	@ParameterizedTest
	@CsvSource({ "401, authentication_error, DOWN, authentication", "403, permission_error, DOWN, authentication",
			"402, billing_error, DOWN, billing", "429, rate_limit_error, UP, rate limit",
			"404, not_found_error, UNKNOWN, models not served",
			"405, invalid_request_error, UNKNOWN, models not served", "501, api_error, UNKNOWN, models not served",
			"500, api_error, OUT_OF_SERVICE, server", "529, overloaded_error, OUT_OF_SERVICE, overloaded",
			"400, invalid_request_error, UNKNOWN, InvalidRequestException" })
	void answerOfTheServerIsToldWithoutItsWordsAndNotAskedForTwice(int status, String type, String health,
			String reason) {
		this.server.enqueue(Reply.error(status, type, "words of the server"));
		this.runner.withPropertyValues("completion.retry.max-retries=2").run((context) -> {
			assertThat(health(context).getStatus().getCode()).isEqualTo(health);
			assertThat(health(context).getDetails()).containsEntry("probe", reason).containsKey("requestId");
			assertThat(health(context).toString()).doesNotContain(this.server.apiKey(), "words");
			assertThat(this.server.requests()).hasSize(1);
		});
	}

	@Test
	void serverThatCannotBeReachedIsOutOfService() {
		this.server.close();
		this.runner.run((context) -> {
			assertThat(health(context).getStatus()).isEqualTo(Status.OUT_OF_SERVICE);
			assertThat(health(context).getDetails()).containsEntry("probe", "connection");
		});
	}

	@Test
	void serverThatAnswersWithAPageIsUnknownUntilACallTells() {
		this.server.enqueue(Reply.body(200, "text/html", "<html>"));
		this.runner.run((context) -> {
			assertThat(health(context).getStatus()).isEqualTo(Status.UNKNOWN);
			complete(context);
			assertThat(health(context).getStatus()).isEqualTo(Status.UP);
		});
	}

	@ParameterizedTest
	@CsvSource({ "403, permission_error, DOWN", "500, api_error, OUT_OF_SERVICE" })
	void callThatSucceedsAfterAFailedProbeKnowsBetter(int status, String type, String failed) {
		this.server.enqueue(Reply.text(" Hi"), Reply.error(status, type, "No models for you"));
		this.runner.run((context) -> {
			complete(context);
			assertThat(health(context).getStatus().getCode()).isEqualTo(failed);
			complete(context);
			assertThat(health(context).getStatus()).isEqualTo(Status.UP);
			assertThat(health(context).getDetails()).containsKey("probe");
		});
	}

	@Test
	void billThatIsNotPaidIsNotHiddenByModelsThatAreListed() {
		this.runner.run((context) -> {
			assertThat(health(context).getStatus()).isEqualTo(Status.UP);
			for (int i = 0; i < 3; i++) {
				this.server.enqueue(Reply.error(402, "billing_error", "No credit"));
				complete(context);
			}
			assertThat(health(context).getStatus()).isEqualTo(Status.DOWN);
			assertThat(health(context).getDetails()).containsEntry("reason", "billing");
		});
	}

	@Test
	void onlyALaterProbeTellsThatTheKeyIsGoodAgain() {
		this.runner.withPropertyValues("completion.health.time-to-live=2s").run((context) -> {
			assertThat(health(context).getStatus()).isEqualTo(Status.UP);
			for (int i = 0; i < 3; i++) {
				this.server.enqueue(Reply.error(401, "authentication_error", "revoked"));
				complete(context);
			}
			assertThat(health(context).getStatus()).isEqualTo(Status.DOWN);
			Mono.delay(Duration.ofMillis(2500)).block(LIMIT);
			assertThat(health(context).getStatus()).isEqualTo(Status.UP);
		});
	}

	@Test
	void eachClientIsAskedForAsItIsSet() {
		this.runner
			.withPropertyValues("completion.clients.still.health.mode=passive",
					"completion.clients.other.headers.x-client=other")
			.run((context) -> {
				CompositeReactiveHealthContributor composite = context
					.getBean(CompositeReactiveHealthContributor.class);
				assertThat(status(composite, "still")).isEqualTo(Status.UNKNOWN);
				assertThat(this.server.requests()).isEmpty();
				assertThat(status(composite, "other")).isEqualTo(Status.UP);
				assertThat(this.server.requests()).extracting((request) -> request.header("x-client"))
					.containsExactly("other");
			});
	}

	private static Status status(CompositeReactiveHealthContributor composite, String name) {
		return ((ReactiveHealthIndicator) composite.getContributor(name)).health(true).block(LIMIT).getStatus();
	}

	@ParameterizedTest
	@CsvSource({ "timeout", "time-to-live" })
	void badTimeIsNamed(String name) {
		this.runner.withPropertyValues("completion.health." + name + "=0s")
			.run((context) -> assertThat(context).getFailure()
				.hasStackTraceContaining("The value of 'completion.health." + name + "' is not valid"));
	}

}
