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

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;

import dev.completion.client.Completion;
import dev.completion.client.CompletionClient;
import dev.completion.client.Prompt;
import dev.completion.server.CompletionServer;
import dev.completion.server.RecordedRequest;
import dev.completion.server.Reply;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SpanProcessor;
import io.opentelemetry.sdk.trace.data.EventData;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that traces go through whole applications, and on to the server.
 */
class TracingTests {

	private static final Duration LIMIT = Duration.ofSeconds(30);

	private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";

	private final InMemorySpanExporter spans = InMemorySpanExporter.create();

	private ConfigurableApplicationContext start(WebApplicationType type) {
		return new SpringApplicationBuilder(Application.class).web(type)
			.initializers((context) -> context.getBeanFactory().registerSingleton("spans", this.spans))
			.properties("server.port=0", "completion.embedded-server.mode=on", "completion.defaults.model=claude-2.1",
					"completion.retry.delay=1ms", "management.tracing.sampling.probability=1.0",
					"spring.main.banner-mode=off", "spring.reactor.netty.shutdown-quiet-period=10ms",
					"logging.level.root=WARN")
			.run();
	}

	@ParameterizedTest
	@CsvSource({ "SERVLET, /blocked", "SERVLET, /complete", "SERVLET, /stream", "REACTIVE, /complete",
			"REACTIVE, /stream" })
	void traceGoesThroughTheApplicationToTheServer(WebApplicationType type, String path) throws Exception {
		try (ConfigurableApplicationContext context = start(type)) {
			CompletionServer server = context.getBean(CompletionServer.class);
			server.enqueue(Reply.error(529, "overloaded_error", "Overloaded"));
			get(context, path);
			await(3 + 1);
			SpanData inbound = span("http get " + path);
			SpanData completion = span("text_completion claude-2.1");
			assertThat(inbound.getTraceId()).isEqualTo(TRACE);
			assertThat(completion.getParentSpanId()).isEqualTo(inbound.getSpanId());
			assertThat(completion.getEvents()).extracting(EventData::getName).contains("retry after overloaded_error");
			List<SpanData> exchanges = this.spans.getFinishedSpanItems()
				.stream()
				.filter((span) -> span.getName().equals("http post"))
				.toList();
			assertThat(exchanges).hasSize(2).allMatch((span) -> span.getParentSpanId().equals(completion.getSpanId()));
			assertThat(server.requests()).extracting(TracingTests::spanOnTheWire)
				.containsExactlyElementsOf(exchanges.stream().map((span) -> TRACE + "-" + span.getSpanId()).toList());
		}
	}

	@ParameterizedTest
	@CsvSource({ "SERVLET", "REACTIVE" })
	void spanHasWhatTheConventionNames(WebApplicationType type) throws Exception {
		try (ConfigurableApplicationContext context = start(type)) {
			get(context, "/stream");
			await(3);
			assertThat(span("text_completion claude-2.1").getAttributes().asMap().keySet())
				.extracting(AttributeKey::getKey)
				.contains("gen_ai.operation.name", "gen_ai.provider.name", "gen_ai.request.model",
						"gen_ai.request.max_tokens", "gen_ai.request.stream", "gen_ai.response.id",
						"gen_ai.response.model", "gen_ai.response.finish_reasons",
						"gen_ai.response.time_to_first_chunk", "server.address", "server.port")
				.doesNotContain("gen_ai.input.messages", "gen_ai.output.messages");
		}
	}

	private static void get(ConfigurableApplicationContext context, String path) throws Exception {
		URI uri = URI.create("http://localhost:" + context.getEnvironment().getProperty("local.server.port") + path);
		HttpRequest request = HttpRequest.newBuilder(uri)
			.header("traceparent", "00-" + TRACE + "-00f067aa0ba902b7-01")
			.build();
		HttpResponse<String> response = HttpClient.newHttpClient().send(request, BodyHandlers.ofString());
		assertThat(response.statusCode()).isEqualTo(200);
		assertThat(response.body()).isNotBlank();
	}

	// that of the application's own request ends after its answer
	private void await(int count) {
		Mono.fromSupplier(() -> this.spans.getFinishedSpanItems().size())
			.filter((finished) -> finished >= count)
			.repeatWhenEmpty((repeat) -> repeat.delayElements(Duration.ofMillis(5)))
			.block(LIMIT);
	}

	private SpanData span(String name) {
		List<SpanData> all = this.spans.getFinishedSpanItems();
		assertThat(all).extracting(SpanData::getName).containsOnlyOnce(name);
		return all.stream().filter((span) -> span.getName().equals(name)).findFirst().orElseThrow();
	}

	private static String spanOnTheWire(RecordedRequest request) {
		String header = request.header("traceparent");
		return header.substring("00-".length(), header.lastIndexOf('-'));
	}

	@SpringBootConfiguration
	@EnableAutoConfiguration
	@Import(Controller.class)
	static class Application {

		@Bean
		SpanProcessor recordingSpanProcessor(InMemorySpanExporter spans) {
			return SimpleSpanProcessor.create(spans);
		}

	}

	@RestController
	static class Controller {

		private final CompletionClient client;

		Controller(CompletionClient client) {
			this.client = client;
		}

		@GetMapping("/blocked")
		String blocked() {
			return this.client.complete((request) -> request.prompt(Prompt.human("Hi"))).block(LIMIT).completion();
		}

		@GetMapping("/complete")
		Mono<Completion> complete() {
			return this.client.complete((request) -> request.prompt(Prompt.human("Hi")));
		}

		@GetMapping(path = "/stream", produces = MediaType.TEXT_EVENT_STREAM_VALUE)
		Flux<Completion> stream() {
			return this.client.stream((request) -> request.prompt(Prompt.human("Hi")));
		}

	}

}
