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

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.logging.Level;

import dev.completion.server.CompletionServer;
import dev.completion.server.Reply;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;
import org.openqa.selenium.OutputType;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.logging.LogEntry;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.logging.LoggingPreferences;
import org.openqa.selenium.support.ui.WebDriverWait;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for the page of {@link PlaygroundApplication}, in a browser: Chromium, as Debian
 * installs it. Without it they are left out, unless the environment says that they are
 * run for good.
 */
@EnabledIf("isBrowserWanted")
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT,
		properties = { "completion.embedded-server.mode=on", "completion.timeout.idle=1s" })
class PlaygroundPageTests {

	private static final Path CHROMIUM = Path.of("/usr/bin/chromium");

	private static final Path DRIVER = Path.of("/usr/bin/chromedriver");

	private static final Duration LIMIT = Duration.ofSeconds(20);

	private static ChromeDriver browser;

	@LocalServerPort
	int port;

	@Autowired
	CompletionServer server;

	static boolean isBrowserWanted() {
		return Files.exists(CHROMIUM) || System.getenv("CI") != null;
	}

	@BeforeAll
	static void openBrowser() {
		LoggingPreferences logs = new LoggingPreferences();
		logs.enable(LogType.BROWSER, Level.ALL);
		ChromeOptions options = new ChromeOptions().setBinary(CHROMIUM.toFile())
			.addArguments("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
					"--disable-background-networking", "--disable-component-update", "--disable-sync",
					"--window-size=1200,900");
		options.setCapability("goog:loggingPrefs", logs);
		browser = new ChromeDriver(
				new ChromeDriverService.Builder().usingDriverExecutable(DRIVER.toFile()).usingAnyFreePort().build(),
				options);
	}

	@AfterAll
	static void closeBrowser() {
		browser.quit();
	}

	@BeforeEach
	void open() {
		this.server.reset();
		browser.get("http://localhost:" + this.port + "/");
		await(() -> !browser.findElements(By.cssSelector("#model option")).isEmpty());
		assertThat(text("server")).contains("canned");
	}

	private static void await(BooleanSupplier condition) {
		new WebDriverWait(browser, LIMIT, Duration.ofMillis(20)).until((driver) -> condition.getAsBoolean());
	}

	private static WebElement element(String id) {
		return browser.findElement(By.id(id));
	}

	private static String text(String id) {
		return element(id).getText();
	}

	private static void press(String fault) {
		element("tab-faults").click();
		WebElement button = browser.findElement(By.cssSelector("[data-fault=" + fault + "]"));
		button.click();
		await(() -> "true".equals(button.getDomAttribute("aria-pressed")));
	}

	private static void awaitState(String state) {
		await(() -> text("state").equals(state));
	}

	private static void assertNothingWentWrong() {
		List<LogEntry> entries = browser.manage().logs().get(LogType.BROWSER).getAll();
		assertThat(entries).isEmpty();
		Object foreign = browser.executeScript(
				"return performance.getEntriesByType('resource').map((e) => e.name).filter((n) => !n.startsWith(location.origin))");
		assertThat(foreign).isEqualTo(List.of());
	}

