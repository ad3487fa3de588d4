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

package dev.completion.samples.playground;

import java.time.Duration;

import dev.completion.server.CompletionServer;
import dev.completion.server.Reply;

/**
 * What a server can do to a call.
 */
enum Fault {

	OVERLOAD_ONCE, OVERLOAD, RATE_LIMIT, STALL, CUT, SLOW;

	/**
	 * Return a server on which the fault occurs.
	 */
	CompletionServer startServer() {
		if (this == RATE_LIMIT) {
			return CompletionServer.builder().requestsPerMinute(120).burst(1).start();
		}
		CompletionServer server = CompletionServer.start();
		server.enqueue(replies());
		return server;
	}

	/**
	 * Return the number of calls that are made beside that of the question.
	 */
	int otherCalls() {
		return (this == RATE_LIMIT) ? 4 : 0;
	}

	/**
	 * Return the replies of the server, after which it answers as it should.
	 */
	private Reply[] replies() {
		Reply overloaded = Reply.error(529, "overloaded_error", "Overloaded");
		return switch (this) {
			case OVERLOAD_ONCE -> new Reply[] { overloaded };
			case OVERLOAD -> new Reply[] { overloaded, overloaded, overloaded };
			case RATE_LIMIT -> new Reply[0];
			case STALL -> new Reply[] {
					Reply.text("This answer stops in the middle, and the server says no more.").stallAfter(8) };
			case CUT ->
				new Reply[] { Reply.text("This answer stops in the middle, and the connection is cut.").cutAfter(8) };
			case SLOW ->
				new Reply[] { Reply.text("This answer takes its time, so that there is time to stop it. ".repeat(20))
					.chunkSizes(4)
					.chunkDelay(Duration.ofMillis(100)) };
		};
	}

}
