package io.headwater.ops.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.headwater.model.featurise.FeatureBinding;
import io.headwater.model.featurise.Statistics;
import io.headwater.model.onnx.FeatureBinder;
import io.headwater.model.onnx.HeadInput;
import io.headwater.model.onnx.ImportRequest;
import io.headwater.model.onnx.Imported;
import io.headwater.model.onnx.ModelImport;
import io.headwater.model.pack.ModelPackage;
import io.headwater.model.pipeline.Pipeline;
import io.headwater.model.pipeline.PipelineFile;
import io.headwater.model.runtime.LoadedModel;
import io.headwater.model.runtime.OrtRunner;
import io.headwater.ops.TabularOnnx;
import io.headwater.ops.UserError;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ImportedGoldensTest {
  private final Pipeline pipeline =
      PipelineFile.parse(
          "p.yaml",
          """
          pipeline: p
          features: { sums: { type: numeric, input: x, fields: [a, b] } }
          labels: [no, yes]
          """);

  @Test
  void seal_trainedModel_hasGoldensThatAScorerChecks() {
    ImportedGoldens.Sealed random = ImportedGoldens.seal(imported(null), List.of());
    ImportedGoldens.Sealed real =
        ImportedGoldens.seal(imported(null), List.of(event("{\"a\":1,\"b\":2}")));

    assertThat(random.note()).hasValueSatisfying(note -> assertThat(note).contains("random"));
    for (ModelPackage version : List.of(random.version(), real.version())) {
      assertThat(version.manifest().getGoldens()).isNotNull();
      LoadedModel.load(version).close();
    }
    assertThat(random.version().version()).isNotEqualTo(real.version().version());
  }

  @Test
  void seal_newHead_waitsForItsTraining() {
    ImportRequest.NewHead head = new ImportRequest.NewHead(0, HeadInput.STANDARDISED);
    assertThat(ImportedGoldens.seal(imported(head), List.of()).version().manifest().getGoldens())
        .isNull();
  }

  @Test
  void seal_sampleThatDoesNotFit_namesTheEvent() {
    List<JsonNode> sample = List.of(event("{\"a\":1,\"b\":2}"), event("{\"a\":1}"));
    assertThatExceptionOfType(UserError.class)
        .isThrownBy(() -> ImportedGoldens.seal(imported(null), sample))
        .withMessageContaining("event 2 of the source sample");
  }

  private Imported imported(ImportRequest.@Nullable NewHead head) {
    FeatureBinder binder =
        inputs ->
            new FeatureBinder.Bound(
                FeatureBinding.bind(pipeline, inputs, null, Statistics.none()), List.of());
    ImportRequest request =
        new ImportRequest(
            "p", "table", pipeline.labels(), List.of(), List.of(), null, head, 1, 7, null);
    return ModelImport.of(TabularOnnx.layers(2, 2, 8, 2), request, binder, new OrtRunner());
  }

  private static JsonNode event(String json) {
    try {
      return new ObjectMapper().readTree(json);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