	@Test
	void textGrowsUntilItIsStopped() {
		press("SLOW");
		element("ask").click();
		await(() -> text("answer").length() > 10);
		int length = text("answer").length();
		await(() -> text("answer").length() > length + 10);
		assertThat(text("first-chunk")).endsWith(" ms");
		assertThat(Double.parseDouble(text("rate"))).isPositive();
		long start = System.nanoTime();
		element("stop").click();
		await(() -> this.server.requests().stream().anyMatch((request) -> request.clientClosed()));
		assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(1));
		awaitState("stopped");
		assertNothingWentWrong();
	}

	@Test
	void answerComesWithWhatIsKnownOfTheCall() {
		WebElement turn = browser.findElement(By.cssSelector(".turn textarea"));
		turn.clear();
		turn.sendKeys("Why do cats purr?");
		element("ask").click();
		awaitState("done");
		assertThat(text("answer")).contains("purr");
		assertThat(text("api")).isEqualTo("MESSAGES");
		assertThat(text("request-id")).startsWith("req_");
		assertThat(text("stop-reason")).isEqualTo("stop_sequence");
		assertThat(text("remaining")).contains("requests");
		assertThat(element("failure").isDisplayed()).isFalse();
		assertNothingWentWrong();
	}

	@ParameterizedTest
	@CsvSource({ "OVERLOAD, OverloadedException, Try again later", "RATE_LIMIT, RateLimitException, Wait as long",
			"STALL, CallTimeoutException, raise completion.timeout.idle",
			"CUT, StreamTruncatedException, Keep the text so far" })
	void faultIsShownAsWhatItIs(String fault, String kind, String advice) {
		press(fault);
		element("ask").click();
		awaitState("failed");
		assertThat(text("failure-kind")).isEqualTo(kind);
		assertThat(text("failure-advice")).contains(advice);
		assertThat(element("requests").isDisplayed()).isTrue();
		assertNothingWentWrong();
	}

	@Test
	void retryIsSeenAtWork() {
		press("OVERLOAD_ONCE");
		element("ask").click();
		awaitState("done");
		assertThat(Integer.parseInt(text("attempts"))).isGreaterThan(1);
		assertNothingWentWrong();
	}

	@Test
	void textIsNeverTakenForMarkup() {
		String markup = "<img src=x onerror=\"document.title='owned'\"><b>bold</b>";
		this.server.enqueue(Reply.text(markup), Reply.text(markup));
		element("ask").click();
		awaitState("done");
		assertThat(text("answer")).isEqualTo(markup);
		assertThat(browser.findElements(By.cssSelector("#answer *"))).isEmpty();
		assertThat(browser.getTitle()).isEqualTo("Completion Playground");
		assertNothingWentWrong();
	}

	@Test
	void keyboardIsEnough() {
		for (int i = 0; i < 50 && !isFocused("add-assistant"); i++) {
			browser.switchTo().activeElement().sendKeys(Keys.TAB);
		}
		browser.switchTo().activeElement().sendKeys(Keys.ENTER);
		browser.switchTo().activeElement().sendKeys("Because of");
		assertThat(browser.findElements(By.cssSelector(".turn"))).hasSize(2);
		this.server.enqueue(Reply.text("slow ".repeat(100)).chunkSizes(5).chunkDelay(Duration.ofMillis(50)),
				Reply.text("slow ".repeat(100)).chunkSizes(5).chunkDelay(Duration.ofMillis(50)));
		browser.switchTo().activeElement().sendKeys(Keys.chord(Keys.CONTROL, Keys.ENTER));
		await(() -> text("answer").length() > 10);
		browser.switchTo().activeElement().sendKeys(Keys.ESCAPE);
		awaitState("stopped");
		assertThat(isFocused("ask")).isTrue();
		assertNothingWentWrong();
	}

	@Test
	void tabsAreChangedByArrows() {
		element("tab-prompt").sendKeys(Keys.ARROW_RIGHT);
		assertThat(isFocused("tab-faults")).isTrue();
		assertThat(element("panel-faults").isDisplayed()).isTrue();
		assertThat(element("panel-prompt").isDisplayed()).isFalse();
		element("tab-faults").sendKeys(Keys.ARROW_LEFT);
		assertThat(element("panel-prompt").isDisplayed()).isTrue();
		assertNothingWentWrong();
	}

	private static boolean isFocused(String id) {
		return id.equals(browser.switchTo().activeElement().getDomAttribute("id"));
	}

	@ParameterizedTest
	@CsvSource({ "light, 1200", "dark, 1200", "light, 360" })
	void pageFits(String scheme, int width) throws IOException {
		browser.executeCdpCommand("Emulation.setEmulatedMedia",
				Map.of("features", List.of(Map.of("name", "prefers-color-scheme", "value", scheme))));
		browser.executeCdpCommand("Emulation.setDeviceMetricsOverride",
				Map.of("width", width, "height", 720, "deviceScaleFactor", 1, "mobile", false));
		try {
			press("OVERLOAD_ONCE");
			element("ask").click();
			awaitState("done");
			Object overflow = browser
				.executeScript("return document.documentElement.scrollWidth - document.documentElement.clientWidth");
			assertThat(overflow).isEqualTo(0L);
			Path picture = Path.of("target", "playground-" + scheme + "-" + width + ".png");
			Files.write(picture, browser.getScreenshotAs(OutputType.BYTES));
		}
		finally {
			browser.executeCdpCommand("Emulation.clearDeviceMetricsOverride", Map.of());
		}
	}

}
