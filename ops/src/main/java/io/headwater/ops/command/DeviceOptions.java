package io.headwater.ops.command;

import io.headwater.model.runtime.Device;
import io.headwater.model.runtime.Ort;
import io.headwater.ops.UserError;
import io.headwater.ops.http.Telemetry;
import io.micrometer.core.instrument.Gauge;
import java.util.LinkedHashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Option;

/** The options that say where models compute. */
final class DeviceOptions {
  private static final Logger LOG = LoggerFactory.getLogger(DeviceOptions.class);

  @Option(
      names = "--device",
      paramLabel = "DEVICE",
      defaultValue = "${HEADWATER_DEVICE:-cpu}",
      description = {
        "Where models compute: cpu, cuda, cuda:N, or auto for CUDA where it can be had (default: cpu;"
            + " HEADWATER_DEVICE)."
      })
  private String asked = Device.CPU;

  @Option(
      names = "--ort",
      paramLabel = "NAME=VALUE",
      description = "A session option of ONNX Runtime's own, as often as needed.")
  private Map<String, String> settings = new LinkedHashMap<>();

  /**
   * Makes all sessions follow the options, and says where they compute.
   *
   * @throws UserError where that can't be had
   */
  void apply() {
    Device device;
    try {
      device = Device.of(asked);
    } catch (IllegalArgumentException | IllegalStateException e) {
      throw new UserError(String.valueOf(e.getMessage()), "correct --device", e);
    }
    Ort.use(device, settings);
    LOG.info("models compute on {}{}", device, settings.isEmpty() ? "" : ", with " + settings);
  }

  /** Shows in the metrics where models compute. */
  void show(Telemetry telemetry) {
    Gauge.builder("headwater.runtime.device", () -> 1)
        .description("1 for the device that models compute on")
        .tag("device", Ort.device().toString())
        .register(telemetry.registry());
  }
}
