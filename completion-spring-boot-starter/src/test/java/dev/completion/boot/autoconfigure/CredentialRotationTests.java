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

package dev.completion.boot.autoconfigure;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

import dev.completion.client.CompletionClient;
import dev.completion.client.Credential;
import dev.completion.client.CredentialProvider;
import dev.completion.client.Prompt;
import dev.completion.client.error.CompletionClientException;
import dev.completion.server.CompletionServer;
import dev.completion.server.Reply;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link CompletionAutoConfiguration}: a credential in a mounted file, which
 * changes while the application runs.
 */
class CredentialRotationTests {

	private static final Duration LIMIT = Duration.ofSeconds(30);

	@TempDir
	private Path directory;

	@Test
	void fileIsReadForEachRequest() throws IOException {
		Path file = Files.writeString(this.directory.resolve("api-key"), "first-key\n");
		try (CompletionServer server = CompletionServer.builder().apiKey("second-key").start()) {
			new ApplicationContextRunner().withConfiguration(AutoConfigurations.of(CompletionAutoConfiguration.class))
				.withUserConfiguration(KeyOfAFile.class)
				.withPropertyValues("key-file=" + file, "completion.base-url=" + server.baseUrl(),
						"completion.defaults.model=claude-2.1", "completion.retry.delay=1ms")
				.run((context) -> {
					Mono<?> call = context.getBean(CompletionClient.class)
						.complete((request) -> request.prompt(Prompt.human("Hi")));
					server.enqueue(Reply.text(" Hi"));
					call.block(LIMIT);
					Files.writeString(file, "second-key\n");
					call.block(LIMIT);
					Files.delete(file);
					assertThatExceptionOfType(CompletionClientException.class).isThrownBy(() -> call.block(LIMIT))
						.withMessageContaining("The credential provider failed");
					assertThat(server.requests()).extracting((request) -> request.header("x-api-key"))
						.containsExactly("first-key", "second-key");
				});
		}
	}

	@Configuration(proxyBeanMethods = false)
	static class KeyOfAFile {

		@Bean
		CredentialProvider credentialProvider(@Value("${key-file}") Path file) {
			return () -> Mono.fromCallable(() -> Credential.apiKey(Files.readString(file).strip()))
				.subscribeOn(Schedulers.boundedElastic());
		}

	}

}
