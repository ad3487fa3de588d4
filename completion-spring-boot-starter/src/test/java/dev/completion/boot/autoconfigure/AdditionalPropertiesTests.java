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

package dev.completion.boot.autoconfigure;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;

import dev.completion.client.CompletionClient;
import dev.completion.server.CompletionServer;
import dev.completion.server.Reply;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.diagnostics.FailureAnalyzedException;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.boot.http.client.autoconfigure.HttpClientAutoConfiguration;
import org.springframework.boot.http.client.autoconfigure.reactive.ReactiveHttpClientAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.webclient.autoconfigure.WebClientAutoConfiguration;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.PropertySource;
import org.springframework.core.env.SystemEnvironmentPropertySource;
import org.springframework.core.io.ByteArrayResource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@code completion.defaults.additional-properties}.
 */
class AdditionalPropertiesTests {

	private static final String YAML = """
			completion:
			  defaults:
			    additional-properties:
			      thinking:
			        type: enabled
			        budget_tokens: 2048
			      output_config:
			        format:
			          type: json_schema
			          schema:
			            type: object
			            properties:
			              title: {type: string}
			              camelCase: {type: integer, enum: [1, 2]}
			            required: [title, camelCase]
			            additionalProperties: false
			      service_tier: standard_only
			      number: 1.50
			      text: "007"
			""";

	private static final Duration LIMIT = Duration.ofSeconds(30);

	private final CompletionServer server = CompletionServer.start();

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(
				AutoConfigurations.of(HttpClientAutoConfiguration.class, ReactiveHttpClientAutoConfiguration.class,
						WebClientAutoConfiguration.class, CompletionAutoConfiguration.class))
		.withPropertyValues("completion.base-url=" + this.server.baseUrl(),
				"completion.api-key=" + this.server.apiKey(), "completion.defaults.model=claude-haiku-4-5",
				"completion.api=messages", "spring.reactor.netty.shutdown-quiet-period=10ms");

	@AfterEach
	void close() {
		this.server.close();
	}

	private ApplicationContextRunner yaml(String yaml) {
		return this.runner.withInitializer((context) -> {
			try {
				for (PropertySource<?> source : new YamlPropertySourceLoader().load("yaml",
						new ByteArrayResource(yaml.getBytes(StandardCharsets.UTF_8)))) {
					context.getEnvironment().getPropertySources().addFirst(source);
				}
			}
			catch (Exception ex) {
				throw new IllegalStateException(ex);
			}
		});
	}

	private JsonNode body(CompletionClient client) {
		this.server.reset();
		this.server.enqueue(Reply.text("Hi"));
		client.complete((request) -> request.prompt("Hi")).block(LIMIT);
		return JsonMapper.shared().readTree(this.server.requests().get(0).body());
	}

	@Test
	@Proves("completion.defaults.additional-properties")
	void valuesOfYamlAreSentAsJson() {
		yaml(YAML).run((context) -> {
			JsonNode body = body(context.getBean(CompletionClient.class));
			assertThat(body.get("thinking")).isEqualTo(json("{'type':'enabled','budget_tokens':2048}"));
			assertThat(body.at("/output_config/format/schema")).isEqualTo(json("""
					{'type':'object','properties':{'title':{'type':'string'},'camelCase':{'type':'integer',
					'enum':[1,2]}},'required':['title','camelCase'],'additionalProperties':false}"""));
			assertThat(body.get("service_tier")).isEqualTo(json("'standard_only'"));
			assertThat(body.get("number").doubleValue()).isEqualTo(1.5);
			assertThat(body.get("text")).isEqualTo(json("'007'"));
		});
	}

	private static JsonNode json(String json) {
		return JsonMapper.shared().readTree(json.replace('\'', '"'));
	}

	@Test
	void textThatIsAJsonNumberOrBooleanIsSentAsOne() {
		String prefix = "completion.defaults.additional-properties.";
		this.runner
			.withPropertyValues(prefix + "thinking.budget_tokens=2048", prefix + "a=-1.5e3", prefix + "b=true",
					prefix + "c=True", prefix + "d=01", prefix + "e=null", prefix + "f=12345678901234567890",
					prefix + "g[0]=1", prefix + "g[1]=two", prefix + "h=", prefix + "i.j=")
			.run((context) -> {
				JsonNode body = body(context.getBean(CompletionClient.class));
				assertThat(body.at("/thinking/budget_tokens").intValue()).isEqualTo(2048);
				assertThat(body.get("a").doubleValue()).isEqualTo(-1500);
				assertThat(body.get("b").isBoolean()).isTrue();
				assertThat(body.get("c")).isEqualTo(json("'True'"));
				assertThat(body.get("d")).isEqualTo(json("'01'"));
				assertThat(body.get("e")).isEqualTo(json("'null'"));
				assertThat(body.get("f").bigIntegerValue()).isEqualTo("12345678901234567890");
				assertThat(body.get("g")).isEqualTo(json("[1,'two']"));
				assertThat(body.has("h")).isFalse();
				assertThat(body.has("i")).isFalse();
			});
	}

	@Test
	void namedClientInheritsAndOverrides() {
		String property = "defaults.additional-properties.";
		this.runner
			.withPropertyValues("completion." + property + "service_tier=auto", "completion." + property + "a=1",
					"completion.clients.bulk." + property + "a=2",
					"completion.clients.bulk.api-key=" + this.server.apiKey())
			.run((context) -> {
				JsonNode body = body(context.getBean("bulkCompletionClient", CompletionClient.class));
				assertThat(body.get("service_tier")).isEqualTo(json("'auto'"));
				assertThat(body.get("a").intValue()).isEqualTo(2);
				assertThat(body(context.getBean(CompletionClient.class)).get("a").intValue()).isOne();
			});
	}

