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

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import com.fasterxml.jackson.annotation.JsonValue;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link TextCompletionWriter}.
 */
class TextCompletionWriterTests {

	private static final CompletionRequest REQUEST = CompletionRequest.builder()
		.model(Model.of("claude-2.1"))
		.prompt(Prompt.human("Hello, Claude"))
		.maxTokensToSample(1024)
		.build();

	private final TextCompletionWriter writer = new TextCompletionWriter(JsonMapper.builder().build());

	@Test
	void writeWhenLittleIsSetLeavesOutTheRest() {
		assertThat(write(REQUEST, false)).isEqualTo("{\"model\":\"claude-2.1\","
				+ "\"prompt\":\"\\n\\nHuman: Hello, Claude\\n\\nAssistant:\",\"max_tokens_to_sample\":1024}");
	}

	@Test
	void writeWhenStreamingAddsFlag() {
		assertThat(write(REQUEST, true))
			.isEqualTo("{\"model\":\"claude-2.1\",\"prompt\":\"\\n\\nHuman: Hello, Claude\\n\\nAssistant:\","
					+ "\"max_tokens_to_sample\":1024,\"stream\":true}");
	}

	@Test
	void writeWhenEverythingIsSetHasEveryField() {
		CompletionRequest request = CompletionRequest.builder()
			.model("m")
			.prompt(Prompt.raw("p"))
			.maxTokensToSample(256)
			.stopSequences("STOP", "\n\n")
			.temperature(1)
			.topP(0.7)
			.topK(5)
			.userId("u1")
			.header("x-tenant", "not in the body")
			.timeout(Duration.ofSeconds(1))
			.additionalProperty("seed", 7)
			.build();
		assertThat(write(request, true)).isEqualTo("{\"model\":\"m\",\"prompt\":\"p\",\"max_tokens_to_sample\":256,"
				+ "\"stop_sequences\":[\"STOP\",\"\\n\\n\"],\"temperature\":1.0,\"top_p\":0.7,\"top_k\":5,"
				+ "\"metadata\":{\"user_id\":\"u1\"},\"stream\":true,\"seed\":7}");
	}

	@Test
	void writeWhenValuesAreZeroOrEmptyWritesThem() {
		CompletionRequest request = CompletionRequest.builder().stopSequences().temperature(0).topP(0).topK(0).build();
		assertThat(write(request, false))
			.isEqualTo("{\"stop_sequences\":[],\"temperature\":0.0,\"top_p\":0.0,\"top_k\":0}");
	}

	@Test
	void writeWhenNothingIsSetIsAnEmptyObject() {
		assertThat(write(CompletionRequest.builder().build(), false)).isEqualTo("{}");
	}

	@Test
	void writeKeepsUnicodeAndEscapes() {
		CompletionRequest request = CompletionRequest.builder()
			.prompt(Prompt.raw("\u00e9\u3042\ud83d\ude00\u2028\"\\\u0000\u001b</script>"))
			.build();
		String json = write(request, false);
		assertThat(json).startsWith("{\"prompt\":\"\u00e9\u3042\ud83d\ude00").doesNotContain("\u0000", "\u001b");
		assertThat(JsonMapper.shared().readTree(json).get("prompt").stringValue())
			.isEqualTo(String.valueOf(request.prompt()));
	}

	@Test
	void writeWhenSurrogateIsAloneEscapesIt() {
		CompletionRequest request = CompletionRequest.builder()
			.prompt(Prompt.raw("a\ud83d b\ude00"))
			.userId("\ud83d")
			.build();
		assertThat(write(request, false))
			.isEqualToIgnoringCase("{\"prompt\":\"a\\ud83d b\\ude00\",\"metadata\":{\"user_id\":\"\\ud83d\"}}");
	}

	@Test
	void writeWhenPromptIsLargeKeepsIt() {
		CompletionRequest request = CompletionRequest.builder()
			.prompt(Prompt.raw("\u3042\ud83d\ude00".repeat(100_000)))
			.build();
		assertThat(write(request, false)).isEqualTo("{\"prompt\":\"" + request.prompt() + "\"}");
	}

	@Test
	void writeWritesAdditionalPropertiesInTheirOrder() {
		Map<String, Object> nested = new LinkedHashMap<>();
		nested.put("b", List.of(1, 2.5, "x", true));
		nested.put("a", null);
		CompletionRequest request = CompletionRequest.builder()
			.additionalProperty("z", nested)
			.additionalProperty("a", "\"")
			.additionalProperty("model_2", Model.of("claude-2.1"))
			.additionalProperty("record", new Point(1, 2))
			.build();
		assertThat(write(request, false)).isEqualTo("{\"z\":{\"b\":[1,2.5,\"x\",true],\"a\":null},\"a\":\"\\\"\","
				+ "\"model_2\":\"claude-2.1\",\"record\":{\"x\":1,\"y\":2}}");
	}

	@Test
	void writeWhenAdditionalPropertyCannotBeWrittenNamesIt() {
		CompletionRequest request = CompletionRequest.builder().additionalProperty("seed", new Unwritable()).build();
		assertThatIllegalArgumentException().isThrownBy(() -> this.writer.write(request, false))
			.withMessage("'additionalProperty' must be a value that can be written as JSON, but 'seed' is a "
					+ Unwritable.class.getName())
			.withNoCause();
	}

	@Test
	void writeWhenAdditionalPropertyHoldsItselfNamesIt() {
		Map<String, Object> value = new LinkedHashMap<>();
		value.put("SECRET", value);
		CompletionRequest request = CompletionRequest.builder().additionalProperty("loop", value).build();
		assertThatIllegalArgumentException().isThrownBy(() -> this.writer.write(request, false))
			.withMessageContaining("'loop' is a java.util.LinkedHashMap")
			.satisfies((ex) -> assertThat(ex.getMessage()).doesNotContain("SECRET"));
	}

	@Test
	void writeAfterAFailureGoesOn() {
		CompletionRequest bad = REQUEST.toBuilder().additionalProperty("seed", new Unwritable()).build();
		assertThatIllegalArgumentException().isThrownBy(() -> this.writer.write(bad, false));
		assertThat(write(CompletionRequest.builder().topK(1).build(), false)).isEqualTo("{\"top_k\":1}");
	}

	private String write(CompletionRequest request, boolean stream) {
		return new String(this.writer.write(request, stream), StandardCharsets.UTF_8);
	}

	record Point(int x, int y) {
	}

	static final class Unwritable {

		@JsonValue
		Integer value() {
			return Integer.valueOf("SECRET");
		}

	}

}
