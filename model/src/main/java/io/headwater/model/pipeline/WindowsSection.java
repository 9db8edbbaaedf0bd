package io.headwater.model.pipeline;

import io.headwater.model.pipeline.Windows.Compute;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads the section {@code windows} of a pipeline file. */
record WindowsSection(Reading reading) {
  private static final Pattern NAME = Pattern.compile("[A-Za-z][A-Za-z0-9_-]{0,99}");

  /** Where the event's own id and time lie. */
  private static final String RESERVED = "event";

  @Nullable Windows read(Pipeline.Feedback feedback) {
    String by = reading.get(PipelineKeys.WINDOWS_BY);
    List<Windows.Window> over = new ArrayList<>();
    for (String name : reading.names("windows", "over")) {
      checkName(name, PipelineKeys.WINDOW_SIZE.path(name).subList(0, 3));
      if (name.equals(RESERVED)) {
        reading.report(
            PipelineKeys.WINDOW_SIZE.path(name).subList(0, 3),
            "a window is named 'event', under which an event's id and time go on",
            "give it another name");
      }
      over.add(
          new Windows.Window(name, reading.get(PipelineKeys.WINDOW_SIZE, name), features(name)));
    }
    if (over.isEmpty()) {
      if (!reading.names("windows").isEmpty()) {
        reading.report(
            List.of("windows"),
            "there is no window",
            "write 'windows: { over: { day: { size: 24h, features: { events: {} } } } }'");
      }
      return null;
    }
    if (feedback.copartitioned()) {
      reading.report(
          PipelineKeys.COPARTITIONED.path(),
          "events with windows are written anew, and no longer lie as their producer put them",
          "remove 'copartitioned'");
    }
    return new Windows(by, over);
  }

  private List<Windows.Aggregate> features(String window) {
    List<Windows.Aggregate> features = new ArrayList<>();
    for (String name : reading.names("windows", "over", window, "features")) {
      List<String> at = PipelineKeys.WINDOW_COMPUTE.path(window, name).subList(0, 5);
      checkName(name, at);
      Compute compute = reading.get(PipelineKeys.WINDOW_COMPUTE, window, name);
      Optional<String> field = reading.find(PipelineKeys.WINDOW_FIELD, window, name);
      boolean none = compute == Compute.COUNT || compute == Compute.SINCE_LAST;
      if (field.isEmpty() && !none && reading.sound(PipelineKeys.WINDOW_FIELD, window, name)) {
        reading.report(
            at,
            "'" + String.join(".", at) + "' has no field to compute from",
            "write 'of: " + PipelineKeys.WINDOW_FIELD.sample() + "' beside it");
      }
      features.add(
          new Windows.Aggregate(
              name, compute, compute == Compute.SINCE_LAST ? null : field.orElse(null)));
    }
    if (features.isEmpty()) {
      reading.report(
          List.of("windows", "over", window),
          "the window '" + window + "' has no features",
          "write 'features: { events: { compute: count } }'");
    }
    return features;
  }

  private void checkName(String name, List<String> at) {
    if (!NAME.matcher(name).matches()) {
      reading.report(
          at, "'" + name + "' is no name for a field", "use letters, digits, '_' and '-'");
    }
  }
}
