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

package dev.completion.server;

import java.time.Duration;
import java.util.List;

import tools.jackson.databind.node.ObjectNode;

/**
 * Answer with text, in both of its forms.
 */
interface Rendering {

	ObjectNode json();

	/**
	 * Return the events of the stream, each made when it is asked for.
	 */
	List<String> events();

	Usage usage();

	/**
	 * Return what is to be sent.
	 * @param stream whether the request asks for an event stream
	 * @param pause the time to wait before each event
	 */
	default Answer answer(boolean stream, Duration pause) {
		return (stream ? Answer.events(events()).withPause(pause) : Answer.json(200, json())).withUsage(usage());
	}

}
