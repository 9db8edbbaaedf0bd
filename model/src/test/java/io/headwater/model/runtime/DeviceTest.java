package io.headwater.model.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DeviceTest {
  private static final boolean CUDA =
      OrtEnvironment.getAvailableProviders().contains(OrtProvider.CUDA);

  @Test
  void of_cpu_isTheProcessor() {
    assertThat(Device.of("cpu")).isEqualTo(new Device.Cpu()).hasToString("cpu");
  }

  @Test
  void of_autoWithoutCuda_isTheProcessor() {
    if (!CUDA) {
      assertThat(Device.of("auto")).isEqualTo(new Device.Cpu());
    }
  }

  @Test
  void of_cudaWithoutCuda_saysHowToGetIt() {
    if (!CUDA) {
      assertThatIllegalStateException()
          .isThrownBy(() -> Device.of("cuda:1"))
          .withMessageContaining("cuda:1 can't be used")
          .withMessageContaining("-Pcuda")
          .withMessageContaining("auto");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "gpu", "CPU", "cuda:", "cuda:-1", "cuda:100", "cpu:0"})
  void of_anythingElse_namesTheDevices(String asked) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Device.of(asked))
        .withMessageContaining("cpu, cuda, cuda:N");
  }
}
