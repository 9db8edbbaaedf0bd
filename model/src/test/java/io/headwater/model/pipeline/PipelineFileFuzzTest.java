package io.headwater.model.pipeline;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.headwater.schemas.fuzz.Fuzz;
import io.headwater.schemas.fuzz.Mutation;
import io.headwater.schemas.fuzz.Untrusted;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import net.jqwik.api.ForAll;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;

/** A pipeline file is read, or refused with problems that name it. */
class PipelineFileFuzzTest {
  private static final byte[] SOUND =
      """
      pipeline: reviews
      partitions: 6
      event:
        id: mail.id
        time: mail.sent
        maxAge: 30d
        maxSkew: PT1H
        outOfBounds: clamp
        maxBytes: 1 MiB
      model: { pretrained: mini, hidden: 8 }
      features:
        words:
          fields: [title, body]
          maxTokens: 64
        amount: { type: numeric, fields: [a, b], log: [a], impute: mean }
        photo: { type: image, field: picture, width: 8, height: 8, mean: [0.5, 0.5, 0.5] }
      labels: [ham, spam]
      decision: { thresholds: { spam: 0.75 } }
      feedback: { joinWindow: 2h }
      training: { trigger: 10, seed: -3, learningRate: 1e-3 }
      rollout: { tolerance: 0.01 }
      """
          .getBytes(UTF_8);
  private static Path file;

  @BeforeContainer
  static void create() throws IOException {
    file = Files.createTempFile("headwater-fuzz", ".yaml");
    read(SOUND);
  }

  @AfterContainer
  static void delete() throws IOException {
    Files.delete(file);
  }

  private static Pipeline read(byte[] bytes) throws IOException {
    Files.write(file, bytes);
    try {
      return PipelineFile.read(file);
    } catch (PipelineFileException e) {
      assertThat(e.problems()).isNotEmpty().allMatch(line -> line.startsWith(file.toString()));
      throw e;
    }
  }

  @Fuzz
  void read_changedFile_isReadOrRefused(@ForAll(supplier = Mutation.Any.class) Mutation mutation) {
    Untrusted.read(mutation.of(SOUND), PipelineFileFuzzTest::read, PipelineFileException.class);
  }
}
