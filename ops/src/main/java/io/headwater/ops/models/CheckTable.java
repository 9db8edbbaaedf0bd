package io.headwater.ops.models;

import java.util.ArrayList;
import java.util.List;

/** Rows of {@link ModelCheck} as text. */
public final class CheckTable {
  private CheckTable() {}

  /** A row as a few lines for a terminal. */
  public static List<String> lines(ModelCheck.Row row) {
    List<String> lines = new ArrayList<>();
    if (row instanceof ModelCheck.Refused refused) {
      lines.add("REFUSED %s: %s".formatted(refused.name(), refused.reason()));
    } else if (row instanceof ModelCheck.Checked checked) {
      lines.add(
          "%-7s %s: %d segments (%d can be fine-tuned), %d weights"
              .formatted(
                  checked.passed() ? "ok" : "DIFFERS",
                  checked.name(),
                  checked.segments(),
                  checked.tunable(),
                  checked.weights()));
      lines.add(
          "        exported differs by %.1e, cut and chained by %.1e; last segment's gradient: %s"
              .formatted(
                  checked.comparison().exported(),
                  checked.comparison().chained(),
                  checked.gradient().said()));
      checked.notes().forEach(note -> lines.add("        " + note));
    }
    return lines;
  }

  /** All rows as a table in Markdown. */
  public static List<String> markdown(List<ModelCheck.Row> rows) {
    List<String> lines = new ArrayList<>();
    lines.add(
        "| model | MB | segments | of them tunable | weights | exported against original"
            + " | cut and chained against whole | last segment's gradient | notes |");
    lines.add("|---|---:|---:|---:|---:|---:|---:|---|---|");
    for (ModelCheck.Row row : rows) {
      if (row instanceof ModelCheck.Refused refused) {
        lines.add(
            "| %s | %.1f | | | | | | | refused: %s |"
                .formatted(cell(refused.name()), refused.bytes() / 1e6, cell(refused.reason())));
      } else if (row instanceof ModelCheck.Checked checked) {
        lines.add(
            "| %s | %.1f | %d | %d | %d | %.1e | %.1e | %s | %s |"
                .formatted(
                    cell(checked.name()),
                    checked.bytes() / 1e6,
                    checked.segments(),
                    checked.tunable(),
                    checked.weights(),
                    checked.comparison().exported(),
                    checked.comparison().chained(),
                    cell(checked.gradient().said()),
                    cell(String.join("; ", checked.notes()))));
      }
    }
    return lines;
  }

  private static String cell(String text) {
    return text.replace("|", "\\|");
  }
}
