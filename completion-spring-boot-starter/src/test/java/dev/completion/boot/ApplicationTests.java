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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.core.publisher.Flux;
import tools.jackson.databind.json.JsonMapper;

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
	void webApplicationStreamsToItsCallerAndTellsItsHealth(WebApplicationType type) throws Exception {
		try (ConfigurableApplicationContext context = start(type)) {
			String port = context.getEnvironment().getProperty("local.server.port");
			assertThat(get(port, "/actuator/health").body()).contains("\"completion\":{", "\"status\":\"UNKNOWN\"");
			HttpResponse<String> answer = get(port, "/ask");
			assertThat(answer.headers().firstValue("content-type"))
				.hasValueSatisfying((value) -> assertThat(value).startsWith(MediaType.TEXT_EVENT_STREAM_VALUE));
			assertThat(textOf(answer.body())).isEqualTo(context.getBean(CompletionClient.class)
				.complete((request) -> request.prompt(Prompt.human("Hi")))
				.block()
				.completion());
			HttpResponse<String> health = get(port, "/actuator/health");
			assertThat(health.statusCode()).isEqualTo(200);
			assertThat(health.body()).contains("\"embedded\":true", "\"lastSuccess\"");
			assertThat(context.getBean(CompletionServer.class).requests()).hasSize(2);
		}
	}

	@Test
	void plainApplicationCompletes() {
		try (ConfigurableApplicationContext context = start(WebApplicationType.NONE)) {
			Completion completion = context.getBean(CompletionClient.class)
				.complete((request) -> request.prompt(Prompt.human("Hi")))
				.block();
			assertThat(completion.completion()).isNotBlank();
		}
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
					"management.endpoint.health.show-details=always", "spring.main.banner-mode=off",
					"spring.reactor.netty.shutdown-quiet-period=0s", "logging.level.root=WARN")
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

		Controller(CompletionClient client) {
			this.client = client;
		}

		@GetMapping(path = "/ask", produces = MediaType.TEXT_EVENT_STREAM_VALUE)
		Flux<Completion> ask() {
			return this.client.stream((request) -> request.prompt(Prompt.human("Hi")));
		}

	}

}
