package io.headwater.ops.models;

import static org.assertj.core.api.Assertions.assertThat;

import io.headwater.ops.TabularOnnx;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class ModelCheckTest {
  private final ModelCheck check = new ModelCheck();

  @Test
  void check_mlp_isCutAtEachLayerAndItsGradientIsRight() {
    ModelCheck.Row row = check.check("table", TabularOnnx.layers(1, 30, 64, 32, 2));

    assertThat(row).isInstanceOf(ModelCheck.Checked.class);
    ModelCheck.Checked checked = (ModelCheck.Checked) row;
    assertThat(checked.passed()).isTrue();
    assertThat(checked.segments()).isEqualTo(3);
    assertThat(checked.tunable()).isEqualTo(3);
    assertThat(checked.gradient().error()).isPresent();
    assertThat(checked.gradient().error().getAsDouble()).isBetween(0.0, 1e-3);
  }

  @Test
  void check_bytesThatAreNoModel_areRefusedByName() {
    ModelCheck.Row row = check.check("notes", "hello".getBytes(StandardCharsets.UTF_8));

    assertThat(row.passed()).isFalse();
    assertThat(row).isInstanceOf(ModelCheck.Refused.class);
    assertThat(((ModelCheck.Refused) row).reason()).contains("notes");
  }
}
