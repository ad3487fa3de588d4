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

import java.util.Objects;
import java.util.stream.Stream;

import dev.completion.boot.CompletionClientCustomizer;
import dev.completion.boot.CompletionConnectionDetails;
import dev.completion.client.Credential;
import dev.completion.client.CredentialProvider;
import dev.completion.server.CompletionServer;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.support.AbstractBeanDefinition;
import org.springframework.boot.autoconfigure.condition.ConditionMessage;
import org.springframework.boot.autoconfigure.condition.ConditionOutcome;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.SpringBootCondition;
import org.springframework.boot.cloud.CloudPlatform;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.diagnostics.FailureAnalyzedException;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.ConfigurationCondition;
import org.springframework.context.annotation.Fallback;
import org.springframework.context.annotation.Lazy;
import org.springframework.core.NativeDetector;
import org.springframework.core.env.Environment;
import org.springframework.core.type.AnnotatedTypeMetadata;
import org.springframework.util.ClassUtils;

/**
 * Starts an embedded server and configures the client to use it.
 */
@Configuration(proxyBeanMethods = false)
@ConditionalOnClass(CompletionServer.class)
@Conditional(EmbeddedServerConfiguration.OnEmbeddedServerCondition.class)
class EmbeddedServerConfiguration {

	// a class name, because the class may be missing
	private static final String SERVER_CLASS = "dev.completion.server.CompletionServer";

	private static final Log logger = LogFactory.getLog(EmbeddedServerConfiguration.class);

	@Bean
	@ConditionalOnMissingBean
	@Lazy
	CompletionServer completionServer(Environment environment) {
		int port = CompletionProperties.of(CompletionClientCustomizer.DEFAULT_CLIENT, environment)
			.embeddedServer()
			.port();
		CompletionServer.Builder builder = CompletionServer.builder();
		SettingMapper.map("completion.embedded-server.port", port, builder::port);
		try {
			return builder.start();
		}
		catch (IllegalStateException ex) {
			throw new FailureAnalyzedException("The embedded server cannot start: %s.".formatted(ex.getMessage()),
					"Free the port, or set 'completion.embedded-server.port' to another one, or to 0 for a free one.",
					ex);
		}
	}

	/**
	 * The connection details of the server. Those of the application, if any, stay what
	 * its own code gets. Where the application was processed ahead of time, the
	 * environment may want no server any more: then they are those of the properties.
	 */
	@Bean
	@Fallback
	CompletionConnectionDetails embeddedCompletionConnectionDetails(ObjectProvider<CompletionServer> servers,
			Environment environment, ObjectProvider<SslBundles> sslBundles) {
		if (!isWanted(environment)) {
			return PropertiesCompletionConnectionDetails.ofDefault(environment, sslBundles);
		}
		CompletionServer server = servers.getObject();
		logger.warn("Completions are answered by the embedded server at %s: its texts are canned, no model is asked"
			.formatted(server.baseUrl()));
		return new EmbeddedCompletionConnectionDetails(server.baseUrl(), Credential.apiKey(server.apiKey()));
	}

	private static boolean isWanted(Environment environment) {
		return switch (mode(environment)) {
			case OFF -> false;
			case FALLBACK ->
				!PropertiesCompletionConnectionDetails.isConfigured(environment) && productionSign(environment) == null;
			case ON -> true;
		};
	}

	/**
	 * Return what shows that the application is in production, where canned responses
	 * would be taken for those of a model, or {@code null} if nothing does.
	 */
	static @Nullable String productionSign(Environment environment) {
		String empty = PropertiesCompletionConnectionDetails.emptyVariable(environment);
		if (empty != null) {
			return "the environment variable '" + empty + "' is empty";
		}
		CloudPlatform platform = CloudPlatform.getActive(environment);
		if (platform != null && platform != CloudPlatform.NONE) {
			return "the application runs on the cloud platform " + platform;
		}
		return isPackaged(EmbeddedServerConfiguration.class.getClassLoader()) ? "the application is packaged" : null;
	}

