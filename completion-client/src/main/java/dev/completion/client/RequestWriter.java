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

import java.io.ByteArrayOutputStream;
import java.util.List;

import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.json.JsonMapper;

/**
 * Writes the JSON of a request to one API. What is not set is left out: an explicit
 * default can be an error on newer models.
 */
abstract class RequestWriter {

	private static final int SIZE_BUT_FOR_PROMPT = 192;

	private final JsonMapper mapper;

	RequestWriter(JsonMapper mapper) {
		this.mapper = mapper;
	}

	/**
	 * Write the body of a request.
	 * @throws IllegalArgumentException if an additional property cannot be written
	 * @throws AttemptFailure if the API has no words for the request
	 */
	final byte[] write(CompletionRequest request, boolean stream) {
		int promptSize = (request.prompt() != null) ? request.prompt().length() : 0;
		ByteArrayOutputStream body = new ByteArrayOutputStream(promptSize + SIZE_BUT_FOR_PROMPT);
		try (JsonGenerator json = this.mapper.createGenerator(body)) {
			write(request, stream, json);
		}
		return body.toByteArray();
	}

	private void write(CompletionRequest request, boolean stream, JsonGenerator json) {
		json.writeStartObject();
		if (request.model() != null) {
			json.writeStringProperty("model", request.model().id());
		}
		writePrompt(request, json);
		strings("stop_sequences", stopSequences(request), json);
		number("temperature", request.temperature(), json);
		number("top_p", request.topP(), json);
		integer("top_k", request.topK(), json);
		if (request.userId() != null) {
			json.writeObjectPropertyStart("metadata").writeStringProperty("user_id", request.userId()).writeEndObject();
		}
		if (stream) {
			json.writeBooleanProperty("stream", true);
		}
		request.additionalProperties().forEach((name, value) -> additional(name, value, json));
		json.writeEndObject();
	}

	/**
	 * Write the prompt, and how long its answer may be.
	 */
	abstract void writePrompt(CompletionRequest request, JsonGenerator json);

	/**
	 * Return the stop sequences to send, or {@code null} for none.
	 */
	abstract @Nullable List<String> stopSequences(CompletionRequest request);

	static void integer(String name, @Nullable Integer value, JsonGenerator json) {
		if (value != null) {
			json.writeNumberProperty(name, value.intValue());
		}
	}

	private static void number(String name, @Nullable Double value, JsonGenerator json) {
		if (value != null) {
			json.writeNumberProperty(name, value.doubleValue());
		}
	}

	private static void strings(String name, @Nullable List<String> values, JsonGenerator json) {
		if (values != null) {
			json.writeArrayPropertyStart(name);
			values.forEach(json::writeString);
			json.writeEndArray();
		}
	}

	private static void additional(String name, Object value, JsonGenerator json) {
		try {
			json.writePOJOProperty(name, value);
		}
		catch (JacksonException ex) {
			throw new IllegalArgumentException("'additionalProperty' must be a value that can be written as JSON, but '"
					+ name + "' is a " + value.getClass().getName());
		}
	}

}
