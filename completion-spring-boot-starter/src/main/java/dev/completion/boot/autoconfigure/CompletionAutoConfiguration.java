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

import dev.completion.boot.CompletionClientCustomizer;
import dev.completion.boot.CompletionConnectionDetails;
import dev.completion.client.CompletionClient;
import dev.completion.client.CredentialProvider;

import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionMessage;
import org.springframework.boot.autoconfigure.condition.ConditionOutcome;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.SpringBootCondition;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.context.properties.ConfigurationPropertiesBindHandlerAdvisor;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.context.properties.bind.PropertySourcesPlaceholdersResolver;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.http.client.HttpClientSettings;
import org.springframework.boot.http.client.autoconfigure.reactive.ReactiveHttpClientAutoConfiguration;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.boot.webclient.autoconfigure.WebClientAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.ImportRuntimeHints;
import org.springframework.core.env.Environment;
import org.springframework.core.io.ResourceLoader;
import org.springframework.core.type.AnnotatedTypeMetadata;

/**
 * Auto-configuration of a {@link CompletionClient}.
 *
 * @since 0.1.0
 */
@AutoConfiguration(after = { ReactiveHttpClientAutoConfiguration.class, SslAutoConfiguration.class,
		WebClientAutoConfiguration.class })
@Conditional(CompletionAutoConfiguration.OnEnabledClientCondition.class)
@ConditionalOnMissingBean(CompletionClient.class)
@EnableConfigurationProperties(CompletionProperties.class)
@ImportRuntimeHints(CompletionRuntimeHints.class)
@Import({ EmbeddedServerConfiguration.class, NamedClientsRegistrar.class })
public final class CompletionAutoConfiguration {

	CompletionAutoConfiguration() {
	}

	@Bean
	static ConfigurationPropertiesBindHandlerAdvisor completionBindHandlerAdvisor(Environment environment) {
		return (handler) -> new UnsetValueBindHandler(handler, ConfigurationPropertyName.of(ClientProperties.ROOT),
				new PropertySourcesPlaceholdersResolver(environment));
	}

	@Bean
	@ConditionalOnMissingBean(CompletionConnectionDetails.class)
	PropertiesCompletionConnectionDetails completionConnectionDetails(Environment environment,
			ObjectProvider<SslBundles> sslBundles) {
		return PropertiesCompletionConnectionDetails.ofDefault(environment, sslBundles);
	}

	@Bean
	CompletionConnectionDetailsResolver completionConnectionDetailsResolver(
			ObjectProvider<CompletionConnectionDetails> candidates, BeanFactory beanFactory, Environment environment) {
		return new CompletionConnectionDetailsResolver(candidates, beanFactory, environment);
	}

	@Bean
	@ConditionalOnMissingBean(CredentialProvider.class)
	ConnectionDetailsCredentialProvider completionCredentialProvider(
			CompletionConnectionDetailsResolver connectionDetails) {
		return new ConnectionDetailsCredentialProvider(connectionDetails.standard());
	}

	@Bean
	PropertiesCompletionClientCustomizer propertiesCompletionClientCustomizer(Environment environment,
			ObjectProvider<HttpClientSettings> settings) {
		HttpClientSettings application = settings.getIfAvailable(HttpClientSettings::defaults);
		return new PropertiesCompletionClientCustomizer((name) -> ClientProperties.of(name, environment),
				application.connectTimeout());
	}

	@Bean
	OpenHttpClients completionOpenHttpClients() {
		return new OpenHttpClients();
	}

	@Bean
	HttpClientFactory completionHttpClientFactory(ListableBeanFactory beanFactory, OpenHttpClients openClients) {
		return new HttpClientFactory(beanFactory, openClients);
	}

	@Bean(CompletionClientFactory.BEAN_NAME)
	CompletionClientFactory completionClientFactory(ListableBeanFactory beanFactory,
			CompletionConnectionDetailsResolver connectionDetails, HttpClientFactory httpClients,
			OpenHttpClients openClients, Environment environment, ResourceLoader resourceLoader) {
		return new CompletionClientFactory(beanFactory, connectionDetails, httpClients, openClients, environment,
				resourceLoader.getClassLoader());
	}

	@Bean
	CompletionClient completionClient(CompletionClientFactory factory) {
		return factory.create(CompletionClientCustomizer.DEFAULT_CLIENT);
	}

	/**
	 * Matches unless the property is set to {@code false}. An empty value counts as not
	 * set, as for the other properties.
	 */
	static final class OnEnabledClientCondition extends SpringBootCondition {

		@Override
		public ConditionOutcome getMatchOutcome(ConditionContext context, AnnotatedTypeMetadata metadata) {
			boolean enabled = ClientProperties.isEnabled(context.getEnvironment());
			return new ConditionOutcome(enabled, ConditionMessage.forCondition("Completion client")
				.because(enabled ? "is enabled" : "is disabled by 'completion.enabled'"));
		}

	}

}
