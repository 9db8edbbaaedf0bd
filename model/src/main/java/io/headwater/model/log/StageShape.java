package io.headwater.model.log;

import io.headwater.schemas.LiveVersion;
import io.headwater.schemas.Stage;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Which sets of versions a stage can have in force: one, or for canaries and shadows any few. */
final class StageShape {
  private static final double ROUNDING = 1e-9;

  private StageShape() {}

  /** What is wrong with a stage's versions, or null. */
  static @Nullable String problem(Stage stage, List<LiveVersion> live) {
    boolean several = stage == Stage.CANARY || stage == Stage.SHADOW;
    if (!several && live.size() != 1) {
      return "it names %d live versions; stage %s takes one".formatted(live.size(), stage);
    }
    Set<String> names = new HashSet<>();
    double shares = 0;
    for (LiveVersion version : live) {
      if (!names.add(version.getVersion())) {
        return "it names version " + version.getVersion() + " twice";
      }
      double share = version.getShare();
      if (!(share > 0 && share <= 1)) {
        return "it gives version %s a share of %s; a share is above 0 and at most 1"
            .formatted(version.getVersion(), share);
      }
      shares += share;
    }
    return stage == Stage.CANARY && shares > 1 + ROUNDING
        ? "its canaries' shares add up to " + shares + ", above 1"
        : null;
  }
}
