package io.headwater.stream.meter;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class ScorerMetersTest {
  @Test
  void everyMeter_isOnTheOperationsPage() throws IOException {
    SimpleMeterRegistry registry = new SimpleMeterRegistry();
    new ScorerMeters(registry);
    String page = Files.readString(Path.of("../docs/operations.md"));
    assertThat(registry.getMeters())
        .extracting(meter -> meter.getId().getName())
        .filteredOn(name -> !name.endsWith(".percentile"))
        .isNotEmpty()
        .allSatisfy(name -> assertThat(page).contains("`" + name + "`"));
  }
}
