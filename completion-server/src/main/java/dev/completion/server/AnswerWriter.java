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

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpResponseStatus;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.netty.http.server.HttpServerResponse;

/**
 * Writes an answer to the connection. Cancelling the writing ends its timers, and no
 * further part is asked for. A connection that the answer itself closes cancels nothing.
 */
final class AnswerWriter {

	private final HttpServerResponse response;

	private final Wire wire;

	private final Scheduler timer;

	AnswerWriter(HttpServerResponse response, Scheduler timer) {
		this.response = response;
		this.wire = new Wire(response);
		this.timer = timer;
	}

	Mono<Void> write(Answer answer) {
		Answer.Delivery delivery = answer.delivery();
		Duration drip = delivery.drip();
		Mono<Void> start = (drip != null) ? this.wire.drip(drip) : Mono.empty();
		return start.then(writeInterim(delivery.interim())).then(pause(delivery.delay())).then(Mono.defer(() -> {
			this.response.status(answer.status());
			answer.headers().forEach(this.response::header);
			return writeContent(answer.content(), drip != null);
		})).then(Mono.defer(() -> end(answer.content())));
	}

	private Mono<Void> writeInterim(List<Integer> statuses) {
		String heads = statuses.stream()
			.map((status) -> "HTTP/1.1 " + HttpResponseStatus.valueOf(status) + "\r\n\r\n")
			.collect(Collectors.joining());
		return heads.isEmpty() ? Mono.empty() : this.wire.send(heads.getBytes(StandardCharsets.US_ASCII));
	}

	private Mono<Void> writeContent(Answer.Content content, boolean slow) {
		return switch (content.form()) {
			case WHOLE -> {
				ByteBuf whole = encode(String.join("", content.parts()));
				this.response.header(HttpHeaderNames.CONTENT_LENGTH, Integer.toString(whole.readableBytes()));
				// a Mono would be written in one go, but not waited for
				yield this.response.send(slow ? Flux.just(whole) : Mono.just(whole)).then();
			}
			case STREAMED -> {
				Flux<ByteBuf> parts = parts(content).map(AnswerWriter::encode);
				yield this.response.sendHeaders().then().then(this.response.send(parts, (part) -> true).then());
			}
			case RAW ->
				parts(content).concatMap((part) -> this.wire.send(part.getBytes(StandardCharsets.ISO_8859_1)), 1)
					.then();
		};
	}

	private Flux<String> parts(Answer.Content content) {
		Flux<String> all = Flux.fromIterable(content.parts());
		// only when needed, since it makes streams slower
		Flux<String> parts = (content.limit() != Answer.Content.NO_LIMIT) ? all.take(content.limit()) : all;
		Duration pause = content.pause();
		if (pause.isZero() && content.parts() instanceof Collection) {
			return parts;
		}
		// parts without end must not have the event loop for themselves
		Duration least = pause.isZero() ? Duration.ofNanos(1) : pause;
		return parts.concatMap((part) -> Mono.delay(least, this.timer).thenReturn(part), 1);
	}

	private Mono<Void> end(Answer.Content content) {
		return switch (content.ending()) {
			case CLEAN -> (content.form() != Answer.Form.RAW) ? Mono.empty() : this.wire.close();
			case CUT -> this.wire.close();
			case RESET -> this.wire.reset();
			case STALL -> Mono.never();
		};
	}

	private Mono<Void> pause(Duration duration) {
		return duration.isZero() ? Mono.empty() : Mono.delay(duration, this.timer).then();
	}

	private static ByteBuf encode(String text) {
		return Unpooled.wrappedBuffer(text.getBytes(StandardCharsets.UTF_8));
	}

}
