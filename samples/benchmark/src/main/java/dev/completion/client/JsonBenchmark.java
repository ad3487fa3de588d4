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
import java.util.Map;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
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

/**
 * What it costs to read the JSON of an event: of one that is like the one before but for
 * its text, of one that is not and so gets a parser of its own, and what it would cost
 * with one parser for all events of a stream.
 */
@State(Scope.Thread)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class JsonBenchmark {

	private static final byte[] EVENT = "{\"type\":\"completion\",\"id\":\"compl_01DbVhGYSbJDTm8ZjfDQdEwG\",\"completion\":\" word\",\"stop_reason\":null,\"model\":\"claude-2.1\",\"stop\":null,\"log_id\":\"compl_01DbVhGYSbJDTm8ZjfDQdEwG\"}"
		.getBytes(StandardCharsets.UTF_8);

	private final TextCompletionReader reader = new TextCompletionReader(new JsonMapper(), Model.CLAUDE_2_1);

	private final NonBlockingByteArrayJsonParser parser = (NonBlockingByteArrayJsonParser) new JsonFactory()
		.createNonBlockingByteArrayParser(ObjectReadContext.empty());

	/**
	 * Read an event, so that the next is known.
	 */
	@Setup(Level.Iteration)
	public void prepare() {
		this.reader.readEvent("completion", EVENT, 0, EVENT.length);
	}

	/**
	 * Read an event that is like the one before.
	 * @return the completion
	 */
	@Benchmark
	public @Nullable Object repeated() {
		return this.reader.readEvent("completion", EVENT, 0, EVENT.length);
	}

	/**
	 * Read an event with a parser of its own.
	 * @return the completion
	 */
	@Benchmark
	public Object parserOfItsOwn() {
		return this.reader.read(EVENT);
	}

	/**
	 * Read an event with a parser that serves the whole stream. It keeps the values that
	 * a completion needs, and makes no more of the others than it must.
	 * @return the completion
	 */
	@Benchmark
	public Object parserOfTheStream() {
		this.parser.nonBlockingInputFeeder().feedInput(EVENT, 0, EVENT.length);
		String text = "";
		String id = "";
		while (this.parser.nextToken() != JsonToken.END_OBJECT) {
			if (this.parser.currentToken() == JsonToken.VALUE_STRING) {
				switch (this.parser.currentName()) {
					case "completion" -> text = this.parser.getString();
					case "id" -> id = (this.parser.getStringLength() == 30) ? "compl_01DbVhGYSbJDTm8ZjfDQdEwG"
							: this.parser.getString();
					default -> this.parser.getStringLength();
				}
			}
		}
		return new Completion(id, text, null, Model.CLAUDE_2_1, "completion", null, Map.of());
	}

}
