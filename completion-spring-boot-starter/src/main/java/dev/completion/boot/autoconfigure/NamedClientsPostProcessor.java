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
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.support.AbstractBeanDefinition;
import org.springframework.beans.factory.support.AutowireCandidateQualifier;
import org.springframework.core.env.Environment;

/**
 * Has each named client injected by its name alone, so that an injection point without a
 * name gets the default one. A registrar cannot say so much. A default client for which
 * nothing is configured is not made until somebody wants it: an application may have use
 * for the others alone, and need no credential for it.
 */
final class NamedClientsPostProcessor implements BeanFactoryPostProcessor {

	private static final String DEFAULT_BEAN = "completionClient";

	private final Environment environment;

	NamedClientsPostProcessor(Environment environment) {
		this.environment = environment;
	}

	@Override
	public void postProcessBeanFactory(ConfigurableListableBeanFactory beanFactory) {
		Set<String> names = ClientProperties.names(this.environment);
		if (!names.isEmpty() && beanFactory.containsBeanDefinition(DEFAULT_BEAN) && !isConfigured(beanFactory)) {
			beanFactory.getBeanDefinition(DEFAULT_BEAN).setLazyInit(true);
		}
		for (String name : names) {
			String beanName = NamedClientsRegistrar.beanName(name);
			if (beanFactory.containsBeanDefinition(beanName)) {
				BeanDefinition definition = beanFactory.getBeanDefinition(beanName);
				if (definition instanceof AbstractBeanDefinition ours) {
					ours.setDefaultCandidate(false);
					ours.addQualifier(new AutowireCandidateQualifier(Qualifier.class, name));
				}
			}
		}
	}

	private boolean isConfigured(ConfigurableListableBeanFactory beanFactory) {
		return PropertiesCompletionConnectionDetails.isConfigured(this.environment)
				// ours give way to those of the application
				|| !beanFactory.containsBeanDefinition("completionConnectionDetails")
				|| !beanFactory.containsBeanDefinition("completionCredentialProvider")
				|| beanFactory.containsBeanDefinition("embeddedCompletionConnectionDetails");
	}

}
