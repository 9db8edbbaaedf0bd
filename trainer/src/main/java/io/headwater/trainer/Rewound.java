package io.headwater.trainer;

import io.headwater.model.log.ModelLog;
import io.headwater.model.log.PublishedVersion;
import io.headwater.model.pack.Digest;
import io.headwater.model.pipeline.Exclusions;
import io.headwater.schemas.Rewind;
import io.headwater.schemas.RolloutDecision;
import io.headwater.schemas.Stage;
import io.headwater.trainer.log.DecisionHistory;
import io.headwater.trainer.publish.Rewinds;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * That a person has sent learning back to an older version.
 *
 * @param from the version that trainings start from while production stays as it was
 * @param exclusions what they leave out, from then on
 * @param open whether production has stayed as it was
 */
record Rewound(PublishedVersion from, Exclusions exclusions, boolean open) {
  private static final Logger LOG = LoggerFactory.getLogger(Rewound.class);

  /**
   * The last rewind that a signed record of the candidate stage vouches for; the last alone counts.
   */
  static Optional<Rewound> of(DecisionHistory history, ModelLog models) {
    List<RolloutDecision> decisions = history.decisions();
    for (int i = decisions.size() - 1; i >= 0; i--) {
      RolloutDecision decision = decisions.get(i);
      Rewind rewind = decision.getRewind();
      if (rewind == null) {
        continue;
      }
      Optional<Rewound> rewound = vouched(decision, rewind, models, isOpen(decisions, i));
      if (rewound.isPresent()) {
        return rewound;
      }
      LOG.warn(
          "no signed record of the candidate stage vouches for the rewind to {} by {}; it is not"
              + " followed",
          Digest.brief(decision.getVersion()),
          decision.getBy());
    }
    return Optional.empty();
  }

  private static boolean isOpen(List<RolloutDecision> decisions, int at) {
    return decisions.subList(at + 1, decisions.size()).stream()
        .noneMatch(later -> later.getStage() == Stage.PRODUCTION);
  }

  private static Optional<Rewound> vouched(
      RolloutDecision decision, Rewind rewind, ModelLog models, boolean open) {
    Exclusions exclusions;
    try {
      exclusions = Rewinds.exclusions(rewind);
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
    if (!Rewinds.vouches(decision.getReason(), exclusions)) {
      return Optional.empty();
    }
    List<PublishedVersion> named = new ArrayList<>();
    models.history(
        Stage.CANDIDATE,
        stage -> {
          if (stage.record().getReason().equals(decision.getReason())) {
            stage.live().stream()
                .filter(version -> version.version().equals(decision.getVersion()))
                .forEach(named::add);
          }
        },
        refused -> {});
    return named.stream().findFirst().map(version -> new Rewound(version, exclusions, open));
  }
}
