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

package dev.completion.samples.quickstart;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A page of the project's documentation.
 */
record Readme(Path path, String text) {

	static final Path PROJECT = Path.of("..", "..").toAbsolutePath().normalize();

	private static final Pattern BLOCK = Pattern.compile("^```(.*)\n([\\s\\S]*?)^```$", Pattern.MULTILINE);

	private static final Pattern HEADING = Pattern.compile("^#+ (.+)$", Pattern.MULTILINE);

	/**
	 * Return the page that the project opens with.
	 */
	static Readme first() {
		return of(PROJECT.resolve("README.md"));
	}

	/**
	 * Return the pages of the project and of its modules.
	 */
	static List<Readme> all() {
		try (Stream<Path> files = Files.find(PROJECT, 3,
				(path, attributes) -> path.toString().endsWith(".md") && !path.toString().contains("/target/"))) {
			return files.sorted().map(Readme::of).toList();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	static Readme of(Path path) {
		try {
			return new Readme(path, Files.readString(path));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	Stream<String> blocks(String language) {
		return matches(BLOCK).filter((block) -> block.group(1).equals(language)).map((block) -> block.group(2));
	}

	Stream<String> languages() {
		return matches(BLOCK).map((block) -> block.group(1));
	}

	/**
	 * Return the names by which links lead to its headings, as GitHub makes them.
	 */
	Stream<String> anchors() {
		return HEADING.matcher(prose())
			.results()
			.map((heading) -> heading.group(1).toLowerCase(Locale.ROOT))
			.map((heading) -> heading.replaceAll("[^\\w\\- ]", "").replace(' ', '-'));
	}

	/**
	 * Return what is not in a block of code.
	 */
	String prose() {
		return BLOCK.matcher(this.text).replaceAll("");
	}

	Stream<MatchResult> matches(Pattern pattern) {
		return pattern.matcher(this.text).results();
	}

	@Override
	public String toString() {
		return PROJECT.relativize(this.path).toString();
	}

}
