package io.headwater.trainer.round;

import io.headwater.trainer.gradient.Loss;
import io.headwater.trainer.tune.Refinements;
import io.headwater.trainer.tune.TuneSettings;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Reads a round's settings back from what {@link RoundSettings#byName} wrote. */
public final class RecordedSettings {
  /** How long a new head is tuned. */
  public static final String FRESH_EPOCHS = "fresh-epochs";

  /** At which rate a new head is tuned. */
  public static final String FRESH_RATE = "fresh-learning-rate";

  private final Map<String, String> byName;

  private RecordedSettings(Map<String, String> byName) {
    this.byName = byName;
  }

  /**
   * Reads them.
   *
   * @throws IllegalArgumentException naming the setting that is missing or can't be read
   */
  public static RoundSettings read(Map<String, String> byName, long seed) {
    return new RecordedSettings(byName).settings(seed);
  }

  /** How a new head is tuned. */
  public static TuneSettings fresh(Map<String, String> byName, long seed) {
    RecordedSettings recorded = new RecordedSettings(byName);
    return recorded.tune(
        recorded.whole(FRESH_EPOCHS),
        recorded.number(FRESH_RATE),
        TuneSettings.Start.SCRATCH,
        seed);
  }

  private RoundSettings settings(long seed) {
    TuneSettings.Start start = TuneSettings.Start.valueOf(text("start").toUpperCase(Locale.ROOT));
    TuneSettings tune = tune(whole("epochs"), number("learning-rate"), start, seed);
    TuneSettings deeper =
        tune(
            whole("segment-epochs"),
            number("segment-learning-rate"),
            TuneSettings.Start.WARM,
            seed);
    return new RoundSettings(
        tune,
        deeper,
        whole("holdout"),
        number("tolerance"),
        Boolean.parseBoolean(text("refit")),
        text("calibration").equals("temperature"),
        whole(RoundSettings.UNSEEN, 0),
        whole(RoundSettings.MOST_SLICES, RoundSettings.SLICES));
  }

  private TuneSettings tune(int epochs, double rate, TuneSettings.Start start, long seed) {
    return new TuneSettings(
        epochs,
        whole("batch"),
        rate,
        number("weight-decay"),
        number("beta1"),
        number("beta2"),
        number("epsilon"),
        number("warm-up"),
        number("clip"),
        Boolean.parseBoolean(text("balanced")),
        start,
        seed,
        refinements());
  }

  private Refinements refinements() {
    Loss.Kind kind = Loss.Kind.valueOf(text("loss").toUpperCase(Locale.ROOT).replace('-', '_'));
    List<Double> weights =
        byName.containsKey("class-weights")
            ? Arrays.stream(text("class-weights").split(",")).map(Double::valueOf).toList()
            : List.of();
    return new Refinements(
        new Loss(kind, byName.containsKey("loss.delta") ? number("loss.delta") : 1),
        number("label-smoothing"),
        number("pull"),
        whole("accumulation"),
        whole("patience"),
        weights,
        number("segment-rate"));
  }

  private String text(String name) {
    String value = byName.get(name);
    if (value == null) {
      throw new IllegalArgumentException("the lineage does not record the setting " + name);
    }
    return value;
  }

  private int whole(String name, int otherwise) {
    return byName.containsKey(name) ? whole(name) : otherwise;
  }

  private int whole(String name) {
    return Integer.parseInt(text(name));
  }

  private double number(String name) {
    return Double.parseDouble(text(name));
  }
}
