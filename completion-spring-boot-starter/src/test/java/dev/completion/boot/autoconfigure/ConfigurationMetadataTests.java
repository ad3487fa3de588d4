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
import java.util.Objects;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for the metadata that IDEs show for the properties.
 */
class ConfigurationMetadataTests {

	@Test
	void propertiesAreThoseOfTheDocumentation() throws IOException {
		assertThat(properties().map((property) -> property.get("name").stringValue())).containsExactlyInAnyOrder(
				"completion.clients", "completion.enabled", "completion.api-key", "completion.auth-token",
				"completion.base-url", "completion.allow-insecure", "completion.api", "completion.version",
				"completion.betas", "completion.headers", "completion.defaults.model",
				"completion.defaults.max-tokens-to-sample", "completion.defaults.temperature",
				"completion.defaults.top-p", "completion.defaults.top-k", "completion.defaults.stop-sequences",
				"completion.defaults.user-id", "completion.defaults.additional-properties",
				"completion.timeout.connect", "completion.timeout.response", "completion.timeout.idle",
				"completion.timeout.progress", "completion.timeout.total", "completion.retry.max-retries",
				"completion.retry.delay", "completion.retry.max-delay", "completion.retry.max-retry-after",
				"completion.retry.retry-ambiguous", "completion.pacing.enabled", "completion.pacing.max-refusals",
				"completion.limits.event", "completion.limits.body", "completion.limits.text",
				"completion.pool.max-connections", "completion.pool.max-pending-acquires",
				"completion.pool.acquire-timeout", "completion.pool.max-idle-time", "completion.pool.max-life-time",
				"completion.pool.metrics", "completion.ssl.bundle", "completion.proxy.host", "completion.proxy.port",
				"completion.proxy.username", "completion.proxy.password", "completion.proxy.non-proxy-hosts",
				"completion.health.mode", "completion.health.timeout", "completion.health.time-to-live",
				"completion.observations.content", "completion.embedded-server.mode", "completion.embedded-server.port",
				"management.health.completion.enabled");
	}

	static Stream<JsonNode> properties() throws IOException {
		try (InputStream stream = Objects.requireNonNull(
				CompletionProperties.class.getResourceAsStream("/META-INF/spring-configuration-metadata.json"))) {
			return JsonMapper.shared().readTree(stream).get("properties").values().stream();
		}
	}

}
