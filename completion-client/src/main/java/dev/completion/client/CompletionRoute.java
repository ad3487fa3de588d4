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

import java.util.Objects;

import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;

import org.springframework.util.Assert;

/**
 * {@link Route} of a completion. It uses the configured or learned API of the model, and
 * switches to the other API if the server reports that the model requires it.
 */
final class CompletionRoute implements Route<Completion> {

	// the maximum that the API documents for its edge servers
	private static final int MAX_REQUEST_SIZE = 32 * 1024 * 1024;

	private final CompletionRequest request;

	private final boolean stream;

	private final Model model;

	private final ApiSelector apis;

	private final Transport transport;

	private Protocol protocol;

	private @Nullable ApiRequest written;

	private boolean switched;

	/**
	 * Create a route.
	 * @param request the request, with all defaults
	 * @param stream whether a stream is requested
	 * @param apis the selector of the API
	 * @param transport the transport of the requests
	 * @throws IllegalArgumentException if the request is too large
	 */
	CompletionRoute(CompletionRequest request, boolean stream, ApiSelector apis, Transport transport) {
		this.request = request;
		this.stream = stream;
		this.model = Objects.requireNonNull(request.model());
		this.apis = apis;
		this.transport = transport;
		this.protocol = apis.select(this.model);
		try {
			request();
		}
		catch (AttemptFailure ex) {
			// thrown again by the first attempt
		}
	}

	@Override
	public ApiRequest request() {
		ApiRequest written = this.written;
		if (written == null) {
			byte[] body = this.protocol.writer().write(this.request, this.stream);
			Assert.isTrue(body.length <= MAX_REQUEST_SIZE, () -> "'prompt' is too long: the request body has "
					+ body.length + " bytes, but the maximum is " + MAX_REQUEST_SIZE);
			written = ApiRequest.post(this.protocol.path(), this.stream, this.request.headers(), body);
			this.written = written;
		}
		return written;
	}

	@Override
	public Flux<Completion> exchange(ApiRequest request, Credential credential, Attempt attempt) {
		CompletionReader reader = this.protocol.reader(this.model, attempt);
		Flux<Completion> results = this.stream
				? this.transport.stream(request, credential, attempt,
						(response) -> response.eventStream(reader, attempt.timeouts()))
				: this.transport.send(request, credential, attempt, (response) -> response.json(reader::read)).flux();
		return this.switched ? results.doOnNext((result) -> this.apis.learn(this.model)) : results;
	}

	@Override
	public CompletionApi api() {
		return this.protocol.api();
	}

	@Override
	public String model() {
		return this.model.id();
	}

	@Override
	public boolean switchApi(Attempt attempt, AttemptFailure failure) {
		Protocol other = attempt.isRefused() ? this.apis.alternative(this.protocol, this.model, failure) : null;
		if (other == null) {
			return false;
		}
		this.protocol = other;
		this.written = null;
		this.switched = true;
		return true;
	}

	@Override
	public void failed(AttemptFailure failure) {
		if (this.switched) {
			this.apis.failed(this.model, failure);
		}
	}

}
