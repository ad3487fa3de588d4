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

import java.awt.Color;
import java.awt.Font;
import java.awt.Paint;
import java.awt.geom.Rectangle2D;
import java.text.NumberFormat;
import java.util.List;
import java.util.Locale;

import org.jfree.chart.JFreeChart;
import org.jfree.chart.axis.CategoryAxis;
import org.jfree.chart.axis.NumberAxis;
import org.jfree.chart.plot.CategoryPlot;
import org.jfree.chart.plot.PlotOrientation;
import org.jfree.chart.renderer.category.StatisticalBarRenderer;
import org.jfree.chart.ui.RectangleInsets;
import org.jfree.data.category.CategoryDataset;
import org.jfree.data.statistics.DefaultStatisticalCategoryDataset;
import org.jfree.svg.SVGGraphics2D;

/**
 * The CPU time of an event as a chart: a panel for each scenario, in which each bar has
 * its length beside the name of the peer, and a line at its end shows the spread.
 */
final class ResultChart {

	private static final List<Scenario> SCENARIOS = List.of(Scenario.ONE_BULK, Scenario.BULK_1000, Scenario.FLUSHED_64,
			Scenario.PACED_1000);

	private static final int WIDTH = 900;

	private static final int HEIGHT_OF_BAR = 18;

	private static final Font FONT = new Font(Font.SANS_SERIF, Font.PLAIN, 12);

	private ResultChart() {
	}

	static String toSvg(Results results, List<String> peers) {
		int height = 60 + peers.size() * HEIGHT_OF_BAR;
		SVGGraphics2D graphics = new SVGGraphics2D(WIDTH, SCENARIOS.size() * height);
		for (Scenario scenario : SCENARIOS) {
			panel(results, peers, scenario).draw(graphics,
					new Rectangle2D.Double(0, SCENARIOS.indexOf(scenario) * height, WIDTH, height));
		}
		return graphics.getSVGDocument();
	}

	private static JFreeChart panel(Results results, List<String> peers, Scenario scenario) {
		DefaultStatisticalCategoryDataset data = new DefaultStatisticalCategoryDataset();
		for (String peer : peers) {
			results.median(peer, scenario, Metric.CPU)
				.ifPresent((median) -> data.add(median, results.spread(peer, scenario, Metric.CPU), "CPU",
						String.format(Locale.ROOT, "%s  %,.0f", peer, median)));
		}
		NumberAxis axis = new NumberAxis();
		axis.setNumberFormatOverride(NumberFormat.getIntegerInstance(Locale.ROOT));
		axis.setUpperMargin(0.1);
		CategoryPlot plot = new CategoryPlot(data, new CategoryAxis(), axis, new Renderer(data));
		plot.setOrientation(PlotOrientation.HORIZONTAL);
		plot.setRangeGridlinePaint(Color.LIGHT_GRAY);
		plot.setOutlineVisible(false);
		plot.getDomainAxis().setTickLabelFont(FONT);
		axis.setTickLabelFont(FONT);
		JFreeChart chart = new JFreeChart(scenario.title() + ": CPU time of an event in ns", FONT, plot, false);
		chart.setBackgroundPaint(Color.WHITE);
		// for the half of the last number of the axis
		chart.setPadding(new RectangleInsets(0, 0, 0, 20));
		plot.setBackgroundPaint(Color.WHITE);
		return chart;
	}

	/**
	 * Draws bars of which ours stand out and the floor recedes.
	 */
	private static final class Renderer extends StatisticalBarRenderer {

		private final CategoryDataset data;

		private Renderer(CategoryDataset data) {
			this.data = data;
			setShadowVisible(false);
			setErrorIndicatorPaint(Color.BLACK);
		}

		@Override
		public Paint getItemPaint(int row, int column) {
			String label = this.data.getColumnKey(column).toString();
			if (label.startsWith("floor")) {
				return new Color(0xdddddd);
			}
			return new Color(label.startsWith("completion") ? 0xb5651d : 0x8fa3b0);
		}

	}

}
