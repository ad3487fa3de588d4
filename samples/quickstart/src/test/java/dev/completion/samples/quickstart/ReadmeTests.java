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
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;

import dev.completion.boot.autoconfigure.CompletionProperties;
import dev.completion.client.CompletionClient;
import dev.completion.client.CompletionClientMetrics;
import dev.completion.client.CompletionObservationDocumentation;
import dev.completion.client.PromptTemplate;
import io.micrometer.common.docs.KeyName;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;
import org.junit.platform.launcher.listeners.TestExecutionSummary.Failure;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.boot.autoconfigure.ssl.SslProperties;
import org.springframework.boot.context.properties.bind.BindHandler;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.bind.handler.NoUnboundElementsBindHandler;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.core.env.EnumerablePropertySource;
import org.springframework.core.env.PropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.io.ByteArrayResource;
import org.springframework.util.ClassUtils;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that the snippets of the READMEs compile, pass, bind and agree with the code.
 */
class ReadmeTests {

	private static final Pattern CLASS_NAME = Pattern.compile("^class (\\w+)", Pattern.MULTILINE);

	private static final Pattern TABLE = Pattern.compile("<!-- properties: (.+) -->\n([^<]*)<!-- end -->\n");

	private static final Pattern LINK = Pattern.compile("]\\((?!https?:)([^)#]*)(?:#([^)]*))?\\)");

	private static final Pattern PROPERTY = Pattern.compile("`((?:completion|management|spring)\\.[a-z._-]*[a-z])");

	private static final Pattern EXCEPTION = Pattern.compile("`(\\w+Exception)`");

	private static final Pattern GRADLE = Pattern.compile("'(dev\\.completion:[^']+)'");

	private static final Pattern COORDINATES = Pattern
		.compile("<groupId>(.+)</groupId>\\s*<artifactId>(.+)</artifactId>\\s*<version>(.+)</version>");

	@ParameterizedTest
	@MethodSource("javaBlocks")
	void javaCompiles(String source, @TempDir Path output) {
		assertThat(compile(source, output)).isEmpty();
	}

	static List<String> compile(String source, Path output) {
		JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
		DiagnosticCollector<JavaFileObject> diagnostics = new DiagnosticCollector<>();
		compiler
			.getTask(null, null, diagnostics, List.of("-d", output.toString(), "-parameters", "-proc:none"), null,
					List.of(new Source(source)))
			.call();
		return diagnostics.getDiagnostics()
			.stream()
			.filter((diagnostic) -> diagnostic.getKind() == Diagnostic.Kind.ERROR)
			.map(Diagnostic::toString)
			.toList();
	}

	@Test
	void testsPass(@TempDir Path output) throws Exception {
		List<String> tests = javaBlocks().filter((block) -> block.contains("@Test")).toList();
		tests.forEach((source) -> compile(source, output));
		Thread thread = Thread.currentThread();
		ClassLoader original = thread.getContextClassLoader();
		try (URLClassLoader loader = new URLClassLoader(new URL[] { output.toUri().toURL() }, original)) {
			thread.setContextClassLoader(loader);
			SummaryGeneratingListener summary = new SummaryGeneratingListener();
			LauncherFactory.create()
				.execute(LauncherDiscoveryRequestBuilder.request()
					.selectors(tests.stream().map(Source::className).map(DiscoverySelectors::selectClass).toList())
					.build(), summary);
			assertThat(summary.getSummary().getFailures()).extracting(Failure::getException).isEmpty();
			assertThat(summary.getSummary().getTestsSucceededCount()).isGreaterThanOrEqualTo(tests.size());
		}
		finally {
			thread.setContextClassLoader(original);
		}
	}

	@Test
	void textsAreTemplates() {
		assertThat(Readme.all().stream().flatMap((readme) -> readme.blocks("text"))).isNotEmpty()
			.allSatisfy((text) -> assertThat(
					PromptTemplate.of(text).create(Map.of("language", "German", "text", "a")).toString())
				.contains("German")
				.endsWith("\n\nAssistant:"));
	}

