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

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.geom.Rectangle2D;
import java.text.NumberFormat;
import java.util.List;
import java.util.Locale;

import org.jfree.chart.ChartFactory;
import org.jfree.chart.JFreeChart;
import org.jfree.chart.StandardChartTheme;
import org.jfree.chart.axis.LogAxis;
import org.jfree.chart.axis.NumberAxis;
import org.jfree.chart.labels.StandardCategoryItemLabelGenerator;
import org.jfree.chart.plot.CategoryPlot;
import org.jfree.chart.plot.PlotOrientation;
import org.jfree.chart.renderer.category.BarRenderer;
import org.jfree.chart.renderer.category.StandardBarPainter;
import org.jfree.data.category.DefaultCategoryDataset;
import org.jfree.svg.SVGGraphics2D;

/**
 * The CPU time of an event as a chart.
 */
final class ResultChart {

	private static final List<Scenario> SCENARIOS = List.of(Scenario.ONE_BULK, Scenario.BULK_1000, Scenario.FLUSHED_64,
			Scenario.PACED_1000);

	private static final int WIDTH = 900;

	private static final int HEIGHT_OF_BAR = 13;

	private ResultChart() {
	}

	static String toSvg(Results results, List<String> peers) {
		DefaultCategoryDataset data = new DefaultCategoryDataset();
		for (String peer : peers) {
			for (Scenario scenario : SCENARIOS) {
				results.median(peer, scenario, Metric.CPU)
					.ifPresent((median) -> data.addValue(median, peer, scenario.title()));
			}
		}
		JFreeChart chart = ChartFactory.createBarChart(null, null, "CPU time of an event in ns, logarithmic", data,
				PlotOrientation.HORIZONTAL, true, false, false);
		style(chart);
		int height = 120 + data.getColumnCount() * (data.getRowCount() * HEIGHT_OF_BAR + 20);
		SVGGraphics2D graphics = new SVGGraphics2D(WIDTH, height);
		chart.draw(graphics, new Rectangle2D.Double(0, 0, WIDTH, height));
		return graphics.getSVGDocument();
	}

	private static void style(JFreeChart chart) {
		StandardChartTheme theme = new StandardChartTheme("benchmark");
		theme.setRegularFont(new Font(Font.SANS_SERIF, Font.PLAIN, 12));
		theme.setLargeFont(new Font(Font.SANS_SERIF, Font.PLAIN, 12));
		theme.apply(chart);
		chart.setBackgroundPaint(Color.WHITE);
		CategoryPlot plot = chart.getCategoryPlot();
		plot.setBackgroundPaint(Color.WHITE);
		plot.setRangeGridlinePaint(Color.LIGHT_GRAY);
		plot.setRangeGridlineStroke(new BasicStroke(0.5f));
		plot.setOutlineVisible(false);
		LogAxis axis = new LogAxis("CPU time of an event in ns, logarithmic");
		axis.setNumberFormatOverride(NumberFormat.getIntegerInstance(Locale.ROOT));
		axis.setStandardTickUnits(NumberAxis.createIntegerTickUnits());
		axis.setSmallestValue(10);
		plot.setRangeAxis(axis);
		BarRenderer renderer = (BarRenderer) plot.getRenderer();
		renderer.setBarPainter(new StandardBarPainter());
		renderer.setShadowVisible(false);
		renderer.setItemMargin(0.05);
		renderer.setDefaultItemLabelGenerator(
				new StandardCategoryItemLabelGenerator("{2}", NumberFormat.getIntegerInstance(Locale.ROOT)));
		renderer.setDefaultItemLabelFont(new Font(Font.SANS_SERIF, Font.PLAIN, 9));
		renderer.setDefaultItemLabelsVisible(true);
		for (int i = 0; i < plot.getDataset().getRowCount(); i++) {
			renderer.setSeriesPaint(i, colour(plot.getDataset().getRowKey(i).toString(), i));
		}
	}

	// ours stand out, the floor recedes
	private static Color colour(String peer, int index) {
		if (peer.equals("floor")) {
			return new Color(0xbdbdbd);
		}
		if (peer.startsWith("completion")) {
			return new Color(peer.equals("completion") ? 0x7a4a2b : 0xb07a55);
		}
		return Color.getHSBColor(0.55f + 0.03f * index, 0.35f, 0.75f);
	}

}
