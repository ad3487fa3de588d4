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

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Reads what can be a string or a list of blocks.
 */
final class TextBlocks {

	private static final String TEXT = "text";

	private static final Set<String> THOUGHTS = Set.of("thinking", "redacted_thinking");

	private static final List<String> TYPES = List.of("bash_code_execution_tool_result", "code_execution_tool_result",
			"container_upload", "document", "image", "redacted_thinking", "search_result", "server_tool_use", TEXT,
			"text_editor_code_execution_tool_result", "thinking", "tool_result", "tool_search_tool_result", "tool_use",
			"web_fetch_tool_result", "web_search_tool_result");

	private TextBlocks() {
	}

	/**
	 * Return the text of each block, of which none is blank.
	 * @param fields the fields of the object
	 * @param name the name of the field
	 * @param root what the API calls the place of a blank text
	 * @param thoughts whether blocks of thinking, which have no text, may be among them:
	 * clients send back the content of an answer as a whole
	 */
	static List<String> read(BodyFields fields, String name, String root, boolean thoughts) {
		List<String> texts = fields.isString(name) ? List.of(fields.requiredString(name))
				: texts(fields.objects(name), thoughts);
		for (String text : texts) {
			ApiException.check(!text.isEmpty(), root + ": text content blocks must be non-empty");
			ApiException.check(!text.isBlank(), root + ": text content blocks must contain non-whitespace text");
		}
		return texts;
	}

	private static List<String> texts(List<BodyFields> blocks, boolean thoughts) {
		List<String> texts = new ArrayList<>();
		for (BodyFields block : blocks) {
			String type = block.type(TYPES);
			if (!thoughts || !THOUGHTS.contains(type)) {
				ApiException.check(type.equals(TEXT),
						block.place() + ": Blocks of type '" + type + "' are not supported by this server");
				texts.add(text(block.ofType(TEXT)));
			}
		}
		return texts;
	}

	private static String text(BodyFields block) {
		String text = block.requiredString(TEXT);
		block.object("cache_control");
		if (block.isPresent("citations")) {
			block.objects("citations");
		}
		block.requiredString("type");
		block.rejectOthers();
		return text;
	}

}
