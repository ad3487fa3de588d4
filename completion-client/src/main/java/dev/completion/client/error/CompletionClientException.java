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

package dev.completion.client.error;

import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;

import org.jspecify.annotations.Nullable;

import org.springframework.web.reactive.function.client.WebClientException;

/**
 * Failure of a call. Every failure that a call signals, other than an
 * {@link IllegalArgumentException} for a request that could not be sent, is of this type.
 * <p>
 * The message is at most {@value #MAX_MESSAGE_BYTES} bytes of UTF-8 on one line, with
 * control characters escaped, so that a server cannot forge log lines. Neither it nor the
 * causes hold a credential, a prompt or a payload.
 *
 * @since 0.1.0
 */
public class CompletionClientException extends RuntimeException {

	static final int MAX_MESSAGE_BYTES = 1024;

	private static final int MAX_CAUSES = 100;

	private static final String ELLIPSIS = "...";

	private static final int MAX_NOTE_BYTES = 256;

	/**
	 * What is known about the call.
	 */
	private final CallDetails details;

	/**
	 * Create an exception.
	 * @param message what went wrong; escaped and cut to size
	 * @param details what is known about the call
	 * @param cause the cause, or {@code null}; it is dropped if it is, or holds at any
	 * depth, an exception of WebClient, since those carry the headers of a request, and
	 * so a credential, and if it has more than 100 causes
	 */
	public CompletionClientException(String message, CallDetails details, @Nullable Throwable cause) {
		super(message(message, details), holdsRequest(cause) ? null : cause);
		this.details = details;
	}

	/**
	 * Return what is known about the fate of the request.
	 * @return the outcome
	 */
	public Outcome outcome() {
		return this.details.outcome();
	}

	/**
	 * Return the number of attempts that were made, whether or not anything could be
	 * sent.
	 * @return the number of attempts, including the one that failed
	 */
	public int attempts() {
		return this.details.attempts();
	}

	/**
	 * Return the server's id of the request, to be quoted when reporting a problem.
	 * @return the request id, or {@code null} if the server sent none
	 */
	public @Nullable String requestId() {
		return this.details.requestId();
	}

	/**
	 * Return the text that was delivered before the failure.
	 * @return the text, empty if there was none
	 */
	public String partialText() {
		return this.details.partialText();
	}

	private static boolean holdsRequest(@Nullable Throwable cause) {
		if (cause == null) {
			return false;
		}
		try {
			return holdsRequest(new ArrayDeque<>(List.of(cause)));
		}
		catch (RuntimeException ex) {
			// an exception whose causes cannot be read
			return true;
		}
	}

	// exceptions may be their own causes, or have any number of them
	private static boolean holdsRequest(Deque<Throwable> left) {
		Set<Throwable> seen = Collections.newSetFromMap(new IdentityHashMap<>());
		while (!left.isEmpty()) {
			Throwable ex = left.pop();
			if (ex instanceof WebClientException || seen.size() > MAX_CAUSES) {
				return true;
			}
			if (seen.add(ex)) {
				left.addAll(List.of(ex.getSuppressed()));
				Optional.ofNullable(ex.getCause()).ifPresent(left::push);
			}
		}
		return false;
	}

	private static String message(String message, CallDetails details) {
		String note = details.note();
		return (note != null) ? printable(message, MAX_MESSAGE_BYTES - MAX_NOTE_BYTES) + printable(note, MAX_NOTE_BYTES)
				: printable(message, MAX_MESSAGE_BYTES);
	}

	private static String printable(String message, int maxBytes) {
		StringBuilder result = new StringBuilder(Math.min(message.length(), maxBytes));
		int bytes = 0;
		int cut = 0;
		for (int i = 0; i < message.length(); i += Character.charCount(message.codePointAt(i))) {
			String next = printable(message.codePointAt(i));
			bytes += next.getBytes(StandardCharsets.UTF_8).length;
			if (bytes > maxBytes) {
				result.setLength(cut);
				return result.append(ELLIPSIS).toString();
			}
			result.append(next);
			cut = (bytes <= maxBytes - ELLIPSIS.length()) ? result.length() : cut;
		}
		return result.toString();
	}

	private static String printable(int codePoint) {
		String character = Character.toString(codePoint);
		return switch (Character.getType(codePoint)) {
			case Character.CONTROL, Character.FORMAT, Character.SURROGATE, Character.LINE_SEPARATOR,
					Character.PARAGRAPH_SEPARATOR ->
				escaped(character);
			default -> character;
		};
	}

	private static String escaped(String character) {
		StringBuilder result = new StringBuilder();
		character.chars().forEach((unit) -> result.append("\\u%04x".formatted(unit)));
		return result.toString();
	}

}
