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
import java.util.List;

import dev.completion.boot.CompletionConnectionDetails;
import dev.completion.boot.autoconfigure.CompletionProperties;
import dev.completion.server.CompletionServer;
import dev.completion.server.RecordedRequest;
import dev.completion.server.Reply;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;

/**
 * Tells which server is asked. Has the embedded one answer the next call with a fault,
 * and tells what it saw.
 */
@RestController
class ServerController {

	private final CompletionConnectionDetails details;

	private final @Nullable String defaultModel;

	private final @Nullable CompletionServer server;

	ServerController(CompletionConnectionDetails details, CompletionProperties properties,
			ObjectProvider<CompletionServer> server) {
		this.details = details;
		this.defaultModel = properties.defaults().model();
		this.server = details.isEmbedded() ? server.getIfAvailable() : null;
	}

	@GetMapping("/api/server")
	ServerState server() {
		return new ServerState(this.server != null, this.details.getBaseUrl(), this.defaultModel);
	}

	@PostMapping("/api/faults/{fault}")
	@ResponseStatus(HttpStatus.NO_CONTENT)
	void script(@PathVariable Fault fault) {
		if (this.server == null) {
			throw new ResponseStatusException(HttpStatus.CONFLICT, "Faults are for the embedded server");
		}
		this.server.reset();
		this.server.enqueue(replies(fault));
	}

	@GetMapping("/api/requests")
	List<SeenRequest> requests() {
		return (this.server != null) ? this.server.requests().stream().map(SeenRequest::of).toList() : List.of();
	}

	private static Reply[] replies(Fault fault) {
		Reply overloaded = Reply.error(529, "overloaded_error", "Overloaded");
		return switch (fault) {
			case OVERLOAD -> new Reply[] { overloaded, overloaded, overloaded };
			case OVERLOAD_ONCE -> new Reply[] { overloaded };
			case RATE_LIMIT ->
				new Reply[] { Reply.error(429, "rate_limit_error", "Number of requests has exceeded your rate limit")
					.header("retry-after", "120") };
			case STALL -> new Reply[] {
					Reply.text("This answer stops in the middle, and the server says no more.").stallAfter(12) };
			case CUT ->
				new Reply[] { Reply.text("This answer stops in the middle, and the connection is cut.").cutAfter(12) };
			case SLOW ->
				new Reply[] { Reply.text("This answer takes its time, so that there is time to stop it. ".repeat(20))
					.chunkSizes(4)
					.chunkDelay(Duration.ofMillis(100)) };
		};
	}

	/**
	 * What can go wrong.
	 */
	enum Fault {

		OVERLOAD, OVERLOAD_ONCE, RATE_LIMIT, STALL, CUT, SLOW

	}

	/**
	 * What is asked.
	 */
	record ServerState(boolean embedded, String baseUrl, @Nullable String defaultModel) {
	}

	/**
	 * A request that the server saw.
	 */
	record SeenRequest(String method, String path, int connection, boolean closedByClient) {

		static SeenRequest of(RecordedRequest request) {
			return new SeenRequest(request.method(), request.path(), request.remotePort(), request.clientClosed());
		}

	}

}
