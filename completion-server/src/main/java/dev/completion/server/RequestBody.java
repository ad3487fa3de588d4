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

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import reactor.core.publisher.Mono;
import reactor.netty.http.server.HttpServerRequest;

/**
 * Body of a request as it is read. What exceeds the limit is read and dropped.
 */
final class RequestBody {

	private static final int LIMIT = 32 * 1024 * 1024;

	private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

	private boolean tooLarge;

	/**
	 * Read the body of a request. A client that asks first is not told to send a body
	 * that is too large.
	 * @param request the request
	 * @return the body, once it is complete
	 */
	static Mono<RequestBody> read(HttpServerRequest request) {
		RequestBody body = new RequestBody();
		if (asksFirst(request.requestHeaders()) && announcedLength(request.requestHeaders()) > LIMIT) {
			body.drop();
			return Mono.just(body);
		}
		return request.receive().reduce(body, RequestBody::append);
	}

	private static boolean asksFirst(HttpHeaders headers) {
		return headers.contains(HttpHeaderNames.EXPECT, HttpHeaderValues.CONTINUE, true);
	}

	private static long announcedLength(HttpHeaders headers) {
		String length = headers.get(HttpHeaderNames.CONTENT_LENGTH);
		return (length != null) ? Long.parseLong(length) : 0;
	}

	private RequestBody append(ByteBuf buffer) {
		if (this.tooLarge) {
			return this;
		}
		if (this.bytes.size() + buffer.readableBytes() > LIMIT) {
			drop();
			return this;
		}
		byte[] chunk = new byte[buffer.readableBytes()];
		buffer.readBytes(chunk);
		this.bytes.writeBytes(chunk);
		return this;
	}

	private void drop() {
		this.tooLarge = true;
		this.bytes.reset();
	}

	boolean isTooLarge() {
		return this.tooLarge;
	}

	byte[] bytes() {
		return this.bytes.toByteArray();
	}

	String text() {
		return this.bytes.toString(StandardCharsets.UTF_8);
	}

}
