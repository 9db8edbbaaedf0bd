package io.headwater.trainer.publish;

import io.headwater.model.runtime.Ort;
import io.headwater.schemas.Setting;
import io.headwater.trainer.tune.HeadRunner;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What a training ran on: equal facts are the condition for equal bits. */
public final class RuntimeFacts {
  private static final String THREADS = "1";

  private RuntimeFacts() {}

  /** Code, ONNX Runtime, JVM, device, instruction set and threads, sorted by name. */
  public static List<Setting> settings() {
    Map<String, String> facts = new TreeMap<>();
    String code = RuntimeFacts.class.getPackage().getImplementationVersion();
    facts.put("arch", System.getProperty("os.arch", "unknown"));
    facts.put("headwater", code == null ? "development" : code);
    facts.put("device", Ort.device().toString());
    facts.put("instructions", InstructionSet.ofThisMachine());
    facts.put("jvm", System.getProperty("java.vm.version", "unknown"));
    facts.put("onnxruntime", HeadRunner.runtimeVersion());
    facts.put("os", System.getProperty("os.name", "unknown"));
    facts.put("threads", THREADS);
    return facts.entrySet().stream().map(e -> new Setting(e.getKey(), e.getValue())).toList();
  }
}
