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

package dev.completion.samples.playground;

import java.time.Duration;
import java.util.List;
import java.util.Map;

import dev.completion.server.RecordedRequest;
import dev.completion.server.Reply;
import org.junit.jupiter.api.Test;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.support.ui.Select;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for the page of {@link PlaygroundApplication}: questions and answers.
 */
class PlaygroundPageTests extends AbstractPageTests {

	private static final Reply SLOW = Reply.text("slow ".repeat(200)).chunkSizes(5).chunkDelay(Duration.ofMillis(50));

	private static WebElement turn(int number) {
		return browser.findElements(By.cssSelector(".turn textarea")).get(number - 1);
	}

	private static void write(WebElement field, String text) {
		field.clear();
		field.sendKeys(text);
	}

	private JsonNode sent(int number) {
		return JsonMapper.shared().readTree(this.server.requests().get(number - 1).body());
	}

	@Test
	void answerComesWithWhatIsKnownOfTheCall() {
		this.server.enqueue(Reply.text("Cats purr when they like it.").chunkSizes(4).chunkDelay(Duration.ofMillis(80)));
		write(turn(1), "Why do cats purr?");
		element("ask").click();
		awaitState("done");
		assertThat(sent(1).get("messages").get(0).get("content").toString()).contains("Why do cats purr?");
		assertThat(text("answer")).isEqualTo("Cats purr when they like it.");
		assertThat(Integer.parseInt(text("first-chunk").replace(" ms", ""))).isGreaterThanOrEqualTo(10);
		assertThat(Double.parseDouble(text("rate"))).isPositive().isLessThan(20);
		assertThat(text("answered-by")).isEqualTo("claude-haiku-5-5");
		assertThat(text("api")).isEqualTo("MESSAGES");
		assertThat(text("attempts")).isEqualTo("1");
		assertThat(text("request-id")).startsWith("req_");
		assertThat(text("stop-reason")).isEqualTo("stop_sequence");
		assertThat(text("usage")).matches("[1-9]\\d* in, [1-9]\\d* out");
		assertThat(text("remaining")).matches(".*[1-9]\\d* of [1-9]\\d* requests.*");
		assertThat(element("failure").isDisplayed()).isFalse();
		assertNothingWentWrong();
	}

	@Test
	void whatIsSetUpIsSent() {
		assertThat(new Select(element("model")).getFirstSelectedOption().getDomAttribute("value"))
			.isEqualTo("claude-haiku-5-5");
		new Select(element("model")).selectByValue("claude-haiku-4-5-20251001");
		write(element("system"), "Be brief.");
		browser.findElement(By.cssSelector("summary")).click();
		Map.of("max-tokens", "9", "temperature", "0.5", "top-k", "3")
			.forEach((field, value) -> write(element(field), value));
		element("add-assistant").click();
		write(turn(2), "Because");
		element("add-human").click();
		element("ask").click();
		awaitState("done");
		assertThat(sent(1).get("model").stringValue()).isEqualTo("claude-haiku-4-5-20251001");
		assertThat(sent(1).get("system").stringValue()).isEqualTo("Be brief.");
		assertThat(sent(1).get("max_tokens").intValue()).isEqualTo(9);
		assertThat(sent(1).get("temperature").doubleValue()).isEqualTo(0.5);
		assertThat(sent(1).get("top_k").intValue()).isEqualTo(3);
		assertThat(sent(1).has("top_p")).isFalse();
		assertThat(sent(1).get("messages")).hasSize(2);
		assertThat(sent(1).get("messages").get(1).toString()).contains("assistant", "Because");
		assertNothingWentWrong();
	}

	@Test
	void conversationGoesOn() {
		this.server.enqueue(Reply.text("Because of the air."));
		element("ask").click();
		awaitState("done");
		assertThat(element("continue").isEnabled()).isFalse();
		assertThat(text("no-prefill")).isEqualTo("This model does not accept a prefill.");
		element("reply").click();
		browser.switchTo().activeElement().sendKeys("And at night?");
		element("ask").click();
		await(() -> this.server.requests().size() == 2);
		awaitState("done");
		assertThat(sent(2).get("messages")).extracting((message) -> message.get("content").toString())
			.satisfiesExactly((first) -> assertThat(first).contains("Why is the sky blue?"),
					(second) -> assertThat(second).contains("Because of the air."),
					(third) -> assertThat(third).contains("And at night?"));
		assertNothingWentWrong();
	}

	@Test
	void modelThatTakesAPrefillContinuesTheText() {
		new Select(element("model")).selectByValue("claude-haiku-4-5-20251001");
		this.server.enqueue(Reply.text("Because of the"));
		element("ask").click();
		awaitState("done");
		assertThat(text("no-prefill")).isEmpty();
		element("continue").click();
		assertThat(text("answer")).isEmpty();
		element("ask").click();
		await(() -> this.server.requests().size() == 2);
		awaitState("done");
		assertThat(text("answer")).isNotEmpty();
		assertThat(sent(2).get("messages")).extracting((message) -> message.get("role").stringValue())
			.containsExactly("user", "assistant");
		assertThat(sent(2).get("messages").get(1).get("content").toString()).contains("Because of the");
		assertNothingWentWrong();
	}

