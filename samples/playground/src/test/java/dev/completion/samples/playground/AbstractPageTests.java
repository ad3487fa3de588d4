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

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.logging.Level;

import dev.completion.server.CompletionServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.openqa.selenium.By;
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
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/**
 * Base of the tests for the page of {@link PlaygroundApplication}, in a browser:
 * Chromium, as Debian installs it. Without it they are left out, unless the environment
 * says that they are run for good.
 */
@Tag("slow")
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT,
		properties = { "completion.embedded-server.mode=on", "completion.api=messages" })
abstract class AbstractPageTests {

	private static final Path CHROMIUM = Path.of("/usr/bin/chromium");

	private static final Path DRIVER = Path.of("/usr/bin/chromedriver");

	private static final Duration LIMIT = Duration.ofSeconds(20);

	static ChromeDriver browser;

	@LocalServerPort
	int port;

	@Autowired
	CompletionServer server;

	private static boolean isBrowserWanted() {
		return (Files.exists(CHROMIUM) && Files.exists(DRIVER)) || System.getenv("CI") != null;
	}

	@BeforeAll
	static void openBrowser() {
		// a condition would not be inherited
		assumeTrue(isBrowserWanted(), "Neither Chromium with its driver, nor CI");
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
		if (browser != null) {
			browser.quit();
		}
	}

	@BeforeEach
	void open() {
		this.server.reset();
		browser.get("http://localhost:" + this.port + "/");
		await(() -> browser.findElements(By.cssSelector("#model option")).size() > 1);
		this.server.reset();
	}

	static void await(BooleanSupplier condition) {
		new WebDriverWait(browser, LIMIT, Duration.ofMillis(20)).until((driver) -> condition.getAsBoolean());
	}

	static WebElement element(String id) {
		return browser.findElement(By.id(id));
	}

	static String text(String id) {
		return element(id).getText();
	}

	// at once, since the page replaces the rows
	static List<?> cells(int column) {
		return (List<?>) browser.executeScript(
				"return [...document.querySelectorAll(`#requests td:nth-child(${arguments[0]})`)].map((it) => it.textContent)",
				column);
	}

	static void choose(Fault fault) {
		element("tab-faults").click();
		browser.findElement(By.cssSelector("[value=" + fault + "]")).click();
	}

	static void awaitState(String state) {
		await(() -> text("state").equals(state));
	}

	static boolean isFocused(String id) {
		return id.equals(browser.switchTo().activeElement().getDomAttribute("id"));
	}

	static void assertNothingWentWrong() {
		List<LogEntry> entries = browser.manage().logs().get(LogType.BROWSER).getAll();
		assertThat(entries).isEmpty();
		Object foreign = browser.executeScript(
				"return performance.getEntriesByType('resource').map((e) => e.name).filter((n) => !n.startsWith(location.origin))");
		assertThat(foreign).isEqualTo(List.of());
	}

}
