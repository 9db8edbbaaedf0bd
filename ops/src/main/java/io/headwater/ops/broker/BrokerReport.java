package io.headwater.ops.broker;

import io.headwater.ops.UserError;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The one line that a broker's JVM says to its parent: its address, or why it has none. */
final class BrokerReport {
  private static final String UP = "up";
  private static final String ERROR = "error";

  private BrokerReport() {}

  static String up(String bootstrapServers) {
    return UP + "\t" + bootstrapServers;
  }

  static String error(UserError error) {
    return ERROR + "\t" + oneLine(error.problem()) + "\t" + oneLine(error.mend());
  }

  /**
   * The address that a line reports.
   *
   * @param silent makes what is thrown where nothing readable was said
   * @throws UserError the one that the line reports
   */
  static String address(@Nullable String line, Supplier<UserError> silent) {
    List<String> parts = line == null ? List.of() : List.of(line.split("\t", -1));
    if (parts.size() == 2 && parts.get(0).equals(UP)) {
      return parts.get(1);
    }
    if (parts.size() == 3 && parts.get(0).equals(ERROR)) {
      throw new UserError(parts.get(1), parts.get(2));
    }
    throw silent.get();
  }

  private static String oneLine(String text) {
    return text.replaceAll("\\s+", " ");
  }
}
