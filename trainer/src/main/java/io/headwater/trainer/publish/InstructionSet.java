package io.headwater.trainer.publish;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** The extensions of the processor by which ONNX Runtime chooses its kernels. */
final class InstructionSet {
  private static final Path CPU = Path.of("/proc/cpuinfo");
  private static final String UNKNOWN = "unknown";

  /** In the order in which they are written; kernels of x86, then of ARM. */
  private static final List<String> TOLD =
      List.of(
          "avx",
          "avx2",
          "fma",
          "f16c",
          "avx_vnni",
          "avx512f",
          "avx512bw",
          "avx512_vnni",
          "avx512_bf16",
          "amx_int8",
          "amx_bf16",
          "asimd",
          "asimddp",
          "i8mm",
          "bf16",
          "sve");

  private InstructionSet() {}

  /** As Linux tells it; elsewhere nothing is known. */
  static String ofThisMachine() {
    try {
      return Files.isReadable(CPU) ? of(Files.readString(CPU, StandardCharsets.UTF_8)) : UNKNOWN;
    } catch (IOException e) {
      return UNKNOWN;
    }
  }

  /** Those that the first processor names. */
  static String of(String cpuInfo) {
    return cpuInfo
        .lines()
        .filter(line -> line.startsWith("flags") || line.startsWith("Features"))
        .findFirst()
        .map(line -> line.substring(line.indexOf(':') + 1).strip().split("\\s+"))
        .map(
            flags -> {
              Set<String> has = new HashSet<>(Arrays.asList(flags));
              return TOLD.stream().filter(has::contains).collect(Collectors.joining(" "));
            })
        .filter(named -> !named.isEmpty())
        .orElse(UNKNOWN);
  }
}
