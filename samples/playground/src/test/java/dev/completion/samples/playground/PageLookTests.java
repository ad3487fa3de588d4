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
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.openqa.selenium.Keys;
import org.openqa.selenium.OutputType;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for the page of {@link PlaygroundApplication}: whether it can be read.
 */
class PageLookTests extends AbstractPageTests {

	/**
	 * The contrast of colours, as the Web Content Accessibility Guidelines define it: of
	 * the text of each element with its background, and of each control's border with
	 * what is around it.
	 */
	private static final String LOW_CONTRASTS = """
			const canvas = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
			const rgb = (colour) => {
				canvas.clearRect(0, 0, 1, 1);
				canvas.fillStyle = colour;
				canvas.fillRect(0, 0, 1, 1);
				return [...canvas.getImageData(0, 0, 1, 1).data];
			};
			const luminance = (colour) => rgb(colour).slice(0, 3).map((it) => it / 255)
				.map((it) => (it <= 0.04045) ? it / 12.92 : ((it + 0.055) / 1.055) ** 2.4)
				.reduce((sum, it, index) => sum + it * [0.2126, 0.7152, 0.0722][index], 0);
			const contrast = (one, other) => {
				const [low, high] = [luminance(one), luminance(other)].sort((a, b) => a - b);
				return (high + 0.05) / (low + 0.05);
			};
			const background = (element) => {
				const colour = getComputedStyle(element).backgroundColor;
				return (rgb(colour)[3] === 0 && element.parentElement) ? background(element.parentElement) : colour;
			};
			const shown = [...document.body.querySelectorAll("*")].filter((it) => it.checkVisibility() && !it.disabled);
			const texts = shown.filter((it) => [...it.childNodes].some((child) => child.nodeType === 3 && child.data.trim()));
			const fields = shown.filter((it) => it.matches("input:not([type=radio]), select, textarea, button:not([role])"));
			return [
				...texts.map((it) => [it, "text", contrast(getComputedStyle(it).color, background(it)), 4.5]),
				...fields.map((it) => [it, "placeholder",
					contrast(getComputedStyle(it, "::placeholder").color, background(it)), 4.5]),
				...fields.map((it) => [it, "border",
					contrast(getComputedStyle(it).borderTopColor, background(it.parentElement)), 3])
			].filter(([, , ratio, least]) => ratio < least)
				.map(([it, what, ratio]) => `${it.tagName} ${it.id} ${what} ${ratio.toFixed(2)}`);
			""";

	private static void show(String scheme, int width) {
		browser.executeCdpCommand("Emulation.setEmulatedMedia",
				Map.of("features", List.of(Map.of("name", "prefers-color-scheme", "value", scheme))));
		browser.executeCdpCommand("Emulation.setDeviceMetricsOverride",
				Map.of("width", width, "height", 860, "deviceScaleFactor", 1, "mobile", false));
	}

	@AfterEach
	void clear() {
		browser.executeCdpCommand("Emulation.clearDeviceMetricsOverride", Map.of());
		browser.executeCdpCommand("Emulation.setEmulatedMedia", Map.of());
	}

	@ParameterizedTest
	@CsvSource({ "light, 1200", "dark, 1200", "light, 360" })
	void pageFits(String scheme, int width) throws IOException {
		show(scheme, width);
		choose(Fault.OVERLOAD);
		element("ask").click();
		awaitState("failed");
		await(() -> cells(2).size() == 3);
		browser.executeScript("document.activeElement.blur(); scrollTo(0, 0)");
		Files.write(Path.of("target", "playground-" + scheme + "-" + width + ".png"),
				browser.getScreenshotAs(OutputType.BYTES));
		assertNothingOverflows();
		browser.executeScript("document.getElementById('server').textContent = 'https://' + 'long.'.repeat(50)");
		browser.executeScript("document.getElementById('answer').textContent = 'long'.repeat(500)");
		assertNothingOverflows();
	}

	private static void assertNothingOverflows() {
		Object overflow = browser
			.executeScript("return document.documentElement.scrollWidth - document.documentElement.clientWidth");
		assertThat(overflow).isEqualTo(0L);
	}

	@ParameterizedTest
	@ValueSource(strings = { "light", "dark" })
	void everythingHasContrast(String scheme) {
		show(scheme, 1200);
		browser.executeScript("document.getElementById('sampling').open = true");
		assertThat((List<?>) browser.executeScript(LOW_CONTRASTS)).isEmpty();
		choose(Fault.CUT);
		element("ask").click();
		awaitState("failed");
		assertThat((List<?>) browser.executeScript(LOW_CONTRASTS)).isEmpty();
	}

	@Test
	@Timeout(30)
	void focusIsSeen() {
		while (!isFocused("ask")) {
			browser.switchTo().activeElement().sendKeys(Keys.TAB);
			assertThat(browser.switchTo().activeElement().getCssValue("outline-width")).isEqualTo("3px");
			assertThat(browser.switchTo().activeElement().getCssValue("outline-style")).isEqualTo("solid");
		}
	}

	@Test
	void answerIsScrolledIntoView() {
		show("light", 360);
		for (int i = 0; i < 5; i++) {
			element("add-human").click();
			element("add-assistant").click();
		}
		element("ask").click();
		awaitState("done");
		assertThat(browser
			.executeScript("return document.getElementById('answer').getBoundingClientRect().top < innerHeight"))
			.isEqualTo(true);
	}

}
