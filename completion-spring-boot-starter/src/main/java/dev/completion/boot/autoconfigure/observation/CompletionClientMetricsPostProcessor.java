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

import java.util.ArrayList;
import java.util.List;

import dev.completion.boot.CompletionClientCustomizer;
import dev.completion.client.CompletionClient;
import dev.completion.client.CompletionClientMetrics;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.core.Ordered;

/**
 * Binds the metrics of each client. The metrics of clients that are created during
 * startup are bound after all singletons are instantiated, because the registry may not
 * be configured earlier. The metrics of other clients are bound immediately.
 */
final class CompletionClientMetricsPostProcessor implements BeanPostProcessor, SmartInitializingSingleton, Ordered {

	private static final String CLIENT_TAG = "completion.client";

	private static final String BEAN_SUFFIX = "CompletionClient";

	// the client behind a proxy, for example of a refresh scope
	private static final String SCOPED_TARGET = "scopedTarget.";

	private final ObjectProvider<MeterRegistry> meterRegistry;

	private final List<CompletionClientMetrics> waiting = new ArrayList<>();

	private boolean started;

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
			bind(new CompletionClientMetrics(client, Tags.of(CLIENT_TAG, name(beanName))));
		}
		return bean;
	}

	private void bind(CompletionClientMetrics metrics) {
		if (!isPostponed(metrics)) {
			metrics.bindTo(this.meterRegistry.getObject());
		}
	}

	private synchronized boolean isPostponed(CompletionClientMetrics metrics) {
		if (!this.started) {
			this.waiting.add(metrics);
		}
		return !this.started;
	}

	@Override
	public void afterSingletonsInstantiated() {
		// not under the lock, since another thread may be creating a client
		start().forEach(this::bind);
	}

	private synchronized List<CompletionClientMetrics> start() {
		this.started = true;
		List<CompletionClientMetrics> metrics = List.copyOf(this.waiting);
		this.waiting.clear();
		return metrics;
	}

	private static String name(String bean) {
		String beanName = bean.startsWith(SCOPED_TARGET) ? bean.substring(SCOPED_TARGET.length()) : bean;
		if (beanName.equalsIgnoreCase(BEAN_SUFFIX)) {
			return CompletionClientCustomizer.DEFAULT_CLIENT;
		}
		return beanName.endsWith(BEAN_SUFFIX) ? beanName.substring(0, beanName.length() - BEAN_SUFFIX.length())
				: beanName;
	}

}
