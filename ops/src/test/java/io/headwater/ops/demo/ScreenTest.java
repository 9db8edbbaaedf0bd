package io.headwater.ops.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;

class ScreenTest {
  private final StringWriter written = new StringWriter();

  private static Progress progress(String version) {
    return new Progress(200, 60, 50, 0, 0, 10, 0, true, version, version, 2, 0.9, Double.NaN);
  }

  @Test
  void show_onATerminal_drawsABarThatALineReplaces() {
    Screen screen = new Screen(new PrintWriter(written), true);

    screen.show(progress("abcdef0123456789"), 40);
    screen.say("swapped");

    assertThat(written.toString())
        .contains("[####------------] 50/200  40/s  live 0.900  frozen -")
        .contains("version 2")
        .endsWith("\r\u001b[2Kswapped" + System.lineSeparator());
  }

  @Test
  void show_elsewhere_writesALineAndNotTooMany() {
    Screen screen = new Screen(new PrintWriter(written), false);

    screen.show(progress("abcdef0123456789"), 40);
    screen.show(progress("abcdef0123456789"), 40);
    screen.clear();

    assertThat(written.toString().lines()).hasSize(1);
    assertThat(written.toString()).doesNotContain("\u001b", "\r");
  }

  @Test
  void bar_atItsWidest_fitsOnATerminalOf80Columns() {
    Progress widest =
        new Progress(99_999, 99_999, 99_999, 0, 0, 10, 0, true, "v", "v", 99, 0.9, 0.9);
    assertThat(Screen.bar(widest) + " " + Screen.figures(widest, 9_999)).hasSizeLessThan(80);
  }
}
