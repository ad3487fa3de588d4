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
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.json.async.NonBlockingByteArrayJsonParser;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.core.io.buffer.NettyDataBufferFactory;

/**
 * What it costs to read an event: to split it from the stream, and then to read its JSON,
 * if it is like the one before but for its text, if it is not and so gets a parser of its
 * own, and what it would cost with one parser for the whole stream. Of five texts, one
 * has a line break, one a quotation mark, and one a letter that is not ASCII.
 */
@State(Scope.Thread)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class EventBenchmark {

	private static final int EVENTS = 1000;

	private static final int PIECE = 8192;

	private static final String ID = "compl_01DbVhGYSbJDTm8ZjfDQdEwG";

	private static final List<byte[]> JSON = List.of(json(" word"), json("ing"), json(".\\n"), json(" \\\"yes\\\""),
			json(" caf\u00e9"));

	private final NettyDataBufferFactory buffers = new NettyDataBufferFactory(UnpooledByteBufAllocator.DEFAULT);

	private final TextCompletionReader reader = new TextCompletionReader(new JsonMapper(), Model.of("claude-2.1"),
			UnaryOperator.identity(), 1024);

	private final NonBlockingByteArrayJsonParser parser = (NonBlockingByteArrayJsonParser) new JsonFactory()
		.createNonBlockingByteArrayParser(ObjectReadContext.empty());

	private final ByteBuf stream = Unpooled.directBuffer();

	private int index;

	private static byte[] json(String text) {
		return "{\"type\":\"completion\",\"id\":\"%s\",\"completion\":\"%s\",\"stop_reason\":null,\"model\":\"claude-2.1\",\"stop\":null,\"log_id\":\"%s\"}"
			.formatted(ID, text, ID)
			.getBytes(StandardCharsets.UTF_8);
	}

	private byte[] next() {
		this.index = (this.index + 1) % JSON.size();
		return JSON.get(this.index);
	}

	/**
	 * Make the bytes of a stream.
	 */
	@Setup
	public void prepare() {
		for (int i = 0; i < EVENTS; i++) {
			this.stream.writeBytes("event: completion\ndata: ".getBytes(StandardCharsets.UTF_8));
			this.stream.writeBytes(next());
			this.stream.writeBytes("\n\n".getBytes(StandardCharsets.UTF_8));
		}
	}

	/**
	 * Split a stream that arrives in pieces of 8 KB.
	 * @return the number of bytes of data
	 */
	@Benchmark
	@OperationsPerInvocation(EVENTS)
	public long split() {
		SseDecoder decoder = new SseDecoder(1_000_000);
		long length = 0;
		for (int from = 0; from < this.stream.writerIndex(); from += PIECE) {
			int count = Math.min(PIECE, this.stream.writerIndex() - from);
			decoder.append(this.buffers.wrap(this.stream.slice(from, count)));
			while (decoder.next()) {
				length += decoder.dataLength();
			}
		}
		return length;
	}

	/**
	 * Read an event that is like the one before.
	 * @return the completion
	 */
	@Benchmark
	public @Nullable Object repeated() {
		byte[] json = next();
		return this.reader.readEvent("completion", json, 0, json.length);
	}

	/**
	 * Read an event with a parser of its own.
	 * @return the completion
	 */
	@Benchmark
	public Object parserOfItsOwn() {
		return this.reader.read(next());
	}

	/**
	 * Read an event with a parser that serves the whole stream. It keeps the values that
	 * a completion needs, and makes no more of the others than it must.
	 * @return the completion
	 */
	@Benchmark
	public Object parserOfTheStream() {
		byte[] json = next();
		this.parser.nonBlockingInputFeeder().feedInput(json, 0, json.length);
		String text = "";
		String id = "";
		while (this.parser.nextToken() != JsonToken.END_OBJECT) {
			if (this.parser.currentToken() == JsonToken.VALUE_STRING) {
				switch (this.parser.currentName()) {
					case "completion" -> text = this.parser.getString();
					case "id" -> id = (this.parser.getStringLength() == ID.length()) ? ID : this.parser.getString();
					default -> this.parser.getStringLength();
				}
			}
		}
		return new Completion(id, text, null, Model.of("claude-2.1"), "completion", null, Map.of());
	}

}