	@ParameterizedTest
	@MethodSource("yamlBlocks")
	void yamlHasPropertiesThatExist(String yaml) throws IOException {
		StandardEnvironment environment = new StandardEnvironment();
		List<PropertySource<?>> sources = new YamlPropertySourceLoader().load("yaml",
				new ByteArrayResource(yaml.getBytes(StandardCharsets.UTF_8)));
		sources.forEach(environment.getPropertySources()::addFirst);
		assertThat(sources).flatMap((source) -> List.of(((EnumerablePropertySource<?>) source).getPropertyNames()))
			.isNotEmpty()
			.allSatisfy((name) -> assertThat(isKnown(name)).as(name).isTrue());
		Binder.get(environment).bindOrCreate("completion", CompletionProperties.class);
		Binder strict = Binder.get(environment, new NoUnboundElementsBindHandler(BindHandler.DEFAULT));
		strict.bind("completion.clients", Bindable.mapOf(String.class, CompletionProperties.class));
		strict.bind("spring.ssl", SslProperties.class);
	}

	private static boolean isKnown(String name) {
		String plain = name.replaceFirst("\\[\\d+]$", "");
		return knownProperties().entrySet()
			.stream()
			.anyMatch((property) -> plain.equals(property.getKey())
					|| (property.getValue().startsWith("java.util.Map<") && plain.startsWith(property.getKey() + ".")));
	}

	/**
	 * Return the types of all properties on the class path, by their names.
	 */
	private static Map<String, String> knownProperties() {
		Map<String, String> properties = new HashMap<>();
		ReadmeTests.class.getClassLoader()
			.resources("META-INF/spring-configuration-metadata.json")
			.forEach((metadata) -> {
				try (InputStream stream = metadata.openStream()) {
					JsonMapper.shared()
						.readTree(stream)
						.get("properties")
						.valueStream()
						.forEach((property) -> properties.put(property.get("name").stringValue(),
								property.path("type").asString("")));
				}
				catch (IOException ex) {
					throw new UncheckedIOException(ex);
				}
			});
		return properties;
	}

	@Test
	void tablesAreThoseOfTheMetadata() throws IOException {
		PropertyTables tables = PropertyTables.ofTheStarter();
		if (System.getProperty("readme.write") != null) {
			Readme readme = Readme.first();
			Files.writeString(readme.path(),
					TABLE.matcher(readme.text())
						.replaceAll((table) -> Matcher.quoteReplacement("<!-- properties: %s -->\n%s<!-- end -->\n"
							.formatted(table.group(1), tables.table(names(table))))));
		}
		assertThat(Readme.first().matches(TABLE))
			.allSatisfy((table) -> assertThat(table.group(2)).isEqualTo(tables.table(names(table))));
	}

	@Test
	void everyPropertyIsInOneTable() throws IOException {
		List<List<String>> groups = Readme.first().matches(TABLE).map(ReadmeTests::names).toList();
		assertThat(PropertyTables.ofTheStarter().names())
			.allSatisfy((property) -> assertThat(groups).filteredOn((names) -> PropertyTables.isIn(names, property))
				.as(property)
				.hasSize(1));
	}

	private static List<String> names(MatchResult table) {
		return List.of(table.group(1).split(" "));
	}

	@Test
	void dependenciesAreOfThisVersion() {
		List<String> blocks = Readme.all().stream().flatMap((readme) -> readme.blocks("xml")).toList();
		assertThat(blocks).isNotEmpty().allMatch((xml) -> COORDINATES.matcher(xml).find());
		assertThat(blocks.stream().flatMap((xml) -> COORDINATES.matcher(xml).results())).allSatisfy((coordinates) -> {
			assertThat(coordinates.group(1)).isEqualTo("dev.completion");
			assertThat(Readme.PROJECT.resolve(coordinates.group(2)).resolve("pom.xml")).content()
				.contains("<version>" + coordinates.group(3) + "</version>");
		});
	}

