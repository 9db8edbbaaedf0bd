package io.headwater.model.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.List;

/** Pipeline files to change a line of, and what is said of them. */
final class PipelineFiles {
  /** Has no key that is not required. */
  static final String SMALLEST =
      """
      pipeline: reviews
      model: { pretrained: mini }
      features:
        text:
          fields: [title, body]
      labels: [ham, spam]
      """;

  private PipelineFiles() {}

  /** The problems for which a file is refused. */
  static List<String> problemsOf(String yaml) {
    return catchThrowableOfType(
            PipelineFileException.class, () -> PipelineFile.parse("p.yaml", yaml))
        .problems();
  }

  /** A file is refused for one problem, which is said in words that begin so. */
  static void assertRefused(String yaml, String problem) {
    assertThat(problemsOf(yaml)).singleElement().asString().startsWith(problem);
  }
}
