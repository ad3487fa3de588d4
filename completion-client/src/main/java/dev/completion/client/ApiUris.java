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

package dev.completion.client;

import java.net.URI;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import org.springframework.web.util.DefaultUriBuilderFactory;
import org.springframework.web.util.UriTemplateHandler;

/**
 * Makes the URIs of requests. Those without variables, which nearly all requests have,
 * are made once: Framework parses and encodes a template each time.
 */
final class ApiUris {

	private final UriTemplateHandler templates;

	private final Map<String, URI> constants = new ConcurrentHashMap<>();

	ApiUris(String baseUrl) {
		this.templates = new DefaultUriBuilderFactory(baseUrl);
	}

	URI expand(String template, Map<String, ?> variables) {
		return variables.isEmpty()
				? this.constants.computeIfAbsent(template, (path) -> this.templates.expand(path, variables))
				: this.templates.expand(template, variables);
	}

}
