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

package dev.completion.samples.mvcrelay;

import java.time.Duration;

import dev.completion.client.Completion;
import dev.completion.client.CompletionClient;
import dev.completion.client.Prompt;
import dev.completion.client.error.CompletionClientException;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import reactor.core.publisher.Flux;

import org.springframework.http.MediaType;
import org.springframework.http.codec.ServerSentEvent;
import org.springframework.util.Assert;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

/**
 * Streams answers to callers. There is no login: who can reach it asks at your expense.
 * <p>
 * A servlet container notices that a caller has left only when it writes to it, so a
 * comment is written each second: the call to the service is then cancelled, which closes
 * its connection.
 */
@RestController
class RelayController {

	private static final Log logger = LogFactory.getLog(RelayController.class);

	private static final Duration HEARTBEAT = Duration.ofSeconds(1);

	private final CompletionClient client;

	RelayController(CompletionClient client) {
		this.client = client;
	}

	// not a GET, which any page can have a browser send, and EventSource repeats
	@PostMapping(path = "/relay", produces = MediaType.TEXT_EVENT_STREAM_VALUE)
	Flux<ServerSentEvent<?>> relay(@RequestBody Question question) {
		return this.client.stream((request) -> request.prompt(Prompt.human(question.text())))
			.<ServerSentEvent<?>>map(RelayController::delta)
			.onErrorResume(CompletionClientException.class, (ex) -> Flux.just(failure(ex)))
			.publish(RelayController::withHeartbeat);
	}

	private static Flux<ServerSentEvent<?>> withHeartbeat(Flux<ServerSentEvent<?>> events) {
		Flux<ServerSentEvent<?>> heartbeat = Flux.interval(HEARTBEAT)
			.onBackpressureDrop()
			.<ServerSentEvent<?>>map((ignored) -> ServerSentEvent.builder().comment("still here").build());
		return Flux.merge(events, heartbeat.takeUntilOther(events.ignoreElements()));
	}

	// as JSON, since event streams swallow the space that most deltas begin with
	private static ServerSentEvent<?> delta(Completion delta) {
		return ServerSentEvent.builder(delta).build();
	}

	// the caller gets what kind of failure it was, the log the rest
	private static ServerSentEvent<?> failure(CompletionClientException ex) {
		logger.warn("A call failed: " + ex);
		return ServerSentEvent.builder(ex.getClass().getSimpleName()).event("failure").build();
	}

	/**
	 * What a caller asks.
	 *
	 * @param text the text of the question
	 */
	record Question(String text) {

		Question {
			Assert.hasText(text, "'text' must not be empty");
		}

	}

}
