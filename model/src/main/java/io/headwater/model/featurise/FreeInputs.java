package io.headwater.model.featurise;

import io.headwater.model.pipeline.FeatureSpec;
import io.headwater.schemas.TensorSpec;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The inputs of a model that features name, or that fit those that name none.
 *
 * <p>What is refused is said so as to follow the feature's name.
 */
final class FreeInputs {
  private static final int IMAGE_RANK = 4;
  private static final int TOKENS_RANK = 2;
  private static final int TEXT_INPUTS = 3;

  /** A text's inputs. */
  record Tokens(TensorSpec ids, @Nullable String mask, @Nullable String types) {}

  private final List<TensorSpec> all;
  private final Set<String> named = new HashSet<>();

  FreeInputs(List<FeatureSpec> features, List<TensorSpec> all) {
    this.all = all;
    for (FeatureSpec feature : features) {
      add(feature.input());
      if (feature instanceof FeatureSpec.Text text) {
        add(text.mask());
        add(text.types());
      }
    }
  }

  TensorSpec floats(FeatureSpec feature, String form) {
    return input(feature, form, spec -> isFloat(spec) && !spec.getDims().isEmpty());
  }

  TensorSpec indices(FeatureSpec feature) {
    return input(
        feature,
        "int64 [batch] or [batch, indices]",
        spec -> isInteger(spec) && !spec.getDims().isEmpty() && spec.getDims().size() <= 2);
  }

  TensorSpec image(FeatureSpec feature) {
    String form = "float [batch, channels, height, width] or with the channels last";
    return input(feature, form, spec -> isFloat(spec) && spec.getDims().size() == IMAGE_RANK);
  }

  /** By name, else by position: ids, mask, types. */
  Tokens tokens(FeatureSpec.Text text) {
    Set<String> own = new HashSet<>();
    Stream.of(text.input(), text.mask(), text.types())
        .forEach(name -> own.add(String.valueOf(name)));
    List<TensorSpec> fitting =
        all.stream()
            .filter(FreeInputs::isTokens)
            .filter(spec -> !named.contains(spec.getName()) || own.contains(spec.getName()))
            .toList();
    String mask = chosen(text.mask(), fitting, name -> name.contains("mask"));
    String types =
        chosen(text.types(), fitting, name -> name.contains("type") || name.contains("segment"));
    String ids =
        chosen(text.input(), fitting, name -> name.equals("ids") || name.contains("input_ids"));
    if (ids == null && mask == null && types == null && fitting.size() <= TEXT_INPUTS) {
      ids = nameAt(fitting, 0);
      mask = nameAt(fitting, 1);
      types = nameAt(fitting, 2);
    } else if (ids == null) {
      List<TensorSpec> rest = new ArrayList<>(fitting);
      String taken = mask;
      String takenToo = types;
      rest.removeIf(spec -> spec.getName().equals(taken) || spec.getName().equals(takenToo));
      ids = rest.size() == 1 ? rest.get(0).getName() : null;
    }
    String found = ids;
    TensorSpec spec =
        all.stream()
            .filter(input -> input.getName().equals(found))
            .findFirst()
            .orElseThrow(() -> none("token ids, int64 [batch, tokens]", text.input(), fitting));
    if (!isTokens(spec)) {
      throw none("token ids, int64 [batch, tokens]", text.input(), fitting);
    }
    return new Tokens(spec, mask, types);
  }

  private TensorSpec input(FeatureSpec feature, String form, Predicate<TensorSpec> fits) {
    String name = feature.input();
    List<TensorSpec> fitting =
        all.stream()
            .filter(
                spec ->
                    name == null ? !named.contains(spec.getName()) : spec.getName().equals(name))
            .filter(fits)
            .toList();
    if (fitting.size() != 1) {
      throw none(form, name, fitting);
    }
    return fitting.get(0);
  }

  private IllegalArgumentException none(
      String form, @Nullable String name, List<TensorSpec> fitting) {
    if (name != null) {
      return new IllegalArgumentException(
          "wants the input '%s' (%s), and the model's are %s"
              .formatted(name, form, LayoutPlan.described(all)));
    }
    return new IllegalArgumentException(
        fitting.isEmpty()
            ? "finds no free input (%s); the model's are %s"
                .formatted(form, LayoutPlan.described(all))
            : "fits several inputs: %s; write 'input' with the name of one"
                .formatted(LayoutPlan.described(fitting)));
  }

  private void add(@Nullable String name) {
    if (name != null) {
      named.add(name);
    }
  }

  private static @Nullable String chosen(
      @Nullable String given, List<TensorSpec> fitting, Predicate<String> named) {
    if (given != null) {
      return given;
    }
    List<String> found = fitting.stream().map(TensorSpec::getName).filter(named).toList();
    return found.size() == 1 ? found.get(0) : null;
  }

  private static @Nullable String nameAt(List<TensorSpec> specs, int index) {
    return index < specs.size() ? specs.get(index).getName() : null;
  }

  private static boolean isTokens(TensorSpec spec) {
    return isInteger(spec) && spec.getDims().size() == TOKENS_RANK;
  }

  private static boolean isInteger(TensorSpec spec) {
    InputLayout.Cell cell = InputLayout.Cell.of(spec);
    return cell == InputLayout.Cell.INT64 || cell == InputLayout.Cell.INT32;
  }

  private static boolean isFloat(TensorSpec spec) {
    return InputLayout.Cell.of(spec) == InputLayout.Cell.FLOAT;
  }
}
