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

package dev.completion.samples.benchmark;

import java.io.File;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * A peer, and where its classes are.
 *
 * @param name the name in tables
 * @param type the name of its class
 * @param module the folder of its module below {@code peers}, or {@code null} for one on
 * the class path of this application
 * @param option the JVM option for the number of streams that it runs at once, if it
 * would not run as many as it is told to
 */
record Contestant(String name, String type, @Nullable String module, @Nullable String option) {

	private static final int SPARE_THREADS = 100;

	private static final String PACKAGE = "dev.completion.samples.benchmark.";

	static final List<Contestant> ALL = List.of(ours("floor", "FloorPeer"), ours("completion", "CompletionPeer"),
			ours("completion-messages", "CompletionPeer$Messages"),
			ours("completion-observed", "CompletionPeer$Observed"), ours("webclient", "WebClientPeer"),
			ours("jdk", "JdkPeer"), theirs("anthropic-java-sync", "anthropicjava.SyncPeer", "anthropic-java", null),
			theirs("anthropic-java-async", "anthropicjava.AsyncPeer", "anthropic-java", null),
			theirs("spring-ai", "springai.SpringAiPeer", "spring-ai", "-Dreactor.schedulers.defaultBoundedElasticSize"),
			theirs("langchain4j", "langchain4j.LangChain4jPeer", "langchain4j",
					"-Djava.util.concurrent.ForkJoinPool.common.parallelism"));

	private static Contestant ours(String name, String type) {
		return new Contestant(name, PACKAGE + type, null, null);
	}

	private static Contestant theirs(String name, String type, String module, @Nullable String option) {
		return new Contestant(name, PACKAGE + type, module, option);
	}

	/**
	 * Return the JVM options for a scenario. One that has a JVM of its own has as many
	 * threads as it has streams, and some more.
	 */
	List<String> options(Scenario scenario) {
		return (this.option != null && scenario.isAlone())
				? List.of(this.option + "=" + (scenario.concurrency() + SPARE_THREADS)) : List.of();
	}

	/**
	 * Return the class path.
	 * @param home the folder of the benchmark
	 * @throws IOException if the peer's module was not built
	 */
	String classPath(Path home) throws IOException {
		if (this.module == null) {
			return ManagementFactory.getRuntimeMXBean().getClassPath();
		}
		Path target = home.resolve("peers").resolve(this.module).resolve("target");
		return String.join(File.pathSeparator, target.resolve("classes").toString(),
				home.resolve("target").resolve("classes").toString(),
				Files.readString(target.resolve("classpath")).strip());
	}

}
