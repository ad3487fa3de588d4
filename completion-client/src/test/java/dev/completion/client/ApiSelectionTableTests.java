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
import java.util.List;
import java.util.stream.Stream;

import dev.completion.client.TwoPathServer.Response;
import dev.completion.client.error.CompletionClientException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import reactor.core.publisher.Flux;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@code api-selection.md}: what a client does with each of the responses.
 */
class ApiSelectionTableTests {

	private static final CompletionRequest REQUEST = CompletionRequest.builder()
		.model(Model.of("claude-sonnet-4-5"))
		.prompt(Prompt.human("Why does it say please use the Messages API?"))
		.maxTokensToSample(100)
		.build();

	static List<Row> rows() throws IOException {
		String text = Files.readString(Path.of("api-selection.md"));
		String table = text.substring(text.indexOf("| --- |"), text.indexOf("<!-- end -->"));
		return table.lines().skip(1).map(Row::parse).toList();
	}

	static Stream<Row> rowsForStreams() throws IOException {
		return rows().stream();
	}

	static Stream<Row> rowsForOtherCalls() throws IOException {
		return rows().stream().filter((row) -> !row.isStream());
	}

	@Test
	void tableHasEnoughRows() throws IOException {
		assertThat(rows()).hasSizeGreaterThan(25).doesNotHaveDuplicates();
	}

	@ParameterizedTest
	@MethodSource
	void rowsForStreams(Row row) {
		check(row, true);
	}

	@ParameterizedTest
	@MethodSource
	void rowsForOtherCalls(Row row) {
		check(row, false);
	}

	private static void check(Row row, boolean stream) {
		try (TwoPathServer server = new TwoPathServer().textCompletions(row::response).messages(() -> Response.SUCCESS);
				CompletionClient client = server.client();
				CompletionClient unpaced = client.mutate().pacing(Pacing.builder().enabled(false).build()).build()) {
			Flux<Completion> call = stream ? unpaced.stream(REQUEST) : unpaced.complete(REQUEST).flux();
			List<Completion> result = call.onErrorResume(CompletionClientException.class, (ex) -> Flux.empty())
				.collectList()
				.block(AbstractCompletionClientTests.LIMIT);
			if (row.continuesWithMessages()) {
				assertThat(server.paths()).containsExactly("/v1/complete", "/v1/messages");
				assertThat(result).first().extracting(Completion::completion).isEqualTo("Hello");
			}
			else {
				assertThat(server.paths()).containsExactly("/v1/complete");
			}
		}
	}

	/**
	 * A row of the table.
	 */
	record Row(int status, String contentType, String body, String api, String reason) {

		private static Row parse(String line) {
			String[] cells = line.substring(1, line.length() - 1).split("\\|");
			assertThat(cells).as(line).hasSize(5);
			String body = cells[2].strip();
			return new Row(Integer.parseInt(cells[0].strip()), cells[1].strip(),
					body.isEmpty() ? "" : body.substring(1, body.length() - 1), cells[3].strip(), cells[4].strip());
		}

		boolean isStream() {
			return this.contentType.equals("text/event-stream");
		}

		boolean continuesWithMessages() {
			assertThat(this.api).isIn("Messages", "Text Completions");
			return this.api.equals("Messages");
		}

		Response response() {
			return new Response(this.status, this.contentType,
					isStream() ? "event: error\ndata: " + this.body + "\n\n" : this.body);
		}

	}

}
