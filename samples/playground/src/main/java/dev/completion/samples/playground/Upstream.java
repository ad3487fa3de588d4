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
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import dev.completion.boot.CompletionConnectionDetails;
import dev.completion.client.CompletionApi;
import dev.completion.client.CompletionClient;
import dev.completion.client.CompletionRequest;
import dev.completion.client.CompletionResponse;
import dev.completion.client.Timeouts;
import dev.completion.server.CompletionServer;
import dev.completion.server.RecordedRequest;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.scheduler.Schedulers;
import reactor.util.concurrent.Queues;

import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.stereotype.Component;

/**
 * Where questions go: to the configured server, or, for a fault, to one that is started
 * for the question. So faults cost nothing, and meet no other question.
 */
@Component
class Upstream implements DisposableBean {

	private static final String CALL_HEADER = "playground-call";

	// short enough to watch
	private static final Timeouts FAULT_TIMEOUTS = Timeouts.builder()
		.idle(Duration.ofSeconds(5))
		.progress(Duration.ofSeconds(5))
		.build();

	// long enough to see the client hang up
	private static final int SERVER_LINGER_SECONDS = 2;

	private static final int SERVERS_REMEMBERED = 20;

	private final CompletionClient client;

	private final @Nullable CompletionServer embedded;

	private final Map<String, CompletionServer> faultServers = Collections.synchronizedMap(new LinkedHashMap<>());

	Upstream(CompletionClient client, CompletionConnectionDetails details, ObjectProvider<CompletionServer> server) {
		this.client = client;
		this.embedded = details.isEmbedded() ? server.getIfAvailable() : null;
	}

	boolean isEmbedded() {
		return this.embedded != null;
	}

	/**
	 * Stream the answer to a question.
	 * @throws IllegalArgumentException if the question breaks a rule
	 */
	Flux<CompletionResponse> stream(Question question) {
		CompletionRequest request = question.toRequest();
		Fault fault = question.fault();
		if (fault == null && this.embedded == null) {
			return this.client.exchangeStream(request);
		}
		CompletionRequest tagged = request.toBuilder().header(CALL_HEADER, question.call()).build();
		return (fault != null) ? streamWithFault(question.call(), fault, tagged) : this.client.exchangeStream(tagged);
	}

	private Flux<CompletionResponse> streamWithFault(String call, Fault fault, CompletionRequest request) {
		return Flux
			.using(() -> startServer(call, fault), (server) -> ask(server, request, fault.otherCalls()),
					Upstream::closeSoon)
			.subscribeOn(Schedulers.boundedElastic());
	}

	private CompletionServer startServer(String call, Fault fault) {
		CompletionServer server = fault.startServer();
		synchronized (this.faultServers) {
			this.faultServers.put(call, server);
			if (this.faultServers.size() > SERVERS_REMEMBERED) {
				this.faultServers.remove(this.faultServers.keySet().iterator().next());
			}
		}
		return server;
	}

	private Flux<CompletionResponse> ask(CompletionServer server, CompletionRequest request, int otherCalls) {
		return Flux.using(
				() -> this.client.mutate()
					.baseUrl(server.baseUrl())
					.apiKey(server.apiKey())
					.api(CompletionApi.MESSAGES)
					.timeouts(FAULT_TIMEOUTS)
					.build(),
				(asked) -> Flux.mergeDelayError(Queues.XS_BUFFER_SIZE, ignoreAnswers(asked, request, otherCalls),
						asked.exchangeStream(request)),
				CompletionClient::close);
	}

	private static Flux<CompletionResponse> ignoreAnswers(CompletionClient client, CompletionRequest request,
			int calls) {
		return Flux.range(0, calls)
			.flatMap((i) -> client.exchangeStream(request).onErrorComplete())
			.ignoreElements()
			.flux();
	}

	private static void closeSoon(CompletionServer server) {
		Schedulers.boundedElastic().schedule(server::close, SERVER_LINGER_SECONDS, TimeUnit.SECONDS);
	}

	/**
	 * Return the requests of a call, as far as a server of ours has them.
	 */
	List<RecordedRequest> requests(String call) {
		CompletionServer faulty = this.faultServers.get(call);
		CompletionServer server = (faulty != null) ? faulty : this.embedded;
		return (server != null)
				? server.requests().stream().filter((request) -> call.equals(request.header(CALL_HEADER))).toList()
				: List.of();
	}

	@Override
	public void destroy() {
		synchronized (this.faultServers) {
			this.faultServers.values().forEach(CompletionServer::close);
		}
	}

}
