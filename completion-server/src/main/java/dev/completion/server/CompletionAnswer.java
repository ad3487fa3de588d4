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

import java.util.List;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * Answer of {@code /v1/complete} with text.
 */
final class CompletionAnswer implements Rendering {

	private final String id = Ids.completionId();

	private final String model;

	private final GeneratedText text;

	private final Usage usage;

	CompletionAnswer(String model, GeneratedText text, Usage usage) {
		this.model = model;
		this.text = text;
		this.usage = usage;
	}

	@Override
	public ObjectNode json() {
		return last(this.text.text());
	}

	@Override
	public List<String> events() {
		List<String> deltas = this.text.deltas();
		int pingIndex = Math.min(1, deltas.size());
		return EventStream.lazy(deltas.size() + 2, (index) -> {
			if (index == pingIndex) {
				return EventStream.PING;
			}
			int delta = (index < pingIndex) ? index : index - 1;
			ObjectNode data = (delta < deltas.size()) ? body(deltas.get(delta), null, null) : last("");
			return EventStream.event("completion", Json.write(data));
		});
	}

	@Override
	public Usage usage() {
		return this.usage;
	}

	private ObjectNode last(String text) {
		return body(text, this.text.stopReason(), this.text.isComplete() ? Dialogue.HUMAN : this.text.stop());
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

}