	@Test
	void propertyOfANamedClientReplacesTheInheritedOne() {
		this.runner
			.withPropertyValues("completion.defaults.additional-properties.thinking.type=enabled",
					"completion.defaults.additional-properties.thinking.budget_tokens=2048",
					"completion.defaults.additional-properties.service_tier=auto",
					"completion.clients.bulk.api-key=" + this.server.apiKey(),
					"completion.clients.bulk.defaults.additional-properties.thinking.type=disabled")
			.run((context) -> {
				JsonNode body = body(context.getBean("bulkCompletionClient", CompletionClient.class));
				assertThat(body.get("thinking")).isEqualTo(json("{'type':'disabled'}"));
				assertThat(body.get("service_tier")).isEqualTo(json("'auto'"));
				assertThat(body(context.getBean(CompletionClient.class)).get("thinking"))
					.isEqualTo(json("{'type':'enabled','budget_tokens':2048}"));
			});
	}

	@Test
	void listReplacesTheListOfASourceWithALowerPrecedence() {
		String name = "completion.defaults.additional-properties.";
		this.runner
			.withInitializer((context) -> context.getEnvironment()
				.getPropertySources()
				.addLast(new MapPropertySource("lower",
						Map.of(name + "a.b[0]", 1, name + "a.b[1]", 2, name + "a.c", 3, name + "d[0].e", 4,
								name + "f[0]", 5))))
			.withPropertyValues(name + "a.b[0]=6", name + "d[0].g=7", name + "f=8")
			.run((context) -> {
				JsonNode body = body(context.getBean(CompletionClient.class));
				assertThat(body.get("a")).isEqualTo(json("{'b':[6],'c':3}"));
				assertThat(body.get("d")).isEqualTo(json("[{'g':7}]"));
				assertThat(body.get("f")).isEqualTo(json("8"));
			});
	}

	@Test
	void textThatIsAJsonObjectOrArrayIsSentAsOne() {
		String name = "completion.defaults.additional-properties.";
		this.runner
			.withPropertyValues(name + "output_config={\"format\":{\"schema\":{\"$ref\":\"#\",\"enum\":[\"1\",\"\"]}}}",
					name + "a=[1, \"2\", {}]", name + "b={c}", name + "d={} {}", name + "e=1e99999999999",
					name + "f[0]=", name + "f[1]=x")
			.run((context) -> {
				JsonNode body = body(context.getBean(CompletionClient.class));
				assertThat(body.get("output_config"))
					.isEqualTo(json("{'format':{'schema':{'$ref':'#','enum':['1','']}}}"));
				assertThat(body.get("a")).isEqualTo(json("[1,'2',{}]"));
				assertThat(body.get("b")).isEqualTo(json("'{c}'"));
				assertThat(body.get("d")).isEqualTo(json("'{} {}'"));
				assertThat(body.get("e")).isEqualTo(json("'1e99999999999'"));
				assertThat(body.get("f")).isEqualTo(json("['','x']"));
			});
	}

	@Test
	void listWithAMissingElementIsNamed() {
		String name = "completion.defaults.additional-properties.stop";
		this.runner.withPropertyValues(name + "[0]=a", name + "[2]=b")
			.run((context) -> assertThat(context.getStartupFailure()).rootCause()
				.isInstanceOf(IllegalArgumentException.class)
				.hasMessage("a list must have an element for each index from 0 on"));
	}

	@Test
	void valueOfTheRequestTakesPrecedence() {
		this.runner.withPropertyValues("completion.defaults.additional-properties.service_tier=auto").run((context) -> {
			this.server.enqueue(Reply.text("Hi"));
			context.getBean(CompletionClient.class)
				.complete((request) -> request.prompt("Hi").additionalProperty("service_tier", "standard_only"))
				.block(LIMIT);
			assertThat(this.server.requests().get(0).body()).contains("\"service_tier\":\"standard_only\"");
		});
	}

	@Test
	void variablesHaveNoUnderscores() {
		this.runner.withInitializer((context) -> {
			Map<String, Object> variables = Map.of("COMPLETION_DEFAULTS_ADDITIONALPROPERTIES_SEED", "7");
			context.getEnvironment()
				.getPropertySources()
				.addFirst(new SystemEnvironmentPropertySource("systemEnvironment", variables));
		})
			.run((context) -> assertThat(body(context.getBean(CompletionClient.class)).get("seed").intValue())
				.isEqualTo(7));
	}

	@Test
	void propertyThatHasAMethodIsNamed() {
		this.runner.withPropertyValues("completion.defaults.additional-properties.max_tokens_to_sample=7")
			.run((context) -> assertThat(context.getStartupFailure()).rootCause()
				.isInstanceOf(IllegalArgumentException.class)
				.hasMessage("'additionalProperty' must not be 'max_tokens_to_sample': use"
						+ " maxTokensToSample() instead"));
	}

	@Test
	void placeholderWithoutAValueIsNamed() {
		this.runner
			.withInitializer((context) -> context.getEnvironment()
				.getPropertySources()
				.addFirst(new MapPropertySource("more",
						Map.of("completion.defaults.additional-properties.thinking.type", "${THINKING_TYPE}"))))
			.run((context) -> assertThat(context.getStartupFailure()).rootCause()
				.isInstanceOf(FailureAnalyzedException.class)
				.hasMessageContaining("completion.defaults.additional-properties.thinking.type"));
	}

}