	@Test
	void turnIsRemoved() {
		element("add-human").click();
		WebElement remove = browser.findElements(By.cssSelector(".turn button")).get(0);
		assertThat(remove.getDomAttribute("aria-label")).isEqualTo("Remove turn 1, Human");
		remove.click();
		assertThat(browser.findElements(By.cssSelector(".turn"))).hasSize(1);
		assertThat(turn(1).getDomAttribute("aria-label")).isEqualTo("turn 1, Human");
		assertThat(turn(1).getDomProperty("value")).isEmpty();
	}

	@Test
	void textGrowsUntilItIsStopped() {
		this.server.enqueue(SLOW);
		element("ask").click();
		await(() -> text("answer").length() > 10);
		int length = text("answer").length();
		await(() -> text("answer").length() > length + 10);
		element("stop").click();
		awaitUpstreamClosed();
		awaitState("stopped");
		await(() -> cells(4).equals(List.of("yes")));
		assertNothingWentWrong();
	}

	private void awaitUpstreamClosed() {
		await(() -> this.server.requests().stream().anyMatch(RecordedRequest::clientClosed));
	}

	@Test
	void leavingThePageStopsTheCall() {
		this.server.enqueue(SLOW);
		element("ask").click();
		await(() -> text("answer").length() > 10);
		browser.get("about:blank");
		awaitUpstreamClosed();
	}

	@Test
	void endOfTheAnswerLeavesTheFocusAlone() {
		this.server.enqueue(Reply.text("slow ".repeat(20)).chunkSizes(5).chunkDelay(Duration.ofMillis(30)));
		element("ask").click();
		await(() -> text("answer").length() > 10);
		turn(1).sendKeys("x");
		awaitState("done");
		assertThat(browser.switchTo().activeElement()).isEqualTo(turn(1));
	}

	@Test
	void textIsNeverTakenForMarkup() {
		String markup = "<img src=x onerror=\"document.title='owned'\"><b>bold</b>";
		this.server.enqueue(Reply.text(markup));
		element("ask").click();
		awaitState("done");
		assertThat(text("answer")).isEqualTo(markup);
		assertThat(browser.findElements(By.cssSelector("#answer *"))).isEmpty();
		assertThat(browser.getTitle()).isEqualTo("Completion Playground");
		assertNothingWentWrong();
	}

	@Test
	void valueThatBreaksARuleIsShown() {
		browser.findElement(By.cssSelector("summary")).click();
		write(element("temperature"), "3");
		browser.findElement(By.cssSelector("summary")).click();
		element("tab-faults").click();
		element("ask").click();
		await(() -> isFocused("temperature"));
		assertThat(element("temperature").isDisplayed()).isTrue();
		assertThat(text("state")).isEqualTo("idle");
		assertNothingWentWrong();
	}

	@Test
	void keyboardIsEnough() {
		tabTo("add-assistant").sendKeys(Keys.ENTER);
		browser.switchTo().activeElement().sendKeys("Because of");
		assertThat(browser.findElements(By.cssSelector(".turn"))).hasSize(2);
		this.server.enqueue(SLOW, SLOW);
		browser.switchTo().activeElement().sendKeys(Keys.chord(Keys.CONTROL, Keys.ENTER));
		await(() -> text("answer").length() > 10);
		browser.switchTo().activeElement().sendKeys(Keys.ESCAPE);
		awaitState("stopped");
		tabTo("ask").sendKeys(Keys.ENTER);
		await(() -> text("answer").length() > 10);
		tabTo("stop").sendKeys(Keys.SPACE);
		awaitState("stopped");
		assertThat(isFocused("ask")).isTrue();
		assertNothingWentWrong();
	}

	private static WebElement tabTo(String id) {
		for (int i = 0; i < 50 && !isFocused(id); i++) {
			browser.switchTo().activeElement().sendKeys(Keys.TAB);
		}
		assertThat(isFocused(id)).isTrue();
		return element(id);
	}

	@Test
	void tabsAreChangedByArrows() {
		element("tab-prompt").sendKeys(Keys.ARROW_RIGHT);
		assertThat(isFocused("tab-faults")).isTrue();
		assertThat(element("panel-faults").isDisplayed()).isTrue();
		assertThat(element("panel-prompt").isDisplayed()).isFalse();
		element("tab-faults").sendKeys(Keys.HOME);
		assertThat(element("panel-prompt").isDisplayed()).isTrue();
		assertNothingWentWrong();
	}

}
