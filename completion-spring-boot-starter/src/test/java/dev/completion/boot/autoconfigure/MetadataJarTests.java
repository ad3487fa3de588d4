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

import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Field;
import java.util.List;
import java.util.jar.JarFile;
import java.util.stream.Stream;

import dev.completion.client.Model;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for the metadata in the jar, from which IDEs tell of the properties.
 */
class MetadataJarTests {

	// what is not sent, or not done, if it is not set, or depends on the call
	private static final List<String> WITHOUT_DEFAULT = List.of("completion.api-key", "completion.auth-token",
			"completion.betas", "completion.headers", "completion.clients", "completion.defaults.model",
			"completion.defaults.temperature", "completion.defaults.top-p", "completion.defaults.top-k",
			"completion.defaults.stop-sequences", "completion.defaults.user-id",
			"completion.defaults.additional-properties", "completion.timeout.response", "completion.timeout.total",
			"completion.ssl.bundle", "completion.proxy.host", "completion.proxy.port", "completion.proxy.username",
			"completion.proxy.password", "completion.proxy.non-proxy-hosts");

	private static JsonNode read(String name) throws IOException {
		try (JarFile jar = new JarFile(System.getProperty("jar"));
				InputStream stream = jar.getInputStream(jar.getEntry(name))) {
			return JsonMapper.shared().readTree(stream);
		}
	}

	static Stream<JsonNode> properties() throws IOException {
		return read("META-INF/spring-configuration-metadata.json").get("properties").valueStream();
	}

	private static Stream<JsonNode> values(String property) throws IOException {
		return read("META-INF/spring-configuration-metadata.json").get("hints")
			.valueStream()
			.filter((hint) -> hint.get("name").stringValue().equals(property))
			.flatMap((hint) -> hint.get("values").valueStream());
	}

	@ParameterizedTest
	@MethodSource("properties")
	void propertyHasATypeAndADescription(JsonNode property) {
		assertThat(property.path("type").asString("")).isNotBlank();
		assertThat(property.path("description").asString("")).endsWith(".").doesNotStartWith("The ");
	}

	@Test
	void propertyHasADefaultUnlessThereIsNone() throws IOException {
		assertThat(properties().filter((property) -> !property.has("defaultValue"))
			.map((property) -> property.get("name").stringValue()))
			.containsExactlyInAnyOrderElementsOf(WITHOUT_DEFAULT);
	}

	@Test
	void valuesOfTheModelAreModels() throws IOException {
		assertThat(values("completion.defaults.model").map((value) -> value.get("value").stringValue()))
			.hasSizeGreaterThan(10)
			.allMatch((name) -> CONSTANTS.contains(name));
		assertThat(values("completion.defaults.model"))
			.allMatch((value) -> value.get("description").stringValue().endsWith("."));
	}

	@Test
	void filesOfSpringAreInTheJar() throws IOException {
		try (JarFile jar = new JarFile(System.getProperty("jar"))) {
			assertThat(jar.stream().map((entry) -> entry.getName())).contains("META-INF/spring.factories",
					"META-INF/spring/org.springframework.boot.autoconfigure.AutoConfiguration.imports",
					"META-INF/spring-autoconfigure-metadata.properties");
		}
	}

	private static final List<String> CONSTANTS = Stream.of(Model.class.getFields())
		.filter((field) -> field.getType() == Model.class)
		.map(MetadataJarTests::id)
		.toList();

	private static String id(Field field) {
		try {
			return ((Model) field.get(null)).id();
		}
		catch (IllegalAccessException ex) {
			throw new IllegalStateException(ex);
		}
	}

}
