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

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;

import dev.completion.client.PromptParts.Turn;

import org.springframework.core.io.Resource;
import org.springframework.util.Assert;

/**
 * A prompt with placeholders, which are replaced with values, as in {@code "Summarize
 * this text in {language}: {text}"}.
 * <p>
 * A placeholder is a name in braces. The name starts with a letter or an underscore,
 * followed by letters, digits, spaces, and the characters {@code _}, {@code .} and
 * {@code -}. All other braces are literal, such as those of JSON. A backslash before an
 * opening brace makes the brace literal, as in <code>\{name}</code>, and is removed.
 * <p>
 * The template is a single turn of the human, or several turns in the wire form of the
 * Text Completions API, as in {@link CompletionRequest.Builder#prompt(String)}. It is
 * split into turns before the placeholders are replaced. Values are data: they are
 * inserted unchanged, and neither placeholders nor turns in them are interpreted.
 * <p>
 * Instances are immutable and thread-safe.
 *
 * @since 0.1.0
 */
public final class PromptTemplate {

	private static final String BYTE_ORDER_MARK = "\ufeff";

	private final TemplateText system;

	private final List<TemplateTurn> turns;

	private PromptTemplate(PromptParts parts) {
		this.system = TemplateText.of(parts.system());
		this.turns = parts.turns()
			.stream()
			.map((turn) -> new TemplateTurn(turn.human(), TemplateText.of(turn.text())))
			.toList();
	}

	/**
	 * Create a template from a text. Line breaks of the form CRLF are converted to LF.
	 * @param template the text; must not be blank
	 * @return the template
	 * @throws IllegalArgumentException if the turns of the template are not valid
	 */
	public static PromptTemplate of(String template) {
		Assert.hasText(template, "'template' must not be blank");
		PromptParts parts = Objects.requireNonNull(Prompt.of(template.replace("\r\n", "\n")).parts());
		int last = parts.turns().size() - 1;
		Assert.isTrue(!parts.turns().get(last).human(),
				"'template' must end with an \"\\n\\nAssistant:\" turn, because it contains turns");
		PromptTemplate result = new PromptTemplate(parts);
		// checks the turns, whose texts are replaced later
		build(parts.system(), parts.turns());
		return result;
	}

	/**
	 * Create a template from a resource, such as a file on the class path. A byte order
	 * mark is ignored.
	 * @param template the resource, in UTF-8
	 * @return the template
	 * @throws UncheckedIOException if the resource cannot be read, or is not valid UTF-8
	 * @throws IllegalArgumentException if the resource is blank, or the turns of the
	 * template are not valid
	 */
	public static PromptTemplate of(Resource template) {
		Assert.notNull(template, "'template' must not be null");
		String text = read(template);
		try {
			return of(text.startsWith(BYTE_ORDER_MARK) ? text.substring(1) : text);
		}
		catch (IllegalArgumentException ex) {
			throw new IllegalArgumentException(ex.getMessage() + " (" + template.getDescription() + ")", ex);
		}
	}

	private static String read(Resource template) {
		try {
			ByteBuffer bytes = ByteBuffer.wrap(template.getContentAsByteArray());
			return StandardCharsets.UTF_8.newDecoder().decode(bytes).toString();
		}
		catch (IOException ex) {
			throw new UncheckedIOException("Cannot read the template as UTF-8 from " + template.getDescription(), ex);
		}
	}

	/**
	 * Create a prompt from this template.
	 * @param values the values of the placeholders by name, which are converted with
	 * {@link Object#toString()}; other entries are ignored
	 * @return the prompt
	 * @throws IllegalArgumentException if a placeholder has no value or the value
	 * {@code null}, or if a turn other than the last one would be blank
	 */
	public Prompt create(Map<String, ?> values) {
		Assert.notNull(values, "'values' must not be null");
		Map<String, String> texts = texts(values);
		List<Turn> filled = new ArrayList<>();
		for (TemplateTurn turn : this.turns) {
			filled.add(new Turn(turn.human(), turn.text().fill(texts)));
		}
		for (int i = 0; i < filled.size() - 1; i++) {
			TemplateTurn turn = this.turns.get(i);
			Assert.isTrue(!filled.get(i).text().isBlank(), () -> "'values' must not be blank for "
					+ inBraces(turn.text().names()) + ": a turn of the prompt would have no text");
		}
		return build(this.system.fill(texts), filled);
	}

	// each value is converted once
	private Map<String, String> texts(Map<String, ?> values) {
		Map<String, String> texts = new HashMap<>();
		Set<String> missing = new LinkedHashSet<>();
		for (String name : placeholders()) {
			Object value = values.get(name);
			String text = (value != null) ? value.toString() : null;
			if (text != null) {
				texts.put(name, text);
			}
			else {
				missing.add(name);
			}
		}
		Assert.isTrue(missing.isEmpty(), () -> "'values' must have a value for " + inBraces(missing));
		return texts;
	}

	private static String inBraces(Iterable<String> names) {
		List<String> placeholders = new ArrayList<>();
		names.forEach((name) -> placeholders.add("{" + name + "}"));
		return placeholders.stream().distinct().collect(Collectors.joining(", "));
	}

	private static Prompt build(String system, List<Turn> turns) {
		Prompt.Builder builder = Prompt.builder();
		if (!system.isBlank()) {
			builder.system(system);
		}
		int last = turns.size() - 1;
		turns.subList(0, last).forEach(builder::turn);
		String prefill = turns.get(last).text().stripTrailing();
		return (prefill.isEmpty() ? builder : builder.prefill(prefill)).build();
	}

	private Set<String> placeholders() {
		Set<String> names = new LinkedHashSet<>(this.system.names());
		this.turns.forEach((turn) -> names.addAll(turn.text().names()));
		return names;
	}

	/**
	 * Return the names of the placeholders.
	 */
	@Override
	public String toString() {
		return "PromptTemplate" + placeholders();
	}

	/**
	 * A turn.
	 *
	 * @param human whether it is the human's turn, and not the assistant's
	 * @param text the text
	 */
	private record TemplateTurn(boolean human, TemplateText text) {
	}

}
