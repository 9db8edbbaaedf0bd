package io.headwater.model.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class PipelineReferenceTest {
  private static final Path PAGE = Path.of("..", "docs", "pipeline-file.md");

  @Test
  void markdown_committedPage_isCurrent() throws IOException {
    Path fresh = Path.of("target", "pipeline-file.md");
    Files.writeString(fresh, PipelineReference.markdown());

    assertThat(PAGE)
        .as("stale page: cp model/target/pipeline-file.md docs/pipeline-file.md")
        .hasSameTextualContentAs(fresh);
  }

  @Test
  void smallest_parsed_isAPipeline() {
    assertThat(PipelineFile.parse("smallest.yaml", PipelineReference.smallest()).name())
        .isEqualTo("reviews");
  }

  @ParameterizedTest
  @MethodSource("keys")
  void sample_ofEveryKey_isOfItsKind(Key<?> key) {
    assertThat(key.sampleValue()).isNotNull();
  }

  static Iterable<Key<?>> keys() {
    return PipelineKeys.ALL;
  }
}
