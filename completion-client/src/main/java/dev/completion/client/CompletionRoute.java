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
import java.util.function.Supplier;

import dev.completion.client.error.ApiError;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;

/**
 * {@link Route} of a completion. It uses the configured or recorded API of the model, or
 * the other API if only that API supports the request, or if the server's response
 * requires it.
 */
final class CompletionRoute implements Route<Completion> {

	private static final String WEB_PAGE = " (if the server provides only the Messages API, set 'completion.api' to"
			+ " 'messages')";

	private static final String REQUIRES_MESSAGES = " (only the Messages API supports this request: it has an"
			+ " additional property of that API, or a turn that contains \"\\n\\nHuman:\" or \"\\n\\nAssistant:\")";

	private final CompletionRequest request;

	private final boolean stream;

	private final Model model;

	private final ApiSelector apis;

	private final Transport transport;

	private Protocol protocol;

	private @Nullable ApiRequest written;

	// only this API supports the request
	private boolean fixed;

	// another call has switched to this API
	private boolean redirected;

	private boolean switched;

	private ApiDiscovery.@Nullable Participant participant;

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

	/**
	 * Begin the call. If another call is determining the API of the model, wait for it.
	 */
	@Override
	public Flux<Completion> begin(Supplier<Flux<Completion>> attempts) {
		boolean supported = this.written != null;
		if (!supported || api() != CompletionApi.TEXT_COMPLETIONS || !this.apis.isUndecided(this.model)) {
			return attempts.get();
		}
		ApiDiscovery.Participant participant = this.apis.discover(this.model);
		this.participant = participant;
		return participant.await()
			.doOnNext(this::redirect)
			.thenMany(Flux.defer(attempts))
			// before the caller is notified, who may begin the next call immediately
			.doOnTerminate(participant::leave)
			.doOnCancel(participant::leave);
	}

	private void redirect(CompletionApi api) {
		this.redirected = true;
		use(this.apis.protocol(api));
	}

	private void use(Protocol protocol) {
		if (!this.protocol.equals(protocol)) {
			this.protocol = protocol;
			this.written = null;
		}
	}

	@Override
	public ApiRequest request() {
		if (!this.fixed && !this.switched && this.apis.isDecided(this.model)) {
			// another call may have determined it in the meantime
			use(this.apis.select(this.model));
		}
		ApiRequest written = this.written;
		if (written == null) {
			byte[] body = write();
			written = ApiRequest.post(this.protocol.path(), this.stream, this.request.headers(), body,
					this.request.prompt());
			this.written = written;
		}
		return written;
	}

	/**
	 * Write the request in the format of the selected API, or of the other one if only
	 * that API supports the request.
	 */
	private byte[] write() {
		try {
			return write(this.protocol);
		}
		catch (AttemptFailure ex) {
			Protocol other = !this.switched ? this.apis.other(this.protocol) : null;
			if (other == null) {
				throw ex;
			}
			return writeInstead(other, ex);
		}
	}

	private byte[] writeInstead(Protocol other, AttemptFailure failure) {
		try {
			byte[] body = write(other);
			this.protocol = other;
			this.fixed = true;
			return body;
		}
		catch (AttemptFailure ex) {
			// a property of the Messages API is set deliberately, so its rule matters
			throw (api() == CompletionApi.MESSAGES) ? failure : ex;
		}
	}

	private byte[] write(Protocol protocol) {
		return protocol.writer().write(this.request, this.stream);
	}

	@Override
	public Flux<Completion> exchange(ApiRequest request, Credential credential, Attempt attempt) {
		CompletionReader reader = this.protocol.reader(this.model, attempt);
		Flux<Completion> results = this.stream
				? this.transport.stream(request, credential, attempt,
						(response) -> response.eventStream(reader, attempt.timeouts()))
				: this.transport
					.send(request, credential, attempt, (response) -> response.completion(reader, attempt.timeouts()))
					.flux();
		return this.apis.isUndecided(this.model) ? results.doOnNext(this::served) : results;
	}

	// a gateway may send an empty completion beside an error
	private void served(Completion result) {
		if (!result.completion().isEmpty() || result.stopReason() != null) {
			this.apis.served(this.model, api());
		}
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
		Protocol other = !this.switched ? this.apis.other(this.protocol) : null;
		if (other == null || !requires(other, attempt, failure)) {
			return false;
		}
		use(other);
		this.switched = true;
		if (this.participant != null && other.api() == CompletionApi.MESSAGES) {
			this.participant.continuesWith(other.api());
		}
		return true;
	}

	private boolean requires(Protocol other, Attempt attempt, AttemptFailure failure) {
		ApiError error = failure.error();
		if (error == null || failure.isAfterWork()) {
			return false;
		}
		if (other.api() == CompletionApi.TEXT_COMPLETIONS) {
			return this.redirected && isMissing(attempt, failure) && supports(other);
		}
		boolean required = this.apis.requiresMessages(error, !attempt.hasErrorStatus(), this.request, this.model);
		// the vendor's refusal is recorded; without it, the error says more
		return required && (this.apis.isDecided(this.model) || supports(other));
	}

	private boolean supports(Protocol protocol) {
		try {
			write(protocol);
			return true;
		}
		catch (AttemptFailure ex) {
			return false;
		}
	}

	@Override
	public AttemptFailure failed(Attempt attempt, AttemptFailure failure) {
		if (!this.apis.isAutomatic()) {
			return failure;
		}
		if (failure.error() == null) {
			return isWebPage(attempt) ? failure.withNote(WEB_PAGE) : failure;
		}
		boolean missing = isMissing(attempt, failure);
		if (this.fixed && api() == CompletionApi.MESSAGES && (missing || failure.error().status().value() == 404)) {
			return failure.withNote(REQUIRES_MESSAGES);
		}
		AttemptFailure result = (missing && attempt.hasErrorStatus()) ? failure.rejected() : failure;
		return (missing && this.switched) ? result.withNote(bothMissing()) : result;
	}

	private boolean isMissing(Attempt attempt, AttemptFailure failure) {
		ApiError error = failure.error();
		return error != null && !failure.isAfterWork()
				&& this.apis.isMissing(this.protocol, error, !attempt.hasErrorStatus(), this.request, this.model);
	}

	private boolean isWebPage(Attempt attempt) {
		ApiResponse response = attempt.response();
		return api() == CompletionApi.TEXT_COMPLETIONS && response != null && response.isWebPage();
	}

	private String bothMissing() {
		String textCompletions = this.apis.protocol(CompletionApi.TEXT_COMPLETIONS).path();
		String messages = this.apis.protocol(CompletionApi.MESSAGES).path();
		return " (the server provides neither " + textCompletions + " nor " + messages
				+ ": check the base URL, or select one of the APIs with 'completion.api')";
	}

}
