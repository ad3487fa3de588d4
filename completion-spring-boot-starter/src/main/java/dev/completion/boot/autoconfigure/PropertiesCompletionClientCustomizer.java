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

import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;

import dev.completion.boot.CompletionClientCustomizer;
import dev.completion.client.CompletionClient;
import dev.completion.client.CompletionRequest;
import dev.completion.client.Timeouts;
import org.jspecify.annotations.Nullable;

import org.springframework.core.Ordered;

/**
 * Carries {@link CompletionProperties} into the builder of the client.
 */
final class PropertiesCompletionClientCustomizer implements CompletionClientCustomizer, Ordered {

	private static final String PREFIX = "completion.";

	private final CompletionProperties properties;

	private final @Nullable Duration connectTimeout;

	/**
	 * Create a customizer.
	 * @param properties the properties
	 * @param connectTimeout the application's own connect timeout, which is used if the
	 * properties have none
	 */
	PropertiesCompletionClientCustomizer(CompletionProperties properties, @Nullable Duration connectTimeout) {
		this.properties = properties;
		this.connectTimeout = connectTimeout;
	}

	@Override
	public int getOrder() {
		return 0;
	}

	@Override
	public void customize(String name, CompletionClient.Builder builder) {
		map("api", this.properties.getApi(), builder::api);
		map("version", this.properties.getVersion(), builder::version);
		map("betas", this.properties.getBetas().toArray(String[]::new), builder::betas);
		this.properties.getHeaders()
			.forEach((header, value) -> map("headers." + header, value, (it) -> builder.defaultHeader(header, it)));
		builder.defaults(this::defaults);
		builder.timeouts(timeouts());
	}

	private void defaults(CompletionRequest.Builder builder) {
		CompletionProperties.Defaults defaults = this.properties.getDefaults();
		map("defaults.model", defaults.getModel(), builder::model);
		map("defaults.max-tokens-to-sample", defaults.getMaxTokensToSample(), builder::maxTokensToSample);
		map("defaults.temperature", defaults.getTemperature(), builder::temperature);
		map("defaults.top-p", defaults.getTopP(), builder::topP);
		map("defaults.top-k", defaults.getTopK(), builder::topK);
		List<String> stopSequences = defaults.getStopSequences();
		map("defaults.stop-sequences", (stopSequences != null) ? stopSequences.toArray(String[]::new) : null,
				builder::stopSequences);
		map("defaults.user-id", defaults.getUserId(), builder::userId);
	}

	private Timeouts timeouts() {
		CompletionProperties.Timeout timeout = this.properties.getTimeout();
		Timeouts.Builder builder = Timeouts.builder();
		SettingMapper.map("spring.http.clients.connect-timeout", this.connectTimeout, builder::connect);
		map("timeout.connect", timeout.getConnect(), builder::connect);
		map("timeout.response", timeout.getResponse(), builder::response);
		return builder.build();
	}

	private static <T> void map(String name, @Nullable T value, Consumer<T> target) {
		SettingMapper.map(PREFIX + name, value, target);
	}

}
