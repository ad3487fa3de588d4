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

/**
 * System text and messages of a request to {@code /v1/messages}.
 *
 * @param dialogue the turns of the messages
 * @param endsWithAssistant whether the last message is one of the assistant
 */
record Conversation(Dialogue dialogue, boolean endsWithAssistant) {

	private static final String USER = "user";

	private static final String ASSISTANT = "assistant";

	/**
	 * Read system text and messages, checking every field of them.
	 */
	static Conversation read(BodyFields fields) {
		List<Message> messages = fields.objects("messages").stream().map(Message::read).toList();
		ApiException.check(!messages.isEmpty(), "messages: at least one message is required");
		ApiException.check(messages.get(0).human(), "messages: first message must use the \"user\" role");
		int last = messages.size() - 1;
		for (int i = 0; i <= last; i++) {
			Message message = messages.get(i);
			ApiException.check(!message.texts().isEmpty() || (i == last && !message.human()), "messages." + i
					+ ": all messages must have non-empty content except for the optional final assistant message");
		}
		boolean endsWithAssistant = !messages.get(last).human();
		ApiException.check(!endsWithAssistant || !messages.get(last).endsWithSpace(),
				"messages: final assistant content cannot end with trailing whitespace");
		String system = fields.isPresent("system") ? join(TextBlocks.read(fields, "system", "system", false)) : "";
		return new Conversation(Dialogue.of(system, messages.stream().map(Message::turn).toList()), endsWithAssistant);
	}

	private static String join(List<String> texts) {
		return String.join("\n\n", texts).strip();
	}

	/**
	 * Message of one side.
	 */
	private record Message(boolean human, List<String> texts) {

		static Message read(BodyFields message) {
			boolean human = isHuman(message);
			List<String> texts = TextBlocks.read(message, "content", "messages", !human);
			message.rejectOthers();
			return new Message(human, texts);
		}

		private static boolean isHuman(BodyFields message) {
			String role = message.requiredString("role");
			ApiException.check(!role.equals("system"),
					message.place() + ".role: 'system' is not supported by this server");
			return USER.equals(message.choice("role", USER, ASSISTANT));
		}

		boolean endsWithSpace() {
			String end = this.texts.isEmpty() ? "" : this.texts.get(this.texts.size() - 1);
			return !end.equals(end.stripTrailing());
		}

		Dialogue.Turn turn() {
			return new Dialogue.Turn(this.human, join(this.texts));
		}

	}

}
