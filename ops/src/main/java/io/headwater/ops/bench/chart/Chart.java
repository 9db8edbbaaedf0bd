package io.headwater.ops.bench.chart;

import io.headwater.ops.UserError;
import java.awt.Color;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.BitmapEncoder.BitmapFormat;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.style.Styler.ChartTheme;
import org.knowm.xchart.style.Styler.LegendPosition;

/**
 * A chart of lines over one pair of axes, written as a PNG; it needs fonts, but no display.
 *
 * <p>Not safe for use by several threads.
 */
public final class Chart {
  /**
   * A measured point.
   *
   * @param error half the length of the bar through it; 0 for none
   */
  public record Point(double x, double y, double error) {
    /** A point without an error bar. */
    public Point(double x, double y) {
      this(x, y, 0);
    }
  }

  private record Line(String name, List<Point> points) {}

  private static final int WIDTH = 900;
  private static final int HEIGHT = 560;

  private final String title;
  private final String across;
  private final String up;
  private final List<Line> lines = new ArrayList<>();
  private boolean logarithmicAcross;
  private boolean logarithmicUp;

  /**
   * An empty chart.
   *
   * @param across what the x axis shows, with its unit
   * @param up what the y axis shows, with its unit
   */
  public Chart(String title, String across, String up) {
    this.title = title;
    this.across = across;
    this.up = up;
  }

  /**
   * Draws a line through points, and a bar through each that has an error.
   *
   * @param name for the legend; another for each line
   * @param points from left to right; one or more
   */
  public Chart line(String name, List<Point> points) {
    if (points.isEmpty()) {
      throw new IllegalArgumentException("line '" + name + "' has no point");
    }
    lines.add(new Line(name, List.copyOf(points)));
    return this;
  }

  /** Scales the x axis by powers of ten; all x must be above 0. */
  public Chart logarithmicAcross() {
    logarithmicAcross = true;
    return this;
  }

  /** Scales the y axis by powers of ten; all y, less their errors, must be above 0. */
  public Chart logarithmicUp() {
    logarithmicUp = true;
    return this;
  }

  /**
   * Writes the chart.
   *
   * @throws UserError where the file can't be written, or this machine has no fonts
   */
  public void write(Path png) {
    System.setProperty("java.awt.headless", "true");
    try {
      try (OutputStream out = Files.newOutputStream(png)) {
        BitmapEncoder.saveBitmap(drawn(), out, BitmapFormat.PNG);
      }
    } catch (IOException e) {
      throw new UserError(
          "the chart can't be written to %s (%s)".formatted(png, e),
          "name a file in a directory that you may write in",
          e);
    } catch (LinkageError | InternalError e) {
      throw new UserError(
          "this Java can't draw text (" + e + ")",
          "install fonts (Debian: apt install fontconfig fonts-dejavu-core), or leave the chart out",
          e);
    }
  }

  private XYChart drawn() {
    XYChart chart =
        new XYChartBuilder()
            .width(WIDTH)
            .height(HEIGHT)
            .title(title)
            .xAxisTitle(across)
            .yAxisTitle(up)
            .theme(ChartTheme.Matlab)
            .build();
    chart.getStyler().setLegendPosition(LegendPosition.OutsideS);
    chart.getStyler().setChartBackgroundColor(Color.WHITE);
    chart.getStyler().setXAxisLogarithmic(logarithmicAcross);
    chart.getStyler().setYAxisLogarithmic(logarithmicUp);
    if (!logarithmicUp && lowest() >= 0) {
      chart.getStyler().setYAxisMin(0.0);
    }
    for (Line line : lines) {
      double[] x = line.points().stream().mapToDouble(Point::x).toArray();
      double[] y = line.points().stream().mapToDouble(Point::y).toArray();
      double[] errors = line.points().stream().mapToDouble(Point::error).toArray();
      if (line.points().stream().allMatch(point -> point.error() == 0)) {
        chart.addSeries(line.name(), x, y);
      } else {
        chart.addSeries(line.name(), x, y, errors);
      }
    }
    return chart;
  }

  private double lowest() {
    return lines.stream()
        .flatMap(line -> line.points().stream())
        .mapToDouble(point -> point.y() - point.error())
        .min()
        .orElse(0);
  }
}
