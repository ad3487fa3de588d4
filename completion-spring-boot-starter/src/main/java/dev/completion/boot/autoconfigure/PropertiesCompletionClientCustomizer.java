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
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;

import dev.completion.boot.CompletionClientCustomizer;
import dev.completion.client.CompletionClient;
import dev.completion.client.CompletionRequest;
import dev.completion.client.Limits;
import dev.completion.client.Pacing;
import dev.completion.client.RetryPolicy;
import dev.completion.client.Timeouts;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.core.Ordered;
import org.springframework.util.LinkedCaseInsensitiveMap;
import org.springframework.util.StringUtils;

/**
 * Carries {@link CompletionProperties} into the builder of each client.
 */
final class PropertiesCompletionClientCustomizer implements CompletionClientCustomizer, Ordered {

	private static final Log logger = LogFactory.getLog(PropertiesCompletionClientCustomizer.class);

	private final Function<String, ClientProperties> clients;

	private final @Nullable Duration connectTimeout;

	/**
	 * Create a customizer.
	 * @param clients returns the properties of a client, given its name
	 * @param connectTimeout the application's own connect timeout, which is used if the
	 * properties have none
	 */
	PropertiesCompletionClientCustomizer(Function<String, ClientProperties> clients,
			@Nullable Duration connectTimeout) {
		this.clients = clients;
		this.connectTimeout = connectTimeout;
	}

	@Override
	public int getOrder() {
		return 0;
	}

	@Override
	public void customize(String name, CompletionClient.Builder builder) {
		ClientProperties client = this.clients.apply(name);
		client.valuesWithoutUnit()
			.forEach((property, meaning) -> logger
				.warn("The value of '%s' has no unit and is interpreted as %s. Specify the unit.".formatted(property,
						meaning)));
		new Mapping(client).apply(builder);
	}

	/**
	 * The properties of one client, on their way to its builder.
	 */
	private final class Mapping {

		private final ClientProperties client;

		private final CompletionProperties properties;

		Mapping(ClientProperties client) {
			this.client = client;
			this.properties = client.values();
		}

		void apply(CompletionClient.Builder builder) {
			map("api", this.properties.api(), builder::api);
			map("version", this.properties.version(), builder::version);
			betas(builder);
			headers()
				.forEach((header, value) -> map("headers." + header, value, (it) -> builder.defaultHeader(header, it)));
			builder.defaults(this::defaults);
			builder.timeouts(timeouts());
			builder.retry(retry());
			builder.pacing(pacing());
			builder.limits(limits());
			// not the builder's, but wrong ones should not stop the first look at the
			// health
			positive("health.timeout", this.properties.health().timeout());
			positive("health.time-to-live", this.properties.health().timeToLive());
		}

		private void betas(CompletionClient.Builder builder) {
			List<String> betas = notEmpty(this.properties.betas());
			betas.forEach((beta) -> map("betas", beta, builder::betas));
			builder.betas(betas.toArray(String[]::new));
		}

		private static List<String> notEmpty(@Nullable List<String> values) {
			return (values != null) ? values.stream().filter(StringUtils::hasLength).toList() : List.of();
		}

		// names of headers are the same in any case, and its own come first
		private Map<String, String> headers() {
			Map<String, String> headers = new LinkedCaseInsensitiveMap<>();
			this.properties.headers().forEach(headers::putIfAbsent);
			return headers;
		}

		private void positive(String name, Duration time) {
			SettingMapper.check(this.client.nameOf(name), time.toMillis() > 0, "it must be at least a millisecond");
		}

		private void defaults(CompletionRequest.Builder builder) {
			CompletionProperties.Defaults defaults = this.properties.defaults();
			map("defaults.model", defaults.model(), builder::model);
			map("defaults.max-tokens-to-sample", defaults.maxTokensToSample(), builder::maxTokensToSample);
			map("defaults.temperature", defaults.temperature(), builder::temperature);
			map("defaults.top-p", defaults.topP(), builder::topP);
			map("defaults.top-k", defaults.topK(), builder::topK);
			List<String> stopSequences = notEmpty(defaults.stopSequences());
			map("defaults.stop-sequences", !stopSequences.isEmpty() ? stopSequences.toArray(String[]::new) : null,
					builder::stopSequences);
			map("defaults.user-id", defaults.userId(), builder::userId);
			defaults.additionalProperties().forEach((property, value) -> {
				String name = "defaults.additional-properties." + property;
				map(name, JsonValue.of(this.client.nameOf(name), value),
						(it) -> builder.additionalProperty(property, it));
			});
		}

		private Timeouts timeouts() {
			CompletionProperties.Timeout timeout = this.properties.timeout();
			Timeouts.Builder builder = Timeouts.builder();
			if (timeout.connect() == null) {
				SettingMapper.map("spring.http.clients.connect-timeout",
						PropertiesCompletionClientCustomizer.this.connectTimeout,
						(connect) -> builder.connect(!connect.isZero() ? connect : null));
			}
			map("timeout.connect", timeout.connect(), builder::connect);
			map("timeout.response", timeout.response(), builder::response);
			map("timeout.idle", timeout.idle(), builder::idle);
			map("timeout.progress", timeout.progress(), builder::progress);
			map("timeout.total", timeout.total(), builder::total);
			return builder.build();
		}

		private Pacing pacing() {
			CompletionProperties.Pacing pacing = this.properties.pacing();
			Pacing.Builder builder = Pacing.builder().enabled(pacing.enabled());
			map("pacing.max-refusals", pacing.maxRefusals(), builder::maxRefusals);
			return builder.build();
		}

		private RetryPolicy retry() {
			CompletionProperties.Retry retry = this.properties.retry();
			RetryPolicy.Builder builder = RetryPolicy.builder();
			map("retry.max-retries", retry.maxRetries(), builder::maxRetries);
			map("retry.delay", retry.delay(), builder::delay);
			map("retry.max-delay", retry.maxDelay(), builder::maxDelay);
			map("retry.max-retry-after", retry.maxRetryAfter(), builder::maxRetryAfter);
			map("retry.retry-ambiguous", retry.retryAmbiguous(), builder::retryAmbiguous);
			return builder.build();
		}

		private Limits limits() {
			CompletionProperties.Limits limits = this.properties.limits();
			Limits.Builder builder = Limits.builder();
			map("limits.event", limits.event(), builder::event);
			map("limits.body", limits.body(), builder::body);
			map("limits.text", limits.text(), builder::text);
			return builder.build();
		}

		private <T> void map(String name, @Nullable T value, Consumer<T> target) {
			SettingMapper.map(this.client.nameOf(name), value, target);
		}

	}

}
