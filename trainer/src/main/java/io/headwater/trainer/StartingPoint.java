package io.headwater.trainer;

import io.headwater.model.log.PublishedVersion;
import io.headwater.model.pack.ModelPackage;
import io.headwater.model.pack.Segments;
import io.headwater.model.pipeline.Pipeline;
import io.headwater.trainer.tune.HeadGraph;
import org.jspecify.annotations.Nullable;

/**
 * Where trainings start from, and what they must stand up to.
 *
 * @param inForce what production holds
 * @param start the version that is trained on: the same, unless learning was rewound
 * @param rival the head in force, where it is not the start's own and reads the same activations
 */
record StartingPoint(PublishedVersion inForce, Champion start, @Nullable HeadGraph rival) {
  /** Of what production holds. */
  static StartingPoint of(PublishedVersion inForce, Pipeline pipeline) {
    return new StartingPoint(inForce, Champion.of(inForce, pipeline), null);
  }

  /** Of an older version, while production holds another. */
  static StartingPoint rewound(PublishedVersion inForce, PublishedVersion from, Pipeline pipeline) {
    if (inForce.version().equals(from.version())) {
      return of(inForce, pipeline);
    }
    Champion start = Champion.of(from, pipeline);
    ModelPackage other = inForce.model();
    boolean comparable =
        other.manifest().getLabels().equals(start.model().manifest().getLabels())
            && Segments.prefixDigest(other.manifest())
                .equals(Segments.prefixDigest(start.model().manifest()));
    return new StartingPoint(inForce, start, comparable ? HeadGraph.of(other) : null);
  }

  boolean isRewound() {
    return !inForce.version().equals(start.version());
  }

  /** The version that a candidate is judged against. */
  String judge() {
    return rival == null ? start.version() : inForce.version();
  }
}
