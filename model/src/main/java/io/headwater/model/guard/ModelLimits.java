package io.headwater.model.guard;

import java.time.Duration;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * What a model may ask for.
 *
 * @param maxDepth of nested messages in a file; a tensor in a node's attribute is at 5
 * @param maxParts fields of a file in all, lists of numbers apart
 * @param maxNodes of all graphs of a file, its functions expanded
 * @param maxTensors of a file
 * @param maxNumbers in a file's lists of integers; weights kept as raw bytes don't count
 * @param maxNameLength of a node, value, operator or attribute, in bytes
 * @param maxTensorBytes of one weight
 * @param maxElements of one value that a node makes, whatever the batch
 * @param maxConstantElements of all values that depend on constants alone, beyond four times what
 *     the file's own tensors hold
 * @param controlFlow whether nodes may run subgraphs
 * @param operators that are let through besides the built-in list, as {@code domain:Name}
 * @param maxRun time that one run of the golden inputs may take
 */
public record ModelLimits(
    int maxDepth,
    int maxParts,
    int maxNodes,
    int maxTensors,
    int maxNumbers,
    int maxNameLength,
    long maxTensorBytes,
    long maxElements,
    long maxConstantElements,
    boolean controlFlow,
    Set<String> operators,
    Duration maxRun) {
  /** Ample for every public model of the sizes that a stream is scored with. */
  public static final ModelLimits DEFAULT =
      new ModelLimits(
          32,
          500_000,
          20_000,
          50_000,
          8_000_000,
          4_096,
          Integer.MAX_VALUE,
          1L << 27,
          1L << 28,
          false,
          Set.of(),
          Duration.ofSeconds(10));

  private static final String PREFIX = "headwater.guard.";
  private static final Pattern COMMA = Pattern.compile(",");

  public ModelLimits {
    operators = Set.copyOf(operators);
    require(maxDepth >= 5, "max-depth", "at least 5");
    require(maxParts > 0, "max-parts", "above 0");
    require(maxNodes > 0, "max-nodes", "above 0");
    require(maxTensors > 0, "max-tensors", "above 0");
    require(maxNumbers > 0, "max-numbers", "above 0");
    require(maxNameLength > 0, "max-name-length", "above 0");
    require(maxTensorBytes > 0, "max-tensor-bytes", "above 0");
    require(maxElements > 0, "max-elements", "above 0");
    require(maxConstantElements > 0, "max-constant-elements", "above 0");
    require(!maxRun.isNegative() && !maxRun.isZero(), "max-run-ms", "above 0");
  }

  /**
   * The default, changed by properties named {@code headwater.guard.} and {@code max-depth}, {@code
   * max-nodes}, {@code control-flow}, {@code operators} (comma-separated) and so on; the time is
   * {@code max-run-ms}.
   *
   * @throws IllegalArgumentException naming the property that can't be read or is not known
   */
  public static ModelLimits of(Properties properties) {
    Set<String> unread = new TreeSet<>();
    properties.stringPropertyNames().stream()
        .filter(name -> name.startsWith(PREFIX))
        .forEach(unread::add);
    Reading in = new Reading(properties, unread);
    ModelLimits limits =
        new ModelLimits(
            in.whole("max-depth", DEFAULT.maxDepth),
            in.whole("max-parts", DEFAULT.maxParts),
            in.whole("max-nodes", DEFAULT.maxNodes),
            in.whole("max-tensors", DEFAULT.maxTensors),
            in.whole("max-numbers", DEFAULT.maxNumbers),
            in.whole("max-name-length", DEFAULT.maxNameLength),
            in.number("max-tensor-bytes", DEFAULT.maxTensorBytes, Long.MAX_VALUE),
            in.number("max-elements", DEFAULT.maxElements, Long.MAX_VALUE),
            in.number("max-constant-elements", DEFAULT.maxConstantElements, Long.MAX_VALUE),
            in.flag("control-flow", DEFAULT.controlFlow),
            in.names("operators", DEFAULT.operators),
            Duration.ofMillis(
                in.number("max-run-ms", DEFAULT.maxRun.toMillis(), Integer.MAX_VALUE)));
    if (!unread.isEmpty()) {
      throw new IllegalArgumentException("no limit of models is named " + unread);
    }
    return limits;
  }

  private record Reading(Properties properties, Set<String> unread) {
    String text(String name, String otherwise) {
      unread.remove(PREFIX + name);
      return properties.getProperty(PREFIX + name, otherwise).strip();
    }

    int whole(String name, int otherwise) {
      return Math.toIntExact(number(name, otherwise, Integer.MAX_VALUE));
    }

    long number(String name, long otherwise, long most) {
      String text = text(name, Long.toString(otherwise));
      try {
        long value = Long.parseLong(text);
        require(value <= most, name, "at most " + most);
        return value;
      } catch (NumberFormatException e) {
        throw new IllegalArgumentException(PREFIX + name + " is no whole number: " + text, e);
      }
    }

    boolean flag(String name, boolean otherwise) {
      String text = text(name, Boolean.toString(otherwise));
      require(text.equals("true") || text.equals("false"), name, "true or false");
      return text.equals("true");
    }

    Set<String> names(String name, Set<String> otherwise) {
      Set<String> names = new TreeSet<>(otherwise);
      COMMA
          .splitAsStream(text(name, ""))
          .map(String::strip)
          .filter(part -> !part.isEmpty())
          .forEach(names::add);
      return names;
    }
  }

  private static void require(boolean holds, String name, String wanted) {
    if (!holds) {
      throw new IllegalArgumentException(PREFIX + name + " must be " + wanted);
    }
  }
}
