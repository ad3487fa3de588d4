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

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;

import org.jspecify.annotations.Nullable;

/**
 * The names of models that may become tags of meters. Each tag costs memory for good, and
 * the names may come from an application's users, while a gateway may serve any. Safe for
 * use by many threads.
 */
final class ModelTags {

	static final String OTHER = "other";

	private static final int MAX_NAMES = 100;

	private static final int MAX_LENGTH = 256;

	private final Set<String> names = ConcurrentHashMap.newKeySet();

	private final AtomicBoolean begun = new AtomicBoolean();

	/**
	 * Add the default model of a client, if it has one and is the first: its variants may
	 * be made for the application's users.
	 */
	void addDefault(@Nullable Model model) {
		if (this.begun.compareAndSet(false, true) && model != null) {
			add(model);
		}
	}

	/**
	 * Add the name of a model that a server has answered for.
	 */
	void add(Model model) {
		if (model.id().length() <= MAX_LENGTH && this.names.size() < MAX_NAMES) {
			this.names.add(model.id());
		}
	}

	/**
	 * Return the name of the given model, or {@value #OTHER} if it is not known.
	 */
	String bounded(Model model) {
		return this.names.contains(model.id()) ? model.id() : OTHER;
	}

}
