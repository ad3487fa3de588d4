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

package dev.completion.boot.autoconfigure.observation;

import dev.completion.boot.CompletionClientCustomizer;
import dev.completion.client.CompletionClient;
import dev.completion.client.CompletionClientMetrics;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.core.Ordered;

/**
 * Binds the metrics of each client when the client is created, which may be long after
 * the start of the application.
 */
final class CompletionClientMetricsPostProcessor implements BeanPostProcessor, Ordered {

	private static final String CLIENT_TAG = "completion.client";

	private static final String BEAN_SUFFIX = "CompletionClient";

	private final ObjectProvider<MeterRegistry> meterRegistry;

	CompletionClientMetricsPostProcessor(ObjectProvider<MeterRegistry> meterRegistry) {
		this.meterRegistry = meterRegistry;
	}

	@Override
	public int getOrder() {
		return Ordered.HIGHEST_PRECEDENCE;
	}

	@Override
	public Object postProcessAfterInitialization(Object bean, String beanName) {
		if (bean instanceof CompletionClient client) {
			new CompletionClientMetrics(client, Tags.of(CLIENT_TAG, name(beanName)))
				.bindTo(this.meterRegistry.getObject());
		}
		return bean;
	}

	private static String name(String beanName) {
		if (beanName.equalsIgnoreCase(BEAN_SUFFIX)) {
			return CompletionClientCustomizer.DEFAULT_CLIENT;
		}
		return beanName.endsWith(BEAN_SUFFIX) ? beanName.substring(0, beanName.length() - BEAN_SUFFIX.length())
				: beanName;
	}

}
