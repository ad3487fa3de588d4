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

package dev.completion.samples.quickstart;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

import dev.completion.boot.autoconfigure.CompletionAutoConfiguration;
import dev.completion.boot.autoconfigure.observation.CompletionObservationAutoConfiguration;
import dev.completion.client.Completion;
import dev.completion.client.CompletionClient;
import dev.completion.client.Prompt;
import dev.completion.server.CompletionServer;
import dev.completion.server.RecordedRequest;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.http.client.autoconfigure.HttpClientAutoConfiguration;
import org.springframework.boot.http.client.autoconfigure.reactive.ReactiveHttpClientAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.MetricsAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.export.prometheus.PrometheusMetricsExportAutoConfiguration;
import org.springframework.boot.micrometer.observation.autoconfigure.ObservationAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.webclient.autoconfigure.WebClientAutoConfiguration;
import org.springframework.context.ApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that Prometheus receives the tokens that the server has counted.
 */
class TokenUsageTests {

	private static final Duration LIMIT = Duration.ofSeconds(30);

	private static final Pattern SUM = Pattern.compile("gen_ai_client_token_usage_token_sum\\{(.*)\\} (.*)");

	private static final Pattern CLIENT = Pattern.compile("completion_client=\"(\\w+)\"");

	private static final Pattern TYPE = Pattern.compile("gen_ai_token_type=\"(\\w+)\"");

	private final CompletionServer server = CompletionServer.builder().chunkDelay(Duration.ZERO).start();

	// receives the same requests, and is not called by the clients
	private final CompletionServer reference = CompletionServer.builder().apiKey(this.server.apiKey()).start();

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(HttpClientAutoConfiguration.class,
				ReactiveHttpClientAutoConfiguration.class, WebClientAutoConfiguration.class,
				CompletionAutoConfiguration.class, CompletionObservationAutoConfiguration.class,
				MetricsAutoConfiguration.class, CompositeMeterRegistryAutoConfiguration.class,
				PrometheusMetricsExportAutoConfiguration.class, ObservationAutoConfiguration.class))
		.withPropertyValues("completion.base-url=" + this.server.baseUrl(),
				"completion.api-key=" + this.server.apiKey(), "completion.defaults.model=claude-haiku-5-5",
				"completion.headers.x-client=default", "completion.clients.bulk.api-key=" + this.server.apiKey(),
				"completion.clients.bulk.headers.x-client=bulk", "completion.clients.bulk.defaults.model=claude-opus-5",
				"completion.clients.bulk.defaults.additional-properties.cache_control.type=ephemeral",
				"spring.reactor.netty.shutdown-quiet-period=10ms");

	@AfterEach
	void close() {
		this.server.close();
		this.reference.close();
	}

	@Test
	void tokensByClientAndTypeAreThoseOfTheServer() {
		this.runner.run((context) -> {
			call(context.getBean("completionClient", CompletionClient.class));
			call(context.getBean("bulkCompletionClient", CompletionClient.class));
			Map<String, Double> expected = new TreeMap<>();
			for (RecordedRequest request : this.server.requests()) {
				if (request.path().equals("/v1/messages")) {
					add(request, usage(request), expected);
				}
			}
			assertThat(expected.get("cached")).isGreaterThan(2000);
			expected.remove("cached");
			assertThat(expected).hasSize(4);
			assertThat(scrape(context)).isEqualTo(expected);
		});
	}

	private static void call(CompletionClient client) {
		String text = "word ".repeat(2000);
		for (int i = 0; i < 3; i++) {
			client.complete((request) -> request.prompt(Prompt.human(text))).block(LIMIT);
			client.stream((request) -> request.prompt(Prompt.builder().system("Be brief.").human("Hello").build()))
				.as(Completion::join)
				.block(LIMIT);
		}
	}

	private JsonNode usage(RecordedRequest request) throws Exception {
		ObjectNode body = (ObjectNode) JsonMapper.shared().readTree(request.body());
		body.remove("stream");
		HttpRequest copy = HttpRequest.newBuilder(URI.create(this.reference.baseUrl() + request.path()))
			.header("x-api-key", this.reference.apiKey())
			.header("anthropic-version", "2023-06-01")
			.header("content-type", "application/json")
			.POST(BodyPublishers.ofString(body.toString()))
			.build();
		String response = HttpClient.newHttpClient().send(copy, BodyHandlers.ofString()).body();
		return JsonMapper.shared().readTree(response).get("usage");
	}

	private static void add(RecordedRequest request, JsonNode usage, Map<String, Double> sums) {
		String client = request.header("x-client");
		double created = usage.get("cache_creation_input_tokens").doubleValue();
		double read = usage.get("cache_read_input_tokens").doubleValue();
		sums.merge(client + " input", usage.get("input_tokens").doubleValue() + created + read, Double::sum);
		sums.merge(client + " output", usage.get("output_tokens").doubleValue(), Double::sum);
		sums.merge("cached", read, Double::sum);
	}

	private static Map<String, Double> scrape(ApplicationContext context) {
		Map<String, Double> sums = new TreeMap<>();
		String output = context.getBean(PrometheusMeterRegistry.class).scrape();
		SUM.matcher(output).results().forEach((line) -> {
			String labels = line.group(1);
			sums.merge(label(CLIENT, labels) + " " + label(TYPE, labels), Double.valueOf(line.group(2)), Double::sum);
		});
		return sums;
	}

	private static String label(Pattern pattern, String labels) {
		return pattern.matcher(labels).results().findFirst().orElseThrow().group(1);
	}

}
