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
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that the commands of the READMEs do what those say, in a fresh copy of the
 * project. Ports are replaced, since those of the READMEs may be taken.
 */
class ReadmeCommandTests {

	private static final String CURL = "curl -N 'http://localhost:8080/ask?question=Why+is+the+sky+blue'";

	private static final String TEST = "mvn -ntp verify";

	private static final String SLOW_TESTS = TEST + " -Pslow-tests";

	private static final String INSTALL = "mvn -q -ntp install -DskipTests";

	private static final String SERVER = "mvn -q -ntp -pl completion-server compile exec:java "
			+ "-Dexec.args=\"--port 8089 --api-key any-key\"";

	private static final String SAMPLE = "mvn -q -ntp -pl samples/<sample> -am compile spring-boot:run";

	private static final String JMH = "java -cp \"target/classes:$(cat target/classpath)\" org.openjdk.jmh.Main -prof gc";

	private static final String BENCHMARK = "samples/benchmark/run --quick";

	private static final String RATE_LIMITS = "samples/benchmark/run --rate-limits";

	private static final String PROFILE = """
			JAVA_TOOL_OPTIONS="-XX:StartFlightRecording:filename=/tmp/%p.jfr,settings=profile -Xlog:jfr+startup=error" \\
				samples/benchmark/run --rounds=1 --window=3000 --peers=completion --scenarios=PACED_1000""";

	private static final Pattern STARTED_ON = Pattern.compile("started on port (\\d+)");

	@TempDir
	private static Path project;

	@BeforeAll
	static void copyProject() throws IOException {
		Files.walkFileTree(Readme.PROJECT, new SimpleFileVisitor<>() {

			@Override
			public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes)
					throws IOException {
				if (Set.of(".git", "target").contains(directory.getFileName().toString())) {
					return FileVisitResult.SKIP_SUBTREE;
				}
				Files.createDirectories(copy(directory));
				return FileVisitResult.CONTINUE;
			}

			@Override
			public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
				Files.copy(file, copy(file));
				return FileVisitResult.CONTINUE;
			}

		});
	}

	private static Path copy(Path path) {
		return project.resolve(Readme.PROJECT.relativize(path).toString());
	}

	@Test
	void everyCommandIsKnown() {
		assertThat(Readme.all()).flatMap((readme) -> readme.blocks("sh").map(String::strip).toList())
			.containsOnly(CURL, TEST, SLOW_TESTS, INSTALL, SERVER, BENCHMARK, RATE_LIMITS, PROFILE, JMH,
					sample("quickstart"), sample("playground"));
		assertThat(Readme.first().text()).contains("`" + SAMPLE + "`");
	}

	@Test
	@Tag("slow")
	void firstControllerStreams(@TempDir Path classes) throws Exception {
		Readme readme = Readme.first();
		String source = readme.blocks("java").findFirst().orElseThrow();
		assertThat(ReadmeTests.compile(source, classes)).isEmpty();
		List<String> yaml = readme.blocks("yaml").toList();
		Files.writeString(classes.resolve("first.yaml"), yaml.get(0));
		Files.writeString(classes.resolve("second.yaml"), yaml.get(1));
		try (URLClassLoader loader = new URLClassLoader(new URL[] { classes.toUri().toURL() });
				ConfigurableApplicationContext context = new SpringApplicationBuilder(AutoConfigured.class,
						loader.loadClass("AskController"))
					.run("--server.port=0", "--spring.config.location=" + classes.resolve("first.yaml").toUri() + ","
							+ classes.resolve("second.yaml").toUri())) {
			String port = context.getEnvironment().getRequiredProperty("local.server.port");
			assertThat(run(CURL.replace("8080", port), Map.of())).containsPattern("data:\\{.*\"completion\":")
				.contains("\"stopReason\":\"stop_sequence\"");
		}
	}

	@Test
	@Tag("slow")
	void testCommandsAreThoseOfContinuousIntegration() throws Exception {
		String script = Files.readString(project.resolve(".ci/run"));
		assertThat(script.lines()).contains("run \"$command\"", "run \"" + SLOW_TESTS.replace(TEST, "$command") + "\"");
		String extraction = script.lines().filter((line) -> line.startsWith("command=")).findFirst().orElseThrow();
		assertThat(run(extraction + "; echo \"$command\"", Map.of())).isEqualTo(TEST + "\n");
	}

	// what it starts is tested where it is; it would download the peers
	@Test
	@Tag("slow")
	void benchmarkIsAScript() throws Exception {
		assertThat(run("bash -n " + BENCHMARK, Map.of())).isBlank();
	}

	@Test
	@Tag("slow")
	void installBuildsTheArtifacts() throws Exception {
		// tests and samples are this build's
		Path config = Files.createDirectories(project.resolve(".mvn")).resolve("maven.config");
		assertThat(config).doesNotExist();
		Files.write(config, List.of("-pl", "completion-spring-boot-starter", "-am"));
		try {
			run(INSTALL, Map.of("MAVEN_OPTS", "-Dmaven.install.skip=true -Dmaven.test.skip=true"));
		}
		finally {
			Files.delete(config);
		}
		for (String artifact : List.of("client", "server", "spring-boot-starter")) {
			Path target = project.resolve("completion-" + artifact).resolve("target");
			assertThat(target).isDirectoryContaining("glob:**-SNAPSHOT.jar")
				.isDirectoryContaining("glob:**-sources.jar")
				.isDirectoryContaining("glob:**-javadoc.jar");
		}
	}

	@ParameterizedTest
	@Tag("slow")
	@CsvSource({ "quickstart, canned", "without-boot, sky" })
	void sampleAnswersAndEnds(String sample, String text) throws Exception {
		assertThat(run(sample(sample), Map.of())).contains(text).doesNotContain("DEBUG");
	}

	@Test
	@Tag("slow")
	void quickstartTakesAnotherQuestion() throws Exception {
		Pattern addition = Pattern.compile("add `(-Dspring-boot.run.arguments=[^`]+)`");
		String argument = Readme.first().matches(addition).findFirst().orElseThrow().group(1);
		assertThat(run(sample("quickstart") + " " + argument, Map.of())).contains("> Why do cats purr?");
	}

	@ParameterizedTest
	@Tag("slow")
	@CsvSource(delimiter = '|', value = { "playground | /      |                                | <title>",
			"mvc-relay  | /relay | -H 'content-type: application/json' -d {\\\"text\\\":\\\"Why?\\\"} | data:" })
	void sampleServes(String sample, String path, String options, String content) throws Exception {
		try (ShellCommand command = ShellCommand.start(project, sample(sample), Map.of("SERVER_PORT", "0"))) {
			String url = "http://localhost:" + command.await(STARTED_ON) + path;
			assertThat(run("curl " + url + ((options != null) ? " " + options : ""), Map.of())).contains(content);
		}
	}

	@Test
	@Tag("slow")
	void serverPrintsACommandThatIsAnswered() throws Exception {
		try (ShellCommand server = ShellCommand.start(project, SERVER.replace("8089", "0"), Map.of())) {
			String curl = server.await(Pattern.compile("Try it: +(curl .+)"));
			assertThat(run(curl, Map.of())).contains("event: completion", "\"stop_reason\":\"stop_sequence\"");
		}
	}

	private static String sample(String name) {
		return SAMPLE.replace("<sample>", name);
	}

	private static String run(String command, Map<String, String> environment) throws Exception {
		try (ShellCommand started = ShellCommand.start(project, command, environment)) {
			return started.awaitSuccess();
		}
	}

	@EnableAutoConfiguration
	static class AutoConfigured {

	}

}