	/**
	 * Return whether the application runs from its jar, or as a native image.
	 * @param classLoader the class loader of the application
	 */
	static boolean isPackaged(@Nullable ClassLoader classLoader) {
		for (ClassLoader current = classLoader; current != null; current = current.getParent()) {
			if (current.getClass().getName().startsWith("org.springframework.boot.loader.")) {
				return true;
			}
		}
		return NativeDetector.inNativeImage();
	}

	/**
	 * Return the mode of the embedded server.
	 */
	static CompletionProperties.EmbeddedServer.Mode mode(Environment environment) {
		return Binder.get(environment)
			.bind("completion.embedded-server.mode", CompletionProperties.EmbeddedServer.Mode.class)
			.orElse(CompletionProperties.EmbeddedServer.Mode.OFF);
	}

	/**
	 * Check that the embedded server is used if the mode requires it.
	 * @param details the connection details of a client
	 */
	static void check(CompletionConnectionDetails details, Environment environment, @Nullable ClassLoader classLoader) {
		CompletionProperties.EmbeddedServer.Mode mode = mode(environment);
		if (mode == CompletionProperties.EmbeddedServer.Mode.OFF) {
			return;
		}
		if (!ClassUtils.isPresent(SERVER_CLASS, classLoader)) {
			throw new FailureAnalyzedException(
					"'completion.embedded-server.mode' is set, but the embedded server is not on the class path.",
					"Add the dependency 'dev.completion:completion-server', or remove the property.");
		}
		// conditions are evaluated during AOT processing
		if (mode == CompletionProperties.EmbeddedServer.Mode.ON && !details.isEmbedded()) {
			throw new FailureAnalyzedException(
					"'completion.embedded-server.mode' is 'on', and was not when the application was processed ahead of time.",
					"Process the application again with this mode, or remove the property.");
		}
	}

	static final class EmbeddedCompletionConnectionDetails implements CompletionConnectionDetails {

		private final String baseUrl;

		private final Credential credential;

		EmbeddedCompletionConnectionDetails(String baseUrl, Credential credential) {
			this.baseUrl = baseUrl;
			this.credential = credential;
		}

		@Override
		public String getBaseUrl() {
			return this.baseUrl;
		}

		@Override
		public Credential getCredential() {
			return this.credential;
		}

		@Override
		public boolean isEmbedded() {
			return true;
		}

	}

	/**
	 * Matches in mode {@code on}, and in mode {@code fallback} if nothing else is
	 * configured and the application is not in production.
	 */
	static final class OnEmbeddedServerCondition extends SpringBootCondition implements ConfigurationCondition {

		@Override
		public ConfigurationPhase getConfigurationPhase() {
			return ConfigurationPhase.REGISTER_BEAN;
		}

		@Override
		public ConditionOutcome getMatchOutcome(ConditionContext context, AnnotatedTypeMetadata metadata) {
			ConditionMessage.Builder message = ConditionMessage.forCondition("Embedded completion server");
			CompletionProperties.EmbeddedServer.Mode mode = mode(context.getEnvironment());
			boolean replaced = mode == CompletionProperties.EmbeddedServer.Mode.FALLBACK
					&& (hasBean(context, CompletionConnectionDetails.class)
							|| hasBean(context, CredentialProvider.class));
			return new ConditionOutcome(isWanted(context.getEnvironment()) && !replaced,
					message.because("mode is " + mode + reason(mode, context.getEnvironment())));
		}

		private static String reason(CompletionProperties.EmbeddedServer.Mode mode, Environment environment) {
			String sign = productionSign(environment);
			boolean matters = mode == CompletionProperties.EmbeddedServer.Mode.FALLBACK && sign != null;
			return matters ? ", and " + sign : "";
		}

		// beans that are not default candidates are for named clients
		private static boolean hasBean(ConditionContext context, Class<?> type) {
			ConfigurableListableBeanFactory beanFactory = Objects.requireNonNull(context.getBeanFactory());
			return Stream.of(beanFactory.getBeanNamesForType(type, true, false))
				.filter(beanFactory::containsBeanDefinition)
				.map(beanFactory::getMergedBeanDefinition)
				.anyMatch(
						(definition) -> !(definition instanceof AbstractBeanDefinition it) || it.isDefaultCandidate());
		}

	}

}
