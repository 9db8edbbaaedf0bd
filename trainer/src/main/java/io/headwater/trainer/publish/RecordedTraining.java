package io.headwater.trainer.publish;

import io.headwater.model.pipeline.FreezeRule;
import io.headwater.model.pipeline.Pipeline;
import io.headwater.schemas.Lineage;
import io.headwater.schemas.Setting;
import io.headwater.trainer.plan.FreezeDecision;
import io.headwater.trainer.plan.Ladder;
import io.headwater.trainer.plan.Quadrant;
import io.headwater.trainer.plan.Way;
import io.headwater.trainer.round.Leash;
import io.headwater.trainer.round.RecordedSettings;
import io.headwater.trainer.round.RoundSettings;
import io.headwater.trainer.tune.HeadGraph;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * What a version's lineage says of how it was trained.
 *
 * @param lineage the record
 * @param byName its settings
 */
public record RecordedTraining(Lineage lineage, Map<String, String> byName) {
  /** The setting that names the bytes of a file of labelled events, by their SHA-256. */
  public static final String DATA = "data.sha256";

  /** The setting that says how much of its way from the source head a head was let go. */
  public static final String PART = "guard.part";

  /** The setting that names the ways that were tried besides the head. */
  public static final String WAYS = "freeze-tried";

  private static final String RULE = "freeze-rule";
  private static final String ACTIVATIONS = "activations";
  private static final String HIDDEN = "fresh-hidden";
  private static final String PULLED = "*";

  public RecordedTraining {
    byName = Map.copyOf(byName);
  }

  /** Reads a lineage. */
  public static RecordedTraining of(Lineage lineage) {
    Map<String, String> byName = new HashMap<>();
    for (Setting setting : lineage.getSettings()) {
      byName.put(setting.getName(), setting.getValue());
    }
    return new RecordedTraining(lineage, byName);
  }

  /** What of a pipeline, besides the round's settings, decides what a training comes to. */
  public static Map<String, String> facts(Pipeline pipeline) {
    CourseSettings courses = CourseSettings.of(pipeline, pipeline.labels());
    return Map.of(
        RULE,
        pipeline.training().tuning().freeze().toString(),
        ACTIVATIONS,
        pipeline.feedback().activations().name().toLowerCase(Locale.ROOT),
        HIDDEN,
        Integer.toString(courses.hidden()),
        RecordedSettings.FRESH_EPOCHS,
        Integer.toString(courses.fresh().epochs()),
        RecordedSettings.FRESH_RATE,
        Double.toString(courses.fresh().learningRate()));
  }

  /** Ways as the setting {@link #WAYS} holds them; a star stands for a pull to the old weights. */
  public static String ways(List<Way> ways) {
    return ways.stream()
        .map(way -> way.name() + (way.drawnBack() ? PULLED : ""))
        .collect(Collectors.joining(" "));
  }

  /**
   * How the round trained and judged.
   *
   * @throws IllegalArgumentException naming a setting that is not recorded
   */
  public RoundSettings settings() {
    return RecordedSettings.read(byName, lineage.getSeed());
  }

  /**
   * As far as a guard set let the head go.
   *
   * @param from the head that was not to be forgotten
   */
  public Leash leash(HeadGraph from) {
    double part = Double.parseDouble(byName.getOrDefault(PART, "1"));
    if (!(part > 0 && part <= 1)) {
      throw new IllegalArgumentException("the lineage says " + PART + " " + part);
    }
    return Leash.part(from, part);
  }

  /** SHA-256 of the file of labelled events that it was trained on, where it was one. */
  public Optional<String> data() {
    return Optional.ofNullable(byName.get(DATA));
  }

  public FreezeRule rule() {
    return FreezeRule.parse(byName.getOrDefault(RULE, FreezeRule.DEFAULT.toString()));
  }

  public Pipeline.Activations activations() {
    String recorded = byName.getOrDefault(ACTIVATIONS, Pipeline.Activations.LOG.name());
    return Pipeline.Activations.valueOf(recorded.toUpperCase(Locale.ROOT));
  }

  /** How other ways than the head's were trained. */
  public CourseSettings courses() {
    return new CourseSettings(
        RecordedSettings.fresh(byName, lineage.getSeed()),
        settings().deeper(),
        Integer.parseInt(byName.getOrDefault(HIDDEN, "0")));
  }

  /**
   * What was tried: the decision as it stood before the holdout was asked.
   *
   * @param ladder the parent's depths
   */
  public FreezeDecision freeze(Ladder ladder) {
    String tried = byName.get(WAYS);
    if (tried == null) {
      throw new IllegalArgumentException("the lineage does not say what was tried");
    }
    List<Way> ways =
        tried.isEmpty()
            ? List.of()
            : Arrays.stream(tried.split(" ")).map(name -> way(name, ladder.segments())).toList();
    return new FreezeDecision(
        ways,
        ladder.head(),
        ladder.segments(),
        Quadrant.CHOSEN,
        lineage.getFreezeReason(),
        Map.of());
  }

  private static Way way(String written, int of) {
    boolean drawnBack = written.endsWith(PULLED);
    String name = drawnBack ? written.substring(0, written.length() - 1) : written;
    if (name.startsWith("tap:")) {
      return new Way(Integer.parseInt(name.substring("tap:".length())), 1, 0, drawnBack, of);
    }
    int segments = name.equals("all") ? of : Integer.parseInt(name.substring("segments:".length()));
    return new Way(0, segments, 0, drawnBack, of);
  }
}
