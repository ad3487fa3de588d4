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

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.AppenderBase;
import io.micrometer.observation.tck.InvalidObservationException;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Reads everything that is logged at any level by whatever library, and fails the test
 * that logged the key, the prompt, the leak of a buffer, or an observation that was told
 * out of turn.
 */
public class LogScanner extends AppenderBase<ILoggingEvent> implements AfterEachCallback {

	private static final List<String> FORBIDDEN = List.of("LEAK: ", AbstractCompletionClientTests.KEY,
			AbstractCompletionClientTests.PROMPT_TEXT, InvalidObservationException.class.getName() + ": ");

	private static final List<String> FOUND = new CopyOnWriteArrayList<>();

	private static final List<String> WARNINGS = new CopyOnWriteArrayList<>();

	@Override
	protected void append(ILoggingEvent event) {
		if (event.getLevel().isGreaterOrEqual(Level.WARN)) {
			WARNINGS.add(event.getFormattedMessage() + ((event.getThrowableProxy() != null)
					? ThrowableProxyUtil.asString(event.getThrowableProxy()) : ""));
		}
		check(event, event.getFormattedMessage());
		if (event.getThrowableProxy() != null) {
			check(event, ThrowableProxyUtil.asString(event.getThrowableProxy()));
		}
	}

	private static void check(ILoggingEvent event, String text) {
		if (FORBIDDEN.stream().anyMatch(text::contains)) {
			FOUND.add(event.getLevel() + " " + event.getLoggerName() + ": " + text);
		}
	}

	@Override
	public void afterEach(ExtensionContext context) {
		WARNINGS.clear();
		assertThat(takeFound()).as("what must not be logged").isEmpty();
	}

	/**
	 * Return the warnings of the current test, with their stack traces.
	 */
	static List<String> warnings() {
		return List.copyOf(WARNINGS);
	}

	static List<String> takeFound() {
		List<String> found = List.copyOf(FOUND);
		FOUND.clear();
		return found;
	}

}
