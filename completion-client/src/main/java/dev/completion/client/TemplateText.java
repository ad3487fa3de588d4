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

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Text with placeholders.
 *
 * @param literals the texts between the placeholders, one more than there are
 * placeholders
 * @param names the names of the placeholders
 */
record TemplateText(List<String> literals, List<String> names) {

	private static final Pattern PLACEHOLDER = Pattern.compile("\\\\\\{|\\{(?<name>[\\p{L}_][\\p{L}\\p{N}_. -]*)\\}");

	/**
	 * Parse the given text.
	 */
	static TemplateText of(String text) {
		List<String> literals = new ArrayList<>();
		List<String> names = new ArrayList<>();
		StringBuilder literal = new StringBuilder();
		int position = 0;
		Matcher matcher = PLACEHOLDER.matcher(text);
		while (matcher.find()) {
			literal.append(text, position, matcher.start());
			position = matcher.end();
			String name = matcher.group("name");
			if (name == null) {
				literal.append('{');
			}
			else {
				literals.add(literal.toString());
				names.add(name);
				literal.setLength(0);
			}
		}
		literals.add(literal.append(text, position, text.length()).toString());
		return new TemplateText(List.copyOf(literals), List.copyOf(names));
	}

	/**
	 * Return the text with the given values in place of the placeholders.
	 */
	String fill(Map<String, String> values) {
		StringBuilder text = new StringBuilder(this.literals.get(0));
		for (int i = 0; i < this.names.size(); i++) {
			text.append(values.get(this.names.get(i))).append(this.literals.get(i + 1));
		}
		return text.toString();
	}

}
