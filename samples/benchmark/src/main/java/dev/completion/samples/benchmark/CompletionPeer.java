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

package dev.completion.samples.benchmark;

import dev.completion.client.CompletionApi;
import dev.completion.client.CompletionClient;
import dev.completion.client.CompletionMeterObservationHandler;
import dev.completion.client.CompletionRequest;
import dev.completion.client.Limits;
import dev.completion.client.Prompt;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.observation.DefaultMeterObservationHandler;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.observation.ObservationRegistry;
import reactor.netty.http.client.HttpClient;
import reactor.netty.resources.ConnectionProvider;

import org.springframework.util.unit.DataSize;

/**
 * This client, with its defaults but for the size of its pool, and limits that let the
 * largest events of the benchmark pass.
 */
public class CompletionPeer implements Peer {

	private static final CompletionRequest REQUEST = CompletionRequest.builder()
		.model("claude-2.1")
		.prompt(Prompt.human("Hi"))
		.maxTokensToSample(100)
		.build();

	private final ConnectionProvider connections = Connections.create();

	private final CompletionClient client;

	/**
	 * Create a peer.
	 * @param baseUrl the base URL of the server
	 */
	public CompletionPeer(String baseUrl) {
		this(baseUrl, CompletionApi.TEXT_COMPLETIONS, ObservationRegistry.NOOP);
	}

	CompletionPeer(String baseUrl, CompletionApi api, ObservationRegistry observations) {
		this.client = CompletionClient.builder()
			.baseUrl(baseUrl)
			.apiKey("key")
			.api(api)
			.httpClient(HttpClient.create(this.connections))
			.limits(Limits.builder().event(DataSize.ofMegabytes(20)).build())
			.observationRegistry(observations)
			.build();
	}

	@Override
	public void stream(Runnable firstChunk, Receiver receiver) {
		this.client.stream(REQUEST)
			.subscribe(new StreamCounter<>((delta) -> delta.completion().length(), firstChunk, receiver));
	}

	@Override
	public void complete(Receiver receiver) {
		this.client.complete(REQUEST)
			.map((completion) -> (long) completion.completion().length())
			.subscribe(receiver::received, receiver::failed);
	}

	@Override
	public void close() {
		this.client.close();
		this.connections.dispose();
	}

	/**
	 * This client over the Messages API.
	 */
	public static final class Messages extends CompletionPeer {

		/**
		 * Create a peer.
		 * @param baseUrl the base URL of the server
		 */
		public Messages(String baseUrl) {
			super(baseUrl, CompletionApi.MESSAGES, ObservationRegistry.NOOP);
		}

	}

	/**
	 * This client, observed: with all meters, and no tracing.
	 */
	public static final class Observed extends CompletionPeer {

		/**
		 * Create a peer.
		 * @param baseUrl the base URL of the server
		 */
		public Observed(String baseUrl) {
			super(baseUrl, CompletionApi.TEXT_COMPLETIONS, observations());
		}

		private static ObservationRegistry observations() {
			MeterRegistry meters = new SimpleMeterRegistry();
			meters.config().meterFilter(CompletionMeterObservationHandler.durationBuckets());
			ObservationRegistry observations = ObservationRegistry.create();
			observations.observationConfig()
				.observationHandler(new DefaultMeterObservationHandler(meters))
				.observationHandler(new CompletionMeterObservationHandler(meters));
			return observations;
		}

	}

}
