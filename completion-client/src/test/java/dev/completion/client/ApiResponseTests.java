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

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;

import dev.completion.client.error.CallDetails;
import dev.completion.client.error.CallTimeoutException.Phase;
import dev.completion.client.error.CompletionClientException;
import dev.completion.client.error.LimitExceededException;
import dev.completion.client.error.Outcome;
import io.netty.buffer.PooledByteBufAllocator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscriber;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Operators;
import reactor.test.publisher.TestPublisher;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.NettyDataBuffer;
import org.springframework.core.io.buffer.NettyDataBufferFactory;
import org.springframework.http.HttpStatus;
import org.springframework.util.unit.DataSize;
import org.springframework.web.reactive.function.client.ClientResponse;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link ApiResponse}.
 */
class ApiResponseTests {

	private final NettyDataBufferFactory buffers = new NettyDataBufferFactory(PooledByteBufAllocator.DEFAULT);

	private final List<String> read = new ArrayList<>();

	private Disposable read(Publisher<DataBuffer> body) {
		return response(body).json((json) -> new String(json, StandardCharsets.UTF_8)).subscribe(this.read::add);
	}

	private static ApiResponse response(Publisher<DataBuffer> body) {
		return response(body, "application/json");
	}

	private static ApiResponse response(Publisher<DataBuffer> body, String contentType) {
		ClientResponse response = ClientResponse.create(HttpStatus.OK)
			.header("content-type", contentType)
			.body(Flux.from(body))
			.build();
		Limits limits = Limits.builder().body(DataSize.ofKilobytes(1)).build();
		return new ApiResponse(response, new ApiErrorReader(JsonMapper.shared(), 1024), limits,
				new Deadline(Phase.RESPONSE, null));
	}

	private static TextCompletionReader reader() {
		return new TextCompletionReader(JsonMapper.shared(), Model.of("m"), UnaryOperator.identity(), 1024);
	}

	private NettyDataBuffer buffer(String text) {
		NettyDataBuffer buffer = this.buffers.allocateBuffer(text.length());
		buffer.write(text, StandardCharsets.UTF_8);
		return buffer;
	}

	// a buffer of one byte takes far more memory than that byte
	@Test
	void jsonReleasesEachBufferAsItArrives() {
		TestPublisher<DataBuffer> body = TestPublisher.create();
		read(body);
		for (String part : List.of("a", "b", "c")) {
			NettyDataBuffer buffer = buffer(part);
			body.next(buffer);
			assertThat(buffer.getNativeBuffer().refCnt()).isZero();
		}
		body.complete();
		assertThat(this.read).containsExactly("abc");
	}

	// the event loop goes on reading until it runs the cancellation of another thread
	@Test
	void jsonReleasesABufferThatArrivesAfterACancellation() {
		AtomicReference<Subscriber<? super DataBuffer>> connection = new AtomicReference<>();
		Disposable call = read((subscriber) -> {
			connection.set(subscriber);
			subscriber.onSubscribe(Operators.emptySubscription());
		});
		call.dispose();
		NettyDataBuffer late = buffer("late");
		connection.get().onNext(late);
		assertThat(late.getNativeBuffer().refCnt()).isZero();
		assertThat(this.read).isEmpty();
	}

	@ParameterizedTest
	@ValueSource(strings = { "{", "data: {", "<", " ", "\uFEFF" })
	void completionReleasesBuffersThatArriveBeforeAndAfterACancellation(String first) {
		AtomicReference<Subscriber<? super DataBuffer>> connection = new AtomicReference<>();
		Disposable call = response((subscriber) -> {
			connection.set(subscriber);
			subscriber.onSubscribe(Operators.emptySubscription());
		}).completion(reader(), Timeouts.defaults()).onErrorComplete().subscribe();
		List<NettyDataBuffer> sent = List.of(buffer(first), buffer("more"), buffer("late"));
		connection.get().onNext(sent.get(0));
		connection.get().onNext(sent.get(1));
		call.dispose();
		connection.get().onNext(sent.get(2));
		assertThat(sent).allSatisfy((buffer) -> assertThat(buffer.getNativeBuffer().refCnt()).isZero());
	}

	@ParameterizedTest
	@CsvSource({ "{, body", "data:, body", "<, " })
	void completionReleasesBuffersOfRejectedBody(String first, @Nullable String limit) {
		List<NettyDataBuffer> sent = List.of(buffer(first), buffer(" ".repeat(1024)));
		// the connection holds its buffers as well
		sent.forEach((buffer) -> buffer.getNativeBuffer().retain());
		Throwable failure = response(Flux.fromIterable(sent), "text/html").completion(reader(), Timeouts.defaults())
			.materialize()
			.block()
			.getThrowable();
		assertThat(failure).isInstanceOf(AttemptFailure.class);
		CompletionClientException ex = ((AttemptFailure) failure)
			.toException(new CallDetails(Outcome.UNKNOWN, 1, null, "", ""), null);
		assertThat((ex instanceof LimitExceededException exceeded) ? exceeded.limit() : null).isEqualTo(limit);
		assertThat(sent.subList(0, (limit != null) ? 2 : 1))
			.allSatisfy((buffer) -> assertThat(buffer.getNativeBuffer().refCnt()).isOne());
		sent.stream().map(NettyDataBuffer::getNativeBuffer).forEach((buffer) -> buffer.release(buffer.refCnt()));
	}

	@Test
	void completionReleasesABufferThatArrivesAfterACancellation() {
		AtomicReference<Subscriber<? super DataBuffer>> connection = new AtomicReference<>();
		response((subscriber) -> {
			connection.set(subscriber);
			subscriber.onSubscribe(Operators.emptySubscription());
		}).completion(reader(), Timeouts.defaults()).subscribe().dispose();
		NettyDataBuffer late = buffer("late");
		connection.get().onNext(late);
		assertThat(late.getNativeBuffer().refCnt()).isZero();
	}

}
