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
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import io.micrometer.observation.Observation;
import io.micrometer.observation.tck.InvalidObservationException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;
import reactor.blockhound.BlockingOperationError;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for what watches all other tests: that no case of the fault catalogue is
 * forgotten, that no secret is logged, and that no thread is blocked.
 */
class WatchTests {

	private static final Pattern EXCEPTION = Pattern.compile("\\| ([A-G]\\d+) \\| \\S.*\\|");

	@Test
	void everyCaseHasATestOrAReason() throws IOException {
		Set<String> missing = new TreeSet<>(cases());
		missing.removeAll(testedCases());
		assertThat(missing).isEqualTo(exceptions());
	}

	private static Set<String> cases() {
		return Stream
			.of(cases("A", 14), cases("B", 13), cases("C", 13), cases("D", 13), cases("E", 22), cases("F", 8),
					cases("G", 14))
			.flatMap((section) -> section)
			.collect(Collectors.toSet());
	}

	private static Stream<String> cases(String section, int count) {
		return IntStream.rangeClosed(1, count).mapToObj((number) -> section + number);
	}

	private static Set<String> testedCases() {
		return new ClassFileImporter().importPackages("dev.completion.client")
			.stream()
			.filter((type) -> type.getSimpleName().endsWith("Tests"))
			.map(JavaClass::reflect)
			.flatMap((type) -> Stream.of(type.getDeclaredMethods()))
			.flatMap((method) -> Stream.of(method.getAnnotationsByType(Tag.class)))
			.map(Tag::value)
			.collect(Collectors.toSet());
	}

	private static Set<String> exceptions() throws IOException {
		String readme = Files.readString(Path.of("src/test/README.md"));
		return EXCEPTION.matcher(readme)
			.results()
			.map((result) -> result.group(1))
			.collect(Collectors.toCollection(TreeSet::new));
	}

	@Test
	void loggedSecretIsFound() {
		LoggerFactory.getLogger(WatchTests.class).trace("A key: {}", AbstractCompletionClientTests.KEY);
		assertThat(LogScanner.takeFound()).singleElement().asString().contains("A key:");
	}

	@Test
	void invalidObservationIsFound() {
		Observation neverStarted = Observation.createNotStarted("test", new RecordedObservations().registry);
		assertThatExceptionOfType(InvalidObservationException.class).isThrownBy(neverStarted::stop)
			.satisfies(CallObservation::failed);
		assertThat(LogScanner.takeFound()).singleElement().asString().contains("has not been started");
	}

	@Test
	void blockedThreadIsFound() {
		Mono<String> blocking = Mono.fromCallable(() -> {
			Thread.sleep(1);
			return "slept";
		}).subscribeOn(Schedulers.parallel());
		assertThatExceptionOfType(RuntimeException.class).isThrownBy(blocking::block)
			.withCauseInstanceOf(BlockingOperationError.class);
	}

}
