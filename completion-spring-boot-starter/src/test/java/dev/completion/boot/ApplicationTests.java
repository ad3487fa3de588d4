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

package dev.completion.boot;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.stream.Collectors;

import dev.completion.client.Completion;
import dev.completion.client.CompletionClient;
import dev.completion.client.Prompt;
import dev.completion.server.CompletionServer;
import dev.completion.server.Reply;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.core.publisher.Flux;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Import;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that start whole applications.
 */
class ApplicationTests {

	@ParameterizedTest
	@EnumSource(value = WebApplicationType.class, names = { "SERVLET", "REACTIVE" })
	void webApplicationStreamsToItsCallersWithEachClient(WebApplicationType type) throws Exception {
		try (ConfigurableApplicationContext context = start(type)) {
			String port = context.getEnvironment().getProperty("local.server.port");
			CompletionServer server = context.getBean(CompletionServer.class);
			HttpResponse<String> answer = get(port, "/ask");
			assertThat(answer.headers().firstValue("content-type"))
				.hasValueSatisfying((value) -> assertThat(value).startsWith(MediaType.TEXT_EVENT_STREAM_VALUE));
			assertThat(textOf(answer.body())).isEqualTo(complete(context, "completionClient"));
			assertThat(textOf(get(port, "/ask-other").body())).isEqualTo(complete(context, "otherCompletionClient"));
			assertThat(server.requests()).extracting((request) -> request.header("x-client"))
				.containsExactly(null, null, "other", "other");
		}
	}

	@ParameterizedTest
	@EnumSource(value = WebApplicationType.class, names = { "SERVLET", "REACTIVE" })
	void webApplicationTellsTheHealthOfEachClient(WebApplicationType type) throws Exception {
		try (ConfigurableApplicationContext context = start(type)) {
			String port = context.getEnvironment().getProperty("local.server.port");
			assertThat(health(port, "default").get("status").stringValue()).isEqualTo("UNKNOWN");
			get(port, "/ask");
			for (int i = 0; i < 3; i++) {
				context.getBean(CompletionServer.class).enqueue(Reply.error(401, "authentication_error", "revoked"));
				get(port, "/ask-other");
			}
			assertThat(health(port, "default").get("status").stringValue()).isEqualTo("UNKNOWN");
			assertThat(health(port, "default").get("details").get("embedded").booleanValue()).isTrue();
			assertThat(health(port, "default").get("details").has("lastSuccess")).isTrue();
			assertThat(health(port, "other").get("status").stringValue()).isEqualTo("DOWN");
			assertThat(health(port, "other").get("details").get("reason").stringValue()).isEqualTo("authentication");
			assertThat(get(port, "/actuator/health").statusCode()).isEqualTo(503);
			assertThat(get(port, "/actuator/health/liveness").statusCode()).isEqualTo(200);
			assertThat(get(port, "/actuator/health/readiness").statusCode()).isEqualTo(503);
		}
	}

	@Test
	void plainApplicationCompletesWithEachClient() {
		try (ConfigurableApplicationContext context = start(WebApplicationType.NONE)) {
			assertThat(complete(context, "completionClient")).isNotBlank();
			assertThat(complete(context, "otherCompletionClient")).isNotBlank();
		}
	}

	private static String complete(ConfigurableApplicationContext context, String client) {
		return context.getBean(client, CompletionClient.class)
			.complete((request) -> request.prompt(Prompt.human("Hi")))
			.block()
			.completion();
	}

	private static JsonNode health(String port, String client) throws IOException, InterruptedException {
		return JsonMapper.shared().readTree(get(port, "/actuator/health/completion/" + client).body());
	}

	/**
	 * Read an event stream as a browser does: one space after the colon is dropped.
	 */
	private static String textOf(String eventStream) {
		return eventStream.lines()
			.filter((line) -> line.startsWith("data:"))
			.map((line) -> line.substring("data:".length()))
			.map((data) -> JsonMapper.shared().readTree(data.startsWith(" ") ? data.substring(1) : data))
			.map((json) -> json.get("completion").stringValue())
			.collect(Collectors.joining());
	}

	private static ConfigurableApplicationContext start(WebApplicationType type) {
		return new SpringApplicationBuilder(Application.class).web(type)
			.properties("server.port=0", "completion.embedded-server.mode=on", "completion.defaults.model=claude-2.1",
					"completion.clients.other.headers.x-client=other", "management.endpoint.health.probes.enabled=true",
					"management.endpoint.health.group.readiness.include=readinessState,completion",
					"management.endpoint.health.show-details=always", "spring.main.banner-mode=off",
					"spring.reactor.netty.shutdown-quiet-period=10ms", "logging.level.root=WARN")
			.run();
	}

	private static HttpResponse<String> get(String port, String path) throws IOException, InterruptedException {
		URI uri = URI.create("http://localhost:" + port + path);
		return HttpClient.newHttpClient().send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString());
	}

	@SpringBootConfiguration
	@EnableAutoConfiguration
	@Import(Controller.class)
	static class Application {

	}

	@RestController
	static class Controller {

		private final CompletionClient client;

		private final CompletionClient other;

		Controller(CompletionClient client, @Qualifier("other") CompletionClient other) {
			this.client = client;
			this.other = other;
		}

		@GetMapping(path = "/ask", produces = MediaType.TEXT_EVENT_STREAM_VALUE)
		Flux<Completion> ask() {
			return this.client.stream((request) -> request.prompt(Prompt.human("Hi")));
		}

		@GetMapping(path = "/ask-other", produces = MediaType.TEXT_EVENT_STREAM_VALUE)
		Flux<Completion> askOther() {
			return this.other.stream((request) -> request.prompt(Prompt.human("Hi")));
		}

	}

}
