package io.headwater.model.featurise;

import io.headwater.schemas.TensorSpec;
import io.headwater.schemas.TextFeature;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Lays features out over a model's inputs, and gathers all that does not fit. */
final class LayoutPlan {
  private static final int FREE = -1;

  private final Map<String, TensorSpec> inputs = new LinkedHashMap<>();
  private final Map<String, String> fedBy = new HashMap<>();
  private final Map<String, List<EventFeature>> valuesOf = new LinkedHashMap<>();
  private final List<InputLayout.Text> texts = new ArrayList<>();
  private final List<InputLayout.Values> numbers = new ArrayList<>();
  private final List<InputLayout.Values> indices = new ArrayList<>();
  private final List<String> problems = new ArrayList<>();

  private LayoutPlan(List<TensorSpec> modelInputs) {
    modelInputs.forEach(input -> inputs.put(input.getName(), input));
  }

  /**
   * Lays features out.
   *
   * @throws IllegalArgumentException naming every feature and input that do not fit each other
   */
  static InputLayout of(List<EventFeature> features, List<TensorSpec> modelInputs) {
    LayoutPlan plan = new LayoutPlan(modelInputs);
    features.forEach(plan::take);
    plan.valuesOf.forEach(plan::lay);
    plan.requireAllFed();
    boolean oneByOne = plan.oneByOne();
    if (plan.problems.isEmpty()
        && (long) InputLayout.total(plan.numbers) + InputLayout.total(plan.indices)
            > InputLayout.MAX_VALUES) {
      plan.problems.add("an event has more than " + InputLayout.MAX_VALUES + " values");
    }
    if (!plan.problems.isEmpty()) {
      throw new IllegalArgumentException(String.join("; ", plan.problems));
    }
    return new InputLayout(plan.texts, plan.numbers, plan.indices, oneByOne);
  }

  /** How messages call a model's inputs. */
  static String described(Iterable<TensorSpec> inputs) {
    List<String> each = new ArrayList<>();
    inputs.forEach(input -> each.add(described(input)));
    return each.isEmpty() ? "none" : String.join(", ", each);
  }

  private static String described(TensorSpec input) {
    return "'%s' (%s %s)"
        .formatted(
            input.getName(),
            input.getType(),
            input.getDims().stream()
                .map(dim -> dim < 0 ? "free" : dim.toString())
                .collect(Collectors.joining(", ", "[", "]")));
  }

  private void take(EventFeature feature) {
    if (feature instanceof TextTokens text) {
      take(text);
    } else {
      String input =
          feature instanceof EventFeature.Floats floats ? floats.input() : index(feature);
      valuesOf.computeIfAbsent(input, first -> new ArrayList<>()).add(feature);
    }
  }

  private static String index(EventFeature feature) {
    return ((CategoryIndex) feature).input();
  }

  private void take(TextTokens text) {
    TextFeature spec = text.spec();
    InputLayout.Cell cell = tokens(text, spec.getIdsInput(), null);
    if (cell != null) {
      tokens(text, spec.getMaskInput(), cell);
      tokens(text, spec.getTypesInput(), cell);
      texts.add(
          new InputLayout.Text(
              spec.getIdsInput(),
              spec.getMaskInput(),
              spec.getTypesInput(),
              cell,
              spec.getPadTo(),
              spec.getPadId()));
    }
  }

  private InputLayout.@Nullable Cell tokens(
      TextTokens text, @Nullable String name, InputLayout.@Nullable Cell like) {
    TensorSpec input = name == null ? null : input(text.name(), name);
    if (input == null) {
      return null;
    }
    if (fedBy.containsKey(name)) {
      problem(
          text.name(),
          "feeds %s, which '%s' feeds too".formatted(described(input), fedBy.get(name)));
    }
    fedBy.put(input.getName(), text.name());
    InputLayout.Cell cell = InputLayout.Cell.of(input);
    int padTo = text.spec().getPadTo();
    List<Long> dims = input.getDims();
    if (cell == null || cell == InputLayout.Cell.FLOAT || dims.size() != 2) {
      problem(
          text.name(),
          "is text, and %s takes no tokens (int64 [batch, tokens])".formatted(described(input)));
    } else if (like != null && like != cell) {
      problem(
          text.name(),
          "feeds %s, whose type is not that of the token ids".formatted(described(input)));
    } else if (dims.get(1) > 0 && dims.get(1) != padTo) {
      problem(
          text.name(), "pads to %d tokens, and %s takes others".formatted(padTo, described(input)));
    } else {
      return cell;
    }
    return null;
  }

