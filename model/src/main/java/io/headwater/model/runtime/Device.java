package io.headwater.model.runtime;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtProvider;
import ai.onnxruntime.OrtSession;
import java.util.Optional;

/** Where ONNX Runtime computes. */
public sealed interface Device {
  /** The processor. */
  record Cpu() implements Device {
    @Override
    public String toString() {
      return CPU;
    }
  }

  /**
   * A CUDA device.
   *
   * @param index as CUDA numbers them, from 0
   */
  record Cuda(int index) implements Device {
    @Override
    public String toString() {
      return CUDA + ":" + index;
    }
  }

  String CPU = "cpu";
  String CUDA = "cuda";
  String AUTO = "auto";

  /**
   * What is asked for.
   *
   * @param asked {@code cpu}, {@code cuda}, {@code cuda:N}, or {@code auto} for CUDA where it can
   *     be had and the processor elsewhere
   * @throws IllegalArgumentException for any other text
   * @throws IllegalStateException where CUDA is asked for and can't be had, saying why and the mend
   */
  static Device of(String asked) {
    if (asked.equals(CPU)) {
      return new Cpu();
    }
    if (asked.equals(AUTO)) {
      Cuda first = new Cuda(0);
      return obstacle(first).isPresent() ? new Cpu() : first;
    }
    if (!asked.matches(CUDA + "(:[0-9]{1,2})?")) {
      throw new IllegalArgumentException(
          "'"
              + asked
              + "' is no device; it is cpu, cuda, cuda:N for the one of that number, or auto");
    }
    Cuda wanted =
        new Cuda(asked.equals(CUDA) ? 0 : Integer.parseInt(asked.substring(CUDA.length() + 1)));
    obstacle(wanted)
        .ifPresent(
            why -> {
              throw new IllegalStateException(
                  "%s can't be used: %s; or ask for auto, which falls back to the processor"
                      .formatted(wanted, why));
            });
    return wanted;
  }

  /** Why a device can't be had, or empty where it can. */
  private static Optional<String> obstacle(Cuda device) {
    if (!OrtEnvironment.getAvailableProviders().contains(OrtProvider.CUDA)) {
      return Optional.of(
          "this ONNX Runtime was built without CUDA; build Headwater with -Pcuda"
              + " (HEADWATER_BUILD_ARGS=-Pcuda headwater ...)");
    }
    // A failure is told through the environment's log.
    OrtEnvironment unused = Ort.environment();
    try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
      options.addCUDA(device.index());
      return Optional.empty();
    } catch (OrtException e) {
      return Optional.of(String.valueOf(e.getMessage()).lines().findFirst().orElse("no reason"));
    }
  }
}
