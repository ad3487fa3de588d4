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

import java.util.concurrent.ThreadLocalRandom;

/**
 * Makes unique ids in the forms of the API.
 */
final class Ids {

	private static final String ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

	private Ids() {
	}

	static String requestId() {
		return random("req_");
	}

	static String completionId() {
		return random("compl_");
	}

	static String messageId() {
		return random("msg_");
	}

	private static String random(String prefix) {
		StringBuilder id = new StringBuilder(prefix);
		ThreadLocalRandom.current()
			.ints(24, 0, ALPHABET.length())
			.forEach((index) -> id.append(ALPHABET.charAt(index)));
		return id.toString();
	}

}
