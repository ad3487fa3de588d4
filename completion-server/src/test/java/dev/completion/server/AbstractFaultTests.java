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

import java.io.IOException;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.slf4j.LoggerFactory;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A server for each test, which must not log more than it does for debugging.
 */
abstract class AbstractFaultTests {

	private final Logger logger = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);

	private final Level level = this.logger.getLevel();

	private final ListAppender<ILoggingEvent> logged = new ListAppender<>();

	final CompletionServer server = CompletionServer.start();

	@BeforeEach
	void listen() {
		this.logged.start();
		this.logger.addAppender(this.logged);
		this.logger.setLevel(Level.INFO);
	}

	@AfterEach
	void closeQuietly() {
		this.server.close();
		this.logger.setLevel(this.level);
		this.logger.detachAppender(this.logged);
		assertThat(this.logged.list).isEmpty();
	}

	/**
	 * Ask for a reply on a connection that has served a request before.
	 */
	RawConnection ask(Reply reply) throws IOException {
		return ask(reply, TestClient.body().toString());
	}

	RawConnection askForStream(Reply reply) throws IOException {
		return ask(reply, TestClient.streamBody().toString());
	}

	private RawConnection ask(Reply reply, String body) throws IOException {
		RawConnection connection = new RawConnection(this.server);
		askAgain(connection);
		this.server.enqueue(reply);
		return connection.send(RawConnection.completionRequest(this.server, body));
	}

	/**
	 * Make sure that a connection can be used for the next request.
	 */
	void askAgain(RawConnection connection) throws IOException {
		connection.send(RawConnection.request(this.server, "GET", "/v1/models/claude-2.1", ""));
		assertThat(connection.readAnswer()).startsWith("HTTP/1.1 200 OK\r\n");
	}

	RecordedRequest lastRequest() {
		return this.server.requests().get(this.server.requests().size() - 1);
	}

	void awaitRequests(int number) {
		Await.until("received", () -> this.server.requests().size() == number);
	}

	void awaitClientClosed() {
		Await.until("noticed", () -> lastRequest().clientClosed());
	}

	/**
	 * Check, after the server had time to notice, that no client counts as gone.
	 */
	void assertNoClientClosed() {
		new TestClient(this.server).get("/v1/models");
		assertThat(this.server.requests()).noneMatch(RecordedRequest::clientClosed);
	}

}
