package io.headwater.ops.bench.chart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headwater.ops.UserError;
import io.headwater.ops.bench.chart.Chart.Point;
import java.awt.image.BufferedImage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChartTest {
  @TempDir private Path work;

  @Test
  void write_linesWithAndWithoutErrors_isAnImageWithTheirColours() throws Exception {
    Path png = work.resolve("chart.png");

    new Chart("Shadows", "shadows", "events/s")
        .line("heads", List.of(new Point(0, 470), new Point(1, 465, 12), new Point(3, 455, 9)))
        .line("full passes", List.of(new Point(0, 470), new Point(3, 118)))
        .write(png);

    BufferedImage image = ImageIO.read(png.toFile());
    long colours =
        IntStream.range(0, image.getWidth() * image.getHeight())
            .map(i -> image.getRGB(i % image.getWidth(), i / image.getWidth()))
            .distinct()
            .count();
    assertThat(image.getWidth()).isEqualTo(900);
    assertThat(colours).isGreaterThan(3);
  }

  @Test
  void write_nameWithoutEnding_writesThatVeryFile() {
    Path named = work.resolve("chart.out");

    new Chart("t", "x", "y").line("l", List.of(new Point(1, 1), new Point(10, 2))).write(named);

    assertThat(Files.exists(named)).isTrue();
  }

  @Test
  void write_missingDirectory_saysWhichFile() {
    Chart chart = new Chart("t", "x", "y").line("l", List.of(new Point(1, 1)));

    assertThatThrownBy(() -> chart.write(work.resolve("none/chart.png")))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("none/chart.png");
  }

  @Test
  void line_withoutPoints_isRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Chart("t", "x", "y").line("l", List.of()))
        .withMessageContaining("'l' has no point");
  }
}
