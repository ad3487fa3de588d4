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
import java.net.InetSocketAddress;

import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.netty.channel.AbortedException;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;
import reactor.util.Logger;
import reactor.util.Loggers;

/**
 * Reads, records and answers each request.
 */
final class RequestHandler {

	private static final Logger logger = Loggers.getLogger(RequestHandler.class);

	private final RequestLog requestLog;

	private final Script script;

	private final ApiRouter router;

	private final RateLimits rateLimits;

	private final PromptCache cache;

	private volatile boolean stopped;

	RequestHandler(RequestLog requestLog, Script script, ApiRouter router, RateLimits rateLimits, PromptCache cache) {
		this.requestLog = requestLog;
		this.script = script;
		this.router = router;
		this.rateLimits = rateLimits;
		this.cache = cache;
	}

	Mono<Void> handle(HttpServerRequest request, HttpServerResponse response, Scheduler timer) {
		return RequestBody.read(request).flatMap((body) -> {
			Exchange exchange = record(request, body);
			return new AnswerWriter(response, timer).write(answer(exchange))
				.doOnCancel(() -> connectionLost(exchange))
				.onErrorResume((ex) -> this.stopped || isConnectionLost(ex), (ex) -> {
					connectionLost(exchange);
					return Mono.empty();
				});
		});
	}

	/**
	 * From now on, it is the server that closes connections.
	 */
	void stop() {
		this.stopped = true;
	}

	private Exchange record(HttpServerRequest request, RequestBody body) {
		RecordedRequest recorded = new RecordedRequest(request.method().name(), request.uri(), request.requestHeaders(),
				body.text(), remotePort(request));
		this.requestLog.add(recorded);
		return new Exchange(recorded, body, Ids.requestId());
	}

	private static int remotePort(HttpServerRequest request) {
		InetSocketAddress address = request.remoteAddress();
		return (address != null) ? address.getPort() : 0;
	}

	private Answer answer(Exchange exchange) {
		try {
			return withRequestId(this.script.isEmpty() ? unscripted(exchange) : scripted(exchange), exchange);
		}
		catch (RuntimeException ex) {
			logger.warn("No answer to " + exchange.request(), ex);
			return withRequestId(
					Answer.error(new ApiException(500, "api_error", "Internal server error"), exchange.requestId()),
					exchange);
		}
	}

	private Answer unscripted(Exchange exchange) {
		return admit(this.router.answer(exchange), exchange);
	}

	/**
	 * Play the next reply. If the model is served by the other API only, refuse the
	 * request instead, so that the reply is used for the request to that API.
	 */
	private Answer scripted(Exchange exchange) {
		String path = exchange.request().path();
		String model = path.equals(ApiRouter.COMPLETE) ? exchange.jsonOrEmpty().path("model").stringValue("") : "";
		if (ModelCatalogue.isForMessages(model)) {
			return ApiRouter.error(ModelCatalogue.unsupported(model), exchange);
		}
		// a text is for the completion whose tokens are counted before
		Reply reply = this.script.next((next) -> !path.equals(ApiRouter.COUNT_TOKENS) || !next.isText());
		return (reply != null) ? count(reply.answer(exchange)) : unscripted(exchange);
	}

	private Answer count(Answer answer) {
		Usage usage = answer.usage();
		return (usage != null) ? answer.orHeaders(this.rateLimits.use(usage)) : answer;
	}

	private Answer admit(Answer answer, Exchange exchange) {
		Usage usage = answer.usage();
		if (usage == null) {
			return answer;
		}
		RateLimits.Admission admission = this.rateLimits.admit(usage);
		ApiException refusal = admission.refusal();
		if (refusal == null) {
			this.cache.store(usage.cache());
		}
		Answer admitted = (refusal != null) ? ApiRouter.error(refusal, exchange) : answer;
		return admitted.orHeaders(admission.headers());
	}

	private static Answer withRequestId(Answer answer, Exchange exchange) {
		return answer.orHeader("request-id", exchange.requestId());
	}

	private void connectionLost(Exchange exchange) {
		if (!this.stopped) {
			exchange.request().markClientClosed();
		}
	}

	private static boolean isConnectionLost(Throwable ex) {
		return ex instanceof IOException || ex instanceof AbortedException;
	}

}