	@Test
	void dependenciesOfGradleAreThoseOfMaven() {
		Set<String> coordinates = Readme.all()
			.stream()
			.flatMap((readme) -> readme.blocks("xml"))
			.flatMap((xml) -> COORDINATES.matcher(xml).results())
			.map((match) -> String.join(":", match.group(1), match.group(2), match.group(3)))
			.collect(Collectors.toSet());
		assertThat(Readme.all().stream().flatMap((readme) -> readme.blocks("groovy"))).isNotEmpty()
			.flatMap((groovy) -> GRADLE.matcher(groovy).results().map((match) -> match.group(1)).toList())
			.isNotEmpty()
			.isSubsetOf(coordinates);
	}

	@ParameterizedTest
	@MethodSource("dev.completion.samples.quickstart.Readme#all")
	void everySnippetIsOfALanguageThatIsTested(Readme readme) {
		assertThat(readme.languages()).isSubsetOf("groovy", "java", "sh", "text", "xml", "yaml");
		assertThat(readme.prose()).doesNotContain("```");
	}

	@ParameterizedTest
	@MethodSource("dev.completion.samples.quickstart.Readme#all")
	void linksLeadSomewhere(Readme readme) {
		assertThat(readme.matches(LINK)).allSatisfy((link) -> {
			Path target = link.group(1).isEmpty() ? readme.path() : readme.path().resolveSibling(link.group(1));
			assertThat(target).exists();
			assertThat(target).extracting(Path::toString).asString().doesNotContain("/target/");
			if (link.group(2) != null) {
				assertThat(Readme.of(target).anchors()).contains(link.group(2));
			}
		});
	}

	@ParameterizedTest
	@MethodSource("dev.completion.samples.quickstart.Readme#all")
	void propertiesAndExceptionsExist(Readme readme) {
		Set<String> keys = Stream
			.concat(Stream.of(CompletionObservationDocumentation.LowCardinalityKeyNames.values()),
					Stream.of(CompletionObservationDocumentation.HighCardinalityKeyNames.values()))
			.map(KeyName::asString)
			.collect(Collectors.toSet());
		keys.addAll(metersAndTags());
		// of Spring Cloud, which is not on the class path
		keys.add("spring.cloud.refresh.extra-refreshable");
		Set<String> known = Stream.concat(knownProperties().keySet().stream(), keys.stream())
			.collect(Collectors.toSet());
		assertThat(readme.matches(PROPERTY)
			.map((match) -> match.group(1))
			.filter((name) -> !isKnown(name) && !keys.contains(name) && !name.startsWith("spring.ai."))
			.filter((name) -> known.stream().noneMatch((property) -> property.startsWith(name + ".")))).isEmpty();
		assertThat(readme.matches(EXCEPTION)
			.map((match) -> match.group(1))
			.filter((name) -> !ClassUtils.isPresent("dev.completion.client.error." + name, null))
			.filter((name) -> !ClassUtils.isPresent("org.springframework.boot.http.client." + name, null))
			.filter((name) -> !ClassUtils.isPresent("java.lang." + name, null))).isEmpty();
	}

	private static Set<String> metersAndTags() {
		SimpleMeterRegistry registry = new SimpleMeterRegistry();
		try (CompletionClient client = CompletionClient.builder().apiKey("key").build()) {
			// the tag of the starter
			new CompletionClientMetrics(client, Tags.of("completion.client", "default")).bindTo(registry);
		}
		return registry.getMeters()
			.stream()
			.map(Meter::getId)
			.flatMap((id) -> Stream.concat(Stream.of(id.getName()), id.getTags().stream().map(Tag::getKey)))
			.collect(Collectors.toSet());
	}

	static Stream<String> javaBlocks() {
		return Readme.all().stream().flatMap((readme) -> readme.blocks("java"));
	}

	static Stream<String> yamlBlocks() {
		return Readme.all().stream().flatMap((readme) -> readme.blocks("yaml"));
	}

	private static final class Source extends SimpleJavaFileObject {

		private final String content;

		private Source(String content) {
			super(URI.create("string:///" + className(content) + ".java"), Kind.SOURCE);
			this.content = content;
		}

		private static String className(String content) {
			Matcher matcher = CLASS_NAME.matcher(content);
			assertThat(matcher.find()).isTrue();
			return matcher.group(1);
		}

		@Override
		public CharSequence getCharContent(boolean ignoreEncodingErrors) {
			return this.content;
		}

	}

}
