package io.headwater.model.pack;

import io.headwater.model.pipeline.Pipeline;
import io.headwater.schemas.Manifest;
import io.headwater.schemas.OutputKind;

/** Whether a version answers what a pipeline's labels are: classes, or numbers. */
public final class AnswerFit {
  private AnswerFit() {}

  /**
   * That it does.
   *
   * @throws IllegalArgumentException where it does not, with the mend
   */
  public static void require(Pipeline pipeline, Manifest manifest) {
    boolean values = manifest.getOutput() == OutputKind.VALUES;
    boolean numbers = pipeline.regression() != null;
    if (values != numbers) {
      throw new IllegalArgumentException(
          "the version answers %s, and the labels of '%s' are %s: import the model again with this pipeline file"
              .formatted(
                  values ? "plain values" : "classes",
                  pipeline.name(),
                  numbers ? "numbers" : "classes"));
    }
  }
}
