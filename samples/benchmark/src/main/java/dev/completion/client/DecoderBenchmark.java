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
import java.util.concurrent.TimeUnit;

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

import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;

/**
 * What it costs to split a stream into events.
 */
@State(Scope.Thread)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class DecoderBenchmark {

	private static final int EVENTS = 1000;

	private static final String EVENT = "event: completion\ndata: {\"type\":\"completion\",\"id\":\"compl_01DbVhGYSbJDTm8ZjfDQdEwG\",\"completion\":\" word\",\"stop_reason\":null,\"model\":\"claude-2.1\",\"stop\":null,\"log_id\":\"compl_01DbVhGYSbJDTm8ZjfDQdEwG\"}\n\n";

	private byte[] bytes = {};

	/**
	 * Make the bytes of a stream.
	 */
	@Setup
	public void prepare() {
		this.bytes = EVENT.repeat(EVENTS).getBytes(StandardCharsets.UTF_8);
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
		for (int from = 0; from < this.bytes.length; from += 8192) {
			DataBuffer piece = DefaultDataBufferFactory.sharedInstance.wrap(this.bytes)
				.readPosition(from)
				.writePosition(Math.min(from + 8192, this.bytes.length));
			decoder.append(piece);
			while (decoder.next()) {
				length += decoder.dataLength();
			}
		}
		return length;
	}

}
