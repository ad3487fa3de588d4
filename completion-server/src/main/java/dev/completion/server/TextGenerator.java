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
import java.util.Locale;
import java.util.Random;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Writes text of 30 to 60 words that names words of the question, and is the same for the
 * same dialogue.
 */
final class TextGenerator {

	private static final Pattern WORD = Pattern.compile("[\\p{L}\\p{N}][\\p{L}\\p{N}'’-]{2,29}");

	private static final Set<String> COMMON_WORDS = Set.of("""
			about all also and any are best between both but can compare could describe did difference does each explain
			find for from get give had has have here how into its just know let like list make many may mean more most
			much must name not now one only other our out over please say should show some tell than that the their them
			then there these they this those was way were what when where which who whose why will with would write you
			your""".split("\\s+"));

	private static final List<String> OPENINGS = List.of("There is more to %s than one first expects.",
			"Let me begin with %s, since that is where the interest lies.",
			"A short answer about %s is possible, and a longer one is more fun.",
			"Thank you for asking about %s; it is a pleasure to answer.",
			"The best way into %s is to look at it plainly.");

	private static final List<String> CONTINUATIONS = List.of("- to put it simply - a question of %s, seen calmly.",
			"- in a few words - all about %s and its surroundings.",
			"- as so often - best understood by way of %s first.");

	private static final List<String> BODIES = List.of(
			"Think of %1$s as a garden path: straight from afar, and full of bends.",
			"People who look closely at %1$s usually notice the small things first.",
			"The quiet part is how %1$s and %2$s lean on each other.",
			"Some take %1$s for granted, and miss what %2$s adds to it.",
			"Take away %2$s, and what is left of %1$s looks quite different.",
			"Much has been written about %1$s, and most of it holds up well.",
			"It helps to name %1$s first, and to come back to %2$s later.");

	private static final List<String> CLOSINGS = List.of("That is the heart of it; ask further and I will go on.",
			"With that in mind, the rest follows almost by itself.", "If you like, we can look at an example next.",
			"So much for the outline; the details are yours to choose.");

	private TextGenerator() {
	}

	static String generate(Dialogue dialogue) {
		Random random = new Random(dialogue.hashCode());
		List<String> topics = topics(dialogue.question());
		int body = random.nextInt(BODIES.size());
		int otherBody = (body + 1 + random.nextInt(BODIES.size() - 1)) % BODIES.size();
		List<String> openings = endsInMidSentence(dialogue.prefill()) ? CONTINUATIONS : OPENINGS;
		String text = String.join(" ", pick(openings, random), BODIES.get(body), BODIES.get(otherBody),
				pick(CLOSINGS, random));
		return String.format(Locale.ROOT, text, topics.toArray());
	}

	/**
	 * Write a thought that names the words of the question which the text names.
	 */
	static String thought(Dialogue dialogue) {
		return String.format(Locale.ROOT, "This is about %1$s and %2$s. I will start with %1$s, and keep it short.",
				topics(dialogue.question()).toArray());
	}

	private static String pick(List<String> sentences, Random random) {
		return sentences.get(random.nextInt(sentences.size()));
	}

	private static boolean endsInMidSentence(String prefill) {
		return !prefill.isEmpty() && ".!?:".indexOf(prefill.charAt(prefill.length() - 1)) == -1;
	}

	private static List<String> topics(String question) {
		Matcher matcher = WORD.matcher(question);
		List<String> topics = matcher.results()
			.map((result) -> result.group())
			.filter((word) -> !COMMON_WORDS.contains(word.toLowerCase(Locale.ROOT)))
			.distinct()
			.limit(2)
			.toList();
		return switch (topics.size()) {
			case 0 -> List.of("your question", "its background");
			case 1 -> List.of(topics.get(0), "its background");
			default -> topics;
		};
	}

}
