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

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.HttpHeaderNames;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.netty.http.server.HttpServerResponse;

/**
 * Writes an answer to the connection. Cancelling the writing ends its timers, and no
 * further part is asked for.
 */
final class AnswerWriter {

	private final HttpServerResponse response;

	private final Scheduler timer;

	AnswerWriter(HttpServerResponse response, Scheduler timer) {
		this.response = response;
		this.timer = timer;
	}

	Mono<Void> write(Answer answer) {
		return pause(answer.delay()).then(Mono.defer(() -> {
			this.response.status(answer.status());
			answer.headers().forEach(this.response::header);
			return writeContent(answer.content());
		}));
	}

	private Mono<Void> writeContent(Answer.Content content) {
		if (content.streamed()) {
			Flux<ByteBuf> parts = parts(content).map(AnswerWriter::encode);
			return this.response.sendHeaders().then().then(this.response.send(parts, (part) -> true).then());
		}
		ByteBuf whole = encode(String.join("", content.parts()));
		this.response.header(HttpHeaderNames.CONTENT_LENGTH, Integer.toString(whole.readableBytes()));
		return this.response.send(Mono.just(whole)).then();
	}

	private Flux<String> parts(Answer.Content content) {
		Flux<String> parts = Flux.fromIterable(content.parts());
		return content.pause().isZero() ? parts : parts.concatMap((part) -> pause(content.pause()).thenReturn(part), 1);
	}

	private Mono<Void> pause(Duration duration) {
		return duration.isZero() ? Mono.empty() : Mono.delay(duration, this.timer).then();
	}

	private static ByteBuf encode(String text) {
		return Unpooled.wrappedBuffer(text.getBytes(StandardCharsets.UTF_8));
	}

}
