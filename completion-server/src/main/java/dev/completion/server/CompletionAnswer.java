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

import java.util.AbstractList;
import java.util.List;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * Answer of {@code /v1/complete} with text, in both of its forms.
 */
final class CompletionAnswer {

	private final String id = Ids.completionId();

	private final String model;

	private final CompletionText completion;

	private final List<String> deltas;

	CompletionAnswer(String model, CompletionText completion, List<String> deltas) {
		this.model = model;
		this.completion = completion;
		this.deltas = deltas;
	}

	Answer answer(boolean stream) {
		return stream ? Answer.events(new Events()) : Answer.json(200, last(this.completion.text()));
	}

	private ObjectNode last(String text) {
		return body(text, this.completion.stopReason(), this.completion.stop());
	}

	private ObjectNode body(String text, @Nullable String stopReason, @Nullable String stop) {
		return Json.object()
			.put("type", "completion")
			.put("id", this.id)
			.put("completion", text)
			.put("stop_reason", stopReason)
			.put("model", this.model)
			.put("stop", stop)
			.put("log_id", this.id);
	}

	/**
	 * Events of the stream, each made when it is asked for.
	 */
	private final class Events extends AbstractList<String> {

		private final List<String> deltas = CompletionAnswer.this.deltas;

		private final int pingIndex = Math.min(1, this.deltas.size());

		@Override
		public String get(int index) {
			if (index == this.pingIndex) {
				return EventStream.PING;
			}
			int delta = (index < this.pingIndex) ? index : index - 1;
			ObjectNode data = (delta < this.deltas.size()) ? body(this.deltas.get(delta), null, null) : last("");
			return EventStream.event("completion", Json.write(data));
		}

		@Override
		public int size() {
			return this.deltas.size() + 2;
		}

	}

}