  private @Nullable TensorSpec input(String feature, String name) {
    TensorSpec input = inputs.get(name);
    if (input == null) {
      problem(
          feature,
          "feeds '%s', which is no input of the model; its inputs are %s"
              .formatted(name, described(inputs.values())));
    }
    return input;
  }

  private void lay(String name, List<EventFeature> parts) {
    String feature = parts.get(0).name();
    TensorSpec input = input(feature, name);
    if (input == null) {
      return;
    }
    if (fedBy.put(name, feature) != null) {
      problem(feature, "feeds %s, which a text feeds too".formatted(described(input)));
      return;
    }
    boolean floats = parts.get(0) instanceof EventFeature.Floats;
    if (parts.stream().anyMatch(part -> part instanceof EventFeature.Floats != floats)) {
      problem(
          feature, "and others feed %s, some floats and some integers".formatted(described(input)));
      return;
    }
    InputLayout.Cell cell = InputLayout.Cell.of(input);
    if (cell == null || (cell == InputLayout.Cell.FLOAT) != floats) {
      problem(
          feature,
          "gives %s, and %s takes others"
              .formatted(floats ? "floats" : "integers", described(input)));
      return;
    }
    List<Integer> dims = dims(input, parts);
    if (dims != null) {
      (floats ? numbers : indices).add(new InputLayout.Values(name, cell, dims));
    }
  }

  /** The input's dims without the batch, its free ones filled in; null where they do not fit. */
  private @Nullable List<Integer> dims(TensorSpec input, List<EventFeature> parts) {
    List<Integer> own = parts.size() == 1 ? dims(parts.get(0)) : List.of(total(parts));
    List<Long> wanted =
        input.getDims().subList(Math.min(1, input.getDims().size()), input.getDims().size());
    boolean flat = own.size() <= 1;
    boolean same = wanted.size() == own.size();
    for (int i = 0; same && i < own.size(); i++) {
      same = wanted.get(i) < 0 || wanted.get(i) == (long) own.get(i);
    }
    if (same && !input.getDims().isEmpty()) {
      return own;
    }
    long product =
        wanted.stream().reduce(1L, (a, b) -> a < 0 || b < 0 ? FREE : Math.min(a * b, 1L << 31));
    if (flat && !input.getDims().isEmpty() && product == total(parts)) {
      return wanted.stream().map(Math::toIntExact).toList();
    }
    String given =
        parts.stream()
            .map(part -> "'%s' gives %s".formatted(part.name(), dims(part)))
            .collect(Collectors.joining(", "));
    problems.add(
        "input %s does not fit its features: %s".formatted(described(input), given)
            + (parts.size() == 1 ? "" : ", together " + total(parts)));
    return null;
  }

  private static List<Integer> dims(EventFeature part) {
    return part instanceof EventFeature.Floats floats ? floats.dims() : List.of(1);
  }

  private static int total(List<EventFeature> parts) {
    return parts.stream().mapToInt(part -> InputLayout.size(dims(part))).sum();
  }

  private void requireAllFed() {
    for (TensorSpec input : inputs.values()) {
      if (!fedBy.containsKey(input.getName())) {
        problems.add(
            "input %s is fed by no feature; write one with 'input: %s'"
                .formatted(described(input), input.getName()));
      }
    }
  }

  private boolean oneByOne() {
    boolean one = false;
    for (TensorSpec input : inputs.values()) {
      long batch = input.getDims().isEmpty() ? FREE : input.getDims().get(0);
      one |= batch == 1;
      if (batch > 1) {
        problems.add(
            "input %s takes exactly %d events at once; export the model with a free batch"
                .formatted(described(input), batch));
      }
    }
    return one;
  }

  private void problem(String feature, String problem) {
    problems.add("feature '" + feature + "' " + problem);
  }
}
