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

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;

/**
 * A server for all the tests of a class, which each finds as new.
 */
abstract class AbstractServerTests {

	static CompletionServer server;

	static TestClient client;

	@BeforeAll
	static void start() {
		server = CompletionServer.start();
		client = new TestClient(server);
	}

	@AfterAll
	static void close() {
		server.close();
	}

	@BeforeEach
	void reset() {
		server.reset();
	}

}
