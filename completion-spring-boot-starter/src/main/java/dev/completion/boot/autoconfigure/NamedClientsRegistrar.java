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

import java.util.Set;

import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.beans.factory.support.AbstractBeanDefinition;
import org.springframework.beans.factory.support.AutowireCandidateQualifier;
import org.springframework.beans.factory.support.BeanDefinitionRegistry;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.boot.diagnostics.FailureAnalyzedException;
import org.springframework.context.annotation.ImportBeanDefinitionRegistrar;
import org.springframework.core.env.Environment;
import org.springframework.core.type.AnnotationMetadata;

/**
 * Registers a client for each name below {@code completion.clients}. It is injected by
 * its name alone, so that an injection point without a name gets the default one. What it
 * registers can be processed ahead of time, which what a
 * {@link org.springframework.beans.factory.BeanRegistrar} does cannot, with qualifiers.
 */
final class NamedClientsRegistrar implements ImportBeanDefinitionRegistrar {

	private static final String DEFAULT_BEAN = "completionClient";

	private static final String BEAN_SUFFIX = "CompletionClient";

	private final Environment environment;

	NamedClientsRegistrar(Environment environment) {
		this.environment = environment;
	}

	@Override
	public void registerBeanDefinitions(AnnotationMetadata metadata, BeanDefinitionRegistry registry) {
		Set<String> names = CompletionProperties.ofNamed(this.environment).keySet();
		for (String name : names) {
			checkDetails(name, registry);
			if (!registry.containsBeanDefinition(name + BEAN_SUFFIX)) {
				registry.registerBeanDefinition(name + BEAN_SUFFIX, definition(name));
			}
		}
		if (!names.isEmpty() && !isDefaultConfigured(registry)) {
			registry.getBeanDefinition(DEFAULT_BEAN).setLazyInit(true);
		}
	}

	/**
	 * Return the name of the bean that says how a client is connected.
	 */
	static String detailsBean(String name) {
		return name + "CompletionConnectionDetails";
	}

	// they would be taken for those of the default client as well
	private static void checkDetails(String name, BeanDefinitionRegistry registry) {
		String bean = detailsBean(name);
		if (registry.containsBeanDefinition(bean)
				&& registry.getBeanDefinition(bean) instanceof AbstractBeanDefinition definition
				&& definition.isDefaultCandidate()) {
			throw new FailureAnalyzedException(
					"The bean '%s' is for the completion client '%s', and would be injected without a name as well."
						.formatted(bean, name),
					"Declare it with '@Bean(defaultCandidate = false)'.");
		}
	}

	private static RootBeanDefinition definition(String name) {
		RootBeanDefinition definition = new RootBeanDefinition();
		definition.setFactoryBeanName(CompletionClientFactory.BEAN_NAME);
		definition.setFactoryMethodName("create");
		definition.getConstructorArgumentValues().addIndexedArgumentValue(0, name);
		definition.setDefaultCandidate(false);
		definition.addQualifier(new AutowireCandidateQualifier(Qualifier.class, name));
		definition.setDescription("Completion client '" + name + "'");
		return definition;
	}

	/**
	 * Return whether there is anything to make the default client of. If not, it is made
	 * when somebody wants it: an application may have use for the others alone, and need
	 * no credential for it.
	 */
	private boolean isDefaultConfigured(BeanDefinitionRegistry registry) {
		return PropertiesCompletionConnectionDetails.isConfigured(this.environment)
				// ours give way to those of the application
				|| !registry.containsBeanDefinition("completionConnectionDetails")
				|| !registry.containsBeanDefinition("completionCredentialProvider")
				|| registry.containsBeanDefinition("embeddedCompletionConnectionDetails");
	}

}
